import { ccnp, cnp, type CodeEntry } from "./entry";

const NEVER = "The object is stored and shown by kubectl, but Cilium enforces none of its rules.";
const SANITIZE = "Cilium pkg/policy/api/rule_validation.go";
const l7 = { advancedNetworking: "l7" } as const;

const ports = (direction: "ingress" | "egress", portRule: string): string =>
    `endpointSelector: {}\n${direction}:\n  - ${direction === "ingress" ? "from" : "to"}Endpoints:\n      - matchLabels:\n          app: front\n    toPorts:\n      - ${portRule.replaceAll("\n", "\n        ")}`;
const tcp = (port: string, more = ""): string => `ports:\n  - port: "${port}"\n    protocol: TCP${more}`;
const http = (request: string): string => `${tcp("8080")}\nrules:\n  http:\n    - ${request}`;
const DNS_NAMES = '\nrules:\n  dns:\n    - matchPattern: "*.*.svc.cluster.local"';

/** Rules of Cilium's Parse and Sanitize that have no row in the catalogue of mistakes. */
export const ACCEPTANCE_CODES: readonly CodeEntry[] = [
    {
        code: "A01",
        title: "a label value that Kubernetes does not allow",
        severity: "error",
        why: `No pod can have such a label. The API server checks matchLabels only; Cilium refuses the rest. ${NEVER}`,
        fix: "use at most 63 letters, digits, '-', '_' and '.', with a letter or digit at both ends",
        source: "Cilium pkg/policy/api/selector.go; recorded cases r8-badvalue",
        bad: {
            yaml: cnp(
                "endpointSelector:\n  matchExpressions:\n    - key: app\n      operator: In\n      values:\n        - front end\ningress:\n  - {}",
            ),
        },
        good: {
            yaml: cnp(
                "endpointSelector:\n  matchExpressions:\n    - key: app\n      operator: In\n      values:\n        - front-end\ningress:\n  - {}",
            ),
        },
    },
    {
        code: "A02",
        title: "an operator with the wrong number of values",
        severity: "error",
        why: `In and NotIn compare with values, Exists and DoesNotExist take none. ${NEVER}`,
        fix: "write In or NotIn with values, or Exists or DoesNotExist without",
        source: "Cilium pkg/policy/api/selector.go; recorded cases r8-*",
        bad: {
            yaml: cnp(
                "endpointSelector:\n  matchExpressions:\n    - key: app\n      operator: In\ningress:\n  - {}",
            ),
        },
        good: {
            yaml: cnp(
                "endpointSelector:\n  matchExpressions:\n    - key: app\n      operator: Exists\ningress:\n  - {}",
            ),
        },
    },
    {
        code: "A03",
        title: "a CIDR block that Cilium does not read",
        severity: "error",
        why: `Cilium reads addresses more strictly than the API server: leading zeros are stored and then refused; some of them crash agents of 1.19. ${NEVER}`,
        fix: "write a block without leading zeros, such as 10.1.0.0/16",
        source: `${SANITIZE} (CIDR.sanitize); recorded cases r13-cidr-*, v19-except-*`,
        bad: { yaml: cnp("endpointSelector: {}\ningress:\n  - fromCIDR:\n      - 203.000.113.0/24") },
        good: { yaml: cnp("endpointSelector: {}\ningress:\n  - fromCIDR:\n      - 203.0.113.0/24") },
    },
    {
        code: "A04",
        title: "a port number with VRRP or IGMP",
        severity: "error",
        since: "1.19",
        why: `These protocols have no ports. ${NEVER}`,
        fix: 'write port: "0"',
        source: `${SANITIZE} (PortProtocol.sanitize); recorded cases v19-port-*`,
        bad: {
            cluster: { kubernetes: "1.36" },
            yaml: cnp(ports("ingress", 'ports:\n  - port: "80"\n    protocol: VRRP')),
        },
        good: { cluster: { kubernetes: "1.36" }, yaml: cnp(ports("ingress", tcp("80"))) },
    },
    {
        code: "A05",
        title: "DNS rules on ingress",
        severity: "error",
        why: `DNS rules filter the lookups that pods send. ${NEVER}`,
        fix: "move the rule to egress",
        source: `${SANITIZE} (PortRule.sanitize); recorded case r27-dns-ingress`,
        bad: {
            cluster: l7,
            yaml: cnp(ports("ingress", `ports:\n  - port: "53"\n    protocol: ANY${DNS_NAMES}`)),
        },
        good: {
            cluster: l7,
            yaml: cnp(ports("egress", `ports:\n  - port: "53"\n    protocol: ANY${DNS_NAMES}`)),
        },
    },
    {
        code: "A06",
        title: "L7 rules in a policy for nodes",
        severity: "error",
        why: `Host policies have no L7 rules (from 1.17 on: none but DNS, on egress). ${NEVER}`,
        fix: "remove `rules`; on AKS a policy for nodes is not enforced anyway",
        source: `${SANITIZE} (Rule.Sanitize, IngressRule.sanitize); recorded cases r28-*`,
        bad: {
            cluster: l7,
            yaml: ccnp(ports("ingress", http("method: GET")).replace("endpointSelector", "nodeSelector")),
        },
        good: { cluster: l7, yaml: cnp(ports("ingress", http("method: GET"))) },
    },
    {
        code: "A07",
        title: "L7 rules on port 0",
        severity: "error",
        why: `Port 0 is every port; an L7 rule needs one. ${NEVER}`,
        fix: "name the port",
        source: `${SANITIZE} (PortRule.sanitize); recorded cases r30-*`,
        bad: { cluster: l7, yaml: cnp(ports("ingress", http("method: GET").replace("8080", "0"))) },
        good: { cluster: l7, yaml: cnp(ports("ingress", http("method: GET"))) },
    },
    {
        code: "A08",
        title: "DNS rules on a range of ports",
        severity: "error",
        why: `DNS rules (on Cilium 1.16: all L7 rules) do not stand on a range. ${NEVER}`,
        fix: "write an entry for each port",
        source: `${SANITIZE} (PortProtocol.sanitize); recorded cases r32-*`,
        bad: {
            cluster: l7,
            yaml: cnp(
                ports("egress", `ports:\n  - port: "53"\n    endPort: 54\n    protocol: ANY${DNS_NAMES}`),
            ),
        },
        good: {
            cluster: l7,
            yaml: cnp(ports("egress", `ports:\n  - port: "53"\n    protocol: ANY${DNS_NAMES}`)),
        },
    },
    {
        code: "A09",
        title: "DNS rules without a port",
        severity: "error",
        why: `The DNS proxy has to know where lookups go. ${NEVER}`,
        fix: 'write `ports: [{port: "53", protocol: ANY}]` beside the rules',
        source: `${SANITIZE} (L7Rules.sanitize); recorded case r31-dns-noports`,
        bad: { cluster: l7, yaml: cnp(ports("egress", DNS_NAMES.trimStart())) },
        good: {
            cluster: l7,
            yaml: cnp(ports("egress", `ports:\n  - port: "53"\n    protocol: ANY${DNS_NAMES}`)),
        },
    },
    {
        code: "A10",
        title: "serverNames together with L7 rules",
        severity: "error",
        why: `Requests can only be read where TLS is terminated. ${NEVER}`,
        fix: "remove serverNames or the L7 rules",
        source: `${SANITIZE} (PortRule.sanitize); recorded cases r37-*`,
        bad: {
            cluster: l7,
            yaml: cnp(ports("egress", `${http("method: GET")}\nserverNames:\n  - api.example.com`)),
        },
        good: { cluster: l7, yaml: cnp(ports("egress", `${tcp("443")}\nserverNames:\n  - api.example.com`)) },
    },
    {
        code: "A11",
        title: "an empty server name",
        severity: "error",
        until: "1.17",
        why: `An empty name matches no connection. ${NEVER} From 1.18 on the API server refuses it.`,
        fix: "write a name, or remove the entry",
        source: `${SANITIZE} (errEmptyServerName); recorded cases r37-*`,
        bad: {
            cluster: { ...l7, kubernetes: "1.33" },
            yaml: cnp(ports("egress", `${tcp("443")}\nserverNames:\n  - ""`)),
        },
        good: {
            cluster: { ...l7, kubernetes: "1.33" },
            yaml: cnp(ports("egress", `${tcp("443")}\nserverNames:\n  - api.example.com`)),
        },
    },
    {
        code: "A12",
        title: "a listener where Cilium takes none",
        severity: "error",
        why: `A listener stands on egress, without L7 rules beside it. ${NEVER}`,
        fix: "remove the listener, or move the rule to egress without L7 rules",
        source: `${SANITIZE} (PortRule.sanitize); recorded cases r38-*`,
        bad: {
            cluster: l7,
            yaml: cnp(
                ports(
                    "ingress",
                    `${tcp("8080")}\nlistener:\n  name: proxy\n  envoyConfig:\n    kind: CiliumEnvoyConfig\n    name: proxy`,
                ),
            ),
        },
        good: { cluster: l7, yaml: cnp(ports("ingress", tcp("8080"))) },
    },
    {
        code: "A13",
        title: "a generic L7 rule that is not complete",
        severity: "error",
        why: `Rules under \`l7\` need an \`l7proto\` and keys that are not empty. ${NEVER}`,
        fix: "write l7proto, and name every key",
        source: `${SANITIZE} (L7Rules.sanitize), pkg/policy/api/l7.go; recorded cases r34-*`,
        bad: {
            cluster: l7,
            yaml: cnp(ports("ingress", `${tcp("8080")}\nrules:\n  l7proto: r2d2\n  l7:\n    - "": READ`)),
        },
        good: {
            cluster: l7,
            yaml: cnp(ports("ingress", `${tcp("8080")}\nrules:\n  l7proto: r2d2\n  l7:\n    - cmd: READ`)),
        },
    },
    {
        code: "A14",
        title: "a header match that is not complete",
        severity: "error",
        why: `A header match has a name, and its secret one too. ${NEVER}`,
        fix: "write the name; mismatch is LOG, ADD, DELETE or REPLACE",
        source: "Cilium pkg/policy/api/http.go; recorded cases r35-http-16 to -19",
        bad: {
            cluster: l7,
            yaml: cnp(
                ports(
                    "ingress",
                    http('headerMatches:\n        - name: X-Team\n          secret:\n            name: ""'),
                ),
            ),
        },
        good: {
            cluster: l7,
            yaml: cnp(
                ports("ingress", http("headerMatches:\n        - name: X-Team\n          value: front")),
            ),
        },
    },
    {
        code: "A15",
        title: "a Kafka rule that Cilium does not read",
        severity: "error",
        why: `A Kafka rule has role or apiKey, never both, an apiVersion that is a number, and a topic of letters, digits, '.', '_' and '-'. ${NEVER}`,
        fix: "write role: produce or role: consume, with a topic",
        source: "github.com/cilium/proxy pkg/policy/api/kafka; recorded cases r34-*",
        bad: {
            cluster: l7,
            yaml: cnp(
                ports(
                    "ingress",
                    `${tcp("9092")}\nrules:\n  kafka:\n    - role: produce\n      apiKey: fetch\n      topic: orders`,
                ),
            ),
        },
        good: {
            cluster: l7,
            yaml: cnp(
                ports(
                    "ingress",
                    `${tcp("9092")}\nrules:\n  kafka:\n    - role: produce\n      topic: orders`,
                ),
            ),
        },
    },
    {
        code: "A16",
        title: "a value that the agent cannot read",
        severity: "error",
        why: `The API server stores the value, and the agent's types have no room for it: to the agent the object is absent. ${NEVER}`,
        fix: "write a value of the type that the field has",
        source: "Cilium pkg/policy/api (Go types), encoding/json; recorded cases r18-*",
        bad: { yaml: cnp('endpointSelector: {}\nlabels:\n  - key: ""\n    value: front\ningress:\n  - {}') },
        good: {
            yaml: cnp("endpointSelector: {}\nlabels:\n  - key: team\n    value: front\ningress:\n  - {}"),
        },
    },
];
