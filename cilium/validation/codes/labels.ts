import { cnp, knp, type CodeEntry } from "./entry";

const from = (selector: string): string =>
    cnp(
        `endpointSelector:\n  matchLabels:\n    app: orders\ningress:\n  - fromEndpoints:\n      - ${selector}`,
    );
const label = (entry: string): string => `matchLabels:\n          ${entry}`;

/** Label selectors. */
export const LABEL_CODES: readonly CodeEntry[] = [
    {
        code: "L28",
        title: "a key that is not the namespace",
        severity: "error",
        why: "Pods carry their namespace as `io.kubernetes.pod.namespace` and the labels of their Namespace object as `io.cilium.k8s.namespace.labels.KEY`. Other spellings match no pod.",
        fix: "write `io.kubernetes.pod.namespace: NAMESPACE`, or `io.cilium.k8s.namespace.labels.KEY: VALUE`",
        source: "Cilium pkg/k8s/apis/cilium.io/const.go; cilium/cilium#30149, #18865, #27930",
        bad: { yaml: from(label("kubernetes.io/metadata.name: front")) },
        good: { yaml: from(label("io.kubernetes.pod.namespace: front")) },
    },
    {
        code: "L29",
        title: "selectors of NetworkPolicy in a Cilium policy",
        severity: "error",
        why: "Cilium policies have no namespaceSelector, podSelector or ipBlock. The API server drops the key without a word and stores the rest.",
        fix: "write fromEndpoints (toEndpoints) with the labels; for a namespace the label `io.kubernetes.pod.namespace`; for an ipBlock fromCIDRSet (toCIDRSet)",
        source: "Cilium pkg/policy/api/ingress.go; Kubernetes API conventions (pruning)",
        bad: {
            yaml: cnp(
                "endpointSelector: {}\ningress:\n  - namespaceSelector:\n      matchLabels:\n        team: front",
            ),
        },
        good: {
            yaml: cnp(
                "endpointSelector: {}\ningress:\n  - fromEndpoints:\n      - matchLabels:\n          io.cilium.k8s.namespace.labels.team: front",
            ),
        },
    },
    {
        code: "L30",
        title: "a namespaced policy for pods of another namespace",
        severity: "error",
        why: "A CiliumNetworkPolicy selects pods of its own namespace only. Another namespace in endpointSelector is overwritten (with the prefix k8s:) or selects nothing.",
        fix: "put the policy into that namespace, or use a CiliumClusterwideNetworkPolicy",
        source: "Cilium pkg/k8s/apis/cilium.io/utils/utils.go; recorded cases t-subject-otherns*",
        bad: {
            yaml: cnp(
                "endpointSelector:\n  matchLabels:\n    io.kubernetes.pod.namespace: front\ningress:\n  - fromEndpoints:\n      - {}",
            ),
        },
        good: {
            yaml: cnp(
                "endpointSelector:\n  matchLabels:\n    app: orders\ningress:\n  - fromEndpoints:\n      - {}",
            ),
        },
    },
    {
        code: "L31",
        title: "a label that Cilium does not look at",
        severity: "warning",
        why: "Labels that change with every pod or rollout are left out of identities, so a selector on them never matches (and DoesNotExist always does).",
        fix: "select by a label of the workload, such as `app` or `app.kubernetes.io/name`",
        source: "Cilium pkg/labelsfilter/filter.go; cilium/cilium#18878; recorded case t-filtered-label",
        bad: { yaml: from(label("statefulset.kubernetes.io/pod-name: front-0")) },
        good: { yaml: from(label("app.kubernetes.io/name: front")) },
    },
    {
        code: "L32",
        title: "a label source used as a key",
        severity: "warning",
        why: "Reserved identities are selected by a key with the source in front (`reserved:health`). A key `reserved` with the value `health` is an ordinary pod label and matches nothing.",
        fix: 'write the entity (`fromEntities: [health]`), or the key with its source and an empty value (`reserved:health: ""`)',
        source: "Cilium pkg/labels; cilium/cilium#14871; recorded case t-reserved-wrong",
        bad: { yaml: from(label("reserved: health")) },
        good: {
            yaml: cnp(
                "endpointSelector:\n  matchLabels:\n    app: orders\ningress:\n  - fromEntities:\n      - health",
            ),
        },
    },
    {
        code: "L57",
        title: "a peer that only excludes namespaces also lets in the world",
        severity: "error",
        why: "NotIn and DoesNotExist are true for everything without the label. Nodes, the API server and the whole internet have no namespace, so a peer that only says which namespace it must not be selects them too.",
        fix: "also require that there is a namespace: `{key: io.kubernetes.pod.namespace, operator: Exists}` (in a NetworkPolicy: `{key: kubernetes.io/metadata.name, operator: Exists}`)",
        source: "Cilium pkg/k8s/apis/cilium.io/utils/utils.go (getEndpointSelector), pkg/k8s/network_policy.go; recorded cases t-ns-notin, t-ns-dne",
        bad: {
            yaml: from(
                "matchExpressions:\n          - key: io.kubernetes.pod.namespace\n            operator: NotIn\n            values:\n              - kube-system",
            ),
        },
        good: {
            yaml: from(
                "matchExpressions:\n          - key: io.kubernetes.pod.namespace\n            operator: Exists\n          - key: io.kubernetes.pod.namespace\n            operator: NotIn\n            values:\n              - kube-system",
            ),
        },
    },
    {
        code: "L60",
        title: "the world selected by label",
        severity: "error",
        why: "On a dual-stack cluster the world has the labels world-ipv4 and world-ipv6: from Cilium 1.18 on `reserved:world` selects nothing there.",
        fix: "write the entity: `fromEntities: [world]` (egress: `toEntities: [world]`)",
        source: "Cilium pkg/identity/reserved.go; recorded case q-world-sel-dual",
        bad: { cluster: { dualStack: true }, yaml: from(label('"reserved:world": ""')) },
        good: {
            yaml: cnp(
                "endpointSelector:\n  matchLabels:\n    app: orders\ningress:\n  - fromEntities:\n      - world",
            ),
        },
    },
    {
        code: "L62",
        title: "a section with rules that policyTypes does not list",
        severity: "warning",
        why: "Kubernetes ignores a section that policyTypes leaves out; Cilium enforces it and denies the rest of that direction. The same file means different things on different clusters.",
        fix: "list the direction in policyTypes, or remove its rules",
        source: "Cilium pkg/k8s/network_policy.go (ParseNetworkPolicy); recorded case t-knp-pt-egress",
        bad: {
            yaml: knp(
                "podSelector: {}\npolicyTypes:\n  - Egress\ningress:\n  - from:\n      - podSelector: {}\negress:\n  - to:\n      - podSelector: {}\n  - ports:\n      - port: 53\n        protocol: UDP\n      - port: 53\n        protocol: TCP",
            ),
        },
        good: {
            yaml: knp(
                "podSelector: {}\npolicyTypes:\n  - Ingress\ningress:\n  - from:\n      - podSelector: {}",
            ),
        },
    },
    {
        code: "L64",
        title: "a label key that Cilium cannot use as written",
        severity: "error",
        why: "Cilium checks a key with its own prefix before it: without a slash at most 59 characters are left (28 of a namespace label's key). Too long a key makes it refuse the whole policy. `k8s.app` and `:app` are accepted and are other keys than `k8s:app` and `app`.",
        fix: "shorten the key or give it a domain (`example.com/KEY`); write the source with a colon (`k8s:app`)",
        source: "Cilium pkg/policy/api/selector.go; recorded cases r6-key-*, t-k8s-dot",
        bad: { yaml: from(label(`${"team-".repeat(12)}x: front`)) },
        good: { yaml: from(label("team: front")) },
    },
];
