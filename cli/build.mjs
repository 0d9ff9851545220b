// Bundles the library and the command line, each into files that need nothing but Node 20.
// Runs as npm's `prepare` after `npm ci` in a checkout, and as `prepack` of both packages.
//   --pack      for `npm pack`: nothing left over from before, with the library's type declarations and the licences of what is bundled
//   --out DIR   into DIR/cilium/dist and DIR/cli/dist instead of the checkout
import { build } from "esbuild";
import { execFileSync } from "node:child_process";
import { readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const root = fileURLToPath(new URL("..", import.meta.url));
const { values: options } = parseArgs({ options: { pack: { type: "boolean" }, out: { type: "string" } } });
const out = resolve(options.out ?? root);
const { version } = JSON.parse(readFileSync(join(root, "cli/package.json"), "utf8"));
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
    metafile: true,
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

/** The clients of Azure and Kubernetes are one bundle for all commands, read when the first of them is needed. */
const clientsApart = {
    name: "clients-apart",
    setup({ onResolve }) {
        onResolve({ filter: /^\.\/bundle$/ }, ({ kind, importer }) =>
            kind === "require-call" && importer.endsWith("cli/operations/clients.ts")
                ? { path: "../clients.js", external: true }
                : undefined,
        );
    },
};

/**
 * Takes the generated models of the Kubernetes API out of the clients: nothing uses them, and the package does not say
 * that its modules may be left out. Nor is undici taken: the requests here go through node:https (operations/api-server.ts),
 * and undici 8 wants a newer Node than this command line.
 */
const onlyWhatIsUsed = {
    name: "only-what-is-used",
    setup({ onResolve, onLoad, resolve: find }) {
        onResolve({ filter: /^undici$/ }, () => ({ path: "undici", namespace: "absent" }));
        onLoad({ filter: /^undici$/, namespace: "absent" }, () => ({
            contents: `function absent() { throw new Error("undici is not in this bundle"); }
                module.exports = { Agent: absent, ProxyAgent: absent, fetch: absent };`,
        }));
        onResolve({ filter: /./ }, async ({ path, pluginData, ...rest }) => {
            if (pluginData === "seen" || !/kubernetes.client-node/.test(`${rest.importer} ${path}`))
                return undefined;
            const found = await find(path, { ...rest, pluginData: "seen" });
            return { ...found, sideEffects: false };
        });
    },
};

// Only what is registered: a module that is still being written must not break the build of the others.
const registered = readFileSync(join(root, "cli/commands/index.ts"), "utf8");
const commands = [...registered.matchAll(/require\("\.\/([a-z-]+)"\)/g)].map(
    ([, name]) => `cli/commands/${name}.ts`,
);
const [, main, each, clients] = await Promise.all([
    build({
        ...common,
        entryPoints: ["cilium/index.ts"],
        outfile: join(out, "cilium/dist/index.js"),
        packages: "external",
    }),
    build({
        ...common,
        entryPoints: ["cli/main.ts"],
        outfile: join(out, "cli/dist/main.js"),
        plugins: [commandsApart],
    }),
    build({
        ...common,
        entryPoints: commands,
        outdir: join(out, "cli/dist/commands"),
        plugins: [clientsApart],
    }),
    build({
        ...common,
        entryPoints: ["cli/operations/bundle.mts"],
        outfile: join(out, "cli/dist/clients.js"),
        plugins: [onlyWhatIsUsed],
    }),
]);

if (options.pack) {
    // After the build, not before: somebody may be running the command line of this checkout.
    const folder = join(out, "cli/dist/commands");
    const current = commands.map((file) => file.replace(/^.*\/(.*)\.ts$/, "$1.js"));
    for (const file of readdirSync(folder)) if (!current.includes(file)) rmSync(join(folder, file));
    rmSync(join(out, "cilium/dist/types"), { recursive: true, force: true });
    writeFileSync(join(out, "cli/dist/THIRD-PARTY-LICENCES.txt"), licences([main, each, clients]));
    const tsc = join(root, "node_modules/ts7/bin/tsc");
    const args = [tsc, "-p", "cilium/tsconfig.build.json", "--outDir", join(out, "cilium/dist/types")];
    execFileSync(process.execPath, args, { cwd: root, stdio: "inherit" });
}

/** Licence texts of the packages whose code is in the bundles: their terms ask that copies carry them. */
function licences(results) {
    const folders = new Set();
    for (const file of results.flatMap(({ metafile }) => Object.keys(metafile.inputs))) {
        const folder = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1];
        if (folder !== undefined) folders.add(folder);
    }
    return [...folders]
        .sort()
        .map((folder) => {
            const about = JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8"));
            const file = readdirSync(join(root, folder)).find((name) => /^(licen[cs]e|copying)/i.test(name));
            const text =
                file === undefined
                    ? `Licence: ${about.license}\n`
                    : readFileSync(join(root, folder, file), "utf8");
            return `${about.name} ${about.version}\n\n${text.trim()}\n`;
        })
        .join(`\n${"-".repeat(80)}\n\n`);
}
