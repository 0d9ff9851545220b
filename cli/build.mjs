// Bundles the library and the command line, each into files that need nothing but Node 20.
// Runs as npm's `prepare`: after `npm ci` in a checkout and before `npm pack`.
import { build } from "esbuild";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const common = {
    absWorkingDir: root,
    bundle: true,
    platform: "node",
    target: "node20",
    format: "cjs",
    minifySyntax: true,
    legalComments: "none",
    logLevel: "warning",
};

await Promise.all([
    build({
        ...common,
        entryPoints: ["cilium/index.ts"],
        outfile: "cilium/dist/index.js",
        packages: "external",
    }),
    build({ ...common, entryPoints: ["cilium/index.ts"], outfile: "cli/dist/library.js" }),
    build({ ...common, entryPoints: ["cli/main.ts"], outfile: "cli/dist/main.js" }),
]);
