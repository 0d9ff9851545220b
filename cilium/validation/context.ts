import type { ManifestDocument } from "../manifest/document";
import type { ClusterFacts } from "../model/cluster";
import type { CiliumMinor } from "../model/versions";
import type { Endpoint, ServiceDefinition } from "../reachability/types";
import type { NetworkPolicyView } from "./network-policy-view";
import type { PolicyView } from "./policy-view";

/** What the checks of one Cilium minor may look at beside the document itself. */
export interface CheckContext {
    readonly cluster: ClusterFacts;
    readonly minor: CiliumMinor;
    /** Every Cilium policy of the input. */
    readonly policies: readonly PolicyView[];
    /** The same by document: views are compared by identity. */
    readonly views: ReadonlyMap<ManifestDocument, PolicyView>;
    readonly networkPolicies: readonly NetworkPolicyView[];
    /** Undefined where nobody named any: what needs them is not checked then. */
    readonly workloads: readonly Endpoint[] | undefined;
    readonly services: readonly ServiceDefinition[] | undefined;
    /** Everything that was read, for what is neither policy nor workload (webhook configurations). */
    readonly documents: readonly ManifestDocument[];
}

/** Whether a minor is this one or a later one. */
export function atLeast(minor: CiliumMinor, than: CiliumMinor): boolean {
    return Number(minor.slice(2)) >= Number(than.slice(2));
}

/**
 * Computes something once for each context: what concerns all policies together must not be worked out again for each.
 */
export function perContext<T>(compute: (context: CheckContext) => T): (context: CheckContext) => T {
    const known = new WeakMap<CheckContext, { readonly value: T }>();
    return (context) => {
        const seen = known.get(context);
        if (seen !== undefined) return seen.value;
        const value = compute(context);
        known.set(context, { value });
        return value;
    };
}
