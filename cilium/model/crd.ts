import type * as z from "zod/mini";
import type { JsonValue } from "../manifest/document";
import { CILIUM_MINORS, type CiliumMinor } from "./versions";

/**
 * The zod schemas of this folder say what an object looks like; the registry below says what the CRD (custom resource
 * definition) of a Cilium minor says on top of it: patterns, formats, lengths, defaults, `oneOf`, and which minor has what.
 * One schema so gives the TypeScript types, the structural check, the unknown keys and the JSON Schema for editors.
 * Source of every keyword: github.com/cilium/cilium `pkg/k8s/apis/cilium.io/client/crds/v2` at v1.16.19, v1.17.16,
 * v1.18.11 and v1.19.7.
 */
export interface CrdKeywords {
    /** One or two sentences for the reader of an editor's hover text. */
    readonly doc?: string | undefined;
    /** First minor whose CRD knows the key. @default the oldest modelled */
    readonly since?: CiliumMinor;
    readonly pattern?: Varying<CrdPattern>;
    /** In characters (Unicode code points), as the API server counts. */
    readonly minLength?: number;
    readonly maxLength?: Varying<number>;
    readonly minItems?: Varying<number>;
    readonly maxItems?: Varying<number>;
    readonly minimum?: number;
    readonly maximum?: number;
    /**
     * Only the formats the API server knows; it ignores others (`idn-hostname`). `go-time` is no CRD format: Go's types
     * for `metadata` read a time as RFC 3339.
     */
    readonly format?: "cidr" | "date-time" | "go-time";
    /** `x-kubernetes-list-type: set`: no value twice. */
    readonly set?: Varying<boolean>;
    /** `x-kubernetes-list-type: map`: no two items with the same value of this key. */
    readonly mapKey?: string;
    readonly default?: JsonValue;
    /** Exactly one of these keys has to be present; empty means no such rule. */
    readonly oneOf?: Varying<readonly string[]>;
    /** At least one of these keys has to be present; empty means no such rule. */
    readonly anyOf?: Varying<readonly string[]>;
    /** Keys that authors have to write and the CRD does not ask for. */
    readonly optionalKeys?: readonly string[];
    /** Bounds of the Go integer type the value is read into. @default int64 */
    readonly goRange?: Varying<readonly [least: number, most: number]>;
    /**
     * How Cilium's Go type reads the value, where that is not plain decoding: `pointer`, a null in a list becomes nil;
     * `label`, a mapping or a text `SOURCE:KEY=VALUE`; `icmp-field`, the type's name is looked up while decoding.
     */
    readonly go?: "pointer" | "label" | "icmp-field";
    /** The minor since which a required key is optional. */
    readonly optionalSince?: CiliumMinor;
    /** Enum members that only newer minors know. */
    readonly enumSince?: Readonly<Record<string, CiliumMinor>>;
    /** The key has another schema from this minor on. */
    readonly becomes?: { readonly since: CiliumMinor; readonly schema: z.ZodMiniType };
    /** Code that problems of the value carry, where the catalogue has a row for it. @default by what is wrong with it */
    readonly code?: string | undefined;
    /** Any content; the API server checks it elsewhere (`metadata`). */
    readonly anything?: boolean;
}

/** A pattern of a CRD: its text as written there, and the same test in bounded time (see patterns.ts). */
export interface CrdPattern {
    readonly source: string;
    readonly test: (text: string) => boolean;
    /** What it asks for, in words. */
    readonly says: string;
}

/** A value that some minor changed: from which minor on it is what. Before the first one there is none. */
export type Varying<T> = T | Changes<T>;
export class Changes<T> {
    constructor(private readonly from: Readonly<Partial<Record<CiliumMinor, T>>>) {}
    /** The value of one minor; undefined where it has none. */
    at(minor: CiliumMinor): T | undefined {
        const known = CILIUM_MINORS.filter((m) => m in this.from && !isBefore(minor, m)).at(-1);
        return known === undefined ? undefined : this.from[known];
    }
}

/** What Go's int32 holds. */
export const INT32 = [-(2 ** 31), 2 ** 31 - 1] as const;

/** `changed({"1.17": 255})`: from 1.17 on 255, before nothing. */
export const changed = <T>(from: Readonly<Partial<Record<CiliumMinor, T>>>): Changes<T> => new Changes(from);

/** Whether `minor` is older than `than`. */
export function isBefore(minor: CiliumMinor, than: CiliumMinor): boolean {
    return CILIUM_MINORS.indexOf(minor) < CILIUM_MINORS.indexOf(than);
}

const attached = new WeakMap<z.core.$ZodType, CrdKeywords>();

/** Attaches CRD keywords to a copy of a schema. */
export function crd<T extends z.ZodMiniType>(schema: T, keywords: CrdKeywords): T {
    const copy = schema.clone() as T;
    attached.set(copy, { ...attached.get(schema), ...keywords });
    return copy;
}

/** What {@link crd} attached. */
export function keywordsOf(schema: z.core.$ZodType): CrdKeywords {
    return attached.get(schema) ?? {};
}
