import type { CheckContext } from "../context";
import type { NetworkPolicyView } from "../network-policy-view";
import { rulesOf, type PolicyView } from "../policy-view";
import { clusterRanges, networkPolicyRanges } from "./ranges";
import { advancedNetworking } from "./tier";
import { sctp, networkPolicySctp } from "./sctp";
import { switchedOff } from "./switched-off";
import { ipv6, networkPolicyIpv6 } from "./ipv6";
import type { ClusterProblem } from "./problem";

/** What the managed data plane of this cluster does not enforce, or AKS refuses, in a Cilium policy. */
export function checkCluster(policy: PolicyView, context: CheckContext): readonly ClusterProblem[] {
    return [
        ...switchedOff(policy),
        ...rulesOf(policy).flatMap((rule) => [
            ...advancedNetworking(rule, context),
            ...sctp(rule),
            ...clusterRanges(rule, context.cluster),
            ...ipv6(rule, context.cluster),
        ]),
    ];
}

/** The same for a Kubernetes NetworkPolicy. */
export function checkClusterNetworkPolicy(
    policy: NetworkPolicyView,
    context: CheckContext,
): readonly ClusterProblem[] {
    return [
        ...networkPolicySctp(policy),
        ...networkPolicyRanges(policy, context.cluster),
        ...networkPolicyIpv6(policy, context.cluster),
    ];
}
