// `npm run malformed [-- COUNT [SEED]]`: bundles the run, so that starting it costs no type stripping.
import { build } from "esbuild";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const outfile = `${root}node_modules/.cache/aks-cilium/malformed.cjs`;
await build({
    absWorkingDir: root,
    entryPoints: ["tests/cilium/malformed/run.ts"],
    outfile,
    bundle: true,
    platform: "node",
    target: "node20",
    format: "cjs",
    logLevel: "warning",
});
createRequire(import.meta.url)(outfile).main();
