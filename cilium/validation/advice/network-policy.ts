import { NAMESPACE_LABELS, isIdentityLabel } from "../../semantics/labels";
import { problem } from "../codes/problem";
import type { CheckContext } from "../context";
import type { Problem } from "../finding";
import type { NetworkPolicyView } from "../network-policy-view";
import { list, object, requirements, string, type Requirement } from "../policy-view";
import { ipBlocksOf, oneBlock } from "./addresses";

/** L16, L31, L46, L57, L62 of a Kubernetes NetworkPolicy: what Cilium makes of it. */
export function adviseNetworkPolicy(policy: NetworkPolicyView, context: CheckContext): readonly Problem[] {
    return [
        ...ipBlocksOf(policy).flatMap((block) => [...oneBlock(block, context, true)]),
        ...filteredLabels(policy, context),
        ...namedEgressPorts(policy),
        ...excludingNamespaces(policy),
        ...unlistedSections(policy),
    ];
}

const positive = ({ operator }: Requirement): boolean => operator === "In" || operator === "Exists";

function* excludingNamespaces(policy: NetworkPolicyView): Iterable<Problem> {
    for (const rule of policy.rules) {
        for (const peer of rule.peers) {
            const namespaces = object(peer.value["namespaceSelector"]);
            if (namespaces === undefined) continue;
            const path = [...peer.path, "namespaceSelector"];
            const asked = requirements({ rule: undefined, path, value: namespaces });
            const pods = object(peer.value["podSelector"]);
            const ofPods = pods === undefined ? [] : requirements({ rule: undefined, path, value: pods });
            const first = asked[0];
            if (first === undefined || asked.some(positive) || ofPods.some(positive)) continue;
            const effect = rule.direction === "ingress" ? "lets in" : "opens the way to";
            yield problem(
                "L57",
                [...first.path, "operator"],
                `this peer also ${effect} the internet, every node and the API server: what has no namespace is not excluded`,
                {
                    fix: "add `{key: kubernetes.io/metadata.name, operator: Exists}` to the namespaceSelector",
                },
            );
        }
    }
}

function* unlistedSections(policy: NetworkPolicyView): Iterable<Problem> {
    const types = list(policy.spec["policyTypes"]).map(String);
    if (types.length === 0) return;
    for (const [section, type] of [
        ["ingress", "Ingress"],
        ["egress", "Egress"],
    ] as const) {
        if (types.includes(type) || list(policy.spec[section]).length === 0) continue;
        yield problem(
            "L62",
            ["spec", section],
            `policyTypes does not list ${type}, but Cilium enforces these ${section} rules and denies all other ${section}`,
            { part: "key", fix: `add ${type} to policyTypes, or remove \`${section}\`` },
        );
    }
}

function* namedEgressPorts(policy: NetworkPolicyView): Iterable<Problem> {
    for (const rule of policy.rules) {
        if (rule.direction !== "egress") continue;
        for (const { value, path } of rule.ports) {
            const name = string(value["port"]);
            if (name === undefined) continue;
            yield problem(
                "L46",
                [...path, "port"],
                `port name "${name}" on egress is not looked up at the destination but among all pods of the cluster`,
            );
        }
    }
}

function* filteredLabels(policy: NetworkPolicyView, context: CheckContext): Iterable<Problem> {
    const selectors = [
        { path: ["spec", "podSelector"], value: object(policy.spec["podSelector"]) },
        ...policy.rules.flatMap((rule) =>
            rule.peers.map((peer) => ({
                path: [...peer.path, "podSelector"],
                value: object(peer.value["podSelector"]),
            })),
        ),
    ];
    for (const { path, value } of selectors) {
        if (value === undefined) continue;
        for (const asked of requirements({ rule: undefined, path, value })) {
            if (asked.key.startsWith(NAMESPACE_LABELS) || isIdentityLabel(asked.key, context.minor)) continue;
            const never = positive(asked) ? "never matches" : "is always true";
            yield problem(
                "L31",
                asked.label ? asked.path : [...asked.path, "key"],
                `Cilium leaves the label "${asked.key}" out of identities: this requirement ${never}`,
                { part: asked.label ? "key" : "value" },
            );
        }
    }
}
