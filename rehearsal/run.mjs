// Bundles the rehearsal's own programs file by file of TypeScript into node_modules/.cache, then runs the command.
// Bundled at every start (some 50 ms): nothing to build by hand, nothing stale, and the checkout stays clean.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createRequire, enableCompileCache } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const root = dirname(here);
const folder = join(root, "node_modules", ".cache", "aks-cilium", "rehearsal");
const DAY = 86_400_000;

/** The programs: what starts each, below rehearsal/. */
const entries = {
    main: "main.ts",
    cluster: "cluster/start.ts",
    kubelet: "cluster/kubelet.ts",
    azure: "azure/main.ts",
    "azure-native": "azure-native/main.ts",
    kubernetes: "kubernetes-provider/main.ts",
    random: "random/main.ts",
    "policy-pack": "policy-pack/main.ts",
};

/** Bundles the programs and gives each one's file, named by content so that a running one never changes. */
async function bundle() {
    mkdirSync(folder, { recursive: true });
    const present = Object.entries(entries).filter(([, file]) => existsSync(join(here, file)));
    const { outputFiles } = await build({
        absWorkingDir: root,
        entryPoints: present.map(([out, file]) => ({ in: join(here, file), out })),
        outdir: folder,
        bundle: true,
        packages: "external",
        platform: "node",
        target: "node22",
        format: "cjs",
        write: false,
        logLevel: "warning",
    });
    const programs = {};
    for (const [index, { contents }] of outputFiles.entries()) {
        const name = present[index][0];
        const hash = createHash("sha256").update(contents).digest("hex").slice(0, 12);
        const file = join(folder, `${name}-${hash}.js`);
        if (!existsSync(file)) {
            writeFileSync(`${file}.${process.pid}`, contents);
            renameSync(`${file}.${process.pid}`, file);
        }
        programs[name] = file;
    }
    const old = Date.now() - 7 * DAY;
    for (const name of readdirSync(folder)) {
        const file = join(folder, name);
        if (!Object.values(programs).includes(file) && statSync(file).mtimeMs < old)
            rmSync(file, { force: true });
    }
    return programs;
}

enableCompileCache?.(join(root, "node_modules", ".cache", "aks-cilium", "compile"));
const programs = await bundle();
const { main } = createRequire(import.meta.url)(programs.main);
process.exitCode = await main({ root, programs, argv: process.argv.slice(2) });
