import { Option, type Command } from "commander";
import {
    exposureJson,
    exposureText,
    findExposure,
    isPolicyKind,
    parsePort,
    reachDot,
    reachHtml,
    reachJson,
    reachMatrix,
    reachMermaid,
    reachNamer,
    reachText,
    type Reachability,
    type ReachFilter,
} from "../../cilium";
import {
    analysedCluster,
    analysisOptions,
    buildModel,
    noteOtherMinors,
    readState,
    requireWorkloads,
} from "../analysis";
import type { AnalysisOptions, ClusterState } from "../analysis";
import { UsageError } from "../exit";
import { collect } from "../input";
import { matchingClasses, wrongPort } from "../names";
import { terminalPaint, terminalWidth, writeOut } from "../output";

interface ReachOptions extends AnalysisOptions {
    readonly from?: readonly string[];
    readonly to?: readonly string[];
    readonly port?: string;
    readonly expand?: boolean;
    readonly exposure?: boolean;
    readonly format: "text" | "json" | "mermaid" | "dot" | "html";
}

export function define(command: Command): void {
    analysisOptions(command)
        .argument("[path...]", "files or folders with policies and workloads (default: policies/)")
        .option(
            "--from <name>",
            "only from NAMESPACE/NAME, NAMESPACE/*, world, an address … (repeatable)",
            collect,
        )
        .option("--to <name>", "only to (repeatable)", collect)
        .option("--port <port[/protocol]>", "only what may use this port; every protocol if none is said")
        .option("--expand", "connections between workloads, not between classes of alike ones (json)")
        .option("--exposure", "who meets world, the metadata address and the API server; who has no policy")
        .addOption(
            new Option("--format <format>", "how to print it")
                .choices(["text", "json", "mermaid", "dot", "html"])
                .default("text"),
        )
        .action((paths: string[], options: ReachOptions) => {
            const { cluster, minor } = analysedCluster(options);
            const state = readState(paths, options);
            requireWorkloads(state);
            const asked = [...(options.from ?? []), ...(options.to ?? [])];
            const model = buildModel(state, cluster, minor, asked);
            writeOut(report(model, state, options));
            noteOtherMinors(state, cluster, model);
        });
}

function report(model: Reachability, state: ClusterState, options: ReachOptions): Iterable<string> {
    if (options.exposure === true) return exposure(model, state, options);
    const filter = filterOf(model, state, options);
    if (options.format === "html")
        return reachHtml(model, state.endpoints, { title: title(model, state), filter });
    if (options.format === "json") return reachJson(reachMatrix(model, filter), model, options.expand);
    // People read their own workloads and AKS's as two things, also where no policy tells them apart.
    const owner = new Map(state.endpoints.map(({ id, system }) => [id, system === true ? "system" : "own"]));
    const matrix = reachMatrix(model, filter, (member) => owner.get(member) ?? "");
    const namer = reachNamer(matrix, state.endpoints);
    if (options.format === "mermaid") return [reachMermaid(matrix, namer)];
    if (options.format === "dot") return [reachDot(matrix, namer)];
    const layout = { width: terminalWidth(), paint: terminalPaint() };
    return [reachText(matrix, namer, model, { ...layout, title: title(model, state), filter })];
}

function exposure(model: Reachability, state: ClusterState, { format }: ReachOptions): Iterable<string> {
    const found = findExposure(model);
    if (format === "json") return [exposureJson(found, model)];
    if (format === "text") {
        return [
            exposureText(found, model, state.endpoints, { width: terminalWidth(), paint: terminalPaint() }),
        ];
    }
    throw new UsageError(`--exposure --format ${format}: exposure is printed as text or json`);
}

function filterOf(model: Reachability, state: ClusterState, { from, to, port }: ReachOptions): ReachFilter {
    const ids = (patterns: readonly string[] | undefined): ReadonlySet<string> | undefined =>
        patterns === undefined
            ? undefined
            : new Set(
                  patterns.flatMap((pattern) => matchingClasses(model, state, pattern)).map(({ id }) => id),
              );
    const asked = port === undefined ? undefined : parsePort(port);
    if (port !== undefined && asked === undefined) throw wrongPort(port);
    return { from: ids(from), to: ids(to), port: asked };
}

function title({ minor }: Reachability, { endpoints, documents }: ClusterState): string {
    const own = endpoints.filter(({ system }) => system !== true);
    const namespaces = new Set(own.map(({ namespace }) => namespace)).size;
    const policies = documents.filter(({ kind }) => isPolicyKind(kind)).length;
    const count = (number: number, one: string, many: string): string =>
        `${number} ${number === 1 ? one : many}`;
    const system = endpoints.length - own.length;
    return [
        `${count(own.length, "workload", "workloads")} in ${count(namespaces, "namespace", "namespaces")}`,
        ...(system === 0 ? [] : [`${system} of AKS`]),
        count(policies, "policy", "policies"),
        `Cilium ${minor}`,
        "what is not listed is denied",
    ].join(" · ");
}
