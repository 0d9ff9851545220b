import { list, object, rulesOf, string, strings, type PolicyView, type RuleView } from "../policy-view";
import { inert, refused, type ClusterProblem } from "./problem";

/** L10 and L41: features that AKS's configuration of Cilium leaves switched off (facts: aks.md 1.4, cilium-policy.md 0.2). */
export function switchedOff(policy: PolicyView): readonly ClusterProblem[] {
    return [...hostPolicies(policy), ...rulesOf(policy).flatMap((rule) => [...oneRule(rule)])];
}

function* hostPolicies(policy: PolicyView): Iterable<ClusterProblem> {
    if (!policy.clusterwide) return;
    for (const spec of policy.specs) {
        if (object(spec.value["nodeSelector"]) === undefined) continue;
        yield inert(
            "L10",
            [...spec.path, "nodeSelector"],
            "a policy for nodes is stored and never enforced: AKS runs Cilium without its host firewall",
            {
                part: "key",
                fix: "protect nodes with network security groups; to select pods write endpointSelector",
            },
        );
    }
}

function* oneRule(rule: RuleView): Iterable<ClusterProblem> {
    const way = rule.direction === "ingress" ? "from" : "to";
    if (list(rule.value[`${way}Nodes`]).length > 0) {
        yield refused(
            "L10",
            [...rule.path, `${way}Nodes`],
            `${way}Nodes is refused on AKS (enable-node-selector-labels is off): no rule of this policy is enforced`,
            {
                part: "key",
                why: "Cilium on AKS does not keep labels of nodes, and refuses the whole policy: stored, shown by kubectl, never enforced.",
                fix: `write \`${way}Entities: [host, remote-node]\` for all nodes`,
            },
        );
    }
    if (list(rule.value[`${way}Groups`]).length > 0) {
        yield refused(
            "L10",
            [...rule.path, `${way}Groups`],
            `${way}Groups knows only AWS: a policy with a group is not enforced on AKS at all`,
            {
                part: "key",
                why: "A policy with groups is never imported itself, only one derived from it, and groups are looked up in AWS alone.",
                fix: `write the addresses with ${way}CIDRSet, or a CiliumCIDRGroup`,
            },
        );
    }
    const mode = string(object(rule.value["authentication"])?.["mode"]);
    if (mode !== undefined && mode !== "disabled") {
        yield inert(
            "L10",
            [...rule.path, "authentication"],
            `authentication mode ${mode} does not authenticate on AKS: mutual authentication is switched off`,
            {
                part: "key",
                why: "With mesh-auth-enabled=false nobody completes the authentication: up to Cilium 1.18 the traffic is dropped, 1.19 enforces the rule without it. AKS's own mTLS (preview) does not use this field.",
                fix: "remove `authentication`",
            },
        );
    }
    if (rule.direction !== "ingress" || rule.deny) return;
    for (const [entity, index] of strings(rule.value["fromEntities"])) {
        if (entity !== "kube-apiserver") continue;
        yield inert(
            "L41",
            [...rule.path, "fromEntities", index],
            "this allows nothing on AKS: calls from the API server arrive from konnectivity-agent pods, not from the entity kube-apiserver",
        );
    }
}
