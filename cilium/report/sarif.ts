import type { Log, ReportingDescriptor, Result } from "sarif";
import { explainCode } from "../validation/codes";
import type { Finding, Severity } from "../validation/finding";
import { sentence } from "./check-model";

const LEVEL = { error: "error", warning: "warning", info: "note" } as const satisfies Record<
    Severity,
    string
>;

/**
 * SARIF 2.1.0 (OASIS), as code-scanning services take it: one run, one rule a code, one result a finding.
 * @param version of the tool
 */
export function sarif(findings: readonly Finding[], version: string): string {
    const codes = [...new Set(findings.map(({ code }) => code))].sort();
    const log: Log = {
        $schema: "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        version: "2.1.0",
        runs: [
            {
                tool: { driver: { name: "aks-cilium", version, rules: codes.map(rule) } },
                columnKind: "utf16CodeUnits",
                results: findings.map((finding) => result(finding, codes)),
            },
        ],
    };
    return `${JSON.stringify(log, null, 2)}\n`;
}

function rule(code: string): ReportingDescriptor {
    const entry = explainCode(code);
    if (entry === undefined) return { id: code };
    return {
        id: code,
        shortDescription: { text: entry.title },
        fullDescription: { text: entry.why },
        help: { text: `${entry.fix}\n\nSource: ${entry.source}` },
        defaultConfiguration: { level: LEVEL[entry.severity] },
    };
}

function result(finding: Finding, codes: readonly string[]): Result {
    const { code, severity, message, why, fix, file, line, column, path, document, cilium } = finding;
    return {
        ruleId: code,
        ruleIndex: codes.indexOf(code),
        level: LEVEL[severity],
        message: { text: `${sentence(message)} ${sentence(why)} Fix: ${sentence(fix)}` },
        locations: [
            {
                physicalLocation: {
                    artifactLocation: { uri: uriOf(file) },
                    region: { startLine: line, startColumn: column },
                },
                logicalLocations: [{ fullyQualifiedName: path === "" ? document : `${document}: ${path}` }],
            },
        ],
        // Stays the same when lines move, so that a service does not open the same alert again.
        partialFingerprints: { "aksCilium/v1": `${code}:${document}:${path}` },
        ...(cilium === undefined ? {} : { properties: { cilium } }),
    };
}

/** A relative URI; standard input has no file, and an empty URI would be refused. */
function uriOf(file: string): string {
    if (file === "-") return "stdin";
    const path = file.replaceAll("\\", "/").replace(/^\.\//, "");
    const encoded = path.split("/").map(encodeURIComponent).join("/");
    return /^[A-Za-z]:\//.test(path)
        ? `file:///${path}`
        : path.startsWith("/")
          ? `file://${encoded}`
          : encoded;
}
