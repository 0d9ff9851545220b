import type { KubernetesObject } from "../client";
import type { Specification } from "../specification";

/**
 * AKS's admission policy for rules that need Advanced Container Networking Services (aks.md 1.6). Names and kind are
 * AKS's. Its CEL text is known only in part and was wrong for a month (it refused plain policies), so the expressions
 * here say what the documents say: without ACNS no DNS or L7 rules, with FQDN no L7, no bare `*` in DNS, no L7 in a
 * clusterwide policy.
 */

const POLICY = "advanced-networking-validating-policy";

/** True if any rule's port list holds a rule for which `test` (over `p`) is true, in `spec` and in `specs`. */
const anyPort = (test: string): string =>
    ["ingress", "egress"]
        .map(
            (side) =>
                `variables.rules.exists(r, has(r.${side}) && r.${side}.exists(e, has(e.toPorts) && ` +
                `e.toPorts.exists(p, has(p.rules) && (${test}))))`,
        )
        .join(" || ");

const names = "variables.rules.exists(r, has(r.egress) && r.egress.exists(e, has(e.toFQDNs)))";
const dns = anyPort("has(p.rules.dns)");
const bareWildcard = anyPort(
    'has(p.rules.dns) && p.rules.dns.exists(d, has(d.matchPattern) && d.matchPattern == "*")',
);
const l7 = anyPort("has(p.rules.http) || has(p.rules.kafka) || has(p.rules.l7) || has(p.rules.l7proto)");

/** What must hold of a policy at each level of `advancedNetworkPolicies`. */
function validations(level: string | undefined): { expression: string }[] {
    const never = (test: string) => ({ expression: `!(${test})` });
    if (level !== "FQDN" && level !== "L7") return [never(`${dns} || ${names}`), never(l7)];
    const clusterwide = `object.kind == "CiliumClusterwideNetworkPolicy" && (${l7})`;
    return [never(bareWildcard), never(level === "L7" ? clusterwide : l7)];
}

export function admissionObjects(specification: Specification): KubernetesObject[] {
    const { advancedNetworkPolicies: level } = specification;
    return [
        {
            apiVersion: "admissionregistration.k8s.io/v1",
            kind: "ValidatingAdmissionPolicy",
            metadata: { name: POLICY },
            spec: {
                failurePolicy: "Fail",
                matchConstraints: {
                    resourceRules: [
                        {
                            apiGroups: ["cilium.io"],
                            apiVersions: ["v2"],
                            operations: ["CREATE", "UPDATE"],
                            resources: ["ciliumnetworkpolicies", "ciliumclusterwidenetworkpolicies"],
                        },
                    ],
                },
                variables: [
                    {
                        name: "rules",
                        expression:
                            "(has(object.spec) ? [object.spec] : []) + (has(object.specs) ? object.specs : [])",
                    },
                ],
                // Of AKS's policy this part is not known. Without it the garbage collector could not take its finalizer
                // off a policy that is being deleted after the tier went down, and the deletion would never end.
                matchConditions: [
                    { name: "not-being-deleted", expression: "!has(object.metadata.deletionTimestamp)" },
                ],
                validations: validations(level),
            },
        },
        {
            apiVersion: "admissionregistration.k8s.io/v1",
            kind: "ValidatingAdmissionPolicyBinding",
            metadata: { name: "advanced-networking-cilium-l7-binding" },
            spec: { policyName: POLICY, validationActions: ["Deny"] },
        },
    ];
}
