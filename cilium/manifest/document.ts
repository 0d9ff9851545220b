/**
 * One Kubernetes object read from text, with the way back to the place it was written at.
 *
 * Readers (YAML, JSON, `List`, streams) produce these; everything after them works on `value` and asks `locate` only
 * when something has to be reported, so a clean check never pays for positions.
 */
export interface ManifestDocument {
    /** File as the user named it; `-` for standard input. */
    readonly file: string;
    /** Order of the document in its file, from 0. Items of a `List` count one by one. */
    readonly index: number;
    readonly apiVersion: string;
    readonly kind: string;
    /** `metadata.name`; the empty string where there is none. */
    readonly name: string;
    /** `metadata.namespace`, or the namespace the reader was given for documents without one; undefined if neither. */
    readonly namespace: string | undefined;
    /** The object as plain JSON values. Never mutated. */
    readonly value: JsonObject;
    /**
     * Where a value stands. A path that does not exist answers with its nearest existing parent.
     * @param path keys and indices from the document's root
     * @param part `key` points at the key itself (for an unknown or misspelt key), `value` (default) at its value
     */
    locate(path: Path, part?: "key" | "value"): Position;
}

/** A place in a file. Lines and columns count from 1. */
export interface Position {
    readonly file: string;
    readonly line: number;
    readonly column: number;
}

/** Keys and indices from a document's root, e.g. `["spec", "egress", 0, "toFQDNs"]`. */
export type Path = readonly (string | number)[];

export type JsonValue = null | boolean | number | string | JsonValue[] | JsonObject;
export interface JsonObject {
    [key: string]: JsonValue;
}

/** `["spec","egress",0,"toFQDNs"]` → `spec.egress[0].toFQDNs`; keys that are no identifier are quoted in brackets. */
export function formatPath(path: Path): string {
    return path.reduce<string>((text, step) => {
        if (typeof step === "number") return `${text}[${step}]`;
        if (!/^[A-Za-z_][\w-]*$/.test(step)) return `${text}[${JSON.stringify(step)}]`;
        return text === "" ? step : `${text}.${step}`;
    }, "");
}
