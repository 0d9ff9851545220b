// Bundles the pack: a policy pack is started at every preview, and type-checking it each time would cost seconds.
// The checker and the reachability engine are a bundle of their own, read by the first rule that needs them (library.ts).
import { build } from "esbuild";
import { fileURLToPath } from "node:url";

const common = {
    absWorkingDir: fileURLToPath(new URL("..", import.meta.url)),
    bundle: true,
    platform: "node",
    target: "node22",
    format: "cjs",
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: "none",
    external: ["@pulumi/*"],
    logLevel: "warning",
};

const libraryApart = {
    name: "library-apart",
    setup({ onResolve }) {
        onResolve({ filter: /^\.\/cilium$/ }, ({ kind }) =>
            kind === "require-call" ? { path: "./cilium.js", external: true } : undefined,
        );
    },
};

await Promise.all([
    build({
        ...common,
        entryPoints: ["guardrails/index.ts"],
        outfile: "guardrails/dist/index.js",
        plugins: [libraryApart],
    }),
    build({ ...common, entryPoints: ["guardrails/cilium.ts"], outfile: "guardrails/dist/cilium.js" }),
]);
