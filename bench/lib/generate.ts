import type { JsonObject, JsonValue } from "../../cilium/manifest/document";

/** A generated cluster: objects as `kubectl get -o json` would print them. */
export interface GeneratedCluster {
    readonly workloads: readonly JsonObject[];
    readonly policies: readonly JsonObject[];
}

/** How large, and from which seed; equal options give equal clusters. */
export interface GenerateOptions {
    readonly workloads: number;
    readonly policies: number;
    /** @default 7 */
    readonly seed?: number;
    /** Only NetworkPolicy, in the shape np-guard was measured with. @default false */
    readonly networkPolicyOnly?: boolean;
}

const TIERS = ["web", "api", "db", "job"] as const;
const TEAMS = 7;
const PORTS = [80, 443, 8080, 9090, 5432] as const;

/** A small seeded generator of random numbers (mulberry32), so that a seed gives the same cluster everywhere. */
class Random {
    constructor(private state: number) {}

    next(): number {
        this.state = (this.state + 0x6d2b79f5) | 0;
        let t = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
        t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
        return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
    }

    below(limit: number): number {
        return Math.floor(this.next() * limit);
    }

    pick<T>(items: readonly T[]): T {
        return items[this.below(items.length)]!;
    }
}

interface App {
    readonly namespace: string;
    readonly name: string;
    readonly tier: string;
    readonly team: string;
}

/**
 * A cluster as teams build them: a namespace for twenty workloads, default deny and DNS per namespace, then rules
 * between applications, tiers and teams, to names, addresses and the internet.
 */
export function generateCluster(options: GenerateOptions): GeneratedCluster {
    const random = new Random(options.seed ?? 7);
    const count = Math.max(2, Math.floor(options.workloads / 20));
    const namespaces = Array.from({ length: count }, (_, i): JsonObject => ({
        apiVersion: "v1",
        kind: "Namespace",
        metadata: { name: `ns${i}`, labels: { team: `t${i % TEAMS}` } },
    }));
    const apps = Array.from({ length: options.workloads }, (_, i): App => {
        const home = i % count;
        return {
            namespace: `ns${home}`,
            name: `app${i}`,
            tier: random.pick(TIERS),
            team: `t${home % TEAMS}`,
        };
    });
    const policies = Array.from({ length: options.policies }, (_, i): JsonObject => {
        if (options.networkPolicyOnly === true) return networkPolicy(i, count, apps, random);
        return i < count * 2 ? baseline(i, count) : applicationPolicy(i, apps, random);
    });
    return { workloads: [...namespaces, ...apps.map(deployment)], policies };
}

function deployment(app: App): JsonObject {
    const labels = { app: app.name, tier: app.tier };
    return {
        apiVersion: "apps/v1",
        kind: "Deployment",
        metadata: { name: app.name, namespace: app.namespace },
        spec: {
            replicas: 2,
            selector: { matchLabels: { app: app.name } },
            template: {
                metadata: { labels },
                spec: {
                    containers: [{ name: "c", image: "x", ports: [{ containerPort: 8080, name: "http" }] }],
                },
            },
        },
    };
}

function cilium(kind: string, name: string, namespace: string | undefined, spec: JsonObject): JsonObject {
    const metadata: JsonObject = namespace === undefined ? { name } : { name, namespace };
    return { apiVersion: "cilium.io/v2", kind, metadata, spec };
}

const DNS: JsonObject = {
    toEndpoints: [
        { matchLabels: { "k8s:io.kubernetes.pod.namespace": "kube-system", "k8s-app": "kube-dns" } },
    ],
    toPorts: [{ ports: [{ port: "53", protocol: "ANY" }], rules: { dns: [{ matchPattern: "*" }] } }],
};

/** For every namespace default deny and DNS. */
function baseline(index: number, namespaces: number): JsonObject {
    const namespace = `ns${index % namespaces}`;
    const first = index < namespaces;
    const spec: JsonObject = first
        ? { endpointSelector: {}, ingress: [{}], egress: [{}] }
        : { endpointSelector: {}, egress: [DNS] };
    return cilium("CiliumNetworkPolicy", first ? "default-deny" : "dns", namespace, spec);
}

function tcp(port: number, rules?: JsonObject): JsonValue {
    return [{ ports: [{ port: String(port), protocol: "TCP" }], ...(rules === undefined ? {} : { rules }) }];
}

/** Rules between applications, in the proportions they have in practice. */
function applicationPolicy(index: number, apps: readonly App[], random: Random): JsonObject {
    const [subject, peer] = [random.pick(apps), random.pick(apps)];
    const name = `p${index}`;
    const own = { matchLabels: { app: subject.name } };
    const port = random.pick(PORTS);
    const kind = random.next();
    const policy = (spec: JsonObject): JsonObject =>
        cilium("CiliumNetworkPolicy", name, subject.namespace, { endpointSelector: own, ...spec });
    const app = {
        matchLabels: { "k8s:io.kubernetes.pod.namespace": peer.namespace, app: peer.name },
    };
    if (kind < 0.25) return policy({ ingress: [{ fromEndpoints: [app], toPorts: tcp(port) }] });
    if (kind < 0.45) return policy({ egress: [{ toEndpoints: [app], toPorts: tcp(port) }] });
    if (kind < 0.6) {
        const team = {
            matchLabels: { "k8s:io.cilium.k8s.namespace.labels.team": peer.team, tier: peer.tier },
        };
        return policy({ ingress: [{ fromEndpoints: [team], toPorts: tcp(port) }] });
    }
    if (kind < 0.68) {
        return policy({
            ingress: [{ fromEndpoints: [app], toPorts: tcp(80, { http: [{ method: "GET" }] }) }],
        });
    }
    if (kind < 0.76)
        return policy({
            egress: [{ toFQDNs: [{ matchName: `api${index % 40}.example.com` }], toPorts: tcp(443) }],
        });
    if (kind < 0.82) {
        const cidr = `${11 + random.below(100)}.${random.below(256)}.0.0/16`;
        return policy({
            egress: [
                { toCIDRSet: [{ cidr, except: [cidr.replace("0.0/16", "7.0/24")] }], toPorts: tcp(443) },
            ],
        });
    }
    if (kind < 0.87)
        return policy({ ingress: [{ fromEntities: ["world", "remote-node"], toPorts: tcp(8080) }] });
    if (kind < 0.9) return policy({ egressDeny: [{ toCIDR: ["169.254.169.254/32"] }] });
    if (kind < 0.92) {
        const spec = {
            endpointSelector: { matchLabels: { tier: subject.tier } },
            ingress: [{ fromEndpoints: [{ matchLabels: { tier: peer.tier } }], toPorts: tcp(port) }],
            enableDefaultDeny: { ingress: false },
        };
        return cilium("CiliumClusterwideNetworkPolicy", name, undefined, spec);
    }
    return networkPolicy(index, 0, apps, random);
}

/** The kinds of NetworkPolicy that np-guard's netpol-analyzer was measured with. */
function networkPolicy(index: number, isolated: number, apps: readonly App[], random: Random): JsonObject {
    const [subject, peer] = [random.pick(apps), random.pick(apps)];
    const make = (namespace: string, spec: JsonObject): JsonObject => ({
        apiVersion: "networking.k8s.io/v1",
        kind: "NetworkPolicy",
        metadata: { name: `p${index}`, namespace },
        spec,
    });
    if (index < isolated) {
        return make(`ns${index}`, {
            podSelector: {},
            policyTypes: ["Ingress", "Egress"],
            egress: [{ ports: [{ port: 53, protocol: "UDP" }] }],
        });
    }
    const kind = random.next();
    const port = random.pick([80, 443, 8080]);
    if (kind < 0.5) {
        const namespaceSelector = { matchLabels: { team: peer.team } };
        const podSelector = { matchLabels: { tier: peer.tier } };
        return make(subject.namespace, {
            podSelector: { matchLabels: { app: subject.name } },
            policyTypes: ["Ingress"],
            ingress: [{ from: [{ namespaceSelector, podSelector }], ports: [{ port, protocol: "TCP" }] }],
        });
    }
    if (kind < 0.9) {
        return make(subject.namespace, {
            podSelector: { matchLabels: { tier: subject.tier } },
            policyTypes: ["Egress"],
            egress: [
                {
                    to: [{ namespaceSelector: {}, podSelector: { matchLabels: { tier: peer.tier } } }],
                    ports: [{ port, protocol: "TCP", endPort: 9090 }],
                },
            ],
        });
    }
    return make(subject.namespace, {
        podSelector: { matchLabels: { app: subject.name } },
        policyTypes: ["Egress"],
        egress: [{ to: [{ ipBlock: { cidr: `${11 + random.below(190)}.0.0.0/8` } }] }],
    });
}
