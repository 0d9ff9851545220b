import { writeSync } from "node:fs";
import type { Paint } from "../cilium";

const CHUNK = 1 << 16;

/**
 * Writes pieces to standard output in large blocks. A reader that has seen enough (`| head`) ends the program quietly.
 */
export function writeOut(pieces: Iterable<string>): void {
    let buffer = "";
    for (const piece of pieces) {
        buffer += piece;
        if (buffer.length >= CHUNK) {
            writeAll(buffer);
            buffer = "";
        }
    }
    if (buffer !== "") writeAll(buffer);
}

/** `writeSync` until all is written: a pipe takes what it has room for, and answers EAGAIN when it has none. */
function writeAll(text: string): void {
    const bytes = Buffer.from(text, "utf8");
    let written = 0;
    while (written < bytes.length) {
        try {
            written += writeSync(1, bytes, written);
        } catch (error) {
            const { code } = error as NodeJS.ErrnoException;
            if (code === "EPIPE") process.exit(0);
            if (code !== "EAGAIN") throw error;
            Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
        }
    }
}

const CODES: Readonly<Record<Parameters<Paint>[0], string>> = {
    strong: "1",
    quiet: "2",
    good: "32",
    bad: "31",
    warn: "33",
};

/** Colours for a terminal, none for a file or where NO_COLOR is set (https://no-color.org). */
export function terminalPaint(): Paint {
    const colours = process.stdout.isTTY && (process.env["NO_COLOR"] ?? "") === "";
    return (role, text) => (colours ? `\u001b[${CODES[role]}m${text}\u001b[0m` : text);
}

/** Characters a line of the terminal has; at most 120, since longer lines are not read. */
export function terminalWidth(): number {
    return Math.min(120, process.stdout.isTTY ? process.stdout.columns : 110);
}
