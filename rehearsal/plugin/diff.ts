/** Property differences with the engine's paths (`spec.ingress[0].toPorts`, `labels["a/b"]`). */
import { equal, isObject, type Value } from "./values";

/** What happened to a property; `…Replace` when it forces a new resource. */
export type DiffKind = "add" | "addReplace" | "delete" | "deleteReplace" | "update" | "updateReplace";

/** One changed place. `segments` is the path before it was written out. */
export interface Change {
    segments: (string | number)[];
    kind: "add" | "delete" | "update";
}

/** Writes a path the way the engine's detailed diffs do. */
export function formatPath(segments: (string | number)[]): string {
    let path = "";
    for (const segment of segments) {
        if (typeof segment === "number") path += `[${segment}]`;
        else if (/^[A-Za-z0-9_-]+$/.test(segment)) path += path === "" ? segment : `.${segment}`;
        else path += `[${JSON.stringify(segment)}]`;
    }
    return path;
}

/**
 * Differences between two values; a property or array element that exists on one side only is reported at its
 * topmost node. An unknown on the new side differs from anything.
 */
export function changes(olds: Value, news: Value, segments: (string | number)[] = []): Change[] {
    if (isObject(olds) && isObject(news)) {
        const keys = new Set([...Object.keys(olds), ...Object.keys(news)]);
        return [...keys].sort().flatMap((key) => {
            const path = [...segments, key];
            return pair(Object.hasOwn(olds, key) ? olds[key] : undefined, news[key], path);
        });
    }
    if (Array.isArray(olds) && Array.isArray(news)) {
        const length = Math.max(olds.length, news.length);
        return Array.from({ length }, (_, index) => index).flatMap((index) =>
            pair(olds[index], news[index], [...segments, index]),
        );
    }
    return equal(olds, news) ? [] : [{ segments, kind: "update" }];
}

function pair(before: Value | undefined, after: Value | undefined, segments: (string | number)[]): Change[] {
    if (before === undefined && after === undefined) return [];
    if (before === undefined) return [{ segments, kind: "add" }];
    if (after === undefined) return [{ segments, kind: "delete" }];
    return changes(before, after, segments);
}
