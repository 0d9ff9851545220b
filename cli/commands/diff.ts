import { existsSync } from "node:fs";
import { join } from "node:path";
import { Option, type Command } from "commander";
import {
    diffJson,
    diffMarkdown,
    diffReachability,
    diffReport,
    diffText,
    type ReachabilityDiff,
    type Reachability,
} from "../../cilium";
import {
    analysedCluster,
    analysisOptions,
    buildModel,
    defaultPaths,
    noteOtherMinors,
    readState,
    requireWorkloads,
    stateOf,
} from "../analysis";
import type { AnalysisOptions, ClusterState } from "../analysis";
import { EXIT_FINDINGS, EXIT_OK, UsageError } from "../exit";
import { placeholderValues, readInput } from "../input";
import { terminalPaint, terminalWidth, writeOut } from "../output";
import { isRevision, pathsIn, readRevision } from "../revisions";
import { compareVersions } from "../upgrade";

export interface DiffOptions extends AnalysisOptions {
    readonly format: "text" | "json" | "markdown";
}

export function define(command: Command, exit: (code: number) => void): void {
    analysisOptions(command)
        .argument("[args...]", "BASE HEAD [PATH…], or with --kubernetes 1.34..1.36: [PATH…]")
        .addOption(
            new Option("--format <format>", "how to print it")
                .choices(["text", "json", "markdown"])
                .default("text"),
        )
        .addHelpText("after", EXAMPLES)
        .action((args: string[], options: DiffOptions) => {
            const range = /^v?(\d+\.\d+)(?:\.\d+)?\.\.v?(\d+\.\d+)(?:\.\d+)?$/.exec(options.kubernetes ?? "");
            if (range !== null) {
                const [, from = "", to = ""] = range;
                const state = readState(args, options);
                exit(compareVersions(state, { from, to }, options));
                return;
            }
            exit(compareStates(args, options));
        });
}

function compareStates(args: readonly string[], options: DiffOptions): number {
    const [base, head, ...paths] = args;
    if (base === undefined || head === undefined) {
        throw new UsageError(
            "diff needs two states: BASE and HEAD, folders or git revisions (or --kubernetes 1.34..1.36 for an upgrade)",
        );
    }
    const { cluster, minor } = analysedCluster(options);
    const states = [base, head].map((name, index) =>
        stateNamed(name, index === 0 ? head : base, paths, options),
    );
    const [some] = [...states].sort((a, b) => b.endpoints.length - a.endpoints.length);
    if (some !== undefined) requireWorkloads(some);
    const models = states.map((state) => buildModel(state, cluster, minor));
    const [before, after] = models;
    if (before === undefined || after === undefined) throw new Error("two states have two models");
    const diff = diffReachability(before, after);
    for (const [index, model] of models.entries()) {
        const state = states[index];
        if (state !== undefined) noteOtherMinors(state, cluster, model);
    }
    print(diff, models, states, `${base} → ${head}, Cilium ${minor}`, options);
    return isEmpty(diff) ? EXIT_OK : EXIT_FINDINGS;
}

/** A path wins over a revision of the same name; `refs/heads/NAME` says the branch. */
function stateNamed(
    name: string,
    other: string,
    paths: readonly string[],
    options: AnalysisOptions,
): ClusterState {
    const set = placeholderValues(options.set ?? []);
    const reading = { namespace: options.namespace, set };
    const workloads = options.workloads ?? [];
    if (existsSync(name)) {
        const inside = paths.map((path) => join(name, path)).filter((path) => existsSync(path));
        return stateOf(
            readInput([...(paths.length === 0 ? [name] : inside), ...workloads], reading),
            options,
        );
    }
    if (!isRevision(name)) {
        throw new UsageError(`${name}: neither a file or folder nor a git revision`);
    }
    // Against a folder of the working tree, a revision means that folder as it was.
    const wanted = paths.length > 0 ? paths : existsSync(other) ? [other] : defaultPaths([]);
    const { tracked, others } = pathsIn(name, [...wanted, ...workloads]);
    const input = readRevision(name, tracked.length > 0 ? tracked : wanted, reading);
    const beside = others.length === 0 ? undefined : readInput(others, reading);
    return stateOf(
        {
            documents: [...input.documents, ...(beside?.documents ?? [])],
            findings: [...input.findings, ...(beside?.findings ?? [])],
        },
        options,
    );
}

export function isEmpty({ opened, closed, changed }: ReachabilityDiff): boolean {
    return opened.length + closed.length + changed.length === 0;
}

function print(
    diff: ReachabilityDiff,
    models: readonly Reachability[],
    states: readonly ClusterState[],
    title: string,
    { format }: DiffOptions,
): void {
    if (format === "json") return writeOut(diffJson(diff, { cilium: models[0]?.minor }));
    const endpoints = new Map(states.flatMap((state) => state.endpoints.map((one) => [one.id, one])));
    const report = diffReport(diff, models, [...endpoints.values()]);
    if (format === "markdown") return writeOut([diffMarkdown(report, "Who may reach whom")]);
    writeOut([diffText(report, { width: terminalWidth(), paint: terminalPaint(), title })]);
}

const EXAMPLES = `
Examples:
  aks-cilium diff main HEAD                        two revisions, the folder policies/ of each
  aks-cilium diff origin/main policies/            what the working tree changes
  aks-cilium diff base/ head/ -w dump.json         two folders, the workloads of both in a dump
  aks-cilium diff --kubernetes 1.34..1.36          what the upgrade changes for these policies`;
