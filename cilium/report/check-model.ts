import type { CheckResult } from "../validation/check";
import type { Finding } from "../validation/finding";

/** A check with everything a report may print: the result, and what reading the files found. */
export interface CheckReport {
    readonly result: CheckResult;
    /** Findings of reading and of checking together, sorted. */
    readonly findings: readonly Finding[];
    /** Text of each file by the name that findings use; for quoting lines. */
    readonly texts: ReadonlyMap<string, string>;
}

/** `2 errors, 1 warning`; what there is none of is left out. */
export function countText(findings: readonly Finding[]): string {
    const counted = (["error", "warning", "info"] as const).flatMap((severity) => {
        const count = findings.filter((finding) => finding.severity === severity).length;
        const word = severity === "info" ? "info" : plural(severity, count);
        return count === 0 ? [] : [`${count} ${word}`];
    });
    return counted.length === 0 ? "no findings" : counted.join(", ");
}

/** `policy` → `policies`, `error` → `errors`, unless there is one. */
export function plural(word: string, count: number): string {
    if (count === 1) return word;
    return word.endsWith("y") ? `${word.slice(0, -1)}ies` : `${word}s`;
}

/**
 * A text of a finding as a sentence: a capital where it begins with a word (never in a key or a quotation), a full stop.
 */
export function sentence(text: string): string {
    const begun = text.replace(/^[a-z]+(?=[ ,])/, (word) => word.charAt(0).toUpperCase() + word.slice(1));
    return /[.!?]$/.test(begun) ? begun : `${begun}.`;
}
