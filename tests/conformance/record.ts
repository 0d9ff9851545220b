import type { JsonObject } from "../../cilium/manifest/document";
import { CILIUM_MINORS, type CiliumMinor } from "../../cilium/model/versions";

/** One recorded line: what was asked, and what Cilium's own code of that version answered. */
export interface RecordedLine {
    readonly cilium: string;
    readonly case: JsonObject;
    readonly result: JsonObject;
}

/** One field that we answer otherwise than Cilium. */
export interface Difference {
    readonly field: string;
    readonly ours: string;
    readonly theirs: string;
}

/** How one line came out. `passed` and `failed` count documents (validate) or flows (verdicts). */
export interface LineOutcome {
    readonly kind: "validate" | "verdicts";
    readonly id: string;
    readonly passed: number;
    readonly failed: number;
    readonly differences: readonly Difference[];
}

/** Parses a line; throws with a sentence where it is none. */
export function parseLine(text: string): RecordedLine {
    const line = JSON.parse(text) as Partial<RecordedLine> | null;
    if (typeof line !== "object" || line === null) throw new Error("the line is no JSON object");
    const { cilium, case: input, result } = line;
    if (typeof cilium !== "string") throw new Error('the line has no text "cilium"');
    if (typeof input !== "object" || input === null) throw new Error('the line has no object "case"');
    if (typeof result !== "object" || result === null) throw new Error('the line has no object "result"');
    return { cilium, case: input, result };
}

/** `v1.18.11` → `1.18`; throws for a minor that is not modelled. */
export function minorOf(version: string): CiliumMinor {
    const minor = /^v?([0-9]+\.[0-9]+)(?:[.-]|$)/.exec(version)?.[1];
    const known = CILIUM_MINORS.find((candidate) => candidate === minor);
    if (known === undefined) throw new Error(`Cilium ${version} is none of ${CILIUM_MINORS.join(", ")}`);
    return known;
}

/** The kind of a case: scenarios have flows, everything else is a document. */
export function kindOf(line: RecordedLine): LineOutcome["kind"] {
    return Array.isArray(line.case.flows) ? "verdicts" : "validate";
}
