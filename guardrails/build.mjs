// Bundles the pack: a policy pack is started at every preview, and type-checking it each time would cost seconds.
import { build } from "esbuild";
import { fileURLToPath } from "node:url";

await build({
    absWorkingDir: fileURLToPath(new URL("..", import.meta.url)),
    entryPoints: ["guardrails/index.ts"],
    outfile: "guardrails/dist/index.js",
    bundle: true,
    platform: "node",
    target: "node22",
    format: "cjs",
    external: ["@pulumi/*"],
    logLevel: "warning",
});
