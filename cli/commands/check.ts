import { resolve } from "node:path";
import { Option, type Command } from "commander";
import {
    appliesAtTier,
    checkDocuments,
    checkJson,
    checkText,
    CODES,
    explainCode,
    explainCodeText,
    githubAnnotations,
    readWorkloads,
    sarif,
    sortFindings,
    withSystemEndpoints,
    type CheckReport,
    type CheckResult,
    type Finding,
} from "../../cilium";
import { analysisOptions, defaultPaths, type AnalysisOptions } from "../analysis";
import { clusterFacts } from "../cluster";
import { EXIT_FINDINGS, EXIT_OK, UsageError } from "../exit";
import { placeholderValues, readInput, type Input, type InputOptions } from "../input";
import { terminalPaint, terminalWidth, writeOut } from "../output";
import { toolVersion } from "../version";

interface CheckCommandOptions extends AnalysisOptions {
    readonly maxWarnings?: number;
    readonly info?: boolean;
    readonly explain?: string;
    readonly format: "text" | "json" | "github" | "sarif";
}

/** `check [PATH…]`: are the policies accepted, and enforced on this cluster? */
export function define(command: Command, exit: (code: number) => void): void {
    analysisOptions(command)
        .argument("[path...]", "files, folders, or - for standard input (default: policies/)")
        .option("--max-warnings <n>", "fail when there are more warnings than this", count)
        .option("--info", "also findings of severity info")
        .option("--explain <code>", "print what a code means, with a bad and a good example")
        .addOption(
            new Option("--format <format>", "how to print it")
                .choices(["text", "json", "github", "sarif"])
                .default("text"),
        )
        .addHelpText("after", EXAMPLES)
        .action((paths: string[], options: CheckCommandOptions) => {
            exit(options.explain === undefined ? check(paths, options) : explain(options.explain));
        });
}

function check(paths: readonly string[], options: CheckCommandOptions): number {
    const cluster = clusterFacts(options);
    const reading = { namespace: options.namespace, set: placeholderValues(options.set ?? []) };
    const read = readInput(defaultPaths(paths), reading);
    const meant = read.documents.filter((document) => appliesAtTier(document, cluster.advancedNetworking));
    const input = { ...read, documents: meant };
    const given = workloadInput(options, [...input.texts.keys()], reading);
    const known = given === undefined ? undefined : readWorkloads([...input.documents, ...given.documents]);
    const result = checkDocuments(input.documents, {
        cluster,
        includeInfo: options.info,
        ...(known === undefined || given === undefined
            ? {}
            : {
                  workloads:
                      (options.system ?? "aks") === "aks"
                          ? withSystemEndpoints(known.endpoints, known.namespaces)
                          : known.endpoints,
                  services: known.services,
                  others: given.documents,
              }),
    });
    const findings = sortFindings([
        ...input.findings,
        ...(given?.findings ?? []),
        ...(known?.problems ?? []),
        ...result.findings,
    ]);
    refuseNothing(paths, input, result, findings);
    const texts = new Map([...input.texts, ...(given?.texts ?? [])]);
    writeOut(printed({ result, findings, texts }, options.format));
    return exitCode(findings, options.maxWarnings);
}

/** What `-w` names; files that were read for PATH already are not read again (a folder may hold both). */
function workloadInput(
    options: CheckCommandOptions,
    read: readonly string[],
    reading: InputOptions,
): Input | undefined {
    if (options.workloads === undefined) return undefined;
    const known = new Set(read.map((file) => resolve(file)));
    return readInput(workloadPaths(options), { ...reading, skip: (file) => known.has(resolve(file)) });
}

/** `--system PATH` names manifests that stand for kube-system. */
function workloadPaths({ workloads = [], system = "aks" }: CheckCommandOptions): readonly string[] {
    return system === "aks" || system === "none" ? workloads : [...workloads, system];
}

/** "No findings" about no policy at all would be the wrong path reported as good. */
function refuseNothing(
    paths: readonly string[],
    input: Input,
    result: CheckResult,
    findings: readonly Finding[],
): void {
    if (result.documents.length > 0 || findings.length > 0) return;
    const kinds = Object.entries(result.passedOver).map(
        ([kind, each]) => `${each} ${kind === "" ? "without kind" : kind}`,
    );
    const seen = kinds.length === 0 ? "no Kubernetes object" : kinds.join(", ");
    throw new UsageError(
        `no policy found in ${paths.length === 0 ? "policies" : paths.join(", ")} (${input.texts.size} ${input.texts.size === 1 ? "file" : "files"}: ${seen}); ` +
            "name files with CiliumNetworkPolicy, CiliumClusterwideNetworkPolicy, NetworkPolicy or CiliumCIDRGroup",
    );
}

function printed(report: CheckReport, format: CheckCommandOptions["format"]): Iterable<string> {
    switch (format) {
        case "text":
            return checkText(report, { width: terminalWidth(), paint: terminalPaint() });
        case "json":
            return [checkJson(report)];
        case "github":
            return githubAnnotations(report.findings);
        case "sarif":
            return [sarif(report.findings, toolVersion())];
    }
}

function exitCode(findings: readonly Finding[], maxWarnings: number | undefined): number {
    if (findings.some(({ severity }) => severity === "error")) return EXIT_FINDINGS;
    const warnings = findings.filter(({ severity }) => severity === "warning").length;
    return maxWarnings !== undefined && warnings > maxWarnings ? EXIT_FINDINGS : EXIT_OK;
}

function explain(code: string): number {
    const entry = explainCode(code);
    if (entry === undefined) {
        const all = CODES.map((each) => each.code).join(" ");
        throw new UsageError(`--explain ${code}: no such code; there are ${all}`);
    }
    writeOut([explainCodeText(entry, terminalPaint())]);
    return EXIT_OK;
}

function count(text: string): number {
    if (!/^\d+$/.test(text)) throw new UsageError(`--max-warnings ${text}: expected a whole number, e.g. 0`);
    return Number(text);
}

const EXAMPLES = `
Examples:
  aks-cilium check policies/ --kubernetes 1.36
  aks-cilium check policies/ --stack dev -w workloads/
  kustomize build overlays/prod | aks-cilium check - --format github
  aks-cilium check --explain L03

A finding is ignored by an annotation that names its code and a reason:
  aks-cilium.io/ignore: "L38: public web front"`;
