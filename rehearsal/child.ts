import { spawn } from "node:child_process";
import * as os from "node:os";
import { forget, writeDown } from "./process";

/** Exit code of a process ended by a signal, as shells give it. */
const codeOf = (code: number | null, signal: NodeJS.Signals | null): number =>
    code ?? 128 + (signal === null ? 0 : os.constants.signals[signal]);

/**
 * Runs a command in the foreground with this terminal, and waits for it whatever signal comes: Ctrl-C reaches it by
 * itself (same process group), and the engine then ends its operation in order; a signal sent to us alone is passed on.
 * @param note where the process is written down, so that `stop` and the next run find one that outlives us.
 */
export function foreground(
    command: string,
    args: readonly string[],
    options: { cwd: string; env: NodeJS.ProcessEnv; note?: { folder: string; name: string } },
): Promise<number> {
    const { note } = options;
    return new Promise((resolve, reject) => {
        const child = spawn(command, args, { cwd: options.cwd, env: options.env, stdio: "inherit" });
        if (note !== undefined && child.pid !== undefined) writeDown(note.folder, note.name, child.pid);
        const ignore = () => undefined;
        const pass = () => child.kill("SIGINT");
        process.on("SIGINT", ignore).on("SIGTERM", pass).on("SIGHUP", pass);
        const done = () => {
            process.off("SIGINT", ignore).off("SIGTERM", pass).off("SIGHUP", pass);
            if (note !== undefined) forget(note.folder, note.name);
        };
        child.on("error", (error: NodeJS.ErrnoException) => {
            done();
            if (error.code === "ENOENT") return reject(new Error(`${command}: no such command`));
            reject(error);
        });
        child.on("close", (code, signal) => {
            done();
            resolve(codeOf(code, signal));
        });
    });
}

/** Runs a command quietly; gives stdout. @throws with its stderr. */
export function quietly(
    command: string,
    args: readonly string[],
    options: { cwd: string; env: NodeJS.ProcessEnv },
): Promise<string> {
    return new Promise((resolve, reject) => {
        const child = spawn(command, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
        let out = "";
        let err = "";
        child.stdout.setEncoding("utf8").on("data", (chunk: string) => (out += chunk));
        child.stderr.setEncoding("utf8").on("data", (chunk: string) => (err += chunk));
        child.on("error", reject);
        child.on("close", (code) => {
            if (code === 0) return resolve(out);
            reject(new Error(`${command} ${args.join(" ")} ended with ${code}: ${(err + out).trim()}`));
        });
    });
}
