import type { CheckContext } from "../context";
import type { Problem } from "../finding";
import type { NetworkPolicyView } from "../network-policy-view";
import type { PolicyView } from "../policy-view";
import { adviseAddresses } from "./addresses";
import { adviseHttp } from "./http";
import { adviseLabels } from "./labels";
import { adviseNames } from "./names";
import { adviseNetworkPolicy } from "./network-policy";
import { advisePeers } from "./peers";
import { advisePorts } from "./ports";
import { adviseRedundancy } from "./redundancy";
import { adviseSections } from "./sections";
import { adviseSystem } from "./system";

/** The catalogue of mistakes (L01 to L64) as far as they are not rules of Cilium or of the cluster. */
export function advise(
    policy: PolicyView | undefined,
    networkPolicy: NetworkPolicyView | undefined,
    context: CheckContext,
): readonly Problem[] {
    if (networkPolicy !== undefined) return adviseNetworkPolicy(networkPolicy, context);
    if (policy === undefined) return [];
    return [
        ...adviseSections(policy, context),
        ...advisePeers(policy, context),
        ...advisePorts(policy),
        ...adviseAddresses(policy, context),
        ...adviseNames(policy, context),
        ...adviseHttp(policy, context),
        ...adviseLabels(policy, context),
        ...adviseSystem(policy),
        ...adviseRedundancy(policy),
    ];
}
