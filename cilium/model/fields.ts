import type { JsonObject, JsonValue, ManifestDocument, Path } from "../manifest/document";
import { finding, type Finding } from "../validation/finding";

/**
 * Reads single fields of a workload or Service manifest. A field of the wrong type is reported with its place and read
 * as absent, so that every problem of every document comes out at once.
 */
export interface FieldReader {
    readonly document: ManifestDocument;
    /** `undefined` for an absent field or `null`, as the API server treats `null`. */
    at(path: Path): JsonValue | undefined;
    object(path: Path): JsonObject | undefined;
    list(path: Path): readonly JsonValue[];
    string(path: Path): string | undefined;
    boolean(path: Path): boolean | undefined;
    integer(path: Path, range: { readonly min: number; readonly max: number }): number | undefined;
    /** A map of strings, e.g. labels; entries of another type are reported and left out. */
    stringMap(path: Path): Readonly<Record<string, string>>;
    report(path: Path, message: string, fix: string): void;
}

const WHY = "The API server refuses the object, so what its pods may reach cannot be said.";
const SOURCE = "Kubernetes API reference";

/**
 * @param document the manifest to read
 * @param findings where problems go, as findings with code W01
 */
export function fieldReader(document: ManifestDocument, findings: Finding[]): FieldReader {
    const at = (path: Path): JsonValue | undefined => {
        let value: JsonValue | undefined = document.value;
        for (const step of path) {
            if (value === null || typeof value !== "object") return undefined;
            value = Array.isArray(value) ? value[step as number] : (value as JsonObject)[step];
        }
        return value ?? undefined;
    };
    const report = (path: Path, message: string, fix: string): void => {
        findings.push(
            finding(document, {
                code: "W01",
                severity: "error",
                path,
                message,
                why: WHY,
                fix,
                source: SOURCE,
            }),
        );
    };
    const expected = (path: Path, value: JsonValue, what: string, fix: string): undefined => {
        report(path, `${String(path.at(-1))} is ${show(value)}, expected ${what}`, fix);
        return undefined;
    };
    const typed = <T extends JsonValue>(
        path: Path,
        what: string,
        is: (value: JsonValue) => value is T,
    ): T | undefined => {
        const value = at(path);
        if (value === undefined || is(value)) return value;
        return expected(path, value, what, `write ${what}`);
    };
    const object = (path: Path) => typed(path, "a mapping", isObject);
    return {
        document,
        at,
        object,
        report,
        list: (path) => typed(path, "a list", (value) => Array.isArray(value)) ?? [],
        string: (path) => typed(path, "a string", (value) => typeof value === "string"),
        boolean: (path) => typed(path, "true or false", (value) => typeof value === "boolean"),
        integer: (path, { min, max }) =>
            typed(
                path,
                `a whole number from ${min} to ${max}`,
                (value): value is number =>
                    Number.isInteger(value) && Number(value) >= min && Number(value) <= max,
            ),
        stringMap: (path) => {
            const map = object(path) ?? {};
            if (Object.values(map).every((value) => typeof value === "string"))
                return map as Record<string, string>;
            const strings: Record<string, string> = {};
            for (const [key, value] of Object.entries(map)) {
                if (typeof value === "string") strings[key] = value;
                else
                    expected(
                        [...path, key],
                        value,
                        "a string",
                        `put the value in quotes: ${key}: ${JSON.stringify(String(value))}`,
                    );
            }
            return strings;
        },
    };
}

function isObject(value: JsonValue): value is JsonObject {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}

function show(value: JsonValue): string {
    if (Array.isArray(value)) return "a list";
    if (isObject(value)) return "a mapping";
    return typeof value === "string" ? JSON.stringify(value) : String(value);
}
