// `npm run conformance [-- FILE…]`: bundles the runner, so that starting it costs no type stripping, and runs it.
import { build } from "esbuild";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const outfile = `${root}node_modules/.cache/aks-cilium/conformance.cjs`;
await build({
    absWorkingDir: root,
    entryPoints: ["tests/conformance/run.ts"],
    outfile,
    bundle: true,
    platform: "node",
    target: "node20",
    format: "cjs",
    logLevel: "warning",
});
process.env.AKS_CILIUM_ROOT ??= root;
const { main } = createRequire(import.meta.url)(outfile);
await main();
