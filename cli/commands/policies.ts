import { Option, type Command } from "commander";
import { parseDuration } from "../duration";
import { EXIT_FINDINGS, EXIT_OK, UsageError } from "../exit";
import { azureOf } from "../operations/azure";
import { kubernetesOf } from "../operations/kubernetes";
import { interruptible } from "../operations/progress";
import { surroundings } from "../operations/pulumi";
import { resolveTarget, targetOptions, type Target, type TargetOptions } from "../operations/target";
import { terminalPaint, writeOut } from "../output";
import { changesBetween, policiesJson, type PolicyChange } from "../policies/json";
import { LivePolicies } from "../policies/live";
import { isWrong, policyRows, type PolicyRow } from "../policies/rows";
import { policiesText, policyLine } from "../policies/text";

interface PoliciesOptions extends TargetOptions {
    readonly watch?: boolean;
    readonly timeout?: string;
    readonly format: "text" | "json";
}

const HELP = `
VALID is what Cilium's operator says of the policy; below one that is not valid stands why.
ENDPOINTS is how many pods it applies to now; 0 means that it does nothing.
OWNER: in the state of the stack, AKS's own, or foreign with the tool that wrote it.

Exit codes: 0 all in order, 1 a policy is not valid or one of the stack is missing, 2 could not be done.
--watch ends with Ctrl-C (exit code 0) or --timeout.

Examples:
  aks-cilium policies --stack dev
  aks-cilium policies --resource-group rgcni --cluster aks --format json
  aks-cilium policies --stack dev --watch --timeout 10m`;

export function define(command: Command, exit: (code: number) => void): void {
    targetOptions(command)
        .option("--watch", "go on with a line for every change")
        .option("--timeout <duration>", "with --watch: end after so long, e.g. 90s, 10m, 1h")
        .addOption(
            new Option("--format <format>", "how to print it (json with --watch: one object a line)")
                .choices(["text", "json"])
                .default("text"),
        )
        .addHelpText("after", HELP)
        .action((options: PoliciesOptions) =>
            interruptible(async (signal) => exit(await policies(options, signal))),
        );
}

async function policies(options: PoliciesOptions, signal: AbortSignal): Promise<number> {
    const seconds = options.timeout === undefined ? undefined : parseDuration(options.timeout);
    if (options.timeout !== undefined && options.watch !== true)
        throw new UsageError("--timeout: only with --watch; without it the list is printed once");
    if (options.timeout !== undefined && seconds === undefined)
        throw new UsageError(`--timeout ${options.timeout}: expected a duration such as 90s, 10m or 1h`);
    const target = await resolveTarget(options, surroundings(signal));
    const live = new LivePolicies(await kubernetesOf(target, azureOf(target, { signal }), { signal }));
    await live.read();
    const rows = rowsOf(live, target);
    print(rows, live, target, options);
    if (options.watch === true) return follow(live, target, options, rows, { signal, seconds });
    return rows.some(isWrong) ? EXIT_FINDINGS : EXIT_OK;
}

function rowsOf(live: LivePolicies, target: Target): readonly PolicyRow[] {
    return policyRows({ ...live.facts(), recorded: target.stack?.policies });
}

function print(
    rows: readonly PolicyRow[],
    live: LivePolicies,
    { stack }: Target,
    { format, watch }: PoliciesOptions,
): void {
    const endpoints = live.facts().endpoints?.length;
    if (format === "json" && watch === true) {
        for (const policy of rows) tell({ change: "present", policy }, stack?.name, format);
    } else if (format === "json") {
        writeOut([policiesJson(rows, { stack: stack?.name, endpoints })]);
    } else {
        const named = stack === undefined ? {} : { stack: stack.name };
        writeOut([policiesText(rows, { paint: terminalPaint(), now: Date.now(), endpoints, ...named })]);
    }
}

function tell(change: PolicyChange, stack: string | undefined, format: "text" | "json"): void {
    const time = new Date().toISOString();
    if (format === "json") {
        writeOut([`${JSON.stringify({ version: 1, time, ...change })}\n`]);
        return;
    }
    const paint = terminalPaint();
    const line = policyLine(change.policy, { paint, ...(stack === undefined ? {} : { stack }) });
    writeOut([`${paint("quiet", time.slice(11, 19))} ${change.change.padEnd(7)} ${line}\n`]);
}

/** Milliseconds in which changes that belong together arrive. */
const GATHER = 300;
/** Milliseconds after which all is read anew: a watch that lost its place does not tell what was deleted meanwhile. */
const READ_AGAIN = 5 * 60_000;

/** Prints what changes until Ctrl-C or the end of the time. @returns exit code by what was true at the end of the time */
async function follow(
    live: LivePolicies,
    target: Target,
    { format }: PoliciesOptions,
    first: readonly PolicyRow[],
    { signal, seconds }: { readonly signal: AbortSignal; readonly seconds: number | undefined },
): Promise<number> {
    let rows = first;
    let waiting: NodeJS.Timeout | undefined;
    const compare = (): void => {
        waiting = undefined;
        const now = rowsOf(live, target);
        for (const change of changesBetween(rows, now)) tell(change, target.stack?.name, format);
        rows = now;
    };
    const end = new AbortController();
    const ends = AbortSignal.any([signal, end.signal]);
    const timers = [
        ...(seconds === undefined ? [] : [setTimeout(() => end.abort(), seconds * 1000)]),
        setInterval(() => {
            // A failure here shows in the watches as well, which end the command with their reason.
            live.read().then(compare, () => undefined);
        }, READ_AGAIN),
    ];
    try {
        await live.follow(ends, () => (waiting ??= setTimeout(compare, GATHER)));
        if (!ends.aborted) throw new Error("the API server ended the watch");
    } catch (error) {
        if (!ends.aborted) throw error;
    } finally {
        end.abort();
        for (const timer of timers) clearTimeout(timer);
        if (waiting !== undefined) {
            clearTimeout(waiting);
            compare();
        }
    }
    return !signal.aborted && rows.some(isWrong) ? EXIT_FINDINGS : EXIT_OK;
}
