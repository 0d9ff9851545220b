import fc from "fast-check";
import type { JsonObject } from "../../../cilium/manifest/document";
import { diffReachability, type DiffConnection } from "../../../cilium/reachability";
import {
    PROTOCOLS,
    type OverallVerdict,
    type Peer,
    type Reachability,
} from "../../../cilium/reachability/types";
import { build, policy, type TestCluster } from "./cluster";

const NAMESPACES = ["n1", "n2"];
const APPS = ["a", "b", "c"];
const PORTS = [53, 80, 81, 8080];

const selector = fc.oneof(
    fc.constant<JsonObject>({}),
    fc.constantFrom(...APPS).map((app): JsonObject => ({ matchLabels: { app } })),
    fc
        .constantFrom(...APPS)
        .map((app): JsonObject => ({ matchExpressions: [{ key: "app", operator: "NotIn", values: [app] }] })),
    fc
        .constantFrom(...NAMESPACES)
        .map((name): JsonObject => ({ matchLabels: { "k8s:io.kubernetes.pod.namespace": name } })),
    fc.constant<JsonObject>({ matchExpressions: [{ key: "tier", operator: "Exists" }] }),
);

const port = fc.oneof(
    fc.constantFrom(...PORTS).map((number): JsonObject => ({ port: String(number), protocol: "TCP" })),
    fc.constant<JsonObject>({ port: "80", endPort: 90, protocol: "TCP" }),
    fc.constant<JsonObject>({ port: "53" }),
);

function ruleOf(way: "from" | "to"): fc.Arbitrary<JsonObject> {
    const peers = fc.oneof(
        fc
            .array(selector, { minLength: 1, maxLength: 2 })
            .map((list): JsonObject => ({ [`${way}Endpoints`]: list })),
        fc
            .constantFrom("world", "cluster", "host", "all", "remote-node")
            .map((entity): JsonObject => ({ [`${way}Entities`]: [entity] })),
        fc.constant<JsonObject>({ [`${way}CIDRSet`]: [{ cidr: "10.0.0.0/8", except: ["10.1.0.0/16"] }] }),
    );
    const ports = fc.option(fc.array(port, { minLength: 1, maxLength: 2 }), { nil: undefined });
    return fc
        .tuple(peers, ports)
        .map(([rule, list]): JsonObject =>
            list === undefined ? rule : { ...rule, toPorts: [{ ports: list }] },
        );
}

const section = fc.constantFrom("ingress", "egress", "ingressDeny", "egressDeny");
const spec = fc
    .tuple(selector, section)
    .chain(([endpointSelector, name]) =>
        fc
            .array(ruleOf(name.startsWith("ingress") ? "from" : "to"), { minLength: 1, maxLength: 2 })
            .map((rules): JsonObject => ({ endpointSelector, [name]: rules })),
    );
const policies = fc
    .array(fc.tuple(spec, fc.constantFrom<string | undefined>(...NAMESPACES, undefined)), { maxLength: 4 })
    .map((list) => list.map(([value, namespace], index) => policy(`p${index}`, namespace, value)));
const labels = fc.record(
    { app: fc.constantFrom(...APPS), tier: fc.constantFrom("x", "y") },
    { requiredKeys: ["app"] },
);
const pods = fc
    .array(fc.tuple(fc.constantFrom(...NAMESPACES), labels), { minLength: 2, maxLength: 5 })
    .map((list) =>
        Object.fromEntries(list.map(([namespace, value], index) => [`${namespace}/p${index}`, value])),
    );
const cluster: fc.Arbitrary<TestCluster> = fc.record({ pods, policies });

const OUTSIDE: readonly Peer[] = [
    { reserved: "world" },
    { reserved: "host" },
    { reserved: "remote-node" },
    { address: "10.1.2.3" },
    { address: "10.2.2.3" },
];

/** Every flow between pods and peers at every port where something may change. */
function* flows(reachability: Reachability, ids: readonly string[]): Generator<[string, OverallVerdict]> {
    const ends: Peer[] = [...ids.map((endpoint) => ({ endpoint })), ...OUTSIDE];
    for (const from of ends) {
        for (const to of ends) {
            for (const protocol of PROTOCOLS) {
                for (const number of [1, ...PORTS, 85, 90, 91]) {
                    const key = JSON.stringify([from, to, protocol, number]);
                    yield [key, reachability.query(from, to, protocol, number).overall];
                }
            }
        }
    }
}

function verdicts(value: TestCluster): Map<string, OverallVerdict> {
    return new Map(flows(build(value), Object.keys(value.pods)));
}

const denies = (verdict: OverallVerdict | undefined): boolean => verdict === "deny";

describe("metamorphic properties", () => {
    test("a deny rule never opens a flow", () => {
        fc.assert(
            fc.property(
                cluster,
                selector,
                fc.constantFrom("ingressDeny", "egressDeny"),
                (value, subject, name) => {
                    const way = name === "ingressDeny" ? "from" : "to";
                    const added = policy("added", undefined, {
                        endpointSelector: subject,
                        [name]: [{ [`${way}Entities`]: ["all"] }],
                    });
                    const before = verdicts(value);
                    const after = verdicts({ ...value, policies: [...value.policies, added] });
                    expect(
                        [...after].filter(([flow, verdict]) => denies(before.get(flow)) && !denies(verdict)),
                    ).toEqual([]);
                },
            ),
            { numRuns: 60 },
        );
    });

    test("an allow rule never closes a flow of endpoints under default deny", () => {
        fc.assert(
            fc.property(cluster, ruleOf("from"), ruleOf("to"), (value, ingress, egress) => {
                const base = policy("base", undefined, { endpointSelector: {}, ingress: [{}], egress: [{}] });
                const added = policy("added", "n1", {
                    endpointSelector: {},
                    ingress: [ingress],
                    egress: [egress],
                });
                const before = verdicts({ ...value, policies: [...value.policies, base] });
                const after = verdicts({ ...value, policies: [...value.policies, base, added] });
                expect(
                    [...before].filter(([flow, verdict]) => !denies(verdict) && after.get(flow) !== verdict),
                ).toEqual([]);
            }),
            { numRuns: 60 },
        );
    });

    test("order of documents and splitting of rules change nothing", () => {
        fc.assert(
            fc.property(cluster, (value) => {
                const split = value.policies.toReversed().flatMap((document, index) => {
                    const { endpointSelector, ...sections } = document.spec as Record<string, JsonObject[]>;
                    const namespace = (document.metadata as { namespace?: string }).namespace;
                    return Object.entries(sections).flatMap(([name, rules]) =>
                        rules.map((rule, at) =>
                            policy(`s${index}-${at}`, namespace, {
                                endpointSelector: endpointSelector!,
                                [name]: [rule],
                            }),
                        ),
                    );
                });
                expect(verdicts({ ...value, policies: split })).toEqual(verdicts(value));
            }),
            { numRuns: 60 },
        );
    });

    test("consistent renaming of label keys and values changes nothing", () => {
        fc.assert(
            fc.property(cluster, (value) => {
                const renamed = JSON.parse(
                    JSON.stringify(value)
                        .replaceAll('"app"', '"product"')
                        .replaceAll('"tier"', '"layer"')
                        .replaceAll('"a"', '"alpha"'),
                ) as TestCluster;
                expect(verdicts(renamed)).toEqual(verdicts(value));
            }),
            { numRuns: 60 },
        );
    });

    test("the difference of two states is the reverse of the difference the other way round", () => {
        const strip = (list: readonly DiffConnection[], turn: boolean): string[] =>
            list
                .map(({ from, to, protocol, ports, before, after }) =>
                    JSON.stringify([
                        from.members.toSorted(),
                        to.members.toSorted(),
                        protocol,
                        ports,
                        turn ? after : before,
                        turn ? before : after,
                    ]),
                )
                .sort();
        fc.assert(
            fc.property(cluster, policies, (value, other) => {
                const [base, head] = [build(value), build({ ...value, policies: other })];
                const [there, back] = [diffReachability(base, head), diffReachability(head, base)];
                expect(strip(there.opened, false)).toEqual(strip(back.closed, true));
                expect(strip(there.closed, false)).toEqual(strip(back.opened, true));
                expect(strip(there.changed, false)).toEqual(strip(back.changed, true));
            }),
            { numRuns: 60 },
        );
    });

    test("the difference says exactly which flows changed", () => {
        fc.assert(
            fc.property(cluster, policies, (value, other) => {
                const after: TestCluster = { ...value, policies: other };
                const [base, head] = [build(value), build(after)];
                const opened = new Set<string>();
                for (const { from, to, protocol, ports } of diffReachability(base, head).opened) {
                    for (const source of from.members) {
                        for (const destination of to.members) {
                            for (const { from: first, to: last } of ports) {
                                for (const number of [1, ...PORTS, 85, 90, 91]) {
                                    if (first <= number && number <= last)
                                        opened.add(JSON.stringify([source, destination, protocol, number]));
                                }
                            }
                        }
                    }
                }
                const ids = Object.keys(value.pods);
                const wrong: string[] = [];
                for (const source of ids) {
                    for (const destination of ids) {
                        for (const protocol of PROTOCOLS) {
                            for (const number of [1, ...PORTS, 85, 90, 91]) {
                                const ask = (model: Reachability): OverallVerdict =>
                                    model.query(
                                        { endpoint: source },
                                        { endpoint: destination },
                                        protocol,
                                        number,
                                    ).overall;
                                const key = JSON.stringify([source, destination, protocol, number]);
                                if (opened.has(key) !== (denies(ask(base)) && !denies(ask(head))))
                                    wrong.push(key);
                            }
                        }
                    }
                }
                expect(wrong).toEqual([]);
            }),
            { numRuns: 40 },
        );
    });

    test("the matrix is the sum of point queries", () => {
        fc.assert(
            fc.property(cluster, (value) => {
                const reachability = build(value);
                const open = new Map<string, string>();
                for (const { from, to, protocol, ports, verdict } of reachability.connections()) {
                    for (const { from: first, to: last } of ports) {
                        for (const number of [1, ...PORTS, 85, 90, 91]) {
                            if (first <= number && number <= last)
                                open.set(JSON.stringify([from, to, protocol, number]), verdict);
                        }
                    }
                }
                const wrong: string[] = [];
                for (const [flow, verdict] of flows(reachability, Object.keys(value.pods))) {
                    const [from, to, protocol, number] = JSON.parse(flow) as [Peer, Peer, string, number];
                    if (!("endpoint" in from) && !("endpoint" in to)) continue;
                    const classOf = (peer: Peer): string | undefined =>
                        reachability.classOf(String(Object.values(peer)[0]))?.id;
                    const listed =
                        open.get(JSON.stringify([classOf(from), classOf(to), protocol, number])) ?? "deny";
                    if (listed !== verdict) wrong.push(flow);
                }
                expect(wrong).toEqual([]);
            }),
            { numRuns: 60 },
        );
    });
});
