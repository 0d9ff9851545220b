import type { JsonObject, JsonValue } from "../../cilium/manifest/document";
import type { PolicyKind } from "../../cilium/model/kinds";
import { agentSchema, type Structural } from "../../cilium/model/structural";
import type { CiliumMinor } from "../../cilium/model/versions";

/** Seeded random numbers (mulberry32): the same seed gives the same documents on every machine. */
export class Random {
    constructor(private state: number) {}
    /** From 0 up to, not including, 1. */
    next(): number {
        this.state = (this.state + 0x6d2b79f5) | 0;
        let t = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
        t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
        return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
    }
    below(n: number): number {
        return Math.floor(this.next() * n);
    }
    chance(p: number): boolean {
        return this.next() < p;
    }
    pick<T>(items: readonly T[]): T {
        return items[this.below(items.length)]!;
    }
}

const KINDS: readonly PolicyKind[] = [
    "CiliumNetworkPolicy",
    "CiliumNetworkPolicy",
    "CiliumClusterwideNetworkPolicy",
    "NetworkPolicy",
];

/** Values that are likely, and corners, by the name of the field they are for. */
const VALUES: Readonly<Record<string, readonly JsonValue[]>> = {
    port: [
        "80",
        "443",
        "53",
        "8080",
        "http",
        "0",
        "010",
        "080",
        "65535",
        "65536",
        "0x50",
        "8_080",
        "1e3",
        "a--b",
        "web-1",
        " 80",
        "80 ",
        "-1",
        "99999",
        "00",
        "0_7",
        "0b1",
        "abcdefghijklmnop",
        "",
        "80-90",
        "a",
        "Z9",
        "9z",
        "0o17",
        "_8",
        "8_",
        "+80",
        "٣",
    ],
    endPort: [0, 1, 90, 443, 65535, 65536, -1, 8080, 79, 2147483647, 2147483648, 80.5, 1e21],
    protocol: ["TCP", "TCP", "TCP", "UDP", "SCTP", "ANY", "tcp", "ICMP", "VRRP", "IGMP", "", "Udp", "GRE"],
    cidr: [
        "10.0.0.0/8",
        "10.1.2.3/16",
        "0.0.0.0/0",
        "::/0",
        "2001:db8::/32",
        "1.2.3.4",
        "1.2.3.4/32",
        "010.0.0.0/8",
        "10.0.0.0/08",
        "10.0.0.0/33",
        "fe80::1%eth0/64",
        "::ffff:1.2.3.4/120",
        "::ffff:0:0/96",
        "",
        "abc",
        "10.0.0.0/+8",
        "1:2:3:4:5:6:7::/64",
        "::1",
        "1::2::3/64",
        "10.0.0/8",
        "256.0.0.0/8",
        "2001:db8::1.2.3.4/100",
        "00001::/16",
        "10.0.0.0/8/8",
        "fe80::1%eth0",
        "/8",
        "1.2.3.4/",
    ],
    except: [
        "10.1.0.0/16",
        "10.0.0.0/8",
        "10.0.0.0/7",
        "10.0.0.0/4",
        "10.2.3.4/32",
        "10.2.0.0/15",
        "8.0.0.0/5",
        "192.168.0.0/16",
        "01.2.3.0/24",
        "2001:db8:1::/48",
        "1.2.3.4",
        "::ffff:10.0.0.0/104",
        "0.0.0.0/0",
        "10.0.0.0/9",
        "10.128.0.0/9",
        "::/0",
        "",
    ],
    cidrGroupRef: ["group", "group.a", "Group", "a_b", "", "-a", "a-"],
    matchName: ["example.com", "a_b.c", "A.B.", "*.x", "a..b", "", "x?", "é.com", ".a", "a.", "-"],
    matchPattern: [
        "*",
        "*.example.com",
        "**.example.com",
        "**",
        "a*b.c",
        "[a].com",
        "a,b",
        "",
        "*..x",
        " *",
        "a.b.",
        "{1}",
        "***.",
        "a|b",
    ],
    path: [
        "/",
        "/api/.*",
        "*",
        "/a(b",
        "(?=x)",
        "\\1",
        "a{1001}",
        "a{2,1}",
        "[[:alpha:]]",
        "\\d+",
        "(?P<x>a)",
        "(?<x>a)",
        "\\pL",
        "\\p{Greek}",
        "\\C",
        "a**",
        "a*?+",
        "x{1000}",
        "(a{500}){3}",
        "[z-a]",
        "\\Qa(b\\E",
        "(?i)a",
        "(?z)a",
        "\\xZZ",
        "\\x{110000}",
        "[^]",
        "()",
        "a||b",
        "^*",
        "\\b",
        "\\8",
        "(?s).*",
        "[a-\\d]",
        "\\z",
        "\\Z",
        ")",
        "(?#c)",
        "(?P<n>a)(?P<n>b)",
        "[[:foo:]]",
        "+",
        "a++",
        "\\",
    ],
    method: ["GET", "GET|POST", "(GET", "[A-Z]+", "", "*"],
    host: ["example.com", "(", "*.x"],
    family: ["IPv4", "IPv6", "IPv5", "", "ipv4"],
    type: [
        8,
        0,
        3,
        255,
        256,
        -1,
        "8",
        "EchoRequest",
        "EchoReply",
        "Echo",
        "PacketTooBig",
        "Redirect",
        "echo",
        "ExtendedEchoReply",
        "ExtendedEcho Reply",
        "300",
        "00",
        "+8",
        "-0",
        "RouterSelection",
        "NeighborSolicitation",
        "",
        "99999999999999999999",
        2147483648,
        8.5,
    ],
    operator: ["In", "NotIn", "Exists", "DoesNotExist", "Gt", "in", ""],
    key: [
        "app",
        "k8s:app",
        "any:app",
        "reserved:host",
        "io.kubernetes.pod.namespace",
        "k8s:io.kubernetes.pod.namespace",
        "a".repeat(59),
        "a".repeat(60),
        `k8s:${"a".repeat(59)}`,
        `k8s:${"a".repeat(60)}`,
        `x.y/${"b".repeat(63)}`,
        `x.y/${"b".repeat(64)}`,
        "-a",
        "_a",
        ":app",
        "a:b:c",
        "app:",
        "a/b/c",
        "a b",
        "",
        "EX.com/a",
        "ex.com/a",
        "$host",
        "a=b",
        "cidr:1.0.0.0/8",
        "foo:ex.com/app",
        "/a",
        "a/",
        "ä",
        "a.b-c_d",
        "k8s:/a",
        `${"d".repeat(249)}/n`,
        `${"d".repeat(250)}/n`,
        "b".repeat(28),
        "b".repeat(29),
        "__proto__",
        "constructor",
    ],
    label: ["web", "", "a".repeat(63), "a".repeat(64), "-a", "a-", "a b", "A_b.c-1", "ü", "."],
    mode: ["disabled", "required", "test-always-fail", "Required", ""],
    mismatch: ["LOG", "ADD", "DELETE", "REPLACE", "log", ""],
    name: ["n", "", "x", "A B"],
    role: ["produce", "consume", "Produce", "admin", ""],
    apiKey: ["fetch", "Produce", "x", ""],
    apiVersion: ["1", "-1", "x", "32768", "+5", "-0", ""],
    topic: ["t", "a/b", "a.b_c-d", "a\\b", "é", "x".repeat(256), ""],
    l7proto: ["x", ""],
    serverNames: ["a.b", "*.a", "**.a", "", "a..b", "***.a", "*", "a*"],
    priority: [1, 100, 0, 101, 255, 256, 65535, 65536, -1, 1.5],
    value: ["v", "", "x".repeat(33), "\u0007", "\u00ad", "\u0378", "😀".repeat(32), "\ue000"],
    kind: ["CiliumEnvoyConfig", "CiliumClusterwideEnvoyConfig", "Other", ""],
    source: ["k8s", ""],
    entities: [
        "all",
        "world",
        "cluster",
        "host",
        "init",
        "ingress",
        "unmanaged",
        "remote-node",
        "health",
        "none",
        "kube-apiserver",
        "world-ipv4",
        "World",
        "",
    ],
    policyTypes: ["Ingress", "Egress", "ingress", ""],
    namespace: ["default", "ns-a", "a_b", "A", "a".repeat(64), ""],
    time: [
        "2024-01-01T00:00:00Z",
        "2024-02-30T00:00:00Z",
        "2024-01-01",
        "",
        "2024-01-01t00:00:00z",
        "2024-01-01T00:00:00+01:00",
        "2024-01-01T00:00:60Z",
        "2024-01-01T00:00:00.5Z",
    ],
};

const ALIAS: Readonly<Record<string, string>> = {
    fromCIDR: "cidr",
    toCIDR: "cidr",
    fromEntities: "entities",
    toEntities: "entities",
    matchLabels: "label",
    values: "label",
    headers: "label",
    lastTransitionTime: "time",
    lastUpdated: "time",
    creationTimestamp: "time",
};

const JUNK: readonly JsonValue[] = [
    null,
    true,
    false,
    0,
    1,
    -1,
    1.5,
    "",
    "x",
    "80",
    [],
    {},
    [null],
    [[]],
    [{}],
    { a: 1 },
    "${X}",
    ["a"],
    { matchLabels: { app: "x" } },
    1e30,
];

/** A random policy of any kind: mostly as someone might write it, with a few mutations. */
export function randomPolicy(random: Random, minor: CiliumMinor): JsonObject {
    const kind = random.pick(KINDS);
    const schema = agentSchema(kind, minor);
    const spec = schema.properties?.spec;
    const document: JsonObject = {
        apiVersion: kind === "NetworkPolicy" ? "networking.k8s.io/v1" : "cilium.io/v2",
        kind,
        metadata: {
            name: "p",
            ...(random.chance(0.7) && kind !== "CiliumClusterwideNetworkPolicy" ? { namespace: "ns-a" } : {}),
        },
    };
    if (random.chance(0.9)) document.spec = generate(random, spec!, "spec", 0);
    if (kind !== "NetworkPolicy" && random.chance(0.15)) {
        document.specs = [
            generate(random, spec!, "spec", 0),
            ...(random.chance(0.3) ? [generate(random, spec!, "spec", 0)] : []),
        ];
    }
    if (random.chance(0.03))
        document.metadata = generate(random, schema.properties!.metadata!, "metadata", 0);
    if (kind !== "NetworkPolicy" && random.chance(0.03)) {
        document.status = generate(random, schema.properties!.status!, "status", 0);
    }
    for (let n = random.pick([0, 0, 0, 1, 1, 2, 3]); n > 0; n--) mutate(random, document);
    return document;
}

const usual = 3;

function generate(random: Random, schema: Structural, name: string, depth: number): JsonValue {
    switch (schema.type) {
        case "object":
            return schema.values === undefined
                ? generateObject(random, schema, depth)
                : generateMap(random, schema, name, depth);
        case "array": {
            const count = random.pick(depth > 5 ? [1, 1, 0] : [1, 1, 1, 1, 2, 2, 3, 0]);
            const many = random.chance(0.002) ? 41 : count;
            return Array.from({ length: many }, () => generate(random, schema.items!, name, depth + 1));
        }
        case "boolean":
            return random.chance(0.5);
        default:
            return scalar(random, schema, name);
    }
}

function generateMap(random: Random, schema: Structural, name: string, depth: number): JsonObject {
    const map: JsonObject = {};
    for (let n = random.pick([1, 1, 1, 2, 0]); n > 0; n--) {
        const key = usually(random, VALUES.key as string[]);
        Object.defineProperty(map, key, {
            value: generate(random, schema.values!, name, depth + 1),
            enumerable: true,
            configurable: true,
            writable: true,
        });
    }
    return map;
}

function generateObject(random: Random, schema: Structural, depth: number): JsonObject {
    const keys = Object.keys(schema.properties ?? {});
    const object: JsonObject = {};
    const choices = schema.oneOf.length > 0 ? schema.oneOf : [];
    const chosen = random.chance(0.97) ? random.pick(choices.length > 0 ? choices : [""]) : "";
    for (const key of keys) {
        const required = schema.required.includes(key) ? 0.98 : undefined;
        const alternative = choices.includes(key) ? (key === chosen ? 1 : 0.02) : undefined;
        // Wide objects (rules) get few keys, so that most of them do not break "one kind of peer".
        const free = depth === 0 ? 0.45 : Math.min(0.6, 1.6 / keys.length);
        if (random.chance(required ?? alternative ?? free)) {
            object[key] = generate(random, schema.properties![key]!, key, depth + 1);
        }
    }
    return object;
}

function scalar(random: Random, schema: Structural, name: string): JsonValue {
    if (schema.enum !== undefined && random.chance(0.85)) return random.pick(schema.enum);
    const pool = VALUES[ALIAS[name] ?? name];
    if (pool !== undefined) return usually(random, pool);
    if (schema.format === "cidr") return usually(random, VALUES.cidr!);
    return schema.type === "integer" ? random.below(300) : random.pick(["x", "a b", "", "abc"]);
}

/** The first few of a pool are ordinary; the corners come seldom, or most documents would break several rules at once. */
function usually<T>(random: Random, pool: readonly T[]): T {
    return random.chance(0.88) ? pool[random.below(Math.min(usual, pool.length))]! : random.pick(pool);
}

/** Changes one place of a document as mistakes and accidents do. */
export function mutate(random: Random, document: JsonObject): void {
    const places: { readonly parent: JsonObject | JsonValue[]; readonly key: string | number }[] = [];
    const collect = (value: JsonValue): void => {
        if (typeof value !== "object" || value === null) return;
        const keys: (string | number)[] = Array.isArray(value) ? value.map((_, i) => i) : Object.keys(value);
        for (const key of keys) {
            places.push({ parent: value, key });
            collect((value as JsonObject)[key]!);
        }
    };
    collect(document);
    if (places.length === 0) return;
    const { parent, key } = random.pick(places);
    const container = parent as JsonObject;
    const value = container[key]!;
    switch (random.below(9)) {
        case 0:
            if (Array.isArray(parent)) parent.splice(Number(key), 1);
            else delete parent[key];
            return;
        case 1:
            container[key] = structuredClone(random.pick(JUNK));
            return;
        case 2:
            container[key] = null;
            return;
        case 3:
            container[key] = [value];
            return;
        case 4:
            if (Array.isArray(value)) container[key] = value[0] ?? {};
            else if (typeof value === "number") container[key] = String(value);
            else if (typeof value === "string")
                container[key] = `${value}${random.pick([" ", "*", "/", ".", "-", "1", "é"])}`;
            return;
        case 5:
            if (!Array.isArray(parent)) {
                delete parent[key];
                parent[misspell(random, String(key))] = value;
            }
            return;
        case 6:
            if (typeof value === "object" && value !== null && !Array.isArray(value)) {
                value[
                    random.pick([
                        "unknown",
                        "toFQDNs",
                        "fromEndpoints",
                        "rules",
                        "spec",
                        "kind",
                        "metadata",
                        "a.b",
                        "ports",
                    ])
                ] = structuredClone(random.pick(JUNK));
            }
            return;
        case 7: {
            const other = random.pick(places);
            container[key] = structuredClone((other.parent as JsonObject)[other.key]!);
            return;
        }
        default:
            if (Array.isArray(value))
                value.push(...structuredClone(value.slice(0, 1)), ...(random.chance(0.3) ? [null] : []));
    }
}

function misspell(random: Random, key: string): string {
    const at = random.below(key.length + 1);
    switch (random.below(4)) {
        case 0:
            return key.slice(0, at) + key.slice(at + 1);
        case 1:
            return key.toLowerCase() === key ? key.toUpperCase() : key.toLowerCase();
        case 2:
            return `${key}s`;
        default:
            return `${key.charAt(0).toUpperCase()}${key.slice(1)}`;
    }
}
