import type { JsonObject, JsonValue } from "../manifest/document";

/** Lenient views on documents that passed validation: a value of another type counts as absent, like `null`. */

export function asObject(value: JsonValue | undefined): JsonObject | undefined {
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value : undefined;
}

export function asArray(value: JsonValue | undefined): readonly JsonValue[] | undefined {
    return Array.isArray(value) ? value : undefined;
}

/** The objects of an array; undefined where there is no array (an empty array is not the same as none). */
export function asObjects(value: JsonValue | undefined): readonly JsonObject[] | undefined {
    return asArray(value)
        ?.map(asObject)
        .filter((item) => item !== undefined);
}

export function asString(value: JsonValue | undefined): string | undefined {
    return typeof value === "string" ? value : undefined;
}

/** The strings of an array; undefined where there is no array. */
export function asStrings(value: JsonValue | undefined): readonly string[] | undefined {
    return asArray(value)?.filter((item): item is string => typeof item === "string");
}

export function asNumber(value: JsonValue | undefined): number | undefined {
    return typeof value === "number" ? value : undefined;
}

/** A map of strings, e.g. `matchLabels`; other values are left out. */
export function asStringMap(value: JsonValue | undefined): ReadonlyMap<string, string> {
    const entries = Object.entries(asObject(value) ?? {});
    return new Map(
        entries.flatMap(([key, item]) => (typeof item === "string" ? [[key, item] as const] : [])),
    );
}
