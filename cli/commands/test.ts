import { existsSync, readFileSync, statSync } from "node:fs";
import { Option, type Command } from "commander";
import {
    closestNames,
    evaluateExpectations,
    expectationsJson,
    expectationsText,
    isExpectations,
    readExpectations,
    RESERVED,
    type ExpectationResult,
} from "../../cilium";
import { analysedCluster, analysisOptions, buildModel, readState, requireWorkloads } from "../analysis";
import type { AnalysisOptions, ClusterState } from "../analysis";
import { EXIT_FINDINGS, EXIT_OK, UsageError } from "../exit";
import { terminalPaint, terminalWidth, writeOut } from "../output";

interface TestOptions extends AnalysisOptions {
    readonly format: "text" | "json";
}

export function define(command: Command, exit: (code: number) => void): void {
    analysisOptions(command)
        .argument(
            "<file...>",
            "files with expectations, then files or folders with policies (default: policies/)",
        )
        .addOption(
            new Option("--format <format>", "how to print it").choices(["text", "json"]).default("text"),
        )
        .addHelpText("after", EXAMPLE)
        .action((args: string[], options: TestOptions) => {
            const files = args.filter(holdsExpectations);
            if (files.length === 0) {
                throw new UsageError(
                    `${args.join(", ")}: no file with expectations (a list of from, to, ports and allow under the key expectations)`,
                );
            }
            const read = files.map((file) => readExpectations(readFileSync(file, "utf8"), file));
            const problems = read.flatMap((each) => each.problems);
            if (problems.length > 0) {
                const lines = problems.map(
                    ({ file, line, column, message, fix }) => `${file}:${line}:${column}: ${message}; ${fix}`,
                );
                throw new UsageError(lines.join("\naks-cilium: "));
            }
            const { cluster } = analysedCluster(options);
            const paths = args.filter((path) => !files.includes(path));
            const state = readState(paths, options);
            requireWorkloads(state);
            const expectations = read.flatMap((each) => each.expectations);
            const names = expectations.flatMap(({ from, to }) => [...from, ...to]);
            const results = onEveryMinor(
                cluster.cilium.map((minor) =>
                    evaluateExpectations(expectations, buildModel(state, cluster, minor, names)),
                ),
            );
            refuseUnknown(results, state);
            writeOut([
                options.format === "json"
                    ? expectationsJson(results)
                    : expectationsText(results, { width: terminalWidth(), paint: terminalPaint() }),
            ]);
            exit(results.every(({ passed }) => passed) ? EXIT_OK : EXIT_FINDINGS);
        });
}

/** @throws UsageError for a file that cannot be read: a test that is not run must not look like one that passed */
function holdsExpectations(path: string): boolean {
    if (!existsSync(path)) throw new UsageError(`${path}: no such file or folder`);
    return statSync(path).isFile() && isExpectations(readFileSync(path, "utf8"));
}

/** A Kubernetes minor may run more than one Cilium minor: an expectation holds only if it holds on each. */
function onEveryMinor(runs: readonly (readonly ExpectationResult[])[]): readonly ExpectationResult[] {
    const [first = [], ...others] = runs;
    return first.map((result, index) =>
        result.passed
            ? (others.map((run) => run[index]).find((other) => other?.passed === false) ?? result)
            : result,
    );
}

/** An expectation about nobody is a mistake in the file, not a failed test. */
function refuseUnknown(results: readonly ExpectationResult[], { endpoints }: ClusterState): void {
    const names = [...endpoints.map(({ id }) => id), ...RESERVED];
    const lines = results.flatMap(({ unknown, expectation: { position } }) =>
        unknown.map((name) => {
            const close = closestNames(name, names);
            const hint = close.length === 0 ? "" : `; did you mean ${close.join(" or ")}?`;
            return `${position.file}:${position.line}: ${name}: no such workload${hint}`;
        }),
    );
    if (lines.length > 0) throw new UsageError(lines.join("\naks-cilium: "));
}

const EXAMPLE = `
A file of expectations:
  expectations:
    - name: the shop is public
      from: world
      to: shop/front
      ports: [8080]
      allow: true
    - from: [shop/front, shop/products]
      to: shop/queue
      ports: [5672]
      allow: false`;
