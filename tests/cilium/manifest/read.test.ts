import { readManifests, type ReadOptions } from "../../../cilium/manifest/read";

const read = (text: string, options: Partial<ReadOptions> = {}) =>
    readManifests(text, { file: "f.yaml", ...options });
const told = (text: string, options: Partial<ReadOptions> = {}): string[] =>
    read(text, options).findings.map(({ code, line, column }) => `${code} ${line}:${column}`);
const policy = (name: string, rest = ""): string =>
    `apiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\nmetadata:\n  name: ${name}\n${rest}`;

describe("streams", () => {
    it("keep the good documents beside a broken one", () => {
        const { documents, findings } = read(
            `${policy("a")}---\nfoo: [\n---\n# nothing\n---\n${policy("b")}`,
        );
        expect(documents.map(({ name, index }) => [name, index])).toEqual([
            ["a", 0],
            ["b", 1],
        ]);
        expect(findings.map(({ code, line }) => [code, line])).toEqual([["M01", 7]]);
    });

    it("may have a byte order mark, CRLF, comments, anchors and merge keys", () => {
        const text = `\ufeff# c\n${policy("a")}spec:\n  ingress: &x [{}] # d\n  egress: *x\n  labels:\n  - &l {key: k}\n  - <<: *l\n    value: v\n`;
        const { documents, findings } = read(text.replace(/\n/g, "\r\n"));
        expect(findings).toEqual([]);
        expect(documents[0]?.value.spec).toEqual({
            ingress: [{}],
            egress: [{}],
            labels: [{ key: "k" }, { key: "k", value: "v" }],
        });
        expect(documents[0]?.locate(["spec", "egress"], "key")).toEqual({
            file: "f.yaml",
            line: 8,
            column: 3,
        });
    });

    it("give the items of a List one by one, with their places", () => {
        const item = (name: string): object => ({ metadata: { name }, spec: {} });
        const list = {
            apiVersion: "cilium.io/v2",
            kind: "CiliumNetworkPolicyList",
            items: [item("a"), item("b")],
        };
        const { documents } = read(JSON.stringify(list, null, 2), { namespace: "shop" });
        expect(
            documents.map(({ kind, apiVersion, namespace, name }) => [kind, apiVersion, namespace, name]),
        ).toEqual([
            ["CiliumNetworkPolicy", "cilium.io/v2", "shop", "a"],
            ["CiliumNetworkPolicy", "cilium.io/v2", "shop", "b"],
        ]);
        expect(documents[1]?.locate(["metadata", "name"])).toEqual({ file: "f.yaml", line: 13, column: 17 });
    });

    it("pass over what is no manifest, and name what nearly is one", () => {
        expect(told("replicas: 3\nimage: x\n")).toEqual([]);
        expect(told("apiVersion: v1\nmetadata: {}\n")).toEqual(["M08 1:1"]);
        expect(told("- a\n- b\n")).toEqual(["M07 1:1"]);
    });

    it("give a namespace to what has none and may have one", () => {
        const { documents } = read(
            `${policy("a")}---\nkind: CiliumClusterwideNetworkPolicy\n---\nkind: Namespace\n`,
            {
                namespace: "shop",
            },
        );
        expect(documents.map(({ namespace }) => namespace)).toEqual(["shop", undefined, undefined]);
    });
});

describe("values are what kubectl reads", () => {
    it.each([
        ["yes", true],
        ["off", false],
        ["n", false],
        ["'yes'", "yes"],
        ["~", null],
        ["010", 8],
        ["080", 80],
        ["0x1F", 31],
        ["0o17", 15],
        ["1_000", 1000],
        ["1e3", 1000],
        ["2024-01-01", "2024-01-01"],
        ["1.2.3", "1.2.3"],
        ["!!str 80", "80"],
        ["|\n    a\n    b", "a\nb\n"],
        ['"a\\tb"', "a\tb"],
    ])("%s", (text, value) => {
        expect(read(`kind: Pod\nx:\n  v: ${text}\n`).documents[0]?.value.x).toEqual({ v: value });
    });
});

describe("placeholders", () => {
    const text = policy(
        "a",
        "spec:\n  x: ${ONE} and ${TWO:-two}\n  v: {port: ${THREE}, z: 1}\n  # ${FOUR}\n",
    );

    it("are named once each, and broken values never", () => {
        const { documents, findings } = read(text);
        expect(findings.map(({ code, message, line, column }) => [code, message, line, column])).toEqual([
            ["M03", "the placeholder ${ONE} is not filled in", 6, 6],
            ["M03", "the placeholder ${THREE} is not filled in", 7, 13],
        ]);
        expect(documents[0]?.value.spec).toEqual({ x: "${ONE} and two", v: { port: "${THREE}", z: 1 } });
    });

    it("are filled before anything is parsed, and places stay those of the file", () => {
        const { documents, findings } = read(text, { set: { ONE: "a long value", THREE: "80" } });
        expect(findings).toEqual([]);
        expect(documents[0]?.value.spec).toEqual({ x: "a long value and two", v: { port: 80, z: 1 } });
        expect(documents[0]?.locate(["spec", "v", "z"], "key")).toEqual({
            file: "f.yaml",
            line: 7,
            column: 23,
        });
    });

    it("are left alone in other kinds: scripts have them too", () => {
        expect(told("kind: ConfigMap\ndata:\n  run: echo ${HOME}\n")).toEqual([]);
    });
});

describe("faults have their place", () => {
    it.each([
        ["a:\n\tb: c\n", ["M01 2:1"]],
        ["kind: Pod\na: 1\na: 2\n", ["M02 3:1"]],
        ['{"kind":"Pod",\n "a":1, "a":2}', ["M02 2:9"]],
        ["kind: Pod\na: *b\n", ["M06 2:4"]],
        ["kind: Pod\n? [a]\n: b\n", ["M06 2:3"]],
        ["kind: Pod\na: &x [*x]\n", ["M04 2:8"]],
        ["kind: Pod\u0000", ["M05 1:10"]],
    ])("%j", (text, expected) => {
        expect(told(text)).toEqual(expected);
    });
});

describe("locate", () => {
    const [document] = read(
        `${policy("a")}spec:\n  ingress:\n    - toPorts:\n        - ports: []\n`,
    ).documents;
    it.each<[(string | number)[], "key" | "value", number, number]>([
        [[], "value", 1, 1],
        [["spec", "ingress", 0, "toPorts", 0, "ports"], "value", 8, 18],
        [["spec", "ingress", 0, "toPorts", 0, "ports"], "key", 8, 11],
        [["spec", "ingress", 0], "value", 7, 7],
        [["spec", "ingress", 5], "value", 7, 5],
        [["spec", "egress", 0, "x"], "value", 6, 3],
        [["nope"], "key", 1, 1],
    ])("%j %s is at %d:%d", (path, part, line, column) => {
        expect(document?.locate(path, part)).toEqual({ file: "f.yaml", line, column });
    });
});
