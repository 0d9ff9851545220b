import type { NetworkPolicyView } from "../network-policy-view";
import { portsOf, type RuleView } from "../policy-view";
import { inert, type ClusterProblem } from "./problem";

/** C01: SCTP is switched off (facts: aks.md 1.4, `enable-sctp: false`). */
export function* sctp(rule: RuleView): Iterable<ClusterProblem> {
    for (const { value, path } of portsOf(rule)) {
        if (value["protocol"] === "SCTP") yield sctpProblem([...path, "protocol"]);
    }
}

/** {@link sctp} of a NetworkPolicy. */
export function* networkPolicySctp(policy: NetworkPolicyView): Iterable<ClusterProblem> {
    for (const { value, path } of policy.rules.flatMap((rule) => rule.ports)) {
        if (value["protocol"] === "SCTP") yield sctpProblem([...path, "protocol"]);
    }
}

function sctpProblem(path: ClusterProblem["path"]): ClusterProblem {
    return inert(
        "C01",
        path,
        "SCTP is switched off in AKS's configuration of Cilium: this port is not enforced",
    );
}
