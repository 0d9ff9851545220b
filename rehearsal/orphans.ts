import * as fs from "node:fs";
import * as path from "node:path";
import type { Places } from "./places";
import { ENGINE } from "./policy-pack/executables";

/** What an engine starts; its plug-ins end by themselves when it is gone, its language host does not. */
const CHILDREN =
    /pulumi-language-nodejs|@pulumi\/pulumi\/cmd\/run|pulumi-resource-|aks-cilium\/rehearsal\/[\w-]+\.js/;
const BACKGROUND = /aks-cilium\/rehearsal\/(azure|kubelet|cluster)-/;

interface Process {
    readonly pid: number;
    readonly parent: number;
    /** Name of its executable. */
    readonly name: string;
    readonly command: string;
    readonly environment: string;
}

function read(pid: number): Process | undefined {
    try {
        const at = (name: string) => fs.readFileSync(path.join("/proc", String(pid), name), "utf8");
        const stat = at("stat");
        const parent = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
        const name = stat.slice(stat.indexOf("(") + 1, stat.lastIndexOf(")"));
        return {
            pid,
            parent,
            name,
            command: at("cmdline").replaceAll("\0", " "),
            environment: at("environ"),
        };
    } catch {
        // It ended meanwhile, or is another user's.
        return undefined;
    }
}

/**
 * Ends what an engine that was killed left running. A process counts as ours by the engine folder of this very state in
 * its environment, and as left behind when no engine is above it. Linux only: elsewhere the system does not tell.
 */
export function endOrphans(places: Places): void {
    if (process.platform !== "linux") return;
    const mark = `PULUMI_HOME=${places.pulumiHome}\0`;
    const all = new Map(
        fs
            .readdirSync("/proc")
            .filter((name) => /^\d+$/.test(name))
            .map((name) => read(Number(name)))
            .filter((found) => found !== undefined)
            .map((found) => [found.pid, found]),
    );
    const hasEngine = (one: Process | undefined): boolean => {
        if (one === undefined || one.pid <= 1) return false;
        return (
            ["pulumi", ENGINE].some((name) => one.command.startsWith(`${path.join(places.path, name)} `)) ||
            hasEngine(all.get(one.parent))
        );
    };
    for (const one of all.values()) {
        const ours =
            one.environment.includes(mark) && CHILDREN.test(one.command) && !BACKGROUND.test(one.command);
        if (!ours || one.pid === process.pid || hasEngine(one)) continue;
        try {
            process.kill(one.pid, "SIGKILL");
        } catch {
            // It ended by itself.
        }
    }
}
