import { ccnp, cnp, type CodeEntry } from "./entry";

const PORT_8080 = '    toPorts:\n      - ports:\n          - port: "8080"\n            protocol: TCP';
const DNS_RULE = `  - toEndpoints:
      - matchLabels:
          io.kubernetes.pod.namespace: kube-system
          k8s-app: kube-dns
    toPorts:
      - ports:
          - port: "53"
            protocol: ANY
        rules:
          dns:
`;
const FQDN_RULE =
    '  - toFQDNs:\n      - matchName: api.example.com\n    toPorts:\n      - ports:\n          - port: "443"\n            protocol: TCP';
const NAMED =
    '            - matchName: api.example.com\n            - matchPattern: "*.*.svc.cluster.local"\n';

/** What the managed data plane of AKS does not do, or AKS refuses. */
export const PLATFORM_CODES: readonly CodeEntry[] = [
    {
        code: "L09",
        title: "nodeSelector in a CiliumNetworkPolicy",
        severity: "error",
        why: "Only a clusterwide policy may select nodes. The agent refuses the whole policy; operators before 2026-08 still show it as valid. On AKS the clusterwide form is not enforced either (host firewall off).",
        fix: "write endpointSelector; nodes cannot be protected by policies on AKS, use network security groups",
        source: "Cilium pkg/k8s/apis/cilium.io/v2/cnp_types.go (Parse); cilium/cilium#47882",
        bad: { yaml: cnp(`nodeSelector: {}\ningress:\n  - fromEntities:\n      - cluster\n${PORT_8080}`) },
        good: {
            yaml: cnp(`endpointSelector: {}\ningress:\n  - fromEndpoints:\n      - {}\n${PORT_8080}`),
        },
    },
    {
        code: "L10",
        title: "a feature that AKS leaves switched off",
        severity: "error",
        why: "AKS runs Cilium with a configuration that users cannot change: no host firewall, no node labels for policies, no mutual authentication, and groups exist for AWS only.",
        fix: "use endpointSelector, entities, CIDR blocks or names instead",
        source: "MicrosoftDocs/azure-aks-docs azure-cni-powered-by-cilium.md; Azure/azure-container-networking test/integration/manifests/cilium (cilium-config)",
        bad: {
            yaml: ccnp(
                `nodeSelector:\n  matchLabels:\n    kubernetes.azure.com/mode: user\ningress:\n  - fromEntities:\n      - cluster\n${PORT_8080}`,
            ),
        },
        good: {
            yaml: ccnp(
                `endpointSelector:\n  matchLabels:\n    app: orders\ningress:\n  - fromEntities:\n      - remote-node\n${PORT_8080}`,
            ),
        },
    },
    {
        code: "L11",
        title: "rules by name or L7 rules that the cluster's tier does not enforce",
        severity: "error",
        why: "toFQDNs and rules.dns need Advanced Container Networking Services with tier FQDN or L7; HTTP, Kafka and TLS rules need tier L7, and are never supported in a clusterwide policy. An admission policy of AKS refuses such a policy, or it is stored and does nothing.",
        fix: "set the cluster's advancedNetworking to fqdn or l7 (paid), or write the rule with CIDR blocks and ports",
        source: "MicrosoftDocs/azure-aks-docs container-network-security-{fqdn-filtering,l7-policy}-concepts.md; Azure/AKS#4663",
        bad: { yaml: cnp(`endpointSelector: {}\negress:\n${DNS_RULE}${NAMED}${FQDN_RULE}`) },
        good: {
            cluster: { advancedNetworking: "fqdn" },
            yaml: cnp(`endpointSelector: {}\negress:\n${DNS_RULE}${NAMED}${FQDN_RULE}`),
        },
    },
    {
        code: "L41",
        title: "ingress from kube-apiserver",
        severity: "error",
        why: "On AKS the API server does not reach pods from its own address: calls to webhooks and aggregated APIs come through the konnectivity-agent pods in kube-system. A rule for the entity kube-apiserver never matches them.",
        fix: "allow `fromEndpoints: [{matchLabels: {io.kubernetes.pod.namespace: kube-system, app: konnectivity-agent}}]`",
        source: "MicrosoftDocs/azure-aks-docs azure-cni-powered-by-cilium.md; cilium/cilium#32464",
        bad: {
            yaml: cnp(
                `endpointSelector: {}\ningress:\n  - fromEntities:\n      - kube-apiserver\n${PORT_8080}`,
            ),
        },
        good: {
            yaml: cnp(
                `endpointSelector: {}\ningress:\n  - fromEndpoints:\n      - matchLabels:\n          io.kubernetes.pod.namespace: kube-system\n          app: konnectivity-agent\n${PORT_8080}`,
            ),
        },
    },
    {
        code: "C01",
        title: "a rule for SCTP",
        severity: "error",
        why: "AKS runs Cilium with enable-sctp=false: SCTP is not load-balanced and rules for it are not enforced.",
        fix: "take the SCTP rule out",
        source: "Azure/azure-container-networking test/integration/manifests/cilium (enable-sctp: false)",
        bad: {
            yaml: cnp(
                'endpointSelector: {}\ningress:\n  - fromEndpoints:\n      - {}\n    toPorts:\n      - ports:\n          - port: "3868"\n            protocol: SCTP',
            ),
        },
        good: {
            yaml: cnp(
                'endpointSelector: {}\ningress:\n  - fromEndpoints:\n      - {}\n    toPorts:\n      - ports:\n          - port: "3868"\n            protocol: TCP',
            ),
        },
    },
    {
        code: "C02",
        title: 'DNS pattern "*" on AKS',
        severity: "error",
        why: "AKS does not support a bare wildcard in rules.dns: its admission policy refuses the object, and where it is stored all lookups of these pods are blocked.",
        fix: 'name what is looked up: `matchPattern: "*.example.com"`, and "*.*.svc.cluster.local" for Services',
        source: "MicrosoftDocs/azure-aks-docs container-network-observability-guide.md (common pitfalls)",
        bad: {
            cluster: { advancedNetworking: "fqdn" },
            yaml: cnp(
                `endpointSelector: {}\negress:\n${DNS_RULE}            - matchPattern: "*"\n${FQDN_RULE}`,
            ),
        },
        good: {
            cluster: { advancedNetworking: "fqdn" },
            yaml: cnp(`endpointSelector: {}\negress:\n${DNS_RULE}${NAMED}${FQDN_RULE}`),
        },
    },
    {
        code: "C03",
        title: "toFQDNs in a policy without rules.dns",
        severity: "warning",
        why: "AKS documents a rules.dns pattern as mandatory in every policy that uses toFQDNs. Cilium itself is content with one in another policy of the same pods, as here.",
        fix: "repeat the DNS rule in this policy",
        source: "MicrosoftDocs/azure-aks-docs how-to-apply-fqdn-filtering-policies.md; cilium/cilium#44396",
        bad: {
            cluster: { advancedNetworking: "fqdn" },
            yaml: [
                cnp(`endpointSelector: {}\negress:\n${FQDN_RULE}`, "api"),
                cnp(`endpointSelector: {}\negress:\n${DNS_RULE}${NAMED}`, "dns"),
            ].join("---\n"),
        },
        good: {
            cluster: { advancedNetworking: "fqdn" },
            yaml: cnp(`endpointSelector: {}\negress:\n${DNS_RULE}${NAMED}${FQDN_RULE}`),
        },
    },
    {
        code: "C04",
        title: "a Service's name in toFQDNs",
        severity: "error",
        why: "A name rule never matches addresses of the own cluster, so names below svc.cluster.local do nothing in toFQDNs (they are right in rules.dns).",
        fix: "select the Service's pods with toEndpoints",
        source: "MicrosoftDocs/azure-aks-docs container-network-security-fqdn-filtering-concepts.md; Cilium pkg/policy/types/selector.go",
        bad: {
            cluster: { advancedNetworking: "fqdn" },
            yaml: cnp(
                `endpointSelector: {}\negress:\n${DNS_RULE}            - matchPattern: "*.*.svc.cluster.local"\n  - toFQDNs:\n      - matchName: orders.shop.svc.cluster.local`,
            ),
        },
        good: {
            yaml: cnp(
                `endpointSelector: {}\negress:\n  - toEndpoints:\n      - matchLabels:\n          app: orders\n  - toEndpoints:\n      - matchLabels:\n          io.kubernetes.pod.namespace: kube-system\n          k8s-app: kube-dns\n    toPorts:\n      - ports:\n          - port: "53"\n            protocol: ANY`,
            ),
        },
    },
    {
        code: "C05",
        title: "an L7 listener or TLS interception",
        severity: "warning",
        why: "AKS documents HTTP, gRPC and Kafka rules only. Listeners need a CiliumEnvoyConfig and TLS contexts need secrets in the proxy's reach, which nothing says the managed proxy offers.",
        fix: "terminate TLS in the application or an ingress controller, and filter by port here",
        source: "MicrosoftDocs/azure-aks-docs container-network-security-l7-policy-concepts.md (supported protocols)",
        bad: {
            cluster: { advancedNetworking: "l7" },
            yaml: cnp(
                'endpointSelector: {}\negress:\n  - toEndpoints:\n      - {}\n    toPorts:\n      - ports:\n          - port: "443"\n            protocol: TCP\n        listener:\n          envoyConfig:\n            kind: CiliumEnvoyConfig\n            name: tls\n          name: tls',
            ),
        },
        good: {
            cluster: { advancedNetworking: "l7" },
            yaml: cnp(
                'endpointSelector: {}\negress:\n  - toEndpoints:\n      - {}\n    toPorts:\n      - ports:\n          - port: "443"\n            protocol: TCP',
            ),
        },
    },
    {
        code: "C06",
        title: "IPv6 on a cluster with IPv4 only",
        severity: "warning",
        why: "The cluster has no IPv6: an IPv6 block matches nothing and ICMPv6 never occurs.",
        fix: "take the IPv6 part out, or check with the settings of a dual-stack cluster",
        source: "recorded case t-cidr6-v4only",
        bad: { yaml: cnp("endpointSelector: {}\ningress:\n  - fromCIDR:\n      - 2001:db8::/32") },
        good: { yaml: cnp("endpointSelector: {}\ningress:\n  - fromCIDR:\n      - 203.0.113.0/24") },
    },
];
