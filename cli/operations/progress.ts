import { Interrupted } from "./failure";

/** Where progress is written; standard error, so that the answer alone is on standard output. */
export interface ProgressStream {
    readonly isTTY?: boolean;
    readonly columns?: number;
    write(text: string): unknown;
}

/** Tells what goes on while it goes on. */
export interface Progress {
    /** What is being done now: on a terminal one line that is written over, elsewhere a plain line when it differs. */
    update(text: string): void;
    /** A line that stays. */
    say(text: string): void;
    /** Takes the line that is written over away. */
    done(): void;
}

/** Progress on a terminal, or in a log. No colour: it is neither result nor warning. */
export function progressOn(stream: ProgressStream = process.stderr): Progress {
    const terminal = stream.isTTY === true;
    let shown = "";
    const clear = () => {
        if (terminal && shown !== "") stream.write("\r\u001b[2K");
    };
    return {
        update: (text) => {
            const line = terminal ? cut(text, (stream.columns ?? 80) - 1) : text;
            if (line === shown) return;
            clear();
            stream.write(terminal ? line : `${line}\n`);
            shown = line;
        },
        say: (text) => {
            clear();
            stream.write(`${text}\n`);
            if (terminal) stream.write(shown);
        },
        done: () => {
            clear();
            shown = "";
        },
    };
}

/** Says nothing: for machines that read everything. */
export const SILENT: Progress = { update: () => undefined, say: () => undefined, done: () => undefined };

const cut = (text: string, width: number) => (text.length <= width ? text : `${text.slice(0, width - 1)}…`);

/**
 * Runs `work` with a signal that Ctrl-C (or SIGTERM) aborts; a second Ctrl-C ends the process at once, as without this.
 * @throws Interrupted when the signal was aborted and `work` ended with an error
 */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const controller = new AbortController();
    const stop = () => {
        release();
        controller.abort(new Interrupted());
    };
    const release = () => {
        process.removeListener("SIGINT", stop);
        process.removeListener("SIGTERM", stop);
    };
    process.once("SIGINT", stop);
    process.once("SIGTERM", stop);
    try {
        return await work(controller.signal);
    } catch (error) {
        throw controller.signal.aborted ? new Interrupted() : error;
    } finally {
        release();
    }
}
