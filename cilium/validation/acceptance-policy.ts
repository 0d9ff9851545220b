import type { JsonObject } from "../manifest/document";
import { isBefore } from "../model/crd";
import { some, when, type AcceptanceRule, type Rule } from "./acceptance-rule";

const PARSE = "pkg/k8s/apis/cilium.io/v2/cnp_types.go, ccnp_types.go Parse";
const SANITIZE = "pkg/policy/api/rule_validation.go Rule.Sanitize";

/** What is asked of the object around the rules. */
export const POLICY_RULES: readonly AcceptanceRule<JsonObject>[] = [
    {
        code: "L17",
        what: "a policy has a name",
        fix: "give it a metadata.name",
        source: `${PARSE}; r4-noname`,
        check: (policy) => {
            const metadata = policy.metadata as JsonObject | undefined;
            return when((metadata?.name ?? "") === "", () => ({
                path: ["metadata", "name"],
                message: "the policy has no name",
            }));
        },
    },
    {
        code: "L17",
        what: "a policy has `spec` or `specs`",
        fix: "write the rules under `spec`",
        source: `${PARSE} (empty policy); r4-nospec, r4-specs-empty`,
        check: (policy) =>
            when(policy.spec === undefined && policy.specs === undefined, () => ({
                path: [],
                message: "the policy has neither `spec` nor `specs`",
            })),
    },
];

/** What is asked of `spec` and of each item of `specs`. */
export const RULE_RULES: readonly AcceptanceRule<Rule>[] = [
    {
        code: "L01",
        since: "1.17",
        what: "a rule has at least one entry in ingress, ingressDeny, egress or egressDeny",
        why: "Empty lists count as absent; `enableDefaultDeny` does not rescue them.",
        fix: "for default deny write `ingress: [{}]` (nothing may come in) or `egress: [{}]` (nothing may go out)",
        source: `${SANITIZE}; r1-allempty, r1-edd, r1-nosections`,
        check: (rule) =>
            when(![rule.ingress, rule.ingressDeny, rule.egress, rule.egressDeny].some(some), () => ({
                path: [],
                message: `${emptySections(rule)}; this is no default deny but a policy without rules`,
            })),
    },
    {
        code: "S06",
        what: "a rule has exactly one of endpointSelector and nodeSelector",
        fix: "write `endpointSelector: {}` for all pods",
        source: `${SANITIZE}; r2-none, r2-both`,
        check: (rule) =>
            when((rule.endpointSelector === undefined) === (rule.nodeSelector === undefined), () => ({
                path: [],
                message:
                    rule.endpointSelector === undefined
                        ? "the rule has neither endpointSelector nor nodeSelector"
                        : "the rule has both endpointSelector and nodeSelector",
            })),
    },
    {
        code: "L09",
        what: "nodeSelector is for CiliumClusterwideNetworkPolicy",
        why: "Up to 1.17 the agent looks at `spec` only, not at `specs`; the operator does not look at all, so it may report Valid=True (cilium/cilium#47882).",
        fix: "write a CiliumClusterwideNetworkPolicy, or an endpointSelector",
        source: `${PARSE}; r3-cnp-node`,
        check: (rule, { kind, specs, minor }) =>
            when(
                rule.nodeSelector !== undefined &&
                    kind === "CiliumNetworkPolicy" &&
                    !(specs && isBefore(minor, "1.18")),
                () => ({
                    path: ["nodeSelector"],
                    message: "a CiliumNetworkPolicy cannot have a nodeSelector",
                }),
            ),
    },
];

function emptySections(rule: Rule): string {
    const written = (["ingress", "ingressDeny", "egress", "egressDeny"] as const).filter(
        (key) => rule[key] !== undefined,
    );
    return written.length === 0
        ? "no section is there"
        : `${written.map((key) => `\`${key}: []\``).join(" and ")} has no entry`;
}
