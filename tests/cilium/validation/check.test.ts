import fc from "fast-check";
import type { JsonObject, JsonValue } from "../../../cilium/manifest/document";
import { readManifests } from "../../../cilium/manifest/read";
import { checkDocuments } from "../../../cilium/validation/check";
import { CODES, explainCode } from "../../../cilium/validation/codes";
import { checkYaml, clusterOf, codesOf } from "./support";

const cnp = (spec: string, metadata = ""): string =>
    `apiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\nmetadata:\n  name: example\n  namespace: shop\n${metadata}spec:\n${spec}`;
const OPEN =
    '  endpointSelector: {}\n  ingress:\n    - toPorts:\n        - ports:\n            - port: "8080"\n              protocol: TCP\n';
const ignoring = (text: string): string =>
    cnp(OPEN, `  annotations:\n    aks-cilium.io/ignore: ${JSON.stringify(text)}\n`);

describe("verdict |", () => {
    it.each([
        ["accepted", cnp("  endpointSelector: {}\n  ingress:\n    - {}\n")],
        ["rejected", cnp("  endpointSelector: {}\n  ingress: []\n")],
        ["rejected", cnp("  endpointSelector: {}\n  ingress:\n    - fromEntities: [World]\n")],
        ["inert", cnp("  endpointSelector: {}\n  ingress:\n    - fromEndpoint: [{}]\n")],
        ["inert", cnp("  endpointSelector: {}\n  ingress:\n    - fromEntities: [kube-apiserver]\n")],
        ["rejected", cnp("  endpointSelector: {}\n  egress:\n    - toNodes: [{}]\n")],
    ])("%s: %#", (verdict, yaml) => {
        expect(checkYaml(yaml).documents.map((each) => each.verdict)).toEqual([verdict]);
    });

    it("the worst of all minors that a cluster may run", () => {
        const requires = cnp("  endpointSelector: {}\n  ingress:\n    - fromRequires: [{}]\n");
        expect(checkYaml(requires, { kubernetes: "1.35" }).documents[0]?.verdict).toBe("accepted");
        expect(checkYaml(requires, { kubernetes: "1.36" }).documents[0]?.verdict).toBe("rejected");
    });
});

describe("other kinds |", () => {
    it("are passed over and counted, a NetworkPolicy of another API group too", () => {
        const result = checkYaml(
            "apiVersion: v1\nkind: Service\nmetadata: {name: a}\n---\napiVersion: projectcalico.org/v3\nkind: NetworkPolicy\nmetadata: {name: b}\n",
        );
        expect(result.documents).toEqual([]);
        expect(result.passedOver).toEqual({ Service: 1, NetworkPolicy: 1 });
    });
});

describe("placeholders |", () => {
    it("a value that is not known is never called broken", () => {
        const yaml = cnp(
            '  endpointSelector: {}\n  ingress:\n    - fromCIDR: ["${OFFICE}"]\n      toPorts:\n        - ports: [{port: "${PORT}", protocol: "${PROTOCOL}"}]\n',
        );
        const result = checkYaml(yaml);
        expect(result.findings.filter(({ severity }) => severity === "error")).toEqual([]);
        expect(result.documents[0]?.verdict).toBe("accepted");
    });
});

describe("annotation |", () => {
    it("takes a finding out that it names with a reason", () => {
        const result = checkYaml(ignoring("L38: public web front"));
        expect(codesOf(result)).toEqual([]);
        expect(result.suppressed.map(({ code }) => code)).toEqual(["L38"]);
    });

    it.each([
        ["L38", ["L38", "X01"]],
        ["L38:   ", ["L38", "X01"]],
        ["because it is fine", ["L38", "X01"]],
        ["L99: what is this", ["L38", "X03"]],
        ["L38: fine; L40: not there", ["X02"]],
        ["L38: fine\nL40: not there", ["X02"]],
        ["L38, L40: both; with a semicolon", ["X02"]],
        ["l38: in any case", []],
        ["L38: fine;", []],
    ])("%j → %j", (text, codes) => expect(codesOf(checkYaml(ignoring(text)))).toEqual(codes));

    it("does not call unused what only workloads or another cluster would show", () => {
        expect(
            codesOf(checkYaml(ignoring("L38: fine; L26: pods come later; L11: for the tier of prod"))),
        ).toEqual([]);
    });

    it("does not change what becomes of the document", () => {
        const yaml = cnp(
            "  endpointSelector: {}\n  ingress: []\n",
            '  annotations:\n    aks-cilium.io/ignore: "L01: on purpose"\n',
        );
        expect(checkYaml(yaml).documents[0]?.verdict).toBe("rejected");
    });
});

describe("info |", () => {
    const yaml = cnp("  endpointSelector: {}\n  enableDefaultDeny: {egress: true}\n  ingress:\n    - {}\n");
    it("is given only where it is asked for", () => {
        expect(codesOf(checkYaml(yaml, {}, undefined, true))).toEqual(["L37"]);
        expect(codesOf(checkYaml(yaml, {}, undefined, false))).toEqual([]);
    });
});

const EXAMPLES = CODES.flatMap(({ bad, good }) => [bad.yaml, good.yaml])
    .flatMap((yaml) => readManifests(yaml, { file: "a.yaml" }).documents)
    .filter(({ kind }) => /Policy$/.test(kind))
    .map(({ value }) => value);
const WRONG: readonly JsonValue[] = [
    null,
    "",
    "x",
    "*",
    "0",
    0,
    -1,
    1e12,
    true,
    [],
    {},
    [null],
    [[]],
    [{}],
    { a: null },
];

/** Replaces one value somewhere in an object, chosen by a list of numbers that steer the way down. */
function mutated(value: JsonObject, way: readonly number[], wrong: JsonValue): JsonObject {
    const copy = structuredClone(value);
    let node: JsonObject | JsonValue[] = copy;
    for (const [depth, step] of way.entries()) {
        const keys: readonly string[] = Object.keys(node);
        const key: string | undefined = keys[step % Math.max(1, keys.length)];
        if (key === undefined) break;
        const next: JsonValue | undefined = (node as JsonObject)[key];
        if (depth === way.length - 1 || typeof next !== "object" || next === null) {
            (node as JsonObject)[key] = wrong;
            break;
        }
        node = next;
    }
    return copy;
}

function checkValues(values: readonly JsonObject[]) {
    const text = values.map((value) => JSON.stringify(value)).join("\n---\n");
    const { documents } = readManifests(text, { file: "a.yaml" });
    return checkDocuments(documents, { cluster: clusterOf({ kubernetes: "1.36" }), includeInfo: true });
}

describe("properties |", () => {
    it("no mutation of a policy makes a check throw, and every finding has a registered code and a place", () => {
        fc.assert(
            fc.property(
                fc.constantFrom(...EXAMPLES),
                fc.array(fc.nat(20), { minLength: 1, maxLength: 9 }),
                fc.constantFrom(...WRONG),
                (value, way, wrong) => {
                    for (const { code, line, column, message } of checkValues([mutated(value, way, wrong)])
                        .findings) {
                        expect(explainCode(code)).toBeDefined();
                        expect(line).toBeGreaterThan(0);
                        expect(column).toBeGreaterThan(0);
                        expect(message).not.toMatch(/undefined|\[object/);
                    }
                },
            ),
            { numRuns: 400 },
        );
    });

    it("the order of documents changes nothing but places", () => {
        const summary = (values: readonly JsonObject[]): readonly string[] =>
            checkValues(values)
                // L51 names the later of two policies, D01 the second of two equal ones.
                .findings.filter(({ code }) => code !== "L51" && code !== "D01")
                .map(({ code, document, path, message }) => [code, document, path, message].join(" "))
                .sort();
        fc.assert(
            fc.property(fc.shuffledSubarray(EXAMPLES, { minLength: 2, maxLength: 6 }), (values) => {
                const named = values.map((value, index) => ({
                    ...value,
                    metadata: { ...(value["metadata"] as JsonObject), name: `p${index}` },
                }));
                expect(summary(named)).toEqual(summary([...named].reverse()));
            }),
            { numRuns: 100 },
        );
    });
});
