import * as fs from "node:fs";
import * as path from "node:path";

/** A process of this machine, as the system tells it. */
export interface Process {
    readonly pid: number;
    readonly parent: number;
    /** Name of its executable. */
    readonly name: string;
    /** Arguments, each followed by a space. */
    readonly command: string;
    /** `NAME=value`, each followed by a NUL. */
    readonly environment: string;
}

/** Every process that may be looked at, by its id. Linux only, empty elsewhere: the system does not tell. */
export function processes(): ReadonlyMap<number, Process> {
    if (process.platform !== "linux") return new Map();
    const found = fs
        .readdirSync("/proc")
        .filter((name) => /^\d+$/.test(name))
        .map((name) => read(Number(name)))
        .filter((one) => one !== undefined);
    return new Map(found.map((one) => [one.pid, one]));
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

/** Ends a process at once. */
export function kill({ pid }: Process): void {
    try {
        process.kill(pid, "SIGKILL");
    } catch {
        // It ended by itself.
    }
}
