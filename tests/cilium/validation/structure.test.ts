import type { JsonObject, JsonValue } from "../../../cilium/manifest/document";
import { formatPath } from "../../../cilium/manifest/document";
import type { PolicyKind } from "../../../cilium/model/kinds";
import type { CiliumMinor } from "../../../cilium/model/versions";
import { checkStructure } from "../../../cilium/validation/structure";
import { Random, randomPolicy } from "../../support/random-policies";

const policy = (spec: JsonValue, kind: PolicyKind = "CiliumNetworkPolicy"): JsonObject => ({
    apiVersion: "cilium.io/v2",
    kind,
    metadata: { name: "p", namespace: "shop" },
    spec,
});
const check = (spec: JsonValue, minor: CiliumMinor = "1.18") =>
    checkStructure(policy(spec), "CiliumNetworkPolicy", minor);
const ingress = (rule: JsonObject): JsonObject => ({ endpointSelector: {}, ingress: [rule] });
const ports = (port: JsonObject): JsonObject => ingress({ toPorts: [{ ports: [port] }] });

describe("unknown keys", () => {
    it.each([
        [
            ingress({ fromEndpoint: [{}], toPorts: [{ ports: [{ port: "443" }] }] }),
            "fromEndpoints",
            "port 443 is open from everywhere",
        ],
        [{ endpointSelector: {}, egress: [{ toFQDN: [{ matchName: "a.b" }] }] }, "toFQDNs", "allows nothing"],
        [
            {
                endpointSelector: {},
                egressDeny: [{ toFQDNs: [{ matchName: "a.b" }], toPorts: [{ ports: [{ port: "80" }] }] }],
            },
            "names cannot be denied",
            "port 80 is denied to everywhere",
        ],
        [ingress({ fromEndpoints: [{}], toEndpoints: [{}] }), "known here", "stays with fromEndpoints only"],
        [{ endpointSelector: {}, ingres: [{}] }, "ingress", "enforces nothing"],
        [ingress({ namespaceSelector: {} }), "k8s:io.kubernetes.pod.namespace", "allows nothing"],
        [ingress({ toPorts: [{ port: [{ port: "80" }] }] }), "ports", "without that condition"],
        [{ endpointSelector: {}, ingress: [{}], log: { values: "x" } }, "value", "stored without it"],
    ])("%j", (spec, fix, left) => {
        const { problems, pruned } = check(spec);
        const unknown = problems.find(({ code }) => code === "L02");
        expect(unknown?.part).toBe("key");
        expect(unknown?.path).toEqual(pruned[0]);
        expect(unknown?.fix).toContain(fix);
        expect(unknown?.message).toContain(left);
    });

    it("names the minor that knows the key", () => {
        const { problems } = check({ endpointSelector: {}, ingress: [{}], log: { value: "x" } }, "1.17");
        expect(problems.map(({ code, fix }) => [code, fix])).toEqual([
            ["L02", '"log" is known from Cilium 1.18 on; remove it for 1.17'],
        ]);
    });

    it("prunes below a value of a wrong type, and reports the type once", () => {
        const { problems, pruned, stored, crd } = check(
            ingress({ fromEndpoints: { matchLabels: { a: "b" } } }),
        );
        expect(pruned.map(formatPath)).toEqual(["spec.ingress[0].fromEndpoints.matchLabels"]);
        expect(problems.map(({ code }) => code)).toEqual(["S01"]);
        expect(stored.spec).toEqual(ingress({ fromEndpoints: {} }));
        expect(crd).toBe("errors");
    });

    it("reports unknown keys of metadata, which no CRD prunes", () => {
        const value = { ...policy(ingress({})), metadata: { name: "p", lables: {} } };
        const { problems, pruned, crd } = checkStructure(value, "CiliumNetworkPolicy", "1.18");
        expect(problems.map(({ code, fix }) => [code, fix])).toEqual([["L02", "did you mean labels?"]]);
        expect([crd, pruned]).toEqual(["ok", []]);
    });
});

describe("values", () => {
    it.each<[string, JsonValue, string, string]>([
        ["a port that is a number", ports({ port: 80 }), "L06", 'put it in quotes: "80"'],
        [
            "an endPort that is text",
            ports({ port: "80", endPort: "90" }),
            "S01",
            "write it without quotes: 90",
        ],
        ["a protocol in lower case", ports({ port: "80", protocol: "tcp" }), "S03", "did you mean TCP?"],
        ["an empty port", ports({ port: "" }), "L06", "a port number or a port name"],
        ["a range out of bounds", ports({ port: "80", endPort: 70000 }), "S05", "from 0 to 65535"],
        ["no list", ingress({ toPorts: { ports: [] } }), "S01", "put '- ' before it"],
        ["an address that is no range", ingress({ fromCIDR: ["1.2.3.4"] }), "S04", "1.2.3.4/32"],
        ["both selectors", { endpointSelector: {}, nodeSelector: {}, ingress: [{}] }, "S06", "keep one of"],
        ["no section", { endpointSelector: {} }, "L01", "[{}]"],
        [
            "rules without content",
            ingress({ toPorts: [{ rules: {} }] }),
            "S06",
            "http, kafka, dns or l7proto",
        ],
        ["a server name twice", ingress({ toPorts: [{ serverNames: ["a.b", "a.b"] }] }), "S07", "remove"],
        ["null in a list", ingress({ fromEndpoints: [null] }), "S01", "write a value"],
        [
            "a label that is a boolean",
            ingress({ fromEndpoints: [{ matchLabels: { a: true } }] }),
            "S01",
            'in quotes: "true"',
        ],
    ])("%s", (_, spec, code, fix) => {
        const { problems, crd } = check(spec);
        expect(problems.map((each) => each.code)).toEqual([code]);
        expect(problems[0]?.fix).toContain(fix);
        expect(crd).toBe("errors");
    });

    it("takes what the CRD takes, quirks included", () => {
        for (const port of ["70000", "080", "80,81", "80 ", "-a", "a--b"])
            expect(check(ports({ port })).crd).toBe("ok");
        expect(check(ingress({ icmps: [{ fields: [{ type: 256 }, { type: -1 }] }] })).crd).toBe("ok");
        // A list passes for text with a format.
        expect(check(ingress({ fromCIDR: [["10.0.0.0/8"]] })).crd).toBe("ok");
        expect(check({ endpointSelector: {}, ingress: [] }).crd).toBe("ok");
    });

    it("knows what the minors differ in", () => {
        const serverNames = ingress({ toPorts: [{ serverNames: [] }] });
        const requires = ingress({ fromRequires: [{}] });
        const group = ingress({ fromCIDRSet: [{ cidrGroupSelector: {} }] });
        const verdicts = (spec: JsonValue): string[] =>
            (["1.16", "1.17", "1.18", "1.19"] as const).map((m) => check(spec, m).crd);
        expect(verdicts(serverNames)).toEqual(["ok", "ok", "errors", "errors"]);
        expect(verdicts(requires)).toEqual(["ok", "ok", "ok", "errors"]);
        expect(verdicts(group)).toEqual(["errors", "ok", "ok", "ok"]);
        expect(verdicts(ports({ protocol: "TCP" }))).toEqual(["errors", "errors", "errors", "ok"]);
        expect(verdicts(ports({ port: "0", protocol: "VRRP" }))).toEqual([
            "errors",
            "errors",
            "errors",
            "ok",
        ]);
        expect(verdicts({ endpointSelector: {} })).toEqual(["ok", "errors", "errors", "errors"]);
    });
});

describe("what is stored", () => {
    it("has defaults, no nulls and no unknown keys; the input stays as it was", () => {
        const spec = ingress({
            icmps: [{ fields: [{ type: 8, family: null }] }],
            fromEntities: null,
            nope: 1,
        });
        const before = JSON.stringify(spec);
        expect(check(spec).stored.spec).toEqual(
            ingress({ icmps: [{ fields: [{ type: 8, family: "IPv4" }] }] }),
        );
        expect(JSON.stringify(spec)).toBe(before);
    });

    it("does not change when it is stored again", () => {
        const random = new Random(3);
        for (let n = 0; n < 300; n++) {
            const value = randomPolicy(random, "1.18");
            const kind = value.kind;
            if (kind !== "CiliumNetworkPolicy" && kind !== "CiliumClusterwideNetworkPolicy") continue;
            const once = checkStructure(value, kind, "1.18");
            const twice = checkStructure(once.stored, kind, "1.18");
            expect(twice.stored).toEqual(once.stored);
            expect(twice.pruned).toEqual([]);
            expect(twice.crd).toBe(once.crd);
        }
    });

    it("keeps a key called __proto__ a key", () => {
        const labels = JSON.parse('{"__proto__":"x"}') as JsonObject;
        const { stored } = check(ingress({ fromEndpoints: [{ matchLabels: labels }] }));
        expect(JSON.stringify(stored)).toContain('"__proto__":"x"');
    });
});

describe("objects around the rules", () => {
    it.each<[string, JsonValue, PolicyKind, string]>([
        ["another apiVersion", { ...policy({}), apiVersion: "cilium.io/v1" }, "CiliumNetworkPolicy", "L17"],
        ["no apiVersion", { kind: "CiliumNetworkPolicy" }, "CiliumNetworkPolicy", "L17"],
        [
            "an apiVersion that is a list",
            { ...policy({}), apiVersion: ["cilium.io/v2"] },
            "CiliumNetworkPolicy",
            "L17",
        ],
        ["no name", { ...policy(ingress({})), metadata: {} }, "CiliumNetworkPolicy", "L17"],
        [
            "a bad name",
            { ...policy(ingress({})), metadata: { name: "My_Policy" } },
            "CiliumNetworkPolicy",
            "S08",
        ],
        [
            "a namespace on a cluster-wide kind",
            policy(ingress({}), "CiliumClusterwideNetworkPolicy"),
            "CiliumClusterwideNetworkPolicy",
            "L17",
        ],
        ["a list", [], "CiliumNetworkPolicy", "S01"],
        ["null", null, "NetworkPolicy", "S01"],
    ])("%s", (_, value, kind, code) => {
        expect(checkStructure(value, kind, "1.18").problems.map((each) => each.code)).toEqual([code]);
    });

    it("checks CiliumCIDRGroup", () => {
        const group = (spec: JsonValue): JsonObject => ({
            apiVersion: "cilium.io/v2alpha1",
            kind: "CiliumCIDRGroup",
            metadata: { name: "g" },
            spec,
        });
        const codes = (spec: JsonValue): string[] =>
            checkStructure(group(spec), "CiliumCIDRGroup", "1.17").problems.map(({ code }) => code);
        expect(codes({ externalCIDRs: ["10.0.0.0/8"] })).toEqual([]);
        expect(codes({ externalCIDRs: ["10.0.0.1"], cidrs: [] })).toEqual(["S04", "L02"]);
        expect(codes({})).toEqual(["S02"]);
    });

    it("decodes NetworkPolicy as Go does: null is absent, unknown keys are dropped, types are exact", () => {
        const value: JsonObject = {
            apiVersion: "networking.k8s.io/v1",
            kind: "NetworkPolicy",
            metadata: { name: "p" },
            spec: { podSelector: null, ingress: [{ from: [null], ports: [{ port: "http" }] }], typo: 1 },
        };
        const { crd, pruned, stored } = checkStructure(value, "NetworkPolicy", "1.18");
        expect([crd, pruned.map(formatPath)]).toEqual(["ok", ["spec.typo"]]);
        expect(stored.spec).toEqual({ ingress: [{ from: [{}], ports: [{ port: "http" }] }] });
        const broken = { ...value, spec: { ingress: [{ ports: [{ port: 80.5 }] }], typo: 1 } };
        expect(checkStructure(broken, "NetworkPolicy", "1.18")).toMatchObject({ crd: "errors", pruned: [] });
    });
});
