import { cnp, type CodeEntry } from "./entry";

/** Sections of a rule, and the default deny they switch on. */
export const SECTION_CODES: readonly CodeEntry[] = [
    {
        code: "L01",
        title: "default deny written as an empty section",
        severity: "error",
        why: "To Cilium an empty section is an absent one: nothing is denied. From 1.17 on the whole policy is refused (stored, shown by kubectl, never enforced); 1.16 accepts it and does nothing. Only NetworkPolicy reads `ingress: []` as deny-all.",
        fix: "write one empty rule, `ingress: [{}]`: it switches default deny on and allows nothing",
        source: "Cilium pkg/policy/api/rule_validation.go (Rule.Sanitize); cilium/cilium#45716",
        bad: { yaml: cnp("endpointSelector: {}\ningress: []\negress: []") },
        good: { yaml: cnp("endpointSelector: {}\ningress:\n  - {}") },
    },
    {
        code: "L17",
        title: "not an object that Cilium reads",
        severity: "error",
        why: "Cilium reads cilium.io/v2 objects that have a name and a spec. Anything else is refused, goes to a namespace nobody named, or does nothing.",
        fix: "write apiVersion cilium.io/v2, a metadata.name, a metadata.namespace for CiliumNetworkPolicy (none for the clusterwide kind) and a spec",
        source: "Cilium pkg/k8s/apis/cilium.io/v2/cnp_types.go (Parse)",
        bad: {
            yaml: "apiVersion: cilium.io/v1\nkind: CiliumNetworkPolicy\nmetadata:\n  name: example\n  namespace: shop\nspec:\n  endpointSelector: {}\n  ingress:\n    - {}\n",
        },
        good: { yaml: cnp("endpointSelector: {}\ningress:\n  - {}") },
    },
    {
        code: "L35",
        title: "a policy that only denies starts default deny",
        severity: "warning",
        why: "Any rule in a direction, a deny rule too, switches that direction to default deny for the pods it selects. Where no other policy allows them anything, everything is blocked, not only what the rule names.",
        fix: "add `enableDefaultDeny: {DIRECTION: false}` if only this traffic is to be denied, or a policy that allows the rest",
        source: "Cilium pkg/policy/repository.go; cilium/cilium#20914",
        bad: {
            yaml: cnp(
                "endpointSelector: {}\negressDeny:\n  - toCIDR:\n      - 169.254.169.254/32",
                "deny-metadata",
            ),
        },
        good: {
            yaml: cnp(
                "endpointSelector: {}\nenableDefaultDeny:\n  egress: false\negressDeny:\n  - toCIDR:\n      - 169.254.169.254/32",
                "deny-metadata",
            ),
        },
    },
    {
        code: "L36",
        title: "enableDefaultDeny: false together with L7 rules",
        severity: "warning",
        until: "1.17",
        why: "Early patches of Cilium 1.16 and 1.17 deny every other L7 request of the peer in such a policy; 1.16.19, 1.17.16 and 1.18 do not. The patch a cluster runs is not known here.",
        fix: "keep L7 rules in a policy with default deny, or make sure that the cluster runs a newer patch (Kubernetes 1.34 and later do)",
        source: "cilium/cilium#38676",
        bad: {
            cluster: { kubernetes: "1.33", advancedNetworking: "l7" },
            yaml: cnp(
                'endpointSelector: {}\nenableDefaultDeny:\n  ingress: false\ningress:\n  - fromEndpoints:\n      - {}\n    toPorts:\n      - ports:\n          - port: "8080"\n            protocol: TCP\n        rules:\n          http:\n            - method: GET',
            ),
        },
        good: {
            cluster: { kubernetes: "1.33", advancedNetworking: "l7" },
            yaml: cnp(
                'endpointSelector: {}\ningress:\n  - fromEndpoints:\n      - {}\n    toPorts:\n      - ports:\n          - port: "8080"\n            protocol: TCP\n        rules:\n          http:\n            - method: GET',
            ),
        },
    },
    {
        code: "L37",
        title: "enableDefaultDeny: true for a direction without rules",
        severity: "info",
        why: "enableDefaultDeny only says what the rules of that direction do. Without a rule there the direction stays open.",
        fix: "add an empty rule (`ingress: [{}]`) to deny by default, or remove the setting",
        source: "Cilium pkg/policy/repository.go; recorded case t-edd-true-norules",
        bad: {
            yaml: cnp(
                "endpointSelector: {}\nenableDefaultDeny:\n  ingress: true\negress:\n  - toEndpoints:\n      - {}",
            ),
        },
        good: {
            yaml: cnp("endpointSelector: {}\ningress:\n  - {}\negress:\n  - toEndpoints:\n      - {}"),
        },
    },
    {
        code: "L52",
        title: "`[{}]` in a policy that is meant to allow",
        severity: "warning",
        why: "In a Cilium policy `ingress: [{}]` is default deny and allows nothing. In a Kubernetes NetworkPolicy the same text allows everything.",
        fix: "to allow everything write `ingress: [{fromEntities: [all]}]` (egress: `toEntities`); to deny everything choose a name that says so",
        source: "Cilium pkg/policy/api/rule.go; recorded cases t-ingress-blank, t-knp-blank",
        bad: { yaml: cnp("endpointSelector: {}\ningress:\n  - {}", "allow-all-ingress") },
        good: {
            yaml: cnp("endpointSelector: {}\ningress:\n  - fromEntities:\n      - all", "allow-all-ingress"),
        },
    },
];
