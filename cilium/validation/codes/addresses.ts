import { cnp, type CodeEntry } from "./entry";

const toSet = (entry: string): string =>
    cnp(
        `endpointSelector: {}\negress:\n  - toCIDRSet:\n      - ${entry}\n    toPorts:\n      - ports:\n          - port: "443"\n            protocol: TCP`,
    );

/** CIDR blocks and what they never match. */
export const ADDRESS_CODES: readonly CodeEntry[] = [
    {
        code: "L16",
        title: "a block or an `except` that means something else than it looks",
        severity: "error",
        why: "Every `except` must lie in its `cidr`, else Cilium refuses the policy. One that covers the whole block leaves nothing to match; on Cilium 1.16 with ports the rule is then open to everyone, and a wider one can crash the agent. Host bits are masked without a word: 203.0.113.77/24 is the whole of 203.0.113.0/24.",
        fix: "write an `except` that is inside the block and smaller, or take the entry out; write the network's address, or /32 for one address",
        source: "Cilium pkg/policy/api/cidr.go, rule_validation.go; recorded cases r14-except-*, q-cidr-except-equal-*",
        bad: { yaml: toSet("cidr: 203.0.113.0/24\n        except:\n          - 203.0.113.0/24") },
        good: { yaml: toSet("cidr: 203.0.113.0/24\n        except:\n          - 203.0.113.128/25") },
    },
    {
        code: "L23",
        title: "a CIDR for pods, nodes or Services of the own cluster",
        severity: "error",
        why: "A CIDR rule never matches pods or nodes of the own cluster, whatever their address, and a Service's address is replaced by its backend before policies are asked. The rule does nothing for them.",
        fix: "select pods with toEndpoints or fromEndpoints, nodes with the entities host and remote-node, Services by the pods behind them",
        source: "MicrosoftDocs/azure-aks-docs azure-cni-powered-by-cilium.md (limitations); Cilium pkg/policy/types/selector.go; cilium/cilium#9998",
        bad: { cluster: { podCidr: "10.244.0.0/16" }, yaml: toSet("cidr: 10.244.0.0/16") },
        good: {
            cluster: { podCidr: "10.244.0.0/16" },
            yaml: cnp(
                'endpointSelector: {}\negress:\n  - toEndpoints:\n      - matchLabels:\n          app: orders\n    toPorts:\n      - ports:\n          - port: "443"\n            protocol: TCP',
            ),
        },
    },
    {
        code: "L24",
        title: "0.0.0.0/0 does not include the cluster",
        severity: "warning",
        why: "0.0.0.0/0 is every IPv4 address outside the cluster. Pods, nodes and Services are not in it, unlike with other network plugins; if this is the only rule of its direction, traffic inside the cluster is dropped, DNS too.",
        fix: "add a rule for what is needed inside the cluster (toEndpoints, toEntities)",
        source: "MicrosoftDocs/azure-aks-docs azure-cni-powered-by-cilium.md (limitations); recorded case t-cidr-all",
        bad: {
            yaml: cnp(
                "endpointSelector: {}\negress:\n  - toCIDRSet:\n      - cidr: 0.0.0.0/0\n        except:\n          - 169.254.169.254/32",
            ),
        },
        good: {
            yaml: cnp(
                "endpointSelector: {}\negress:\n  - toCIDRSet:\n      - cidr: 0.0.0.0/0\n        except:\n          - 169.254.169.254/32\n  - toEndpoints:\n      - matchExpressions:\n          - key: io.kubernetes.pod.namespace\n            operator: Exists",
            ),
        },
    },
];
