import { execFile } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { promisify } from "node:util";
import type { Places } from "../places";
import { isExecutable } from "../process";
import { say } from "../say";
import { buildBinary, checkBuildable, ENGINE, KUBESTACK, prefetch, type Target } from "./go-build";
import { KUBERNETES, LANGUAGE_HOST, PULUMI } from "./versions";

/** Where the binaries are and how they came. */
export interface Binaries {
    /** Folder of `pulumi` and `pulumi-language-nodejs`. */
    readonly engine: string;
    /** For "what was real": where the engine and the host came from. */
    readonly engineOrigin: string;
    /** Undefined with `--kubeconfig`. */
    readonly kubestack: string | undefined;
}

const builtEngine = (places: Places) => path.join(places.bin, `pulumi-${PULUMI}`);
const downloadHome = (places: Places) => path.join(places.bin, "downloaded");
export const kubestackOf = (places: Places) => path.join(places.bin, `kubernetes-${KUBERNETES}`, "kubestack");

const NAMES = ["pulumi", "pulumi-language-nodejs"];
/** A link is what a rehearsal leaves there for the launcher (environment.ts), whatever it leads to. */
const isRelease = (folder: string) =>
    fs.lstatSync(folder, { throwIfNoEntry: false })?.isDirectory() === true &&
    NAMES.every((name) => isExecutable(path.join(folder, name)));
const builtFile = (places: Places, { name, below }: Target) =>
    path.join(builtEngine(places), below ?? "", name);
const launcherFolder = (home: string) => path.join(home, "versions", PULUMI, "bin");

/** The engine, if it is on this machine: where the official npm launcher keeps it, downloaded or built before. */
export function findEngine(places: Places): Omit<Binaries, "kubestack"> | undefined {
    const homes = [process.env["PULUMI_HOME"] ?? path.join(os.homedir(), ".pulumi"), downloadHome(places)];
    for (const engine of homes.map(launcherFolder))
        if (isRelease(engine)) return { engine, engineOrigin: `Pulumi ${PULUMI} as released, ${engine}` };
    const engine = builtEngine(places);
    if (!ENGINE.every((target) => isExecutable(builtFile(places, target)))) return undefined;
    wrapHost(path.join(engine, "pulumi-language-nodejs"), path.join("host", "pulumi-language-nodejs"));
    return {
        engine,
        engineOrigin: `Pulumi ${PULUMI} built from its Go modules, Node language host ${LANGUAGE_HOST}`,
    };
}

/**
 * The old language host takes Pulumi.yaml's runtime options as flags, where today's engine sends them in its calls.
 * Without this the program would run, only slower: it would go through ts-node.
 */
function wrapHost(file: string, host: string): void {
    const script = `#!/bin/sh
option() { sed -n "s/^ *$1: *//p" Pulumi.yaml 2>/dev/null | head -n 1; }
typescript=$(option typescript)
exec "$(dirname "$0")/${host}" -typescript="\${typescript:-true}" -nodeargs="$(option nodeargs)" "$@"
`;
    if (fs.existsSync(file) && fs.readFileSync(file, "utf8") === script) return;
    fs.writeFileSync(`${file}.${process.pid}`, script, { mode: 0o755 });
    fs.renameSync(`${file}.${process.pid}`, file);
}

/** Whether the official download answers; asked once, at most eight seconds. */
export async function isReachable(url: string): Promise<boolean> {
    try {
        const response = await fetch(url, { method: "HEAD", signal: AbortSignal.timeout(8000) });
        return response.ok;
    } catch {
        return false;
    }
}

/** Has the official npm launcher download the release into our own folder. */
async function downloadEngine(root: string, places: Places): Promise<boolean> {
    if (!(await isReachable("https://get.pulumi.com/install.sh"))) return false;
    say(`Downloading Pulumi ${PULUMI} as released…`);
    const launcher = path.join(root, "node_modules", "pulumi", "run.js");
    const env = { ...process.env, PULUMI_HOME: downloadHome(places), PULUMI_SKIP_UPDATE_CHECK: "true" };
    try {
        await promisify(execFile)(process.execPath, [launcher, "version"], { env });
    } catch (error) {
        say(`The download failed (${String((error as Error).message).split("\n")[0]}); building instead.`);
    }
    return isRelease(launcherFolder(downloadHome(places)));
}

/**
 * Finds, downloads or builds the binaries.
 * @param whileBuilding called once if something has to be built: shows something useful meanwhile.
 */
export async function ensureBinaries(
    root: string,
    places: Places,
    ownCluster: boolean,
    whileBuilding: () => Promise<void>,
): Promise<Binaries> {
    const kubestack = ownCluster ? kubestackOf(places) : undefined;
    const missing: { target: Target; folder: string }[] = [];
    if (findEngine(places) === undefined && !(await downloadEngine(root, places)))
        for (const target of ENGINE)
            if (!isExecutable(builtFile(places, target)))
                missing.push({ target, folder: path.dirname(builtFile(places, target)) });
    if (kubestack !== undefined && !isExecutable(kubestack))
        missing.push({ target: KUBESTACK, folder: path.dirname(kubestack) });
    if (missing.length > 0) {
        const names = missing.map(({ target }) => target.name);
        const go = await checkBuildable(places.bin, places.build, names);
        say(
            `First time on this machine: building ${names.join(", ")} from pinned Go modules (10 to 20 minutes).`,
        );
        const shown = whileBuilding();
        await buildAll(go, path.join(root, "rehearsal"), places, missing);
        fs.rmSync(places.build, { recursive: true, force: true });
        await shown;
    }
    const engine = findEngine(places);
    if (engine === undefined) throw new Error(`no engine in ${builtEngine(places)} after building it`);
    return { ...engine, kubestack };
}

async function buildAll(
    go: string,
    rehearsal: string,
    places: Places,
    missing: readonly { target: Target; folder: string }[],
) {
    // The second target's modules come while the first one compiles. A failure shows again when it is built.
    const ahead = missing
        .slice(1)
        .map(({ target }) => prefetch(go, rehearsal, target, places.build).catch(() => ""));
    for (const { target, folder } of missing) await buildBinary(go, rehearsal, target, places.build, folder);
    await Promise.all(ahead);
}
