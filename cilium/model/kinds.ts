/** The kinds of object this library checks. Everything else in a stream is passed over. */
export const POLICY_KINDS = [
    "CiliumNetworkPolicy",
    "CiliumClusterwideNetworkPolicy",
    "NetworkPolicy",
    "CiliumCIDRGroup",
] as const;
export type PolicyKind = (typeof POLICY_KINDS)[number];

/**
 * API versions a cluster serves each kind at, newest first.
 * CiliumCIDRGroup: `v2alpha1` up to Cilium 1.17, `v2` since 1.18 (`v2alpha1` stays served). Source: the CRDs embedded in
 * github.com/cilium/cilium, `pkg/k8s/apis/cilium.io/client/crds`.
 */
export const API_VERSIONS: Readonly<Record<PolicyKind, readonly string[]>> = {
    CiliumNetworkPolicy: ["cilium.io/v2"],
    CiliumClusterwideNetworkPolicy: ["cilium.io/v2"],
    NetworkPolicy: ["networking.k8s.io/v1"],
    CiliumCIDRGroup: ["cilium.io/v2", "cilium.io/v2alpha1"],
};

/** Whether a cluster serves the kind at this `apiVersion`. */
export function isServed(kind: PolicyKind, apiVersion: unknown): boolean {
    return typeof apiVersion === "string" && API_VERSIONS[kind].includes(apiVersion);
}

/** Narrows a `kind` to those this library checks; says nothing about its `apiVersion`. */
export function isPolicyKind(kind: unknown): kind is PolicyKind {
    return (POLICY_KINDS as readonly unknown[]).includes(kind);
}
