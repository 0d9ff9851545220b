import { ccnp, cnp, type CodeEntry } from "./entry";

/** Who a rule is about. */
export const PEER_CODES: readonly CodeEntry[] = [
    {
        code: "L03",
        title: "an empty list of peers",
        severity: "error",
        why: "An empty list never says what its author meant. For most peer kinds Cilium reads it as no one; for toFQDNs, toServices, toGroups, fromGroups, toRequires and fromRequires it reads it as no restriction at all, so with ports the rule is open to everyone. `null` is read as if the key were not there.",
        fix: "name the peers, or take the whole rule out; to deny by default write an empty rule `{}`",
        source: "Cilium pkg/policy/api/egress.go, pkg/policy/utils/parserules.go; recorded cases q-toFQDNs-empty-ports, q-toServices-empty-ports, t-fromGroups-empty-ports",
        bad: {
            yaml: cnp(
                'endpointSelector: {}\negress:\n  - toFQDNs: []\n    toPorts:\n      - ports:\n          - port: "443"\n            protocol: TCP',
            ),
        },
        good: {
            yaml: cnp(
                'endpointSelector: {}\negress:\n  - toCIDR:\n      - 203.0.113.0/24\n    toPorts:\n      - ports:\n          - port: "443"\n            protocol: TCP',
            ),
        },
    },
    {
        code: "L04",
        title: "several kinds of peers in one rule",
        severity: "error",
        why: "Cilium does not combine kinds of peers in one rule (it would not know whether to mean and or or) and refuses the whole policy: stored, shown by kubectl, never enforced.",
        fix: "write one rule for each kind of peer; rules are added up",
        source: "Cilium pkg/policy/api/rule_validation.go; cilium/cilium#38795",
        bad: {
            yaml: cnp(
                "endpointSelector: {}\ningress:\n  - fromEndpoints:\n      - matchLabels:\n          app: front\n    fromEntities:\n      - host",
            ),
        },
        good: {
            yaml: cnp(
                "endpointSelector: {}\ningress:\n  - fromEndpoints:\n      - matchLabels:\n          app: front\n  - fromEntities:\n      - host",
            ),
        },
    },
    {
        code: "L07",
        title: "toServices together with toPorts on Cilium 1.16",
        severity: "error",
        until: "1.16",
        why: "Cilium 1.16 refuses the whole policy: stored, shown by kubectl, never enforced. From 1.17 on the combination works.",
        fix: "select the backends with toEndpoints and keep the ports, or drop the ports",
        source: "Cilium pkg/policy/api/rule_validation.go; cilium/cilium#30350, #20067",
        bad: {
            cluster: { kubernetes: "1.31" },
            yaml: cnp(
                'endpointSelector: {}\negress:\n  - toServices:\n      - k8sService:\n          serviceName: orders\n          namespace: shop\n    toPorts:\n      - ports:\n          - port: "8080"\n            protocol: TCP',
            ),
        },
        good: {
            cluster: { kubernetes: "1.31" },
            yaml: cnp(
                'endpointSelector: {}\negress:\n  - toEndpoints:\n      - matchLabels:\n          app: orders\n    toPorts:\n      - ports:\n          - port: "8080"\n            protocol: TCP',
            ),
        },
    },
    {
        code: "L33",
        title: "`{}` as peer in a clusterwide policy",
        severity: "warning",
        why: "In a CiliumNetworkPolicy `fromEndpoints: [{}]` is every pod of the policy's own namespace; in a clusterwide policy it is every pod of the whole cluster.",
        fix: "name the namespaces (`io.kubernetes.pod.namespace`) or labels; if every pod is meant, say so with `matchExpressions: [{key: io.kubernetes.pod.namespace, operator: Exists}]`",
        source: "Cilium pkg/k8s/apis/cilium.io/utils/utils.go; recorded case t-ep-all-ccnp",
        bad: {
            yaml: ccnp(
                "endpointSelector:\n  matchLabels:\n    app: orders\ningress:\n  - fromEndpoints:\n      - {}",
            ),
        },
        good: {
            yaml: ccnp(
                "endpointSelector:\n  matchLabels:\n    app: orders\ningress:\n  - fromEndpoints:\n      - matchLabels:\n          io.kubernetes.pod.namespace: shop",
            ),
        },
    },
    {
        code: "L38",
        title: "ports without peers",
        severity: "warning",
        why: "A rule that names ports and no peers is about everyone: pods of all namespaces, the nodes and the whole internet.",
        fix: "name the peers; if everyone is meant, say so with `fromEntities: [all]` (egress: `toEntities: [all]`)",
        source: "Cilium pkg/policy/rule.go; recorded case t-ports-only",
        bad: {
            yaml: cnp(
                'endpointSelector: {}\ningress:\n  - toPorts:\n      - ports:\n          - port: "8080"\n            protocol: TCP',
            ),
        },
        good: {
            yaml: cnp(
                'endpointSelector: {}\ningress:\n  - fromEndpoints:\n      - matchLabels:\n          app: front\n    toPorts:\n      - ports:\n          - port: "8080"\n            protocol: TCP',
            ),
        },
    },
    {
        code: "L39",
        title: "an entity wider than it sounds",
        severity: "warning",
        why: "`cluster` is not only pods: it holds every node (and so all hostNetwork pods), the API server, health, ingress and unmanaged endpoints.",
        fix: "for every pod and nothing else use `matchExpressions: [{key: io.kubernetes.pod.namespace, operator: Exists}]` in toEndpoints or fromEndpoints; if the nodes are meant too, keep the entity and suppress this with a reason",
        source: "Cilium pkg/policy/api/entity.go (InitEntities)",
        bad: { yaml: cnp("endpointSelector: {}\negress:\n  - toEntities:\n      - cluster") },
        good: {
            yaml: cnp(
                "endpointSelector: {}\negress:\n  - toEndpoints:\n      - matchExpressions:\n          - key: io.kubernetes.pod.namespace\n            operator: Exists",
            ),
        },
    },
    {
        code: "L40",
        title: "egress to the world leaves the metadata address open",
        severity: "warning",
        why: "169.254.169.254 (Azure Instance Metadata Service) is part of `world`. A pod that reaches it can read the node's metadata and ask for tokens of the node's managed identity.",
        fix: "deny it beside the rule: `egressDeny: [{toCIDR: [169.254.169.254/32]}]`, or write `toCIDRSet: [{cidr: 0.0.0.0/0, except: [169.254.169.254/32]}]`",
        source: "MicrosoftDocs/azure-aks-docs imds-restriction.md; Cilium documentation, entities",
        bad: {
            yaml: cnp(
                'endpointSelector: {}\negress:\n  - toEntities:\n      - world\n  - toEndpoints:\n      - matchLabels:\n          io.kubernetes.pod.namespace: kube-system\n          k8s-app: kube-dns\n    toPorts:\n      - ports:\n          - port: "53"\n            protocol: ANY',
            ),
        },
        good: {
            yaml: cnp(
                'endpointSelector: {}\negress:\n  - toEntities:\n      - world\n  - toEndpoints:\n      - matchLabels:\n          io.kubernetes.pod.namespace: kube-system\n          k8s-app: kube-dns\n    toPorts:\n      - ports:\n          - port: "53"\n            protocol: ANY\negressDeny:\n  - toCIDR:\n      - 169.254.169.254/32',
            ),
        },
    },
    {
        code: "L55",
        title: "fromRequires or toRequires",
        severity: "error",
        why: "A requirement never allows anything by itself; it narrows fromEndpoints and toEndpoints of every policy of the same pods. With ports and no other peer the rule is open to everyone. Cilium 1.19 removed the keys: there the agent cannot read the object at all.",
        fix: "put the required labels into the selectors of fromEndpoints or toEndpoints",
        source: "Cilium pkg/policy/api/rule.go; recorded cases t-requires, n-requires-ports, v19-requires",
        bad: {
            yaml: cnp(
                'endpointSelector: {}\ningress:\n  - fromRequires:\n      - matchLabels:\n          env: prod\n    toPorts:\n      - ports:\n          - port: "8080"\n            protocol: TCP',
            ),
        },
        good: {
            yaml: cnp(
                'endpointSelector: {}\ningress:\n  - fromEndpoints:\n      - matchLabels:\n          env: prod\n    toPorts:\n      - ports:\n          - port: "8080"\n            protocol: TCP',
            ),
        },
    },
];
