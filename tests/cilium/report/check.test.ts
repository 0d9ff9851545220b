import { readFileSync } from "node:fs";
import { join } from "node:path";
import Ajv from "ajv";
import { readManifests } from "../../../cilium/manifest/read";
import { checkJson } from "../../../cilium/report/check-json";
import { sentence, type CheckReport } from "../../../cilium/report/check-model";
import { checkText } from "../../../cilium/report/check-text";
import { githubAnnotations } from "../../../cilium/report/github";
import { PLAIN } from "../../../cilium/report/reach-layout";
import { sarif } from "../../../cilium/report/sarif";
import { checkDocuments } from "../../../cilium/validation/check";
import { CODES } from "../../../cilium/validation/codes";
import { clusterOf } from "../validation/support";

const OPEN = `# who may send
apiVersion: cilium.io/v2
kind: CiliumNetworkPolicy
metadata:
  name: open
  namespace: shop
spec:
  endpointSelector: {}
  egress:
    - toFQDNs: []
      toPorts:
        - ports:
            - port: "443"
              protocol: TCP
---
apiVersion: v1
kind: Service
metadata: { name: front, namespace: shop }
`;

function report(yaml: string, file = "policies/open.yaml"): CheckReport {
    const { documents, findings } = readManifests(yaml, { file });
    const result = checkDocuments(documents, { cluster: clusterOf() });
    return { result, findings: [...findings, ...result.findings], texts: new Map([[file, yaml]]) };
}

const text = (each: CheckReport, width = 100): string =>
    [...checkText(each, { width, paint: PLAIN })].join("");

describe("text |", () => {
    it("groups by file, quotes the line, and puts the caret under the value", () => {
        const lines = text(report(OPEN)).split("\n");
        expect(lines[0]).toBe("policies/open.yaml");
        const quoted = lines.findIndex((line) => line.includes("- toFQDNs: []"));
        expect(lines[quoted]).toBe("    10 |     - toFQDNs: []");
        expect(lines[quoted + 1]).toBe("       |                ^^");
    });

    it("says what the policy really does", () => {
        expect(text(report(OPEN), 200)).toContain(
            "`toFQDNs: []` names no one, so port 443/TCP is open to every destination, the internet included.",
        );
    });

    it("ends with a summary that counts findings, verdicts and what was passed over", () => {
        expect(text(report(OPEN)).trimEnd().split("\n").at(-1)).toBe(
            "1 error, 1 warning; 1 policy checked for Cilium 1.18, 1 accepted; passed over: 1 Service",
        );
    });

    it("keeps to the width, but for what cannot be broken", () => {
        for (const line of text(report(OPEN), 72).split("\n").slice(0, -3))
            expect(line.length).toBeLessThanOrEqual(72);
    });

    it("lets no control character of a file reach the terminal", () => {
        const hostile = OPEN.replace("toFQDNs: []", "toFQDNs: [] # \u001b[2J");
        expect(text(report(hostile))).not.toContain("\u001b");
    });

    it("cuts a line that is too long around the place that is meant", () => {
        const json = JSON.stringify({
            apiVersion: "cilium.io/v2",
            kind: "CiliumNetworkPolicy",
            metadata: { name: "open", namespace: "shop", annotations: { filler: "x".repeat(500) } },
            spec: {
                endpointSelector: {},
                egress: [{ toFQDNs: [], toPorts: [{ ports: [{ port: "443" }] }] }],
            },
        });
        const lines = text(report(json)).split("\n");
        const caret = lines.findIndex((line) => /^ +\| +\^\^$/.test(line));
        expect(lines[caret - 1]?.length).toBeLessThanOrEqual(100);
        const column = lines[caret]?.indexOf("^") ?? -1;
        expect(lines[caret - 1]?.slice(column, column + 2)).toBe("[]");
    });
});

describe("json |", () => {
    it("has the documented shape", () => {
        const json = JSON.parse(checkJson(report(OPEN)));
        expect(Object.keys(json).slice(0, 4)).toEqual(["version", "cilium", "documents", "findings"]);
        expect(json.version).toBe(1);
        expect(json.cilium).toEqual(["1.18"]);
        expect(json.documents).toEqual([
            {
                file: "policies/open.yaml",
                line: 2,
                kind: "CiliumNetworkPolicy",
                namespace: "shop",
                name: "open",
                verdict: "accepted",
            },
        ]);
        const finding = json.findings.find((each: { code: string }) => each.code === "L03");
        expect(Object.keys(finding).sort()).toEqual(
            [
                "code",
                "severity",
                "message",
                "why",
                "fix",
                "source",
                "file",
                "line",
                "column",
                "path",
                "document",
            ].sort(),
        );
        expect(finding).toMatchObject({
            line: 10,
            column: 16,
            path: "spec.egress[0].toFQDNs",
            document: "shop/open",
        });
    });
});

describe("github |", () => {
    it("points at the line, with what GitHub would take for syntax escaped", () => {
        const lines = [...githubAnnotations(report(OPEN, "policies/a,b:100%.yaml").findings)];
        const line = lines.find((each) => each.includes("title=L03"));
        expect(line).toMatch(
            /^::error file=policies\/a%2Cb%3A100%25\.yaml,line=10,col=16,title=L03::`toFQDNs: \[\]`/,
        );
        expect(line?.slice(0, -1)).not.toContain("\n");
        expect(line).toContain("%0AFix: ");
    });
});

describe("sarif |", () => {
    const schema = JSON.parse(readFileSync(join(__dirname, "schemas", "sarif-2.1.0-subset.json"), "utf8"));
    const ajv = new Ajv({ strict: true, formats: { uri: true, "uri-reference": /^[^\s\\]*$/ } });
    const validate = ajv.compile(schema);

    it("follows the schema, for every code there is", () => {
        for (const { bad } of CODES) {
            const log = JSON.parse(sarif(report(bad.yaml, "policies/a b/ä.yaml").findings, "1.2.3"));
            expect(validate(log) ? [] : validate.errors).toEqual([]);
        }
    });

    it("the schema refuses what the standard refuses", () => {
        const log = JSON.parse(sarif(report(OPEN).findings, "1.2.3"));
        log.runs[0].results[0].locations[0].physicalLocation.region.startLine = 0;
        expect(validate(log)).toBe(false);
    });

    it("points every result at its rule and its line", () => {
        const [run] = JSON.parse(sarif(report(OPEN).findings, "1.2.3")).runs;
        for (const result of run.results)
            expect(run.tool.driver.rules[result.ruleIndex].id).toBe(result.ruleId);
        const open = run.results.find((each: { ruleId: string }) => each.ruleId === "L03");
        expect(open.locations[0].physicalLocation).toEqual({
            artifactLocation: { uri: "policies/open.yaml" },
            region: { startLine: 10, startColumn: 16 },
        });
    });
});

describe("sentence |", () => {
    it.each([
        ["this peer matches no workload", "This peer matches no workload."],
        ["toRequires names no one", "toRequires names no one."],
        ["Did you mean fromEndpoints?", "Did you mean fromEndpoints?"],
    ])("%s", (given, expected) => expect(sentence(given)).toBe(expected));
});
