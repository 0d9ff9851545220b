import { execFileSync, spawn } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";

/** What is written down about a background process, enough to tell it from a later one with the same pid. */
export interface Started {
    readonly name: string;
    readonly pid: number;
    /** When the process began, as the system tells it: see {@link identityOf}. */
    readonly identity: string;
}

/**
 * Tells one process from every other one that ever had its pid: the boot and the tick it began at.
 * @returns undefined when no such process runs (a zombie counts as gone).
 */
export function identityOf(pid: number): string | undefined {
    try {
        if (process.platform === "linux") {
            const stat = fs.readFileSync(`/proc/${pid}/stat`, "utf8");
            // proc(5): the second field is in parentheses and may hold spaces; state is the third, start time the 22nd.
            const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
            if (fields[0] === "Z" || fields[0] === "X") return undefined;
            const boot = fs.readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
            return `${boot}/${fields[19]}`;
        }
        const began = execFileSync("ps", ["-o", "lstart=", "-p", String(pid)], { encoding: "utf8" }).trim();
        return began === "" ? undefined : began;
    } catch {
        return undefined;
    }
}

const isRunning = (started: Started): boolean => identityOf(started.pid) === started.identity;

const fileOf = (folder: string, name: string) => path.join(folder, `${name}.json`);

/** Reads what was written down about a process, if that very process still runs. */
export function running(folder: string, name: string): Started | undefined {
    try {
        const started = JSON.parse(fs.readFileSync(fileOf(folder, name), "utf8")) as Started;
        return isRunning(started) ? started : undefined;
    } catch {
        return undefined;
    }
}

/** Names of all processes that were started from this folder, running or not. */
export function known(folder: string): string[] {
    if (!fs.existsSync(folder)) return [];
    return fs
        .readdirSync(folder)
        .filter((file) => file.endsWith(".json"))
        .map((file) => file.slice(0, -".json".length))
        .sort();
}

/** Writes down a process that was started elsewhere, so that `stop` finds it. */
export function writeDown(folder: string, name: string, pid: number): Started {
    fs.mkdirSync(folder, { recursive: true });
    const started = { name, pid, identity: identityOf(pid) ?? "gone" };
    const file = fileOf(folder, name);
    fs.writeFileSync(`${file}.${process.pid}`, `${JSON.stringify(started)}\n`);
    fs.renameSync(`${file}.${process.pid}`, file);
    return started;
}

export const forget = (folder: string, name: string): void =>
    fs.rmSync(fileOf(folder, name), { force: true });

/**
 * Starts a process that outlives this one, in a session of its own so that Ctrl-C at the terminal does not reach it.
 * Its output goes to `log`, which is started anew.
 */
export function startInBackground(options: {
    folder: string;
    name: string;
    command: string;
    args: readonly string[];
    log: string;
    env?: NodeJS.ProcessEnv;
    cwd?: string;
}): Started {
    fs.mkdirSync(path.dirname(options.log), { recursive: true });
    const log = fs.openSync(options.log, "w", 0o600);
    try {
        const child = spawn(options.command, options.args, {
            cwd: options.cwd,
            detached: true,
            env: options.env ?? process.env,
            stdio: ["ignore", log, log],
        });
        // Without a listener a missing executable would end this process instead of being reported by the caller.
        child.on("error", () => undefined);
        child.unref();
        if (child.pid === undefined)
            throw new Error(`${options.name}: ${options.command} could not be started`);
        return writeDown(options.folder, options.name, child.pid);
    } finally {
        fs.closeSync(log);
    }
}

export const sleep = (milliseconds: number): Promise<void> =>
    new Promise((resolve) => setTimeout(resolve, milliseconds));

/**
 * Ends a process by its pid, never another one that has the pid now: SIGTERM, and SIGKILL after `patience` ms.
 * @returns whether it ran.
 */
export async function stop(folder: string, name: string, patience = 8000): Promise<boolean> {
    const started = running(folder, name);
    if (started !== undefined) {
        const send = (signal: NodeJS.Signals) => {
            try {
                if (isRunning(started)) process.kill(started.pid, signal);
            } catch {
                // It ended between the look and the signal.
            }
        };
        send("SIGTERM");
        for (const end = Date.now() + patience; isRunning(started) && Date.now() < end;) await sleep(30);
        send("SIGKILL");
        for (const end = Date.now() + 2000; isRunning(started) && Date.now() < end;) await sleep(20);
    }
    forget(folder, name);
    return started !== undefined;
}

/** The last lines of a log, for an error message. */
export function tail(file: string, lines = 8): string {
    try {
        return fs.readFileSync(file, "utf8").trimEnd().split("\n").slice(-lines).join("\n");
    } catch {
        return "";
    }
}

/** Whether a file can be executed and is not an empty one left by a broken copy. */
export function isExecutable(file: string): boolean {
    try {
        fs.accessSync(file, fs.constants.X_OK);
        return fs.statSync(file).isFile() && fs.statSync(file).size > 0;
    } catch {
        return false;
    }
}
