import type { JsonObject, JsonValue, Path } from "../manifest/document";
import type { Structural } from "../model/structural";
import { icmpTypeFault } from "./icmp-types";
import { isGoTime, isObject, put } from "./structure-walk";

/** One value that Cilium's agent cannot read, or on which its decoder panics. */
export interface DecodeFault {
    readonly path: Path;
    readonly panics: boolean;
    /** What is wrong, as the end of a sentence about the value. */
    readonly says: string;
    readonly schema: Structural;
}

/** What Go's `encoding/json` makes of an object. */
export interface Decoded {
    /** Known keys only, as their Go fields are called; absent and null are one and the same. */
    readonly value: JsonObject;
    readonly faults: readonly DecodeFault[];
}

/**
 * Decodes as the agent does. Differences from what the API server accepts: keys match whatever their letter case, null
 * counts as absent everywhere, a null in a list becomes an empty value or a nil pointer, and some types look closer.
 */
export function goDecode(value: JsonObject, schema: Structural): Decoded {
    const decoder = new Decoder();
    return { value: decoder.object(value, schema), faults: decoder.faults };
}

class Decoder {
    readonly faults: DecodeFault[] = [];
    private readonly path: (string | number)[] = [];

    object(value: JsonObject, schema: Structural): JsonObject {
        const decoded: JsonObject = {};
        for (const key of Object.keys(value)) {
            const field = fieldFor(key, schema);
            const child = field === undefined ? schema.values : schema.properties?.[field];
            const item = value[key]!;
            if (child === undefined || (item === null && schema.values === undefined)) continue;
            this.path.push(key);
            put(decoded, field ?? key, this.value(item, child));
            this.path.pop();
        }
        if (schema.go === "icmp-field") this.icmpField(decoded, schema);
        return decoded;
    }

    private value(value: JsonValue, schema: Structural): JsonValue {
        if (schema.anything && schema.type === "anything") return value;
        if (value === null) return this.nil(schema);
        if (schema.go === "label") return this.label(value, schema);
        switch (schema.type) {
            case "object":
                return isObject(value) ? this.object(value, schema) : this.wrong(value, schema);
            case "array":
                return Array.isArray(value) ? this.list(value, schema) : this.wrong(value, schema);
            case "string":
                if (typeof value !== "string") return this.wrong(value, schema);
                if (schema.format === "go-time" || schema.format === "date-time") {
                    if (!isGoTime(value)) this.fault("is no time in the format of RFC 3339", schema);
                }
                return value;
            case "boolean":
                return typeof value === "boolean" ? value : this.wrong(value, schema);
            default:
                if (typeof value === "string" && schema.type === "int-or-string") return value;
                return this.integer(value, schema);
        }
    }

    private list(value: readonly JsonValue[], schema: Structural): JsonValue[] {
        const { items } = schema;
        if (items === undefined) return [];
        return value.map((item, index) => {
            this.path.push(index);
            const decoded = this.value(item, items);
            this.path.pop();
            return decoded;
        });
    }

    /** What a null in a list or map turns into. */
    private nil(schema: Structural): JsonValue {
        if (schema.go === "icmp-field") return this.object({}, schema);
        if (schema.go === "label") this.fault("is null; a label needs a key", schema);
        if (schema.go === "pointer")
            this.fault("is null, which Cilium's code follows as a pointer", schema, true);
        if (schema.type === "object") return {};
        if (schema.type === "array") return [];
        return schema.type === "string" ? "" : schema.type === "boolean" ? false : 0;
    }

    private integer(value: JsonValue, schema: Structural): JsonValue {
        const [least, most] = schema.goRange;
        if (typeof value !== "number" || !Number.isInteger(value)) return this.wrong(value, schema);
        if (value < least || value > most)
            this.fault(`does not fit; it has to be from ${least} to ${most}`, schema);
        return value;
    }

    /** `pkg/labels` Label.UnmarshalJSON: the full form, or else the short one. */
    private label(value: JsonValue, schema: Structural): JsonValue {
        if (typeof value === "string") {
            if (value === "") this.fault("is empty; a label needs a key", schema);
            return value;
        }
        if (!isObject(value)) return this.wrong(value, schema);
        const decoded = this.object(value, { ...schema, go: undefined });
        if ((decoded.key ?? "") === "") this.fault("has no key", schema);
        return decoded;
    }

    /** `pkg/policy/api` ICMPField.UnmarshalJSON. */
    private icmpField(decoded: JsonObject, schema: Structural): void {
        const { type, family } = decoded;
        const property = schema.properties?.type ?? schema;
        if (type === undefined) {
            this.fault("has no type, which Cilium's code follows as a pointer", property, true);
        } else if (typeof type === "string") {
            const says = icmpTypeFault(type, typeof family === "string" ? family : "");
            if (says === undefined) return;
            this.path.push("type");
            this.fault(says, property);
            this.path.pop();
        }
    }

    private wrong(value: JsonValue, schema: Structural): JsonValue {
        this.fault(
            `is ${Array.isArray(value) ? "a list" : isObject(value) ? "a mapping" : typeof value}`,
            schema,
        );
        return this.zero(schema);
    }

    private zero(schema: Structural): JsonValue {
        if (schema.type === "object") return {};
        return schema.type === "array" ? [] : "";
    }

    private fault(says: string, schema: Structural, panics = false): void {
        this.faults.push({ path: [...this.path], panics, says, schema });
    }
}

/** The field Go's decoder puts a key into: the same name, or else one that differs in letter case only. */
function fieldFor(key: string, schema: Structural): string | undefined {
    const { properties } = schema;
    if (properties === undefined) return undefined;
    if (properties[key] !== undefined) return key;
    const folded = fold(key);
    return Object.keys(properties).find((known) => fold(known) === folded);
}

/** Unicode's simple folding as far as ASCII names can meet it: the long s and the Kelvin sign. */
const fold = (key: string): string =>
    key
        .replace(/ſ/g, "s")
        .replace(/\u212a/g, "k")
        .toLowerCase();
