import { cnp, type CodeEntry } from "./entry";

const fromFront = (rest: string): string =>
    cnp(
        `endpointSelector: {}\ningress:\n  - fromEndpoints:\n      - matchLabels:\n          app: front\n${rest}`,
    );

/** Ports, protocols and ICMP types. */
export const PORT_CODES: readonly CodeEntry[] = [
    {
        code: "L05",
        title: "HTTP rules on a port that is not TCP",
        severity: "error",
        why: "L7 rules other than DNS need `protocol: TCP` on every port of the block; a missing protocol means ANY. Cilium refuses the whole policy: stored, shown by kubectl, never enforced.",
        fix: "write `protocol: TCP` beside the port",
        source: "Cilium pkg/policy/api/rule_validation.go (PortRule.sanitize); cilium/cilium#23152",
        bad: {
            cluster: { advancedNetworking: "l7" },
            yaml: fromFront(
                '    toPorts:\n      - ports:\n          - port: "8080"\n        rules:\n          http:\n            - method: GET',
            ),
        },
        good: {
            cluster: { advancedNetworking: "l7" },
            yaml: fromFront(
                '    toPorts:\n      - ports:\n          - port: "8080"\n            protocol: TCP\n        rules:\n          http:\n            - method: GET',
            ),
        },
    },
    {
        code: "L06",
        title: "a port that is read as another one, or as none",
        severity: "error",
        why: 'A port is a string: a number from 1 to 65535 without leading zero, or a name of at most 15 letters, digits and dashes. Other texts are refused, or read in Go\'s way: "010" is 8 (octal), "00" is every port, "8_080" is 8080, "0x50" and "1e3" are names.',
        fix: 'write the number in quotes, `port: "8080"`; for a range add `endPort`',
        source: "Cilium pkg/policy/api/rule_validation.go (PortProtocol.sanitize), pkg/iana; cilium/cilium#26384; recorded cases r22-port-*, q-010",
        bad: {
            yaml: fromFront(
                '    toPorts:\n      - ports:\n          - port: "010"\n            protocol: TCP',
            ),
        },
        good: {
            yaml: fromFront(
                '    toPorts:\n      - ports:\n          - port: "8080"\n            protocol: TCP',
            ),
        },
    },
    {
        code: "L12",
        title: "toPorts and icmps in one rule",
        severity: "error",
        why: "Cilium refuses the whole policy: stored, shown by kubectl, never enforced.",
        fix: "write one rule for the ports and one for ICMP, with the same peers",
        source: "Cilium pkg/policy/api/rule_validation.go; recorded cases r17-*",
        bad: {
            yaml: fromFront(
                '    toPorts:\n      - ports:\n          - port: "8080"\n            protocol: TCP\n    icmps:\n      - fields:\n          - type: 8',
            ),
        },
        good: {
            yaml: fromFront(
                '    toPorts:\n      - ports:\n          - port: "8080"\n            protocol: TCP\n  - fromEndpoints:\n      - matchLabels:\n          app: front\n    icmps:\n      - fields:\n          - type: 8',
            ),
        },
    },
    {
        code: "L46",
        title: "a named port on egress, or a name that nobody declares",
        severity: "error",
        why: "On egress Cilium resolves a port name through all pods of the cluster, not through the destination: one number behind the name is opened towards every peer of the rule, also outside the cluster; two different numbers drop the rule. On ingress a name that the selected pods do not declare opens nothing.",
        fix: "write the port's number",
        source: "Cilium pkg/policy/l4.go; cilium/cilium#24779, #30003; recorded cases t-named-*",
        bad: {
            yaml: cnp(
                "endpointSelector: {}\negress:\n  - toEndpoints:\n      - matchLabels:\n          app: orders\n    toPorts:\n      - ports:\n          - port: http\n            protocol: TCP",
            ),
        },
        good: {
            yaml: cnp(
                'endpointSelector: {}\negress:\n  - toEndpoints:\n      - matchLabels:\n          app: orders\n    toPorts:\n      - ports:\n          - port: "8080"\n            protocol: TCP',
            ),
        },
    },
    {
        code: "L47",
        title: "endPort that makes no range",
        severity: "warning",
        why: "Cilium does not compare endPort with port: a smaller one is ignored, so only the single port is meant. With a port name the range runs from the resolved number to endPort. In a NetworkPolicy the API server refuses both.",
        fix: "write the lower number as port and the higher one as endPort, both as numbers",
        source: "Cilium pkg/policy/api/l4.go; recorded cases t-range-rev, q-endport-named-ingress",
        bad: {
            yaml: fromFront(
                '    toPorts:\n      - ports:\n          - port: "9000"\n            endPort: 8000\n            protocol: TCP',
            ),
        },
        good: {
            yaml: fromFront(
                '    toPorts:\n      - ports:\n          - port: "8000"\n            endPort: 9000\n            protocol: TCP',
            ),
        },
    },
    {
        code: "L48",
        title: "an empty list of ports or L7 rules",
        severity: "warning",
        why: "`toPorts: [{}]`, `ports: []` and `icmps: [{fields: []}]` are present and hold no port: the rule allows nothing, not even its peers. `http: []` and `dns: []` filter nothing: they are a plain port rule.",
        fix: "name the ports, or leave the key out to mean all ports; name the L7 rules, or leave `rules` out",
        source: "Cilium pkg/policy/api/l4.go, l7.go; recorded cases q-toPorts-blank, q-icmps-empty-peers, t-rules-empty",
        bad: { yaml: fromFront("    toPorts:\n      - {}") },
        good: {
            yaml: fromFront(
                '    toPorts:\n      - ports:\n          - port: "8080"\n            protocol: TCP',
            ),
        },
    },
    {
        code: "L53",
        title: "ports only: ping will not work",
        severity: "info",
        why: "A rule with ports allows TCP, UDP and SCTP, never ICMP. Under default deny pings (and path MTU messages asked for by ICMP) of these peers are dropped.",
        fix: "add a rule with `icmps` for the same peers if ping is wanted",
        source: "Cilium documentation, limit ICMP/ICMPv6 types; recorded case t-ports-any",
        bad: {
            yaml: fromFront('    toPorts:\n      - ports:\n          - port: "0"\n            protocol: ANY'),
        },
        good: {
            yaml: fromFront("    icmps:\n      - fields:\n          - type: 8\n            family: IPv4"),
        },
    },
    {
        code: "L54",
        title: "DNS over UDP only",
        severity: "warning",
        why: "Answers that do not fit into one datagram are asked for again over TCP. Without TCP on port 53 those names fail to resolve, and only those.",
        fix: 'allow both: `{port: "53", protocol: ANY}`, or one entry each for UDP and TCP',
        source: "RFC 7766; Cilium documentation, DNS policy examples",
        bad: {
            yaml: cnp(
                'endpointSelector: {}\negress:\n  - toEndpoints:\n      - matchLabels:\n          io.kubernetes.pod.namespace: kube-system\n          k8s-app: kube-dns\n    toPorts:\n      - ports:\n          - port: "53"\n            protocol: UDP',
            ),
        },
        good: {
            yaml: cnp(
                'endpointSelector: {}\negress:\n  - toEndpoints:\n      - matchLabels:\n          io.kubernetes.pod.namespace: kube-system\n          k8s-app: kube-dns\n    toPorts:\n      - ports:\n          - port: "53"\n            protocol: UDP\n          - port: "53"\n            protocol: TCP',
            ),
        },
    },
    {
        code: "L58",
        title: "an ICMP type that matches everything or nothing",
        severity: "error",
        why: "Type 0 (EchoReply) and negative types are stored as port 0, which means every ICMP type; types over 255 match none. A type name of the other family makes the object unreadable for the agent. Nothing refuses the numbers.",
        fix: "name a type from 1 to 255, e.g. `type: 8` (EchoRequest); replies to an allowed request are always let through",
        source: "Cilium pkg/policy/api/icmp.go; recorded cases t-icmp0, r18-icmp-*",
        bad: { yaml: fromFront("    icmps:\n      - fields:\n          - type: 0") },
        good: { yaml: fromFront("    icmps:\n      - fields:\n          - type: 8") },
    },
    {
        code: "L59",
        title: "a range that starts at port 0",
        severity: "error",
        why: "In the datapath port 0 means every port, and endPort is not looked at: the rule is about all 65,535 ports of the protocol.",
        fix: 'start the range at 1, or write only `port: "0"` if every port is meant',
        source: "Cilium pkg/maps/policymap (NewKey); recorded cases t-range-zero*",
        bad: {
            yaml: fromFront(
                '    toPorts:\n      - ports:\n          - port: "0"\n            endPort: 1023\n            protocol: TCP',
            ),
        },
        good: {
            yaml: fromFront(
                '    toPorts:\n      - ports:\n          - port: "1"\n            endPort: 1023\n            protocol: TCP',
            ),
        },
    },
];
