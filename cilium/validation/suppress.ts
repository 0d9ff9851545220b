import type { ManifestDocument, Path } from "../manifest/document";
import { WORKLOAD_CODES } from "./codes/workloads";
import { explainCode } from "./codes";
import { problem } from "./codes/problem";
import { finding, type Finding, type Problem } from "./finding";
import type { MergedProblem } from "./merge";
import { object } from "./policy-view";

/**
 * Annotation that takes findings out of a document: `CODE: reason`, several separated by `;` or line breaks, e.g.
 * `aks-cilium.io/ignore: "L38: public web front; L40: metadata is denied cluster-wide"`.
 */
export const IGNORE_ANNOTATION = "aks-cilium.io/ignore";

/** What a document's annotation asks for. */
export interface Suppressions {
    /** Code → reason. */
    readonly reasons: ReadonlyMap<string, string>;
    readonly path: Path;
    /** X01 (no reason) and X03 (no such code). */
    readonly problems: readonly Problem[];
}

/** Reads {@link IGNORE_ANNOTATION} of a document. */
export function readSuppressions(document: ManifestDocument): Suppressions {
    const path = ["metadata", "annotations", IGNORE_ANNOTATION];
    const annotations = object(object(document.value["metadata"])?.["annotations"]);
    const text = annotations?.[IGNORE_ANNOTATION];
    const reasons = new Map<string, string>();
    const problems: Problem[] = [];
    if (typeof text !== "string") return { reasons, path, problems };
    // A reason may hold a semicolon itself: only one before the next code separates.
    for (const entry of text.split(/\n|;(?=\s*(?:[A-Za-z]\d\d\b|$))/)) {
        if (entry.trim() === "") continue;
        const match = /^\s*((?:[A-Za-z]\d\d)(?:\s*,\s*[A-Za-z]\d\d)*)\s*(?::\s*(.*))?$/s.exec(entry);
        const reason = match?.[2]?.trim() ?? "";
        if (match === null || reason === "") {
            problems.push(problem("X01", path, `"${entry.trim()}" gives no reason, so nothing is ignored`));
            continue;
        }
        for (const code of (match[1] ?? "").toUpperCase().split(/\s*,\s*/)) {
            if (explainCode(code) === undefined)
                problems.push(problem("X03", path, `there is no code ${code}`));
            else reasons.set(code, reason);
        }
    }
    return { reasons, path, problems };
}

/** Splits findings by what the annotation says, and reports what it no longer needs to say. */
export function suppress(
    document: ManifestDocument,
    merged: readonly MergedProblem[],
    { reasons, path }: Suppressions,
    known: { readonly workloads?: unknown; readonly includeInfo?: boolean | undefined },
): {
    readonly kept: readonly Finding[];
    readonly suppressed: readonly Finding[];
    readonly unused: readonly Problem[];
} {
    const kept: Finding[] = [];
    const suppressed: Finding[] = [];
    const used = new Set<string>();
    for (const { problem: each, cilium } of merged) {
        const ignored = reasons.has(each.code);
        if (ignored) used.add(each.code);
        (ignored ? suppressed : kept).push(finding(document, each, cilium));
    }
    const unused = [...reasons.keys()]
        .filter((code) => !used.has(code) && isDecidable(code, known.workloads !== undefined))
        .map((code) => problem("X02", path, `${code} is ignored here and does not occur`));
    return { kept, suppressed, unused };
}

/**
 * Whether "does not occur" can be said at all: some codes need workloads, and some depend on the cluster, so that a
 * file checked for several clusters needs its annotation for one of them only.
 */
function isDecidable(code: string, workloads: boolean): boolean {
    const entry = explainCode(code);
    const clusterBound = code.startsWith("C") || ["L11", "L22", "L23"].includes(code);
    if (entry === undefined || clusterBound || entry.since !== undefined || entry.until !== undefined)
        return false;
    return workloads || !WORKLOAD_CODES.some((each) => each.code === code);
}
