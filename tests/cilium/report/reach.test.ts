import fc from "fast-check";
import { PLAIN } from "../../../cilium/report/reach-layout";
import { reachDot, reachMermaid } from "../../../cilium/report/reach-graph";
import { reachJson } from "../../../cilium/report/reach-json";
import { reachMatrix, type ReachMatrix } from "../../../cilium/report/reach-model";
import { reachNamer } from "../../../cilium/report/reach-names";
import { describeFlow, formatPorts } from "../../../cilium/report/reach-ports";
import { reachText } from "../../../cilium/report/reach-text";
import { connection, everything, fakeModel } from "../../support/model";

const CLASSES = [
    "c0: shop/front",
    "c1: shop/orders",
    "c2: shop/queue",
    "c3: shop/stock",
    "c4: kube-system/coredns",
    "world",
    "host",
];
const SHOP = [
    "world c0 TCP 8080",
    "c0 c1 TCP 8080 redirect",
    "c1 c2 TCP 5672",
    "c0 c4 UDP 53",
    "c0 c4 TCP 53",
    "c1 c4 UDP 53",
    "c1 c4 TCP 53",
    "c0 world TCP 443 depends which addresses the name has",
    ...["c0", "c1", "c2", "c3", "c4"].flatMap((to) => everything("host", to)),
];
const endpoints = CLASSES.slice(0, 5).map((text) => {
    const id = text.split(": ")[1] ?? "";
    const [namespace = ""] = id.split("/");
    return { id, namespace, system: namespace === "kube-system", hostNetwork: false };
});

/** Every allowed (from, to, protocol, port range) between classes, whatever the folding. */
function unfolded({ groups, rows }: ReachMatrix): string[] {
    return rows
        .flatMap((row, from) =>
            [...row.to].flatMap(([to, flow]) =>
                (groups[from]?.classes ?? []).flatMap((source) =>
                    (groups[to]?.classes ?? []).flatMap((target) =>
                        flow.map(
                            (part) =>
                                `${source.id} ${target.id} ${part.protocol} ${formatPorts(part.ports)} ${part.verdict}`,
                        ),
                    ),
                ),
            ),
        )
        .sort();
}

describe("reachMatrix |", () => {
    it("folds classes with equal rows and columns, and only these", () => {
        const model = fakeModel(
            ["c0: a/x", "c1: a/y", "c2: a/z", "world"],
            ["c0 world TCP 80", "c1 world TCP 80", "c2 world TCP 81"],
        );
        expect(reachMatrix(model).groups.map(({ members, example }) => ({ members, example }))).toEqual([
            { members: ["a/x", "a/y"], example: "a/x" },
            { members: ["a/z"], example: "a/z" },
            { members: ["world"], example: "world" },
        ]);
    });

    it("keeps classes apart that differ only in what reaches them", () => {
        const model = fakeModel(["c0: a/x", "c1: a/y", "world"], ["world c0 TCP 80"]);
        expect(reachMatrix(model).groups).toHaveLength(3);
    });

    it("filters by source, destination and port, and narrows ports to the one asked for", () => {
        const model = fakeModel(
            ["c0: a/x", "c1: a/y", "world"],
            ["c0 world TCP 80-90", "c1 world TCP 80-90", "c0 world UDP 85", "c0 c1 ICMP 8"],
        );
        const matrix = reachMatrix(model, { from: new Set(["c0"]), port: { port: 85 } });
        expect(unfolded(matrix)).toEqual(["c0 world TCP 85 allow", "c0 world UDP 85 allow"]);
        expect(unfolded(reachMatrix(model, { to: new Set(["c1"]) }))).toEqual(["c0 c1 ICMP 8 allow"]);
        expect(unfolded(reachMatrix(model, { port: { port: 85, protocol: "UDP" } }))).toEqual([
            "c0 world UDP 85 allow",
        ]);
    });

    it("says neither more nor less than the connections it was folded from", () => {
        const ids = ["c0", "c1", "c2", "c3", "world"];
        const arbitrary = fc.uniqueArray(
            fc.tuple(
                fc.constantFrom(...ids),
                fc.constantFrom(...ids),
                fc.constantFrom("TCP 80", "TCP 80,443", "UDP 53"),
            ),
            { selector: ([from, to, ports]) => `${from} ${to} ${ports.split(" ")[0] ?? ""}`, maxLength: 30 },
        );
        fc.assert(
            fc.property(arbitrary, (triples) => {
                const texts = triples.map((triple) => `${triple.join(" ")} allow`);
                const model = fakeModel([...ids.slice(0, 4).map((id) => `${id}: ns/${id}`), "world"], texts);
                expect(unfolded(reachMatrix(model))).toEqual([...texts].sort());
            }),
        );
    });
});

describe("describeFlow |", () => {
    const flow = (...texts: string[]) =>
        describeFlow(texts.map((text) => connection(`a b ${text}`))).map(({ what }) => what);

    it.each([
        [["TCP 80,443"], ["TCP 80,443"]],
        [["UDP 53", "TCP 53"], ["TCP/UDP 53"]],
        [["TCP 1-65535"], ["any TCP port"]],
        [["ICMP 8"], ["ICMP type 8"]],
        [["ICMP 0-255"], ["ICMP"]],
        [
            ["TCP 8", "ICMP 8"],
            ["TCP 8", "ICMP type 8"],
        ],
        [everything("", "").map((text) => text.trim()), ["everything"]],
    ])("%j reads %j", (texts, expected) => {
        expect(flow(...texts)).toEqual(expected);
    });

    it("keeps what is certain apart from what depends", () => {
        expect(describeFlow([connection("a b TCP 80"), connection("a b UDP 80 depends x")])).toMatchObject([
            { what: "TCP 80", verdict: "allow" },
            { what: "UDP 80", verdict: "depends", reason: "x" },
        ]);
    });
});

describe("reachNamer |", () => {
    const name = (classes: readonly string[], chosen: readonly number[]): readonly string[] => {
        const matrix = reachMatrix(
            fakeModel(
                classes,
                classes.map((text, index) => `${text.split(":")[0] ?? ""} world TCP ${index + 1}`),
            ),
        );
        const ids = matrix.groups.flatMap(({ type, members }) => (type === "pods" ? members : []));
        return reachNamer(
            matrix,
            ids.map((id) => ({ id, namespace: id.split("/")[0], system: false, hostNetwork: false })),
        ).describe(chosen, "destinations");
    };
    const six = [
        "c0: a/1",
        "c1: a/2",
        "c2: a/3",
        "c3: a/4",
        "c4: a/5",
        "c5: b/1",
        "world",
        "cidr:169.254.169.254/32",
        "host",
    ];

    it.each([
        [
            [0, 1],
            ["a/1", "a/2"],
        ],
        [[0, 1, 2, 3, 4], ["a/*"]],
        [[0, 1, 2, 3], ["a/* except 5"]],
        [[5], ["b/1"]],
        [[0, 1, 2, 3, 4, 5], ["every workload"]],
        [[6], ["world except 169.254.169.254/32"]],
        [[6, 7], ["world"]],
        [[0, 1, 2, 3, 4, 5, 8], ["the whole cluster"]],
        [[0, 1, 2, 3, 4, 5, 6, 7, 8], ["everyone"]],
    ])("%j is %j", (chosen, expected) => {
        const names = name(six, chosen);
        expect(names).toEqual(expected);
    });
});

describe("reach reports |", () => {
    const model = fakeModel(CLASSES, SHOP, (one) =>
        one.verdict === "redirect"
            ? [
                  {
                      document: {} as never,
                      path: [],
                      effect: "allow",
                      l7: "HTTP GET /orders",
                      position: { file: "f", line: 1, column: 1 },
                  },
              ]
            : [],
    );
    const matrix = reachMatrix(model);
    const namer = reachNamer(matrix, endpoints);

    it("text: a block a group, both directions, world first, the reason as a footnote", () => {
        const text = reachText(matrix, namer, model, { width: 100, paint: PLAIN, title: "title" });
        expect(text).toBe(`title

shop/front
    reaches     TCP 443 ?1                   world
                TCP 8080 (HTTP GET /orders)  shop/orders
                TCP/UDP 53                   kube-system/coredns
    reached by  TCP 8080                     world
                everything                   host

shop/orders
    reaches     TCP 5672                     shop/queue
                TCP/UDP 53                   kube-system/coredns
    reached by  TCP 8080 (HTTP GET /orders)  shop/front
                everything                   host

shop/queue
    reaches     nobody
    reached by  TCP 5672    shop/orders
                everything  host

shop/stock
    reaches     nobody
    reached by  everything  host

kube-system/coredns
    reaches     nobody
    reached by  TCP/UDP 53  shop/front, shop/orders
                everything  host

?1  depends: which addresses the name has
`);
    });

    it("json: what interfaces promise, and every connection once", () => {
        const parsed = JSON.parse([...reachJson(matrix, model)].join("")) as Record<string, unknown[]>;
        expect(parsed["version"]).toBe(1);
        expect(parsed["endpoints"]).toContainEqual({ id: "shop/front", class: "c0" });
        expect(parsed["classes"]).toContainEqual({ id: "c0", members: 1, example: "shop/front" });
        expect(parsed["connections"]).toHaveLength(SHOP.length);
        expect(parsed["connections"]).toContainEqual({
            from: "c0",
            to: "world",
            protocol: "TCP",
            ports: "443",
            verdict: "depends",
            reason: "which addresses the name has",
        });
    });

    it("json --expand: between workloads", () => {
        const two = fakeModel(["c0: a/x a/y", "world"], ["c0 world TCP 80", "c0 c0 TCP 80"]);
        const parsed = JSON.parse([...reachJson(reachMatrix(two), two, true)].join("")) as {
            connections: { from: string; to: string }[];
        };
        expect(parsed.connections.map(({ from, to }) => `${from} ${to}`).sort()).toEqual([
            "a/x a/x",
            "a/x a/y",
            "a/x world",
            "a/y a/x",
            "a/y a/y",
            "a/y world",
        ]);
    });

    it("mermaid and dot: an edge for each connection but the node's own, dashed where it depends", () => {
        const mermaid = reachMermaid(matrix, namer);
        expect(mermaid).toContain('n0 -->|"TCP 8080 (proxy)"| n1');
        expect(mermaid).toContain('n0 -.->|"TCP 443 (depends)"| n5');
        expect(mermaid).toContain('n3["shop/stock"]');
        expect(mermaid).not.toContain("n6");
        const dot = reachDot(matrix, namer);
        expect(dot).toContain('n5 -> n0 [label="TCP 8080"];');
        expect(dot.split("->")).toHaveLength(1 + 6);
    });
});
