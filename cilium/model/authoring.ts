import type * as z from "zod/mini";
import type { ciliumCIDRGroup, ciliumClusterwideNetworkPolicy, ciliumNetworkPolicy } from "./objects";
import type { networkPolicy } from "./network-policy";
import type { cidrRule, endpointSelector, entity, fqdnSelector } from "./peers";
import type { icmpRule, portDenyRule, portRule } from "./ports";
import type { egressDenyRule, egressRule, ingressDenyRule, ingressRule, rule } from "./rule";

/**
 * Types for policies written in TypeScript, taken from the schemas that check them. A misspelt key is a compile error in
 * an object literal; what arrives through spreads or `as any` is found by the check all the same.
 */
export type CiliumNetworkPolicy = z.infer<typeof ciliumNetworkPolicy>;
export type CiliumClusterwideNetworkPolicy = z.infer<typeof ciliumClusterwideNetworkPolicy>;
export type CiliumCIDRGroup = z.infer<typeof ciliumCIDRGroup>;
export type NetworkPolicy = z.infer<typeof networkPolicy>;

/** `spec` of a Cilium policy. */
export type CiliumPolicyRule = z.infer<typeof rule>;
export type IngressRule = z.infer<typeof ingressRule>;
export type IngressDenyRule = z.infer<typeof ingressDenyRule>;
export type EgressRule = z.infer<typeof egressRule>;
export type EgressDenyRule = z.infer<typeof egressDenyRule>;
export type EndpointSelector = z.infer<typeof endpointSelector>;
export type PortRule = z.infer<typeof portRule>;
export type PortDenyRule = z.infer<typeof portDenyRule>;
export type IcmpRule = z.infer<typeof icmpRule>;
export type CidrRule = z.infer<typeof cidrRule>;
export type FqdnSelector = z.infer<typeof fqdnSelector>;
export type Entity = z.infer<typeof entity>;

/** Name, labels and annotations of a policy. */
export interface PolicyMetadata {
    /** Name of the object: lower-case letters, digits, '-' and '.'. */
    readonly name: string;
    readonly labels?: Record<string, string>;
    readonly annotations?: Record<string, string>;
}

/** The pods a rule is for are named by one kind of selector, so that "both" and "neither" do not compile. */
export type PodRule = Omit<CiliumPolicyRule, "endpointSelector" | "nodeSelector"> & {
    /** The pods this policy is for; `{}` means all of the namespace. */
    endpointSelector: EndpointSelector;
    nodeSelector?: never;
};
export type NodeRule = Omit<CiliumPolicyRule, "endpointSelector" | "nodeSelector"> & {
    endpointSelector?: never;
    /** The nodes this policy is for. */
    nodeSelector: EndpointSelector;
};

/**
 * A CiliumNetworkPolicy, for pods of one namespace.
 * @param metadata name and namespace, labels and annotations
 * @param spec its rules; several sets of them as a list (`specs`)
 */
export function defineCiliumNetworkPolicy(
    metadata: PolicyMetadata & { readonly namespace: string },
    spec: PodRule | PodRule[],
): CiliumNetworkPolicy {
    return {
        apiVersion: "cilium.io/v2",
        kind: "CiliumNetworkPolicy",
        metadata: { ...metadata },
        ...rules(spec),
    };
}

/**
 * A CiliumClusterwideNetworkPolicy, for pods of all namespaces, or for nodes.
 * @param metadata name, labels and annotations; the kind is in no namespace
 * @param spec its rules; several sets of them as a list (`specs`)
 */
export function defineCiliumClusterwideNetworkPolicy(
    metadata: PolicyMetadata & { readonly namespace?: never },
    spec: PodRule | NodeRule | (PodRule | NodeRule)[],
): CiliumClusterwideNetworkPolicy {
    return {
        apiVersion: "cilium.io/v2",
        kind: "CiliumClusterwideNetworkPolicy",
        metadata: { ...metadata },
        ...rules(spec),
    };
}

function rules(
    spec: PodRule | NodeRule | (PodRule | NodeRule)[],
): Pick<CiliumNetworkPolicy, "spec" | "specs"> {
    return Array.isArray(spec) ? { specs: spec } : { spec };
}
