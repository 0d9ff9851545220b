import type { JsonObject, JsonValue, Path } from "../manifest/document";
import { isSloppyCidr } from "../model/address";
import type { Structural } from "../model/structural";

/**
 * What is wrong with one value, before it is put into words. Kept apart so that the walk is the API server's algorithm
 * and nothing else.
 */
export type Fault = { readonly path: Path; readonly schema: Structural } & (
    | { readonly rule: "unknown-key"; readonly key: string; readonly parent: JsonObject }
    | { readonly rule: "type"; readonly value: JsonValue }
    | { readonly rule: "required"; readonly key: string }
    | { readonly rule: "one-of"; readonly present: readonly string[] }
    | { readonly rule: "any-of" }
    | { readonly rule: "duplicate"; readonly value: JsonValue; readonly first: number }
    | { readonly rule: LimitRule; readonly value: JsonValue }
);
export type LimitRule =
    | "enum"
    | "pattern"
    | "format"
    | "minLength"
    | "maxLength"
    | "minItems"
    | "maxItems"
    | "minimum"
    | "maximum";

/** How nulls are read: CRDs drop them inside objects and refuse them in lists; Go's decoder takes them for "absent". */
export type Nulls = "crd" | "go";

/**
 * Prunes, defaults and validates in one pass, as `PruneWithOptions`, `PruneNonNullableNullsWithoutDefaults`, `Default` and
 * `ValidateCustomResource` of k8s.io/apiextensions-apiserver do one after the other.
 */
export class StructureWalk {
    readonly faults: Fault[] = [];
    readonly pruned: Path[] = [];
    private readonly path: (string | number)[] = [];

    constructor(private readonly nulls: Nulls) {}

    /**
     * @param value as read
     * @param schema what is asked of it; undefined below a value of a wrong type, where everything is pruned
     * @returns the value as stored
     */
    visit(value: JsonValue, schema: Structural | undefined): JsonValue {
        if (schema?.anything === true) {
            if (schema.type === "object" && !isObject(value))
                this.fault({ rule: "type", value, schema, path: [...this.path] });
            return value;
        }
        const stored = Array.isArray(value)
            ? this.list(value, schema)
            : isObject(value)
              ? this.object(value, schema)
              : value;
        if (schema !== undefined) this.validate(stored, value, schema);
        return stored;
    }

    private list(value: readonly JsonValue[], schema: Structural | undefined): JsonValue[] {
        return value.map((item, index) => {
            this.path.push(index);
            const read = item === null && this.nulls === "go" ? zeroValue(schema?.items) : item;
            const stored = this.visit(read, schema?.items);
            this.path.pop();
            return stored;
        });
    }

    private object(value: JsonObject, schema: Structural | undefined): JsonObject {
        const stored: JsonObject = {};
        for (const key of Object.keys(value)) {
            const child = schema?.properties?.[key] ?? schema?.values;
            if (child === undefined) {
                this.pruned.push([...this.path, key]);
                // Below a value of a wrong type the one fault is that type.
                if (schema?.type === "object") {
                    this.fault({
                        rule: "unknown-key",
                        key,
                        parent: value,
                        schema,
                        path: [...this.path, key],
                    });
                }
                continue;
            }
            const item = value[key]!;
            if (item === null && child.default === undefined) continue;
            this.path.push(key);
            put(stored, key, this.visit(item ?? child.default!, child));
            this.path.pop();
        }
        for (const key of Object.keys(schema?.properties ?? {})) {
            const fallback = schema?.properties?.[key]?.default;
            if (fallback !== undefined && !Object.hasOwn(stored, key)) put(stored, key, fallback);
        }
        return stored;
    }

    private validate(stored: JsonValue, written: JsonValue, schema: Structural): void {
        if (!hasType(stored, schema) || !this.fits(stored, schema)) {
            this.fault({ rule: "type", value: written, schema, path: [...this.path] });
            return;
        }
        if (typeof stored === "string") this.text(stored, schema);
        else if (typeof stored === "number") this.number(stored, schema);
        else if (Array.isArray(stored)) this.items(stored, schema);
        else if (isObject(stored)) this.keys(stored, schema);
    }

    /** Whether Go's decoder can read a number into the type it has there; the API server's for CRDs reads any number. */
    private fits(value: JsonValue, { goRange }: Structural): boolean {
        if (this.nulls === "crd" || typeof value !== "number") return true;
        return Number.isInteger(value) && value >= goRange[0] && value <= goRange[1];
    }

    private text(value: string, schema: Structural): void {
        const length =
            schema.minLength !== undefined || schema.maxLength !== undefined ? [...value].length : 0;
        const broken: readonly (readonly [LimitRule, boolean])[] = [
            ["maxLength", length > (schema.maxLength ?? Infinity)],
            ["minLength", length < (schema.minLength ?? 0)],
            ["pattern", schema.pattern !== undefined && !schema.pattern.test(value)],
            ["enum", schema.enum !== undefined && !schema.enum.includes(value)],
            ["format", schema.format !== undefined && !FORMATS[schema.format](value)],
        ];
        // The API server stops at the first of the three string rules too.
        const first = broken.find(([, is]) => is);
        if (first !== undefined) this.fault({ rule: first[0], value, schema, path: [...this.path] });
    }

    private number(value: number, schema: Structural): void {
        if (value > (schema.maximum ?? Infinity))
            this.fault({ rule: "maximum", value, schema, path: [...this.path] });
        if (value < (schema.minimum ?? -Infinity))
            this.fault({ rule: "minimum", value, schema, path: [...this.path] });
    }

    private items(value: readonly JsonValue[], schema: Structural): void {
        if (value.length > (schema.maxItems ?? Infinity))
            this.fault({ rule: "maxItems", value: [...value], schema, path: [...this.path] });
        if (value.length < (schema.minItems ?? 0))
            this.fault({ rule: "minItems", value: [...value], schema, path: [...this.path] });
        const { mapKey } = schema;
        if (!schema.set && mapKey === undefined) return;
        const seen = new Map<string, number>();
        for (const [index, item] of value.entries()) {
            const identity = mapKey === undefined ? item : isObject(item) ? (item[mapKey] ?? null) : null;
            const text = JSON.stringify(identity);
            const first = seen.get(text);
            if (first === undefined) seen.set(text, index);
            else
                this.fault({
                    rule: "duplicate",
                    value: identity,
                    first,
                    schema,
                    path: [...this.path, index],
                });
        }
    }

    private keys(value: JsonObject, schema: Structural): void {
        for (const key of schema.required) {
            if (!Object.hasOwn(value, key))
                this.fault({ rule: "required", key, schema, path: [...this.path] });
        }
        if (schema.oneOf.length > 0) {
            const present = schema.oneOf.filter((key) => Object.hasOwn(value, key));
            if (present.length !== 1) this.fault({ rule: "one-of", present, schema, path: [...this.path] });
        }
        if (schema.anyOf.length > 0 && !schema.anyOf.some((key) => Object.hasOwn(value, key))) {
            this.fault({ rule: "any-of", schema, path: [...this.path] });
        }
    }

    private fault(fault: Fault): void {
        this.faults.push(fault);
    }
}

/** Whether a value is a JSON object. */
export function isObject(value: JsonValue | undefined): value is JsonObject {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Sets a key; `__proto__` too, which an assignment would not make a key. */
export function put(object: JsonObject, key: string, value: JsonValue): void {
    if (key !== "__proto__") object[key] = value;
    else Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
}

function hasType(value: JsonValue, schema: Structural): boolean {
    switch (schema.type) {
        case "object":
            return isObject(value);
        case "array":
            return Array.isArray(value);
        case "string":
            // A list passes for a string that has a format: kube-openapi validates formats elsewhere and looks at strings
            // only (pkg/validation/validate/type.go). Cilium cannot decode it then.
            return typeof value === "string" || (isCrdFormat(schema) && Array.isArray(value));
        case "integer":
            return typeof value === "number" && isIntegral(value);
        case "boolean":
            return typeof value === "boolean";
        case "int-or-string":
            return typeof value === "string" || (typeof value === "number" && isIntegral(value));
        case "anything":
            return true;
    }
}

function isCrdFormat(schema: Structural): boolean {
    return schema.format === "cidr" || schema.format === "date-time";
}

/** go-openapi's `IsFloat64AJSONInteger`: a relative error of 1e-9 is still an integer. */
function isIntegral(value: number): boolean {
    if (Number.isSafeInteger(value)) return true;
    if (Number.isInteger(value)) return Math.abs(value) < 2 ** 63;
    if (Math.abs(value) > Number.MAX_SAFE_INTEGER || value < 0) return false;
    const whole = Math.trunc(value);
    return whole !== 0 && Math.abs(value - whole) / (value + whole) < 1e-9;
}

function zeroValue(schema: Structural | undefined): JsonValue {
    if (schema?.type === "object") return {};
    return schema?.type === "string" ? "" : null;
}

const FORMATS: Readonly<Record<NonNullable<Structural["format"]>, (text: string) => boolean>> = {
    cidr: isSloppyCidr,
    "date-time": isDateTime,
    "go-time": isGoTime,
};

/** go-openapi's `strfmt.IsDateTime`. */
function isDateTime(text: string): boolean {
    const [date = "", time] = text.toLowerCase().split("t");
    if (time === undefined || !isDate(date)) return false;
    const parts = /^([0-9]{2}):([0-9]{2}):([0-9]{2})(?:.[0-9]+)?(?:z|[+-][0-9]{2}:[0-9]{2})$/.exec(time);
    return parts !== null && parts[1]! <= "23" && parts[2]! <= "59" && parts[3]! <= "59";
}

/** Go's `time.Parse(time.RFC3339, …)`. */
export function isGoTime(text: string): boolean {
    const parts =
        /^([0-9]{4}-[0-9]{2}-[0-9]{2})T([0-9]{1,2}):([0-9]{2}):([0-9]{2})(?:[.,][0-9]+)?(?:Z|[+-]([0-9]{2}):([0-9]{2}))$/.exec(
            text,
        );
    if (parts === null || !isDate(parts[1]!)) return false;
    const [hour, minute, second, zoneHour, zoneMinute] = parts.slice(2).map((part) => Number(part ?? 0));
    return hour! < 24 && minute! < 60 && second! < 60 && zoneHour! <= 24 && zoneMinute! < 60;
}

function isDate(text: string): boolean {
    if (!/^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(text)) return false;
    const [year, month, day] = text.split("-").map(Number);
    return (
        month! >= 1 && month! <= 12 && day! >= 1 && day! <= new Date(Date.UTC(year!, month!, 0)).getUTCDate()
    );
}
