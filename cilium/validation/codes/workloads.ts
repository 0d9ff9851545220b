import { ccnp, cnp, type CodeEntry } from "./entry";

const pod = (app: string, extra = "", namespace = "shop"): string =>
    `apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: ${app}\n  namespace: ${namespace}\nspec:\n  template:\n    metadata:\n      labels:\n        app: ${app}\n    spec:\n${extra}      containers:\n        - name: main\n          ports:\n            - containerPort: 8080\n              name: http\n`;
const service = (app: string, extra = ""): string =>
    `apiVersion: v1\nkind: Service\nmetadata:\n  name: ${app}\n  namespace: shop\nspec:\n${extra}  selector:\n    app: ${app}\n  ports:\n    - port: 80\n      targetPort: 8080\n`;
const docs = (...each: string[]): string => each.join("---\n");
const SHOP = docs(pod("front"), pod("orders"), service("orders"));
const fromTo = (peer: string, port: string, subject = "app: orders"): string =>
    cnp(
        `endpointSelector:\n  matchLabels:\n    ${subject}\ningress:\n  - fromEndpoints:\n      - matchLabels:\n          ${peer}\n    toPorts:\n      - ports:\n          - port: "${port}"\n            protocol: TCP`,
    );

/** What only shows once pods and Services are known. */
export const WORKLOAD_CODES: readonly CodeEntry[] = [
    {
        code: "L08",
        title: "toServices naming a Service that does not exist",
        severity: "error",
        why: "From Cilium 1.17 on a Service without match leaves an empty list of peers behind: with ports the rule is open to everyone, without ports it allows nothing.",
        fix: "name a Service that exists, or select the pods with toEndpoints",
        source: "Cilium pkg/policy/k8s/service.go; recorded case q-toServices-unresolved-ports",
        bad: {
            workloads: SHOP,
            yaml: cnp(
                'endpointSelector:\n  matchLabels:\n    app: front\negress:\n  - toServices:\n      - k8sService:\n          serviceName: order\n          namespace: shop\n    toPorts:\n      - ports:\n          - port: "8080"\n            protocol: TCP',
            ),
        },
        good: {
            workloads: SHOP,
            yaml: cnp(
                'endpointSelector:\n  matchLabels:\n    app: front\negress:\n  - toServices:\n      - k8sService:\n          serviceName: orders\n          namespace: shop\n    toPorts:\n      - ports:\n          - port: "8080"\n            protocol: TCP',
            ),
        },
    },
    {
        code: "L25",
        title: "a Service's port instead of the pod's",
        severity: "error",
        why: "Policies are asked after the Service's address and port were replaced by a pod's: the port to name is the targetPort, on both ends.",
        fix: "write the targetPort",
        source: "Cilium documentation, Services and policies; bpf/bpf_lxc.c",
        bad: { workloads: SHOP, yaml: fromTo("app: front", "80") },
        good: { workloads: SHOP, yaml: fromTo("app: front", "8080") },
    },
    {
        code: "L26",
        title: "a selector that matches no workload",
        severity: "warning",
        why: "Nothing is wrong with the policy as such: it just never takes effect, or never lets anyone in.",
        fix: "compare the labels with the pods' own (the pod template's, not the Deployment's)",
        source: "Cilium pkg/policy/api/selector.go",
        bad: { workloads: SHOP, yaml: fromTo("app: frontend", "8080") },
        good: { workloads: SHOP, yaml: fromTo("app: front", "8080") },
    },
    {
        code: "L27",
        title: "a peer in another namespace, without naming the namespace",
        severity: "warning",
        why: "In a CiliumNetworkPolicy a selector without namespace means pods of the policy's own namespace. These labels exist only elsewhere.",
        fix: "add `io.kubernetes.pod.namespace: NAMESPACE` to the selector",
        source: "Cilium pkg/k8s/apis/cilium.io/utils/utils.go; cilium/cilium#1957, #6272",
        bad: {
            workloads: docs(SHOP, pod("scraper", "", "monitoring")),
            yaml: fromTo("app: scraper", "8080"),
        },
        good: {
            workloads: docs(SHOP, pod("scraper", "", "monitoring")),
            yaml: fromTo("app: scraper\n          io.kubernetes.pod.namespace: monitoring", "8080"),
        },
    },
    {
        code: "L34",
        title: "a clusterwide default deny that takes system pods along",
        severity: "warning",
        why: "An endpointSelector that excludes nothing also selects CoreDNS, konnectivity-agent, metrics-server, the health and ingress endpoints. Under default deny DNS, webhooks and health checks stop for the whole cluster.",
        fix: "leave system namespaces out (`{key: io.kubernetes.pod.namespace, operator: NotIn, values: [kube-system, gatekeeper-system, azure-arc]}`), or set `enableDefaultDeny` to false",
        source: "cilium/cilium#11099, #28753; recorded case t-ccnp-reserved",
        bad: { yaml: ccnp("endpointSelector: {}\ningress:\n  - {}") },
        good: {
            yaml: ccnp(
                "endpointSelector:\n  matchExpressions:\n    - key: io.kubernetes.pod.namespace\n      operator: In\n      values:\n        - shop\ningress:\n  - {}",
            ),
        },
    },
    {
        code: "L42",
        title: "a webhook that the API server cannot reach",
        severity: "warning",
        why: "Webhooks and aggregated APIs are called through the konnectivity-agent pods in kube-system. These pods deny ingress by default and nothing lets konnectivity-agent in: the API server's calls time out, and with failurePolicy Fail nothing can be created.",
        fix: "allow `fromEndpoints: [{matchLabels: {io.kubernetes.pod.namespace: kube-system, app: konnectivity-agent}}]` on the webhook's port",
        source: "MicrosoftDocs/azure-aks-docs azure-cni-powered-by-cilium.md",
        bad: {
            workloads: docs(
                SHOP,
                "apiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingWebhookConfiguration\nmetadata:\n  name: orders\nwebhooks:\n  - name: orders.example.com\n    clientConfig:\n      service:\n        name: orders\n        namespace: shop\n",
            ),
            yaml: fromTo("app: front", "8080"),
        },
        good: {
            workloads: docs(
                SHOP,
                "apiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingWebhookConfiguration\nmetadata:\n  name: orders\nwebhooks:\n  - name: orders.example.com\n    clientConfig:\n      service:\n        name: orders\n        namespace: shop\n",
            ),
            yaml: fromTo(
                "app: konnectivity-agent\n          io.kubernetes.pod.namespace: kube-system",
                "8080",
            ),
        },
    },
    {
        code: "L43",
        title: "a public Service whose pods let nobody in from outside",
        severity: "warning",
        why: "Clients of a LoadBalancer or NodePort Service are `world` to the pod; with externalTrafficPolicy Cluster another node may have taken the packet, then the client is `remote-node`. Without both the Service answers some clients, or none.",
        fix: "allow `fromEntities: [world, remote-node]` on the targetPort (with externalTrafficPolicy Local: world is enough)",
        source: "cilium/cilium#25650, #33906, #46934",
        bad: {
            workloads: docs(pod("front"), pod("orders"), service("orders", "  type: LoadBalancer\n")),
            yaml: fromTo("app: front", "8080"),
        },
        good: {
            workloads: docs(pod("front"), pod("orders"), service("orders", "  type: LoadBalancer\n")),
            yaml: cnp(
                'endpointSelector:\n  matchLabels:\n    app: orders\ningress:\n  - fromEntities:\n      - world\n      - remote-node\n    toPorts:\n      - ports:\n          - port: "8080"\n            protocol: TCP',
            ),
        },
    },
    {
        code: "L44",
        title: "a policy for hostNetwork pods",
        severity: "warning",
        why: "A pod with hostNetwork has the identity of its node. Policies do not apply to it.",
        fix: "take the pods off the host network, or protect the node with a network security group",
        source: "MicrosoftDocs/azure-aks-docs azure-cni-powered-by-cilium.md (limitations)",
        bad: {
            workloads: docs(pod("front"), pod("orders", "      hostNetwork: true\n")),
            yaml: fromTo("app: front", "8080"),
        },
        good: { workloads: SHOP, yaml: fromTo("app: front", "8080") },
    },
    {
        code: "L45",
        title: "a hostNetwork pod as peer",
        severity: "warning",
        why: "A pod with hostNetwork is seen as its node, never by its labels. The rule does not match it.",
        fix: "use `fromEntities: [host, remote-node]` (egress: toEntities)",
        source: "Cilium documentation, host policies; recorded case t-host-default",
        bad: {
            workloads: docs(pod("front", "      hostNetwork: true\n"), pod("orders")),
            yaml: fromTo("app: front", "8080"),
        },
        good: {
            workloads: docs(pod("front", "      hostNetwork: true\n"), pod("orders")),
            yaml: cnp(
                'endpointSelector:\n  matchLabels:\n    app: orders\ningress:\n  - fromEntities:\n      - host\n      - remote-node\n    toPorts:\n      - ports:\n          - port: "8080"\n            protocol: TCP',
            ),
        },
    },
    {
        code: "L49",
        title: "allowed on one end, denied on the other",
        severity: "warning",
        why: "A connection needs the egress side of the client and the ingress side of the server. Here one side allows it by name and the other denies it by default.",
        fix: "add the missing half, or take this half out",
        source: "Cilium documentation, policy enforcement modes",
        bad: {
            workloads: SHOP,
            yaml: docs(
                cnp(
                    'endpointSelector:\n  matchLabels:\n    app: front\negress:\n  - toEndpoints:\n      - matchLabels:\n          app: orders\n    toPorts:\n      - ports:\n          - port: "8080"\n            protocol: TCP',
                    "front",
                ),
                cnp("endpointSelector:\n  matchLabels:\n    app: orders\ningress:\n  - {}", "orders"),
            ),
        },
        good: {
            workloads: SHOP,
            yaml: docs(
                cnp(
                    'endpointSelector:\n  matchLabels:\n    app: front\negress:\n  - toEndpoints:\n      - matchLabels:\n          app: orders\n    toPorts:\n      - ports:\n          - port: "8080"\n            protocol: TCP',
                    "front",
                ),
                fromTo("app: front", "8080"),
            ),
        },
    },
    {
        code: "L50",
        title: "a rule that changes nothing",
        severity: "info",
        why: "Everything this rule allows is allowed by another rule of the same pods already, or denied by one.",
        fix: "take it out, or say in a comment why it stays",
        source: "Cilium documentation, rule combination (allow rules are added up, deny wins)",
        bad: {
            yaml: cnp(
                'endpointSelector: {}\ningress:\n  - fromEndpoints:\n      - matchLabels:\n          app: front\n  - fromEndpoints:\n      - matchLabels:\n          app: front\n    toPorts:\n      - ports:\n          - port: "8080"\n            protocol: TCP',
            ),
        },
        good: {
            yaml: cnp(
                "endpointSelector: {}\ningress:\n  - fromEndpoints:\n      - matchLabels:\n          app: front",
            ),
        },
    },
    {
        code: "L56",
        title: "a rule that may fill the policy map",
        severity: "info",
        why: "Each pod has a policy map of 16,384 entries (bpf-policy-map-max on AKS). Many peers times many ports fill it; entries that do not fit are left out.",
        fix: "write one CIDR block for many, one range for many ports, an entity for many pods",
        source: "Cilium documentation, eBPF maps; Azure/AKS#5969",
        bad: {
            yaml: cnp(
                `endpointSelector: {}\negress:\n  - toCIDR:\n${Array.from({ length: 420 }, (_, index) => `      - 203.0.${Math.floor(index / 250)}.${index % 250}/32`).join("\n")}\n    toPorts:\n      - ports:\n${Array.from({ length: 40 }, (_, index) => `          - port: "${8000 + index}"\n            protocol: TCP`).join("\n")}`,
            ),
        },
        good: {
            yaml: cnp(
                'endpointSelector: {}\negress:\n  - toCIDR:\n      - 203.0.0.0/16\n    toPorts:\n      - ports:\n          - port: "8000"\n            endPort: 8039\n            protocol: TCP',
            ),
        },
    },
    {
        code: "L61",
        title: "a deny rule that also hits the own node",
        severity: "warning",
        why: "Traffic from the pod's own node (kubelet probes, hostNetwork pods) is let in whatever the allow rules say, but not against a deny rule. One that covers the host makes probes fail, and the pods restart or leave the Service.",
        fix: "deny peers by name (`fromEndpoints`, `fromEntities: [world]`) instead of all, cluster, host or everyone",
        source: "Cilium pkg/policy/mapstate.go (determineAllowLocalhostIngress); recorded cases t-deny-all, t-deny-ports",
        bad: {
            yaml: cnp(
                'endpointSelector:\n  matchLabels:\n    app: orders\nenableDefaultDeny:\n  ingress: false\ningressDeny:\n  - toPorts:\n      - ports:\n          - port: "8080"\n            protocol: TCP',
            ),
        },
        good: {
            yaml: cnp(
                'endpointSelector:\n  matchLabels:\n    app: orders\nenableDefaultDeny:\n  ingress: false\ningressDeny:\n  - fromEntities:\n      - world\n    toPorts:\n      - ports:\n          - port: "8080"\n            protocol: TCP',
            ),
        },
    },
];
