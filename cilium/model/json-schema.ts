import type { JsonObject, JsonValue } from "../manifest/document";
import type { PolicyKind } from "./kinds";
import { API_VERSIONS } from "./kinds";
import { objectMetaSchema, structuralSchema, type Structural } from "./structural";
import type { CiliumMinor } from "./versions";

/**
 * JSON Schema (draft-07) of a kind at a Cilium minor, for editors: completion, hover texts, and a mark under an unknown
 * key, which an API server would drop.
 */
export function jsonSchema(kind: PolicyKind, minor: CiliumMinor): JsonObject {
    const root = convert(structuralSchema(kind, minor));
    const properties = {
        ...(root.properties as JsonObject),
        apiVersion: { enum: [...API_VERSIONS[kind]] },
        kind: { const: kind },
        metadata: convert(objectMetaSchema()),
    };
    return {
        $schema: "http://json-schema.org/draft-07/schema#",
        title: kind === "NetworkPolicy" ? kind : `${kind} of Cilium ${minor}`,
        ...root,
        properties,
        required: [
            ...new Set([
                "apiVersion",
                "kind",
                "metadata",
                ...((root.required as string[] | undefined) ?? []),
            ]),
        ],
    };
}

function convert(schema: Structural): JsonObject {
    const { doc, pattern, format } = schema;
    return compact({
        description: doc,
        type: TYPES[schema.type],
        properties: schema.properties === undefined ? undefined : mapValues(schema.properties, convert),
        additionalProperties: additional(schema),
        items: schema.items === undefined ? undefined : convert(schema.items),
        required: schema.required.length === 0 ? undefined : [...schema.required],
        oneOf: schema.oneOf.length === 0 ? undefined : schema.oneOf.map((key) => ({ required: [key] })),
        anyOf: schema.anyOf.length === 0 ? undefined : schema.anyOf.map((key) => ({ required: [key] })),
        enum: schema.enum === undefined ? undefined : [...schema.enum],
        // Editors run patterns in JavaScript; `\PC` is RE2's way to write what JavaScript writes \P{C}.
        pattern: pattern?.source.replaceAll("\\PC", "\\P{C}"),
        format: format === "date-time" ? format : undefined,
        minLength: schema.minLength,
        maxLength: schema.maxLength,
        minItems: schema.minItems,
        maxItems: schema.maxItems,
        minimum: schema.minimum,
        maximum: schema.maximum,
        uniqueItems: schema.set ? true : undefined,
        default: schema.default,
    });
}

const TYPES: Readonly<Record<Structural["type"], JsonValue | undefined>> = {
    object: "object",
    array: "array",
    string: "string",
    integer: "integer",
    boolean: "boolean",
    "int-or-string": ["integer", "string"],
    anything: undefined,
};

function additional(schema: Structural): JsonValue | undefined {
    if (schema.values !== undefined) return convert(schema.values);
    return schema.type === "object" && !schema.anything ? false : undefined;
}

function mapValues(
    record: Readonly<Record<string, Structural>>,
    map: (schema: Structural) => JsonObject,
): JsonObject {
    return Object.fromEntries(Object.entries(record).map(([key, schema]) => [key, map(schema)]));
}

function compact(object: Readonly<Record<string, JsonValue | undefined>>): JsonObject {
    return Object.fromEntries(
        Object.entries(object).filter((entry): entry is [string, JsonValue] => entry[1] !== undefined),
    );
}
