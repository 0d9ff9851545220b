import type { JsonObject, JsonValue } from "../cilium/manifest/document";

/** What ordering needs to know of an object. */
export interface OrderedObject {
    readonly kind: string;
    readonly namespace: string | undefined;
    readonly value: JsonObject;
}

const POLICY_KINDS = ["CiliumNetworkPolicy", "CiliumClusterwideNetworkPolicy", "NetworkPolicy"];

/** Objects that have to be there before anything that refers to them, and what only denies comes last. */
export type Rank = "namespace" | "group" | "allow" | "deny";

/**
 * When an object's turn is. A policy that only denies goes last: it switches default deny on, and created before the
 * policies that allow it would drop live traffic (design: Decisions).
 */
export function rankOf(object: OrderedObject): Rank {
    if (object.kind === "Namespace") return "namespace";
    if (!POLICY_KINDS.includes(object.kind)) return "group";
    return specsOf(object.value).some(allowsSomething) ? "allow" : "deny";
}

/**
 * What has to exist before an object: its namespace, every CIDR group, and for what only denies the allowing policies
 * that can concern the same pods (same namespace, or cluster-wide on either side).
 */
export function prerequisites<T extends OrderedObject>(
    object: T,
    all: readonly T[],
    name: (of: T) => string,
): T[] {
    const rank = rankOf(object);
    return all.filter((other) => {
        switch (rankOf(other)) {
            case "namespace":
                return rank !== "namespace" && object.namespace === name(other);
            case "group":
                return rank === "allow" || rank === "deny";
            case "allow":
                return rank === "deny" && meets(object.namespace, other.namespace);
            case "deny":
                return false;
        }
    });
}

function meets(one: string | undefined, other: string | undefined): boolean {
    return one === undefined || other === undefined || one === other;
}

function specsOf(value: JsonObject): JsonObject[] {
    const many = Array.isArray(value.specs) ? value.specs : [];
    return [value.spec, ...many].filter(isObject);
}

/** A rule without anything in it (`ingress: [{}]`) allows nothing in Cilium and everything in a NetworkPolicy. */
function allowsSomething(spec: JsonObject): boolean {
    const isKubernetes = isObject(spec.podSelector);
    const rules = [spec.ingress, spec.egress]
        .flatMap((list) => (Array.isArray(list) ? list : []))
        .filter(isObject);
    return rules.some((rule) => isKubernetes || Object.values(rule).some(isFilled));
}

function isFilled(value: JsonValue): boolean {
    return Array.isArray(value) ? value.length > 0 : value !== null;
}

function isObject(value: JsonValue | undefined): value is JsonObject {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}
