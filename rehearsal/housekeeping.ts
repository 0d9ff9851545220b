import * as fs from "node:fs";
import { runningAzure } from "./azure-server";
import { clustersOf, stopCluster } from "./cluster/start";
import { endStrays } from "./cluster/strays";
import { findEngine } from "./engine/find";
import type { Places } from "./places";
import { known, running, stop } from "./process";
import { readRuntime } from "./runtime";
import { say } from "./say";
import { stackKubeconfig } from "./engine/state";
import type { Start } from "./session";

/**
 * Ends every process of this state, by pid and only if it is the very process that was started.
 * @returns how many ran.
 */
export async function stopAll(places: Places): Promise<number> {
    const names = known(places.run);
    const ran = names.filter((name) => running(places.run, name) !== undefined).length;
    await stop(places.run, "azure");
    await Promise.all(clustersOf(places).map((name) => stopCluster(places, name)));
    await Promise.all(known(places.run).map((name) => stop(places.run, name)));
    // Of clusters whose folder has gone already, too.
    endStrays(places.clusters);
    return ran;
}

/** Ends every process and removes the state folder; binaries stay. */
export async function removeState(places: Places): Promise<void> {
    const ran = await stopAll(places);
    // Only what the rehearsal makes: the folder may have been named by hand, and hold something else.
    const own = ["clusters", "azure", "pulumi", "run", "log", "path", "az", "runbook"];
    const files = ["runtime.json", "ports.json", "lock", "requests.jsonl", "cluster-faults.json"];
    for (const name of [...own, ...files])
        fs.rmSync(`${places.state}/${name}`, { recursive: true, force: true });
    if (fs.existsSync(places.state) && fs.readdirSync(places.state).length === 0) fs.rmdirSync(places.state);
    say(`Ended ${ran} processes. Removed the state in ${places.state}; binaries stay in ${places.bin}.`);
}

/** The cluster of `--kubeconfig`, if there is one. */
function given(places: Places): string | undefined {
    try {
        return readRuntime(places.state).givenKubeconfig;
    } catch {
        return undefined;
    }
}

/** What runs and where things are, as a table. */
export function showStatus(start: Start, places: Places, stack: string): number {
    const rows: [string, string][] = [
        ["state", fs.existsSync(places.state) ? places.state : `none yet (${places.state})`],
        ["engine", findEngine(places)?.engineOrigin ?? "not on this machine yet"],
        ["kubeconfig", given(places) ?? stackKubeconfig(places, start.root, stack) ?? "no cluster yet"],
        ["azure", runningAzure(places)?.endpoint ?? "not running"],
        ...known(places.run)
            .filter((name) => name !== "azure")
            .map((name): [string, string] => {
                const process = running(places.run, name);
                return [name, process === undefined ? "not running" : `process ${process.pid}`];
            }),
    ];
    const width = Math.max(...rows.map(([name]) => name.length));
    process.stdout.write(`${rows.map(([name, text]) => `${name.padEnd(width)}  ${text}`).join("\n")}\n`);
    return 0;
}
