// `npm run schemas`: writes the JSON Schemas for editors from the schemas that check policies.
import { build } from "esbuild";
import { mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const outfile = `${root}node_modules/.cache/aks-cilium/json-schema.cjs`;
await build({
    absWorkingDir: root,
    stdin: {
        contents: `export { jsonSchemaFiles } from "./cilium/model/json-schema-files";`,
        resolveDir: root,
        loader: "ts",
    },
    outfile,
    bundle: true,
    platform: "node",
    format: "cjs",
    logLevel: "warning",
});
const { jsonSchemaFiles } = createRequire(import.meta.url)(outfile);
for (const [name, text] of jsonSchemaFiles()) {
    const file = `${root}cilium/schemas/${name}`;
    mkdirSync(file.slice(0, file.lastIndexOf("/")), { recursive: true });
    writeFileSync(file, text);
}
