/** Random small clusters with policies that meet their pods, and flows between them. */
import type { JsonObject, JsonValue } from "../../../cilium/manifest/document";
import type { Random } from "../../support/random-policies";

const NAMESPACES = [
    { name: "shop", labels: { team: "red", env: "prod" } },
    { name: "pay", labels: { team: "blue", env: "prod" } },
    { name: "lab", labels: { env: "test" } },
] as const;

const ENDPOINTS: readonly JsonObject[] = [
    pod("front", "shop", { app: "front", tier: "web" }, "10.244.0.10", [["http", 8080]]),
    pod("orders", "shop", { app: "orders", tier: "api" }, "10.244.0.11", [
        ["http", 3000],
        ["metrics", 9090],
    ]),
    pod("queue", "shop", { app: "queue" }, "10.244.0.12", [
        ["amqp", 5672],
        ["dns", 53, "UDP"],
    ]),
    pod("card", "pay", { app: "card", tier: "api" }, "10.244.0.13", [["http", 8080]]),
    pod("ledger", "pay", { app: "ledger" }, "10.244.1.10", [["sctp", 7000, "SCTP"]]),
    pod("probe", "lab", { app: "probe", tier: "web" }, "10.244.1.11", []),
    { name: "health", reserved: "health" },
];

/** Addresses with and without a rule that names them, and the ends of ranges. */
const ADDRESSES = [
    "203.0.113.10",
    "203.0.113.16",
    "203.0.113.31",
    "203.0.113.32",
    "192.0.2.1",
    "10.0.0.1",
    "10.255.255.255",
    "198.51.100.77",
];
const NAMES: JsonObject = {
    "api.example.com": ["192.0.2.1"],
    "www.example.com": ["192.0.2.2"],
    "example.org": ["192.0.2.3"],
};
const ENTITIES = ["world", "host", "remote-node", "kube-apiserver", "health", "unmanaged", "init", "ingress"];
const PORTS = [0, 53, 80, 443, 3000, 5672, 7000, 8079, 8080, 8081, 8090, 9090, 65535];

/** One case of `verdicts`; the same state of `random` gives the same case. */
export function randomScenario(random: Random, id: string): JsonObject {
    const policies = Array.from({ length: 1 + random.below(4) }, (_, index) => policy(random, `p${index}`));
    return {
        id,
        ...(random.chance(0.15) ? { ipv6: true } : {}),
        namespaces: NAMESPACES as unknown as JsonValue,
        endpoints: ENDPOINTS as unknown as JsonValue,
        fqdn: NAMES,
        policies,
        flows: Array.from({ length: 16 }, () => flow(random)),
    };
}

function pod(
    name: string,
    namespace: string,
    labels: JsonObject,
    ip: string,
    ports: readonly (readonly [string, number, string?])[],
): JsonObject {
    const namedPorts = ports.map(([port, number, protocol]) => ({
        name: port,
        port: number,
        ...(protocol === undefined ? {} : { protocol }),
    }));
    return { name, namespace, labels, ip, serviceAccount: "default", namedPorts };
}

function policy(random: Random, name: string): JsonObject {
    const namespace = random.pick(NAMESPACES).name;
    const kind = random.pick([
        "CiliumNetworkPolicy",
        "CiliumNetworkPolicy",
        "CiliumClusterwideNetworkPolicy",
        "NetworkPolicy",
    ] as const);
    if (kind === "NetworkPolicy") return networkPolicy(random, name, namespace);
    const clusterwide = kind === "CiliumClusterwideNetworkPolicy";
    const spec = () => ciliumSpec(random);
    return {
        apiVersion: "cilium.io/v2",
        kind,
        metadata: clusterwide ? { name } : { name, namespace },
        ...(random.chance(0.1) ? { specs: [spec(), spec()] } : { spec: spec() }),
    };
}

function ciliumSpec(random: Random): JsonObject {
    const spec: JsonObject = { endpointSelector: selector(random, 0.25) };
    const sections = ["ingress", "egress", "ingressDeny", "egressDeny"] as const;
    for (const section of sections) {
        if (!random.chance(section.endsWith("Deny") ? 0.2 : 0.6)) continue;
        const rules = Array.from({ length: random.chance(0.1) ? 0 : 1 + random.below(2) }, () =>
            rule(random, section),
        );
        spec[section] = rules;
    }
    if (!sections.some((section) => spec[section] !== undefined)) spec["ingress"] = [{}];
    if (random.chance(0.2))
        spec["enableDefaultDeny"] = { ingress: random.chance(0.5), egress: random.chance(0.5) };
    return spec;
}

function rule(random: Random, section: string): JsonObject {
    const egress = section.startsWith("egress");
    const deny = section.endsWith("Deny");
    const direction = egress ? "to" : "from";
    const made: JsonObject = {};
    const peer = random.below(egress && !deny ? 7 : 6);
    if (peer === 1)
        made[`${direction}Endpoints`] = Array.from({ length: 1 + random.below(2) }, () =>
            selector(random, 0.15),
        );
    if (peer === 2)
        made[`${direction}Entities`] = [
            random.pick(["all", "cluster", "world", "host", "remote-node", "kube-apiserver", "health"]),
        ];
    if (peer === 3)
        made[`${direction}CIDR`] = [
            random.pick(["203.0.113.16/28", "10.0.0.0/8", "0.0.0.0/0", "192.0.2.1/32"]),
        ];
    if (peer === 4) {
        const cidr = random.pick(["203.0.113.0/24", "0.0.0.0/0", "10.0.0.0/8"]);
        const inside = cidr === "10.0.0.0/8" ? "10.244.0.0/16" : "203.0.113.16/28";
        made[`${direction}CIDRSet`] = [{ cidr, ...(random.chance(0.5) ? { except: [inside] } : {}) }];
    }
    if (peer === 5 && random.chance(0.3)) made[`${direction}Endpoints`] = [];
    if (peer === 6)
        made["toFQDNs"] = [
            random.pick<JsonObject>([
                { matchName: "api.example.com" },
                { matchPattern: "*.example.com" },
                { matchPattern: "*" },
            ]),
        ];
    if (random.chance(0.7))
        made["toPorts"] = Array.from({ length: 1 + random.below(2) }, () => portRule(random, deny));
    else if (random.chance(0.1))
        made["icmps"] = [{ fields: [{ type: random.pick([0, 3, 8]), family: "IPv4" }] }];
    return made;
}

function portRule(random: Random, deny: boolean): JsonObject {
    const http = !deny && random.chance(0.2);
    const protocols = http ? ["TCP"] : ["TCP", "TCP", "UDP", "ANY", "SCTP"];
    const ports = Array.from({ length: 1 + random.below(2) }, (): JsonObject => {
        const protocol = random.pick(protocols);
        if (random.chance(0.2)) return { port: random.pick(["http", "amqp", "metrics", "dns"]), protocol };
        const port = http ? random.pick([80, 3000, 8080]) : random.pick(PORTS);
        if (port === 0 || !random.chance(0.25)) return { port: String(port), protocol };
        return {
            port: String(port),
            protocol,
            endPort: Math.min(65535, port + random.pick([0, 1, 10, 1000])),
        };
    });
    return http ? { ports, rules: { http: [{ method: "GET", path: "/" }] } } : { ports };
}

function selector(random: Random, empty: number): JsonObject {
    if (random.chance(empty)) return {};
    const choices: JsonObject[] = [
        { matchLabels: { app: random.pick(["front", "orders", "queue", "card", "ledger", "probe"]) } },
        { matchLabels: { tier: random.pick(["web", "api"]) } },
        { matchLabels: { "k8s:io.kubernetes.pod.namespace": random.pick(NAMESPACES).name } },
        { matchLabels: { "io.cilium.k8s.namespace.labels.env": "prod" } },
        { matchExpressions: [{ key: "tier", operator: random.pick(["Exists", "DoesNotExist"]) }] },
        {
            matchExpressions: [
                { key: "app", operator: random.pick(["In", "NotIn"]), values: ["orders", "card"] },
            ],
        },
        {
            matchExpressions: [
                {
                    key: "io.kubernetes.pod.namespace",
                    operator: random.pick(["Exists", "NotIn"]),
                    values: ["lab"],
                },
            ],
        },
    ];
    const chosen = { ...random.pick(choices) };
    const [expression] = (chosen["matchExpressions"] ?? []) as JsonObject[];
    if (expression !== undefined && expression["operator"] === "Exists") {
        chosen["matchExpressions"] = [{ key: expression["key"]!, operator: "Exists" }];
    }
    return chosen;
}

function networkPolicy(random: Random, name: string, namespace: string): JsonObject {
    const labels = (): JsonObject =>
        random.chance(0.3)
            ? {}
            : { matchLabels: { app: random.pick(["front", "orders", "queue", "card", "probe"]) } };
    const peers = (): JsonValue[] =>
        Array.from({ length: 1 + random.below(2) }, (): JsonObject => {
            if (random.chance(0.25))
                return {
                    ipBlock: {
                        cidr: random.pick(["203.0.113.0/24", "0.0.0.0/0", "10.0.0.0/8"]),
                        except: ["203.0.113.16/28"].filter(() => random.chance(0.3)),
                    },
                };
            if (random.chance(0.5)) return { podSelector: labels() };
            return {
                namespaceSelector: random.chance(0.4)
                    ? {}
                    : { matchLabels: { env: random.pick(["prod", "test"]) } },
                ...(random.chance(0.4) ? { podSelector: labels() } : {}),
            };
        });
    const ports = (): JsonValue[] =>
        Array.from({ length: 1 + random.below(2) }, (): JsonObject => {
            if (random.chance(0.25)) return { port: random.pick(["http", "amqp"]), protocol: "TCP" };
            const port = 1 + random.pick(PORTS.slice(0, -1));
            return {
                port,
                protocol: random.pick(["TCP", "UDP"]),
                ...(random.chance(0.25) ? { endPort: port + 10 } : {}),
            };
        });
    const rules = (direction: "from" | "to"): JsonValue[] =>
        Array.from({ length: random.below(3) }, (): JsonObject => ({
            ...(random.chance(0.8) ? { [direction]: peers() } : {}),
            ...(random.chance(0.6) ? { ports: ports() } : {}),
        }));
    const types = random.pick([["Ingress"], ["Egress"], ["Ingress", "Egress"]]);
    return {
        apiVersion: "networking.k8s.io/v1",
        kind: "NetworkPolicy",
        metadata: { name, namespace },
        spec: {
            podSelector: labels(),
            policyTypes: types,
            ...(types.includes("Ingress") ? { ingress: rules("from") } : {}),
            ...(types.includes("Egress") ? { egress: rules("to") } : {}),
        },
    };
}

function flow(random: Random): JsonObject {
    const outside = (): JsonValue =>
        random.chance(0.5) ? { entity: random.pick(ENTITIES) } : { cidr: `${random.pick(ADDRESSES)}/32` };
    const inside = (): JsonValue => random.pick(ENDPOINTS)["name"]!;
    const [from, to] = random.pick([
        [inside(), inside()],
        [inside(), inside()],
        [inside(), outside()],
        [outside(), inside()],
    ]);
    if (random.chance(0.05)) return { from, to, port: random.pick([0, 3, 8]), protocol: "ICMP" };
    return {
        from,
        to,
        port: random.pick(PORTS.slice(1)),
        protocol: random.pick(["TCP", "TCP", "TCP", "UDP", "SCTP"]),
    };
}
