import { stringify } from "yaml";
import { readManifests } from "../../../cilium/manifest/read";
import type { JsonObject, JsonValue } from "../../../cilium/manifest/document";
import { isPolicyKind, type PolicyKind } from "../../../cilium/model/kinds";
import { CILIUM_MINORS, type CiliumMinor } from "../../../cilium/model/versions";
import { checkAcceptance } from "../../../cilium/validation/acceptance";
import { checkKubernetesNetworkPolicy } from "../../../cilium/validation/kubernetes-network-policy";
import { checkStructure } from "../../../cilium/validation/structure";
import { removeCidrsPanics } from "../../../cilium/validation/remove-cidrs";
import { Random, randomPolicy } from "../../support/random-policies";

function accept(spec: JsonValue, minor: CiliumMinor = "1.18", kind: PolicyKind = "CiliumNetworkPolicy") {
    const value: JsonObject = {
        apiVersion: "cilium.io/v2",
        kind,
        metadata: { name: "p", namespace: "n" },
        spec,
    };
    return checkAcceptance(checkStructure(value, kind, minor).stored, kind, minor);
}
const ingress = (rule: JsonObject): JsonObject => ({ endpointSelector: {}, ingress: [rule] });
const egress = (rule: JsonObject): JsonObject => ({ endpointSelector: {}, egress: [rule] });
const minors = (spec: JsonValue): string[] => CILIUM_MINORS.map((minor) => accept(spec, minor).sanitize);

describe("what minors differ in", () => {
    it.each<[string, JsonValue, string[]]>([
        ["no entry in any section", { endpointSelector: {}, ingress: [] }, ["ok", "error", "error", "error"]],
        ["toServices with toPorts", egress({ toServices: [{}], toPorts: [{}] }), ["error", "ok", "ok", "ok"]],
        ["fromRequires", ingress({ fromRequires: [{}] }), ["ok", "ok", "ok", "decode-error"]],
        [
            "HTTP on a range",
            ingress({
                toPorts: [{ ports: [{ port: "80", endPort: 90, protocol: "TCP" }], rules: { http: [{}] } }],
            }),
            ["error", "ok", "ok", "ok"],
        ],
        [
            "an exception wider than its range",
            egress({ toCIDRSet: [{ cidr: "10.0.0.0/8", except: ["10.0.0.0/7"] }] }),
            ["panic", "ok", "ok", "ok"],
        ],
        [
            "a leading zero beside a group",
            egress({ toCIDRSet: [{ cidrGroupRef: "g", except: ["1.0.0.0/08"] }] }),
            ["panic", "ok", "ok", "panic"],
        ],
        [
            "VRRP",
            ingress({ toPorts: [{ ports: [{ port: "0", protocol: "VRRP" }] }] }),
            ["error", "error", "error", "ok"],
        ],
        [
            "a long matchPattern",
            egress({ toFQDNs: [{ matchPattern: "a".repeat(256) }] }),
            ["ok", "ok", "ok", "error"],
        ],
        [
            "a listener with priority 300",
            egress({ toPorts: [{ listener: { name: "l", envoyConfig: { name: "e" }, priority: 300 } }] }),
            ["ok", "decode-error", "decode-error", "decode-error"],
        ],
    ])("%s", (_, spec, expected) => {
        expect(minors(spec)).toEqual(expected);
    });
});

describe("every problem is told, not the first one only", () => {
    it("with its path", () => {
        const { problems } = accept({
            endpointSelector: { matchLabels: { "a b": "x" } },
            ingress: [
                {
                    fromEndpoints: [{}],
                    fromEntities: ["host"],
                    icmps: [{}],
                    toPorts: [{ ports: [{ port: "080" }] }],
                },
            ],
            egress: [{ toPorts: [{ ports: [{ port: "80" }], rules: { http: [{ path: "*" }] } }] }],
        });
        expect(problems.map(({ code, path }) => [code, path.join(".")])).toEqual([
            ["L64", "spec.endpointSelector.matchLabels.a b"],
            ["L04", "spec.ingress.0.fromEntities"],
            ["L12", "spec.ingress.0.icmps"],
            ["L06", "spec.ingress.0.toPorts.0.ports.0.port"],
            ["L05", "spec.egress.0.toPorts.0.ports.0"],
            ["L14", "spec.egress.0.toPorts.0.rules.http.0.path"],
        ]);
    });
});

describe("1.16 takes exceptions out of ranges", () => {
    it.each<[string, string[], boolean]>([
        ["10.0.0.0/8", ["10.1.0.0/16"], false],
        ["10.0.0.0/8", ["10.0.0.0/8"], false],
        ["10.0.0.0/8", ["10.0.0.0/7"], true],
        ["10.0.0.0/8", ["10.0.0.0/4"], false],
        ["1.0.0.0/8", ["1.0.0.0/7"], false],
        ["", ["10.0.0.0/8"], true],
    ])("%s without %j panics: %s", (cidr, except, panics) => {
        expect(removeCidrsPanics(cidr, except)).toBe(panics);
    });
});

describe("whatever the document", () => {
    const random = new Random(99);
    const documents = Array.from({ length: 400 }, () => randomPolicy(random, random.pick(CILIUM_MINORS)));
    const judge = (value: JsonObject, minor: CiliumMinor): JsonValue => {
        const kind = value.kind as PolicyKind;
        const structure = checkStructure(value, kind, minor);
        const acceptance = checkAcceptance(structure.stored, kind, minor);
        const told = [...structure.problems, ...acceptance.problems].map(
            ({ code, path }) => `${code} ${path.join(".")}`,
        );
        return { crd: structure.crd, sanitize: acceptance.sanitize, told: [...new Set(told)].sort() };
    };
    const policies = documents.filter(({ kind }) => isPolicyKind(kind));

    // Quoted, as plain texts such as n and 0o17 are no texts to kubectl.
    it("YAML and JSON give the same findings", () => {
        for (const value of policies) {
            const [yaml] = readManifests(
                stringify(value, {
                    version: "1.1",
                    defaultStringType: "QUOTE_DOUBLE",
                    defaultKeyType: "PLAIN",
                }),
                { file: "y" },
            ).documents;
            const [json] = readManifests(JSON.stringify(value), { file: "j" }).documents;
            expect(yaml?.value).toEqual(value);
            expect(json?.value).toEqual(value);
        }
    });

    it("the order of keys changes nothing", () => {
        const turned = (value: JsonValue): JsonValue =>
            Array.isArray(value)
                ? value.map(turned)
                : typeof value === "object" && value !== null
                  ? Object.fromEntries(
                        Object.entries(value)
                            .reverse()
                            .map(([key, item]) => [key, turned(item)]),
                    )
                  : value;
        for (const value of policies)
            expect(judge(turned(value) as JsonObject, "1.18")).toEqual(judge(value, "1.18"));
    });

    it("the order of documents changes nothing", () => {
        const names = (order: readonly JsonObject[]): string[] =>
            readManifests(
                order
                    .map((each) =>
                        stringify(each, {
                            version: "1.1",
                            defaultStringType: "QUOTE_DOUBLE",
                            defaultKeyType: "PLAIN",
                        }),
                    )
                    .join("---\n"),
                {
                    file: "f",
                },
            )
                .documents.map(({ value }) => JSON.stringify(value))
                .sort();
        expect(names([...policies].reverse())).toEqual(names(policies));
    });
});

describe("the API server's rules for NetworkPolicy", () => {
    const codes = (spec: JsonObject): string[] =>
        checkKubernetesNetworkPolicy({
            apiVersion: "networking.k8s.io/v1",
            kind: "NetworkPolicy",
            metadata: { name: "p" },
            spec,
        }).map(({ code, path }) => `${code} ${path.slice(1).join(".")}`);
    const port = (each: JsonObject): JsonObject => ({ podSelector: {}, ingress: [{ ports: [each] }] });
    const peer = (each: JsonObject): JsonObject => ({ podSelector: {}, ingress: [{ from: [each] }] });
    it.each<[JsonObject, string[]]>([
        [port({ port: 80, endPort: 90, protocol: "TCP" }), []],
        [port({ port: "http" }), []],
        [port({ port: "80" }), ["K03 ingress.0.ports.0.port"]],
        [port({ port: 0 }), ["K03 ingress.0.ports.0.port"]],
        [port({ port: 80, endPort: 79 }), ["K04 ingress.0.ports.0.endPort"]],
        [port({ port: "http", endPort: 90 }), ["K04 ingress.0.ports.0.endPort"]],
        [port({ endPort: 90 }), ["K04 ingress.0.ports.0.endPort"]],
        [port({ port: 80, protocol: "tcp" }), ["K02 ingress.0.ports.0.protocol"]],
        [peer({}), ["K05 ingress.0.from.0"]],
        [peer({ ipBlock: { cidr: "10.0.0.0/8" }, podSelector: {} }), ["K05 ingress.0.from.0.ipBlock"]],
        [
            peer({ ipBlock: { cidr: "10.0.0.0/8", except: ["10.0.0.0/8"] } }),
            ["K06 ingress.0.from.0.ipBlock.except.0"],
        ],
        [peer({ ipBlock: { cidr: "010.0.0.0/08", except: ["10.1.0.0/16"] } }), []],
        [peer({ ipBlock: {} }), ["K06 ingress.0.from.0.ipBlock"]],
        [
            peer({ podSelector: { matchExpressions: [{ key: "a", operator: "In" }] } }),
            ["K07 ingress.0.from.0.podSelector.matchExpressions.0"],
        ],
        [{ podSelector: {}, policyTypes: ["Ingres"] }, ["K01 policyTypes.0"]],
        [{ podSelector: {}, policyTypes: ["Ingress", "Egress", "Ingress"] }, ["K01 policyTypes"]],
    ])("%j", (spec, expected) => {
        expect(codes(spec)).toEqual(expected);
    });
});
