import type { JsonObject } from "../manifest/document";
import { asObjects, asString, asStringMap, asStrings } from "./json";
import type { Operator, Requirement } from "./selectors";

/**
 * A selector key of a Cilium policy: `source:key`, or any source where none is written. Keys that begin with
 * `reserved.` or `$` are reserved ones. Source: `pkg/labels/labels.go` GetExtendedKeyFrom, parseSource.
 */
export function parseKey(text: string): { source: string; key: string } {
    if (text.startsWith("$")) return { source: "reserved", key: text.slice(1) };
    const colon = text.indexOf(":");
    if (colon < 0) {
        if (text.startsWith("reserved.")) return { source: "reserved", key: text.slice("reserved.".length) };
        return { source: "any", key: text };
    }
    const source = text.slice(0, colon);
    return { source: source === "" ? "any" : source, key: text.slice(colon + 1) };
}

/** Reads a LabelSelector object. `matchLabels` become `In` with one value. */
export function requirementsOf(
    selector: JsonObject | undefined,
    key: (text: string) => { source: string; key: string } = parseKey,
): Requirement[] {
    const labels = [...asStringMap(selector?.["matchLabels"])].map(([text, value]): Requirement => ({
        ...key(text),
        operator: "In",
        values: [value],
        fromLabels: true,
    }));
    const expressions = (asObjects(selector?.["matchExpressions"]) ?? []).map((item): Requirement => ({
        ...key(asString(item["key"]) ?? ""),
        operator: (asString(item["operator"]) ?? "In") as Operator,
        values: asStrings(item["values"]) ?? [],
    }));
    return [...labels, ...expressions];
}

/** Whether any requirement is on this key, whatever its operator. */
export function hasKey(requirements: readonly Requirement[], source: string, key: string): boolean {
    return requirements.some((item) => item.source === source && item.key === key);
}
