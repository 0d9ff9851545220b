import * as fs from "node:fs";
import * as path from "node:path";
import { foreground, quietly } from "../child";
import type { EngineVerb } from "../arguments";
import { endOrphans } from "../orphans";
import type { Places } from "../places";
import { identityOf, known, running, stop } from "../process";
import { UsageError } from "../say";
import { copySettings } from "./settings";
import { checkpointOf, projectOf } from "./state";

const NOTE = "pulumi";

/** Where the working copies of a project's stack settings are. */
export const settingsOf = (places: Places, root: string): string =>
    path.join(places.settings, projectOf(root));

/** Arguments that each verb gets besides the user's: a rehearsal is asked for, not confirmed. */
const YES: Readonly<Record<EngineVerb, readonly string[]>> = {
    up: ["--yes"],
    preview: [],
    refresh: ["--yes"],
    destroy: ["--yes"],
    outputs: [],
};

/** Runs one of pulumi's verbs on the unmodified program, its output unchanged. */
export async function runEngine(
    root: string,
    places: Places,
    env: NodeJS.ProcessEnv,
    verb: EngineVerb,
    stack: string,
    rest: readonly string[],
): Promise<number> {
    const common = ["--stack", stack, "--config-file", copySettings(root, settingsOf(places, root), stack)];
    const pulumi = path.join(places.path, "pulumi");
    const note = { folder: places.run, name: NOTE };
    if (verb === "outputs") {
        // `stack output` takes no settings file: it reads the state only.
        const args = ["stack", "output", "--stack", stack, ...rest];
        return foreground(pulumi, args, { cwd: root, env });
    }
    return foreground(pulumi, [verb, ...common, ...YES[verb], ...rest], { cwd: root, env, note });
}

/** Creates the stack if it has no state yet. */
export async function ensureStack(
    root: string,
    places: Places,
    env: NodeJS.ProcessEnv,
    stack: string,
): Promise<void> {
    if (fs.existsSync(checkpointOf(places, projectOf(root), stack))) return;
    const folder = settingsOf(places, root);
    copySettings(root, folder, stack);
    // `stack init` takes no --config-file: in a folder with the project file it writes its salt to the working copy.
    fs.copyFileSync(path.join(root, "Pulumi.yaml"), path.join(folder, "Pulumi.yaml"));
    const args = ["stack", "init", stack, "--no-select", "--non-interactive"];
    await quietly(path.join(places.path, "pulumi"), args, { cwd: folder, env });
}

/** Ends an engine that outlived the run that started it, and what one that was killed left running. */
export async function stopEngine(places: Places): Promise<void> {
    await stop(places.run, NOTE, 20_000);
    endOrphans(places);
}

/**
 * Removes what a killed engine left locked: the file backend's lock of a process that is gone.
 * @throws UsageError when the engine of an earlier run still works.
 */
export function clearLocks(root: string, places: Places, stack: string): void {
    if (known(places.run).includes(NOTE)) {
        const engine = running(places.run, NOTE);
        if (engine !== undefined)
            throw new UsageError(
                `the engine of an earlier run still works on this state (process ${engine.pid}). ` +
                    `Wait for it, or end it with \`npm run rehearse -- stop\`.`,
            );
    }
    endOrphans(places);
    const folder = path.join(places.backend, ".pulumi", "locks", "organization", projectOf(root), stack);
    if (!fs.existsSync(folder)) return;
    for (const name of fs.readdirSync(folder)) {
        const file = path.join(folder, name);
        const { pid } = JSON.parse(fs.readFileSync(file, "utf8")) as { pid: number };
        if (identityOf(pid) === undefined || !isEngine(pid)) fs.rmSync(file, { force: true });
    }
}

/** Whether a process is an engine; where the system does not tell, it is taken for one. */
function isEngine(pid: number): boolean {
    try {
        return fs.readFileSync(`/proc/${pid}/comm`, "utf8").startsWith("pulumi");
    } catch {
        return true;
    }
}
