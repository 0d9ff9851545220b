import { cnp, stream, type CodeEntry } from "./entry";

const l7 = { advancedNetworking: "l7" } as const;
const http = (rule: string, name?: string, subject = "{}"): string =>
    cnp(
        `endpointSelector: ${subject}\ningress:\n  - fromEndpoints:\n      - matchLabels:\n          app: front\n    toPorts:\n      - ports:\n          - port: "8080"\n            protocol: TCP\n        rules:\n          ${rule}`,
        name,
    );

/** HTTP and other L7 rules. */
export const HTTP_CODES: readonly CodeEntry[] = [
    {
        code: "L14",
        title: "an HTTP path or method that is no regular expression",
        severity: "error",
        why: "path and method are RE2 regular expressions, not globs. One that does not compile makes Cilium refuse the whole policy: stored, shown by kubectl, never enforced. RE2 has no lookaround, no backreferences and no repeat count over 1000.",
        fix: "for everything below a path write `/api/.*`; for every path leave the key out",
        source: "Cilium pkg/policy/api/http.go; recorded cases r35-http-*",
        bad: { cluster: l7, yaml: http('http:\n            - path: "*"') },
        good: { cluster: l7, yaml: http("http:\n            - path: /api/.*") },
    },
    {
        code: "L15",
        title: "a path or host written as a glob",
        severity: "warning",
        why: "path and host are regular expressions that must match the whole value, query string included. `/api/*` is `/api` and any number of slashes; `/api` is only that; an unescaped dot in a host is any character. A host that is no regular expression is refused only by the proxy.",
        fix: "write `/api/.*` for everything below, and `api\\.example\\.com` for a host",
        source: "Cilium documentation, HTTP rules; Envoy safe_regex (full match)",
        bad: { cluster: l7, yaml: http("http:\n            - path: /api/*") },
        good: { cluster: l7, yaml: http("http:\n            - path: /api/.*") },
    },
    {
        code: "L51",
        title: "L7 rules that cannot be merged",
        severity: "warning",
        why: "Where two rules give the same pods, peers and port to different L7 parsers (http and dns, kafka …), different listeners or different authentication modes, Cilium cannot build the endpoint's policy: regeneration fails and the pods keep their old one.",
        fix: "use one kind of L7 rule, one listener and one authentication mode for each port",
        source: "Cilium pkg/policy/rule.go (mergePortProto)",
        bad: {
            cluster: l7,
            yaml: stream(
                http("http:\n            - method: GET", "one"),
                http("kafka:\n            - topic: orders", "two"),
            ),
        },
        good: {
            cluster: l7,
            yaml: stream(
                http("http:\n            - method: GET", "one"),
                http("http:\n            - method: HEAD", "two"),
            ),
        },
    },
    {
        code: "L63",
        title: "an HTTP filter that Cilium 1.16 lets pods go around",
        severity: "error",
        until: "1.16",
        why: "On Cilium 1.16 a plain allow of the same port number through another key (a port name, or endPort below port) wins over the HTTP rule: these pods are not filtered. From 1.17 on the filter applies.",
        fix: "write the number without endPort in both rules",
        source: "Cilium v1.16 bpf/lib/policy.h; recorded cases q-l7-range-dup, q-l7-named",
        bad: {
            cluster: { ...l7, kubernetes: "1.31" },
            yaml: cnp(
                'endpointSelector:\n  matchLabels:\n    app: orders\ningress:\n  - fromEndpoints:\n      - {}\n    toPorts:\n      - ports:\n          - port: "8080"\n            protocol: TCP\n        rules:\n          http:\n            - method: GET\n  - fromEndpoints:\n      - matchLabels:\n          app: front\n    toPorts:\n      - ports:\n          - port: "8080"\n            endPort: 8079\n            protocol: TCP',
            ),
        },
        good: {
            cluster: { ...l7, kubernetes: "1.31" },
            yaml: cnp(
                'endpointSelector:\n  matchLabels:\n    app: orders\ningress:\n  - fromEndpoints:\n      - {}\n    toPorts:\n      - ports:\n          - port: "8080"\n            protocol: TCP\n        rules:\n          http:\n            - method: GET\n  - fromEndpoints:\n      - matchLabels:\n          app: front\n    toPorts:\n      - ports:\n          - port: "8080"\n            protocol: TCP',
            ),
        },
    },
];
