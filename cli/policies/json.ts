import { isDeepStrictEqual } from "node:util";
import { keyOf, type PolicyRow } from "./rows";

/** What `--watch` tells: `present` once for each policy at the start. */
export interface PolicyChange {
    readonly change: "present" | "added" | "changed" | "removed";
    readonly policy: PolicyRow;
}

/**
 * The list as JSON: `{"version":1,"stack"?,"endpoints"?,"policies":[{kind, namespace, name, valid, message?, created?,
 * endpoints?, owner, writer?}]}`.
 */
export function policiesJson(
    rows: readonly PolicyRow[],
    { stack, endpoints }: { readonly stack: string | undefined; readonly endpoints: number | undefined },
): string {
    return `${JSON.stringify({ version: 1, ...(stack === undefined ? {} : { stack }), endpoints, policies: rows }, undefined, 2)}\n`;
}

/** What differs between two moments, in the order of the list. */
export function changesBetween(before: readonly PolicyRow[], after: readonly PolicyRow[]): PolicyChange[] {
    const old = new Map(before.map((row) => [keyOf(row), row]));
    const now = new Set(after.map(keyOf));
    const changed = after.flatMap((policy): PolicyChange[] => {
        const was = old.get(keyOf(policy));
        if (was === undefined) return [{ change: "added", policy }];
        return isDeepStrictEqual(was, policy) ? [] : [{ change: "changed", policy }];
    });
    const removed = before
        .filter((row) => !now.has(keyOf(row)))
        .map((policy): PolicyChange => ({ change: "removed", policy }));
    return [...changed, ...removed];
}
