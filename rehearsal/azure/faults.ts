/**
 * Faults on demand: `STATE/azure/faults.json`, an array, read at every request, so that writing the file is enough.
 * `[{"method":"PUT","path":"managedClusters/[^/]+$","nth":2,"action":"fail","status":429,"retryAfter":1}]`
 * The identity endpoint is met as well: its path is `/msi/token`.
 */
import { existsSync, readFileSync } from "node:fs";
import type { Json } from "./arm";

/** One fault. */
export interface Fault {
    /** HTTP method; any when left out. */
    method?: string;
    /** Regular expression over the path, ignoring case; any when left out. */
    path?: string;
    /** Which matching request, counted from 1 since the file was written. @default 1 */
    nth?: number;
    /** How many requests in a row. @default 1 */
    times?: number;
    /**
     * `fail`: answer with `status`; `delay`: answer after `seconds`; `drop`: close the connection without an answer, after
     * the request was carried out; `fail-operation`: accept the request, then fail its long-running operation;
     * `change`: answer with `merge` merged into the body, while Azure's state stays as it is.
     */
    action: "fail" | "delay" | "drop" | "fail-operation" | "change";
    /** @default 500 */
    status?: number;
    code?: string;
    message?: string;
    /** Seconds for `delay`. @default 1 */
    seconds?: number;
    /** Seconds in a `Retry-After` header for `fail`; none when left out. */
    retryAfter?: number;
    /** JSON merge patch (RFC 7396) over the answer's body, for `change`. */
    merge?: Json;
}

const ACTIONS = ["fail", "delay", "drop", "fail-operation", "change"];

/**
 * Reads faults from JSON.
 * @throws Error naming the first entry that is not a fault
 */
export function parseFaults(json: string): Fault[] {
    const list: unknown = JSON.parse(json);
    if (!Array.isArray(list)) throw new Error("faults.json: an array of faults is expected");
    for (const [index, fault] of (list as Partial<Fault>[]).entries()) {
        if (!ACTIONS.includes(fault.action ?? "")) {
            throw new Error(
                `faults.json[${index}].action: ${JSON.stringify(fault.action)} is not one of ${ACTIONS.join(", ")}`,
            );
        }
    }
    return list as Fault[];
}

/** Decides which fault, if any, meets a request. Counts start again when the file changes. */
export class Faults {
    private read = "";
    private faults: Fault[] = [];
    private counts: number[] = [];

    constructor(private readonly file: string) {}

    /** The fault for this request; the request is counted for every fault that it matches. */
    next(method: string, path: string): Fault | undefined {
        this.reload();
        let met: Fault | undefined;
        for (const [index, fault] of this.faults.entries()) {
            if (fault.method !== undefined && fault.method.toUpperCase() !== method) continue;
            if (fault.path !== undefined && !new RegExp(fault.path, "i").test(path)) continue;
            const count = (this.counts[index] ?? 0) + 1;
            this.counts[index] = count;
            const first = fault.nth ?? 1;
            if (met === undefined && count >= first && count < first + (fault.times ?? 1)) met = fault;
        }
        return met;
    }

    private reload(): void {
        const text = existsSync(this.file) ? readFileSync(this.file, "utf8") : "[]";
        if (text === this.read) return;
        this.faults = parseFaults(text);
        this.counts = [];
        this.read = text;
    }
}
