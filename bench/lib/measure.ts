import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import type { Readable } from "node:stream";

/** One run, or the medians of several. */
export interface Measurement {
    readonly name: string;
    /** User plus system time of the process and of the children it waited for, in seconds. */
    readonly cpuSeconds: number;
    readonly wallSeconds: number;
    /** Largest resident set of the process itself, in MB of 1,000,000 bytes. */
    readonly maxRssMB: number;
}

/** A command to measure. */
export interface Command {
    readonly argv: readonly string[];
    /** Default: the checkout the benchmark was started in. */
    readonly cwd?: string;
    /** The whole environment; default: this process's. */
    readonly env?: NodeJS.ProcessEnv;
    /** Text for standard input; default: none. */
    readonly stdin?: string;
    /** Exit code that counts as having worked; default 0. `"any"` for commands that report by exit code. */
    readonly exit?: number | "any";
}

/** What a run left behind, for callers that look at the output as well. */
export interface Run extends Measurement {
    readonly stdout: string;
    readonly stderr: string;
    readonly code: number;
}

/** How often the resident set is looked at, in milliseconds; the kernel keeps the peak, so only the end is coarse. */
const LOOK_EVERY = 5;

/**
 * Runs a command once and measures it.
 *
 * CPU and wall time are those of bash's `time` keyword (getrusage, milliseconds): it is on every machine that
 * runs these benchmarks, unlike GNU time. The peak resident set is the kernel's own (`VmHWM`), read until the
 * process is gone; where there is no /proc it is 0.
 *
 * @throws Error with the end of the command's stderr when it ends with another code than `command.exit`.
 */
export async function measureOnce(name: string, command: Command): Promise<Run> {
    // fd 3 gets the times, fd 4 the process id; the command keeps the plain stdin, stdout and stderr.
    // The inner shell becomes the command; `time ( … )` would not do, as bash times a subshell from inside.
    const inner = `'echo $$ >&4; exec "$@" 2>&5 3>&- 4>&- 5>&-'`;
    const script = `TIMEFORMAT="%U %S %R"; { time sh -c ${inner} sh "$@"; } 5>&2 2>&3`;
    const child = spawn("bash", ["-c", script, "bash", ...command.argv], {
        cwd: command.cwd,
        env: command.env,
        stdio: ["pipe", "pipe", "pipe", "pipe", "pipe"],
    });
    const [stdout, stderr, times] = [1, 2, 3].map((fd) => collect(child.stdio[fd] as Readable));
    const peak = watchPeak(child.stdio[4] as Readable);
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(command.stdin ?? "");
    const code = await new Promise<number>((resolve, reject) => {
        child.on("error", reject);
        child.on("close", (exit) => resolve(exit ?? -1));
    });
    const expected = command.exit ?? 0;
    if (expected !== "any" && code !== expected) {
        throw new Error(
            `${name}: ${command.argv.join(" ")} ended with ${code}, not ${expected}\n${stderr!().slice(-2000)}`,
        );
    }
    const [user, system, wall] = times!().trim().split(/\s+/).map(Number);
    if (user === undefined || system === undefined || wall === undefined || Number.isNaN(wall)) {
        throw new Error(`${name}: bash reported no times: ${times!()}`);
    }
    return {
        name,
        cpuSeconds: user + system,
        wallSeconds: wall,
        maxRssMB: peak() / 1e6,
        stdout: stdout!(),
        stderr: stderr!(),
        code,
    };
}

/** Medians of `runs` runs of one command. */
export async function measure(name: string, command: Command, runs: number): Promise<Measurement> {
    const [only] = await measureInTurn([{ name, command }], runs);
    return only!;
}

/**
 * Medians for several commands, run in turn (a, b, a, b, …) so that a busy minute of the machine touches all alike.
 * `before` prepares a command before each of its runs (an emptied cache, say) and is not measured.
 */
export async function measureInTurn(
    commands: readonly { name: string; command: Command; before?: () => void; runs?: number }[],
    runs: number,
): Promise<Measurement[]> {
    const samples = new Map<string, Measurement[]>(commands.map(({ name }) => [name, []]));
    for (let round = 0; round < runs; round++) {
        for (const { name, command, before, runs: own } of commands) {
            if (round >= (own ?? runs)) continue;
            before?.();
            samples.get(name)!.push(await measureOnce(name, command));
        }
    }
    return [...samples].map(([name, rows]) => ({
        name,
        cpuSeconds: median(rows.map((row) => row.cpuSeconds)),
        wallSeconds: median(rows.map((row) => row.wallSeconds)),
        maxRssMB: median(rows.map((row) => row.maxRssMB)),
    }));
}

/** The middle value; of an even number of values the mean of the two in the middle. */
export function median(values: readonly number[]): number {
    const sorted = [...values].sort((a, b) => a - b);
    const middle = sorted.length / 2;
    const upper = sorted[Math.floor(middle)] ?? Number.NaN;
    return Number.isInteger(middle) ? (sorted[middle - 1]! + upper) / 2 : upper;
}

function collect(stream: Readable): () => string {
    const chunks: Buffer[] = [];
    stream.on("data", (chunk: Buffer) => chunks.push(chunk));
    return () => Buffer.concat(chunks).toString("utf8");
}

/** Follows the process whose id arrives on `idStream`; the returned function gives its peak in bytes. */
function watchPeak(idStream: Readable): () => number {
    let peak = 0;
    let timer: NodeJS.Timeout | undefined;
    idStream.once("data", (chunk: Buffer) => {
        const status = `/proc/${chunk.toString().trim()}/status`;
        const look = (): void => {
            try {
                const kilobytes = /VmHWM:\s+(\d+) kB/.exec(readFileSync(status, "utf8"))?.[1];
                if (kilobytes === undefined) return;
                peak = Math.max(peak, Number(kilobytes) * 1024);
                timer = setTimeout(look, LOOK_EVERY);
            } catch {
                // The process is gone.
            }
        };
        look();
    });
    return () => {
        clearTimeout(timer);
        return peak;
    };
}
