import { cnp, type CodeEntry } from "./entry";

const DNS = (names: string): string => `egress:
  - toEndpoints:
      - matchLabels:
          io.kubernetes.pod.namespace: kube-system
          k8s-app: kube-dns
    toPorts:
      - ports:
          - port: "53"
            protocol: ANY
        rules:
          dns:
${names}`;
const services = '            - matchPattern: "*.*.svc.cluster.local"';
const fqdn = { advancedNetworking: "fqdn" } as const;
const toName = (dns: string, peer: string): string =>
    cnp(
        `endpointSelector: {}\n${DNS(dns)}\n  - toFQDNs:\n      - ${peer}\n    toPorts:\n      - ports:\n          - port: "443"\n            protocol: TCP`,
    );

/** DNS and rules by name. */
export const NAME_CODES: readonly CodeEntry[] = [
    {
        code: "L13",
        title: "a name that is a pattern, or a pattern that is a regular expression",
        severity: "error",
        why: "matchName is one name of letters, digits, `-`, `_` and dots; only matchPattern may hold `*`, and nothing else of a pattern language. Cilium refuses the whole policy.",
        fix: "write `matchPattern` for a `*`; write one entry for each alternative",
        source: "Cilium pkg/policy/api/fqdn.go; cilium/cilium#31031",
        bad: {
            cluster: fqdn,
            yaml: toName(
                `            - matchPattern: "*.example.com"\n${services}`,
                'matchName: "*.example.com"',
            ),
        },
        good: {
            cluster: fqdn,
            yaml: toName(
                `            - matchPattern: "*.example.com"\n${services}`,
                'matchPattern: "*.example.com"',
            ),
        },
    },
    {
        code: "L18",
        title: "egress is denied by default and nothing allows DNS",
        severity: "warning",
        why: "Once a policy restricts egress, lookups are dropped too unless a policy allows them. The pod then fails on the first name, usually with a timeout.",
        fix: "add a rule that allows port 53 (ANY) to `k8s-app: kube-dns` in namespace kube-system",
        source: "MicrosoftDocs/azure-aks-docs network-policy-best-practices.md; Cilium documentation, DNS based policies",
        bad: {
            yaml: cnp(
                'endpointSelector: {}\negress:\n  - toEndpoints:\n      - matchLabels:\n          app: orders\n    toPorts:\n      - ports:\n          - port: "8080"\n            protocol: TCP',
            ),
        },
        good: {
            yaml: cnp(
                'endpointSelector: {}\negress:\n  - toEndpoints:\n      - matchLabels:\n          app: orders\n    toPorts:\n      - ports:\n          - port: "8080"\n            protocol: TCP\n  - toEndpoints:\n      - matchLabels:\n          io.kubernetes.pod.namespace: kube-system\n          k8s-app: kube-dns\n    toPorts:\n      - ports:\n          - port: "53"\n            protocol: ANY',
            ),
        },
    },
    {
        code: "L19",
        title: "toFQDNs without a DNS rule that admits the name",
        severity: "error",
        why: "A name rule matches only addresses that Cilium's DNS proxy saw these pods look up. Without a `rules.dns` entry that admits the name for the same pods the proxy sees nothing and the rule never matches.",
        fix: "add the name to `rules.dns` of the rule that allows port 53 to kube-dns",
        source: "MicrosoftDocs/azure-aks-docs how-to-apply-fqdn-filtering-policies.md; cilium/cilium#44504, #44396",
        bad: {
            cluster: fqdn,
            yaml: toName(
                `            - matchName: other.example.com\n${services}`,
                "matchName: api.example.com",
            ),
        },
        good: {
            cluster: fqdn,
            yaml: toName(
                `            - matchName: api.example.com\n${services}`,
                "matchName: api.example.com",
            ),
        },
    },
    {
        code: "L20",
        title: "a DNS rule that does not admit names of the cluster",
        severity: "warning",
        why: "Lookups that match no pattern are refused. Resolvers ask for a short name with each search domain appended (NAMESPACE.svc.cluster.local …); musl (Alpine) gives up at the first refusal, and Services cannot be found by name at all.",
        fix: 'add `matchPattern: "*.*.svc.cluster.local"`, and give names outside the cluster with a trailing dot in the application if its image uses musl',
        source: "cilium/cilium#20191; MicrosoftDocs/azure-aks-docs container-network-security-fqdn-filtering-concepts.md",
        bad: {
            cluster: fqdn,
            yaml: toName("            - matchName: api.example.com", "matchName: api.example.com"),
        },
        good: {
            cluster: fqdn,
            yaml: toName(
                `            - matchName: api.example.com\n${services}`,
                "matchName: api.example.com",
            ),
        },
    },
    {
        code: "L21",
        title: "a wildcard that is narrower than it looks",
        severity: "warning",
        why: "`*` stands for letters within one label: `*.example.com` matches a.example.com, not example.com and not a.b.example.com. `**.` is one or more labels from Cilium 1.19 on; before that it is read as `*.`.",
        fix: "add the bare name with matchName, and one pattern for each depth (`*.*.example.com`)",
        source: "Cilium pkg/fqdn/matchpattern; cilium/cilium#22081; recorded cases t-fqdn-*",
        bad: {
            cluster: fqdn,
            yaml: toName(
                `            - matchPattern: "**.example.com"\n${services}`,
                'matchPattern: "**.example.com"',
            ),
        },
        good: {
            cluster: fqdn,
            yaml: toName(
                `            - matchPattern: "*.example.com"\n${services}`,
                'matchPattern: "*.example.com"',
            ),
        },
    },
    {
        code: "L22",
        title: "LocalDNS answers on the node, not at kube-dns",
        severity: "warning",
        why: "With LocalDNS pods ask 169.254.10.0/24 on their own node. A rule for `k8s-app: kube-dns` alone does not match that: Cilium up to 1.16 sees the address, from 1.17 on the host.",
        fix: "beside kube-dns allow port 53 (ANY) to `toCIDR: [169.254.10.0/24]` and, in a rule of its own, to `toEntities: [host]`",
        source: "MicrosoftDocs/azure-aks-docs localdns-custom.md",
        bad: {
            cluster: { localDns: true },
            yaml: cnp(
                'endpointSelector: {}\negress:\n  - toEndpoints:\n      - matchLabels:\n          io.kubernetes.pod.namespace: kube-system\n          k8s-app: kube-dns\n    toPorts:\n      - ports:\n          - port: "53"\n            protocol: ANY',
            ),
        },
        good: {
            cluster: { localDns: true },
            yaml: cnp(
                'endpointSelector: {}\negress:\n  - toEndpoints:\n      - matchLabels:\n          io.kubernetes.pod.namespace: kube-system\n          k8s-app: kube-dns\n    toPorts: &dns\n      - ports:\n          - port: "53"\n            protocol: ANY\n  - toCIDR:\n      - 169.254.10.0/24\n    toPorts: *dns\n  - toEntities:\n      - host\n    toPorts: *dns',
            ),
        },
    },
];
