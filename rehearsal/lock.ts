import * as fs from "node:fs";
import * as path from "node:path";
import { identityOf, sleep } from "./process";

interface Holder {
    pid: number;
    identity: string;
    what: string;
}

function holderOf(file: string): Holder | undefined {
    try {
        return JSON.parse(fs.readFileSync(file, "utf8")) as Holder;
    } catch {
        return undefined;
    }
}

/** Somebody else holds the lock and lives. */
export class LockedError extends Error {
    constructor(holder: Holder, file: string) {
        super(
            `another rehearsal is at work on this state: \`${holder.what}\`, process ${holder.pid}. ` +
                `Wait for it or end it (Ctrl-C in its terminal); the lock is ${file}.`,
        );
    }
}

/**
 * Takes a lock that dies with its holder: one left by a process that is gone is taken over, whatever ended it.
 * @param patience how long to wait for a living holder, ms.
 * @returns the function that gives it back.
 * @throws LockedError naming the holder.
 */
export async function lock(file: string, what: string, patience = 0): Promise<() => void> {
    fs.mkdirSync(path.dirname(file), { recursive: true });
    const mine = `${file}.${process.pid}`;
    const self: Holder = { pid: process.pid, identity: identityOf(process.pid) ?? "", what };
    fs.writeFileSync(mine, JSON.stringify(self));
    try {
        for (const end = Date.now() + patience; ; await sleep(50)) {
            try {
                // A link appears with its content or not at all, and fails if there is one.
                fs.linkSync(mine, file);
                return () => {
                    if (holderOf(file)?.pid === process.pid) fs.rmSync(file, { force: true });
                };
            } catch (error) {
                if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
            }
            const holder = holderOf(file);
            const gone = holder === undefined || identityOf(holder.pid) !== holder.identity;
            if (gone) fs.rmSync(file, { force: true });
            else if (Date.now() >= end) throw new LockedError(holder, file);
        }
    } finally {
        fs.rmSync(mine, { force: true });
    }
}
