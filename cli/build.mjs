// Bundles the library and the command line, each into files that need nothing but Node 20.
// Runs as npm's `prepare`: after `npm ci` in a checkout and before `npm pack`.
// `--types` also writes the declarations (needs seconds; before `npm pack` only).
import { build } from "esbuild";
import { execFileSync } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const { version } = JSON.parse(readFileSync(new URL("package.json", import.meta.url), "utf8"));
const common = {
    absWorkingDir: root,
    bundle: true,
    platform: "node",
    target: "node20",
    format: "cjs",
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: "none",
    logLevel: "warning",
    define: { AKS_CILIUM_VERSION: JSON.stringify(version) },
};

/** Each command is a bundle of its own, so that `--help` and `check` never read what `verify` needs. */
const commandsApart = {
    name: "commands-apart",
    setup({ onResolve }) {
        onResolve({ filter: /^\.\/[a-z-]+$/ }, ({ path, kind, importer }) =>
            kind === "require-call" && importer.endsWith("cli/commands/index.ts")
                ? { path: `./commands/${path.slice(2)}.js`, external: true }
                : undefined,
        );
    },
};

const packing = process.argv.includes("--types");
if (packing) rmSync(new URL("dist", import.meta.url), { recursive: true, force: true });
const registered = readFileSync(new URL("commands/index.ts", import.meta.url), "utf8");
const commands = [...registered.matchAll(/require\("\.\/([a-z-]+)"\)/g)].map(([, name]) => `${name}.ts`);
await Promise.all([
    build({
        ...common,
        entryPoints: ["cilium/index.ts"],
        outfile: "cilium/dist/index.js",
        packages: "external",
    }),
    build({ ...common, entryPoints: ["cilium/index.ts"], outfile: "cli/dist/library.js" }),
    build({ ...common, entryPoints: ["cli/main.ts"], outfile: "cli/dist/main.js", plugins: [commandsApart] }),
    build({
        ...common,
        entryPoints: commands.map((file) => `cli/commands/${file}`),
        outdir: "cli/dist/commands",
    }),
]);

if (packing) {
    const tsc = fileURLToPath(new URL("../node_modules/ts7/bin/tsc", import.meta.url));
    for (const outDir of ["cilium/dist/types", "cli/dist/types"]) {
        const flags = ["--declaration", "--emitDeclarationOnly", "--noEmit", "false", "--rootDir", "cilium"];
        const args = [tsc, "-p", "cilium/tsconfig.build.json", ...flags, "--outDir", outDir];
        execFileSync(process.execPath, args, { cwd: root, stdio: "inherit" });
    }
}
