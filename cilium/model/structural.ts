import type * as z from "zod/mini";
import type { JsonValue } from "../manifest/document";
import { Changes, isBefore, keywordsOf, type CrdKeywords, type CrdPattern, type Varying } from "./crd";
import type { PolicyKind } from "./kinds";
import { networkPolicy } from "./network-policy";
import { ciliumCIDRGroup, ciliumClusterwideNetworkPolicy, ciliumNetworkPolicy, objectMeta } from "./objects";
import type { CiliumMinor } from "./versions";

/** A schema as the API server of one minor applies it: the zod schema and the CRD keywords, resolved for that minor. */
export interface Structural {
    readonly type: "object" | "array" | "string" | "integer" | "boolean" | "int-or-string" | "anything";
    readonly doc?: string | undefined;
    /** Known keys of an object; undefined for a map. */
    readonly properties?: Readonly<Record<string, Structural>> | undefined;
    /** Values of a map from any key. */
    readonly values?: Structural | undefined;
    /** Items of an array. */
    readonly items?: Structural | undefined;
    readonly required: readonly string[];
    readonly oneOf: readonly string[];
    readonly anyOf: readonly string[];
    readonly enum?: readonly string[] | undefined;
    readonly pattern?: CrdPattern | undefined;
    readonly minLength?: number | undefined;
    readonly maxLength?: number | undefined;
    readonly minItems?: number | undefined;
    readonly maxItems?: number | undefined;
    readonly minimum?: number | undefined;
    readonly maximum?: number | undefined;
    /** Bounds of the Go type the value is read into. */
    readonly goRange: readonly [least: number, most: number];
    readonly go?: CrdKeywords["go"] | undefined;
    readonly format?: CrdKeywords["format"] | undefined;
    readonly set: boolean;
    readonly mapKey?: string | undefined;
    readonly default?: JsonValue | undefined;
    /** Whether every key and value inside is left alone: the API server checks it elsewhere (`metadata`). */
    readonly anything: boolean;
    /** Code that problems of the value carry. @default by what is wrong with it */
    readonly code?: string | undefined;
}

const INT64 = [-(2 ** 63), 2 ** 63 - 1024] as const;

const ROOTS: Readonly<Record<PolicyKind, z.ZodMiniType>> = {
    CiliumNetworkPolicy: ciliumNetworkPolicy,
    CiliumClusterwideNetworkPolicy: ciliumClusterwideNetworkPolicy,
    NetworkPolicy: networkPolicy,
    CiliumCIDRGroup: ciliumCIDRGroup,
};

const cache = new Map<string, Structural>();

/** The schema of a kind at a minor. Built once; cheap to ask for again. */
export function structuralSchema(kind: PolicyKind, minor: CiliumMinor): Structural {
    return cached(`${kind}@${minor}`, ROOTS[kind], minor);
}

/** The same with `metadata` spelt out, as the agent's Go types have it. */
export function agentSchema(kind: PolicyKind, minor: CiliumMinor): Structural {
    const key = `${kind}@${minor} agent`;
    const known = cache.get(key);
    if (known !== undefined) return known;
    const schema = structuralSchema(kind, minor);
    const metadata = objectMetaSchema();
    const properties = { ...metadata.properties };
    if (kind === "NetworkPolicy") for (const field of NOT_SLIM) delete properties[field];
    const built = {
        ...schema,
        properties: bare({ ...schema.properties, metadata: { ...metadata, properties: bare(properties) } }),
    };
    cache.set(key, built);
    return built;
}

/** What Cilium's slim copy of ObjectMeta leaves out (`pkg/k8s/slim/k8s/apis/meta/v1`); it reads NetworkPolicies into that. */
const NOT_SLIM = [
    "selfLink",
    "creationTimestamp",
    "deletionGracePeriodSeconds",
    "finalizers",
    "managedFields",
];

/** Without a prototype: `constructor` is no known key. */
const bare = <T extends object>(record: T): T => Object.setPrototypeOf(record, null) as T;

/** The schema of `metadata`, which is the same for every kind and minor. */
export function objectMetaSchema(): Structural {
    return cached("metadata", objectMeta, "1.16");
}

function cached(key: string, schema: z.ZodMiniType, minor: CiliumMinor): Structural {
    const known = cache.get(key);
    if (known !== undefined) return known;
    const built = compile(schema, minor);
    cache.set(key, built);
    return built;
}

function compile(schema: z.core.$ZodType, minor: CiliumMinor, outer: CrdKeywords = {}): Structural {
    const keywords: CrdKeywords = { ...keywordsOf(schema), ...outer };
    const def = (schema as z.core.$ZodTypes)._zod.def;
    if (def.type === "optional" || def.type === "nullable") return compile(def.innerType, minor, keywords);
    if (keywords.becomes !== undefined && !isBefore(minor, keywords.becomes.since)) {
        const { doc, code } = keywords;
        return compile(keywords.becomes.schema, minor, { doc, code });
    }
    return { ...limits(keywords, minor), ...shape(def, keywords, minor) };
}

type Shape = Pick<Structural, "type"> & Partial<Structural>;

function shape(def: z.core.$ZodTypes["_zod"]["def"], keywords: CrdKeywords, minor: CiliumMinor): Shape {
    if (keywords.anything === true)
        return { type: def.type === "object" ? "object" : "anything", anything: true };
    switch (def.type) {
        case "object":
            return objectShape(def.shape, keywords, minor);
        case "record":
            return { type: "object", values: compile(def.valueType, minor) };
        case "array":
            return { type: "array", items: compile(def.element, minor) };
        case "enum":
            return {
                type: "string",
                enum: enumMembers(Object.values(def.entries).map(String), keywords, minor),
            };
        case "string":
        case "literal":
            return { type: "string" };
        case "number":
            return { type: "integer" };
        case "boolean":
            return { type: "boolean" };
        case "union":
            return { type: "int-or-string" };
        default:
            throw new TypeError(`no CRD counterpart for the zod type ${def.type}`);
    }
}

function objectShape(
    shape: Readonly<Record<string, z.core.$ZodType>>,
    keywords: CrdKeywords,
    minor: CiliumMinor,
): Shape {
    const properties: Record<string, Structural> = Object.create(null) as Record<string, Structural>;
    const required: string[] = [];
    for (const [key, schema] of Object.entries(shape)) {
        const { since, optionalSince } = keywordsOf(schema);
        if (since !== undefined && isBefore(minor, since)) continue;
        properties[key] = compile(schema, minor);
        const mayMiss =
            (schema as z.core.$ZodTypes)._zod.def.type === "optional" ||
            (keywords.optionalKeys ?? []).includes(key) ||
            (optionalSince !== undefined && !isBefore(minor, optionalSince));
        if (!mayMiss) required.push(key);
    }
    return { type: "object", properties, required };
}

function enumMembers(all: readonly string[], keywords: CrdKeywords, minor: CiliumMinor): readonly string[] {
    return all.filter((member) => {
        const since = keywords.enumSince?.[member];
        return since === undefined || !isBefore(minor, since);
    });
}

function limits(keywords: CrdKeywords, minor: CiliumMinor): Omit<Structural, "type"> {
    const at = <T>(value: Varying<T> | undefined): T | undefined =>
        value instanceof Changes ? value.at(minor) : value;
    return {
        doc: keywords.doc,
        required: [],
        oneOf: at(keywords.oneOf) ?? [],
        anyOf: at(keywords.anyOf) ?? [],
        pattern: at(keywords.pattern),
        minLength: keywords.minLength,
        maxLength: at(keywords.maxLength),
        minItems: at(keywords.minItems),
        maxItems: at(keywords.maxItems),
        minimum: keywords.minimum,
        maximum: keywords.maximum,
        goRange: at(keywords.goRange) ?? INT64,
        go: keywords.go,
        format: keywords.format,
        set: at(keywords.set) ?? false,
        mapKey: keywords.mapKey,
        default: keywords.default,
        anything: false,
        code: keywords.code,
    };
}
