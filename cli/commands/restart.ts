import { createInterface } from "node:readline/promises";
import { Argument, Option, type Command } from "commander";
import { parseDuration } from "../duration";
import { EXIT_FINDINGS, EXIT_OK, EXIT_USAGE, UsageError } from "../exit";
import { azureOf } from "../operations/azure";
import { Interrupted } from "../operations/failure";
import { kubernetesOf, type Kubernetes } from "../operations/kubernetes";
import { interruptible, progressOn, SILENT } from "../operations/progress";
import { surroundings } from "../operations/pulumi";
import { resolveTarget, targetOptions, type TargetOptions } from "../operations/target";
import { terminalPaint, writeOut } from "../output";
import type { DataPlaneCheck } from "../restart/after";
import { findWorkload } from "../restart/cluster";
import { followRollout, settledDataPlane, type Waiting } from "../restart/follow";
import { defaultTimeout, ORDER, planRestart, type Found, type Step } from "../restart/plan";
import { NAMESPACE, refusal, restartPatch, WORKLOADS, type Progress } from "../restart/rollout";
import { caveats, dataPlaneText, interruptedText, planText, timeoutText, type Begun } from "../restart/text";

interface RestartOptions extends TargetOptions {
    readonly yes?: boolean;
    readonly again?: boolean;
    readonly timeout?: string;
    readonly format: "text" | "json";
}

const HELP = `
Does what \`kubectl rollout restart\` and \`rollout status\` do, the operator first, pod by pod, and then asks whether
the data plane is whole. A restart that is on its way is followed, not started again (--again does start another), so
that a run that was interrupted can be repeated. Nothing is done before it was confirmed.

Exit codes: 0 restarted and well, 1 not complete in time or the data plane is not whole, 2 not done, interrupted or
could not be checked.

Examples:
  aks-cilium restart --stack dev
  aks-cilium restart operator --resource-group rgcni --cluster aks --yes
  aks-cilium restart cilium --stack prod --yes --timeout 1h`;

export function define(command: Command, exit: (code: number) => void): void {
    command.addArgument(
        new Argument("[what]", "what to restart").choices(["cilium", "operator", "both"]).default("both"),
    );
    targetOptions(command)
        .option("--yes", "do not ask")
        .option("--again", "restart even where a restart is on its way")
        .option(
            "--timeout <duration>",
            "how long all of it may take, e.g. 90s, 10m, 1h (default: 5m, and 1m more for each pod)",
        )
        .addOption(
            new Option("--format <format>", "how to print the result")
                .choices(["text", "json"])
                .default("text"),
        )
        .addHelpText("after", HELP)
        .action((what: "cilium" | "operator" | "both", options: RestartOptions) =>
            interruptible(async (signal) => exit(await restart(what, options, signal))),
        );
}

/** What a run did with one workload. */
interface Done extends Step {
    readonly progress: Progress;
    readonly seconds: number;
}

async function restart(
    what: "cilium" | "operator" | "both",
    options: RestartOptions,
    signal: AbortSignal,
): Promise<number> {
    const asked = timeoutOf(options);
    const target = await resolveTarget(options, surroundings(signal));
    const kubernetes = await kubernetesOf(target, azureOf(target, { signal }), { signal });
    const names = ORDER.filter((name) => what === "both" || what === name);
    const found = await Promise.all(names.map((name) => findWorkload(kubernetes, name)));
    const steps = planRestart(found, options.again === true, Date.now());
    const refused = found.flatMap((each) => {
        const restarted = steps.some(({ name, action }) => name === each.name && action === "restart");
        return restarted ? (refusal(each.workload) ?? []) : [];
    });
    if (refused.length > 0) throw new UsageError(refused.join("\naks-cilium: "));
    const tell = (text: string): void => void process.stderr.write(`${text}\n`);
    tell(`${target.cluster}:\n${planText(found, steps)}`);
    if (steps.some(({ action }) => action === "restart")) {
        tell(`\n${caveats(found, steps)}\n`);
        if (!(await confirmed(options, signal))) {
            tell("Nothing was done.");
            return EXIT_USAGE;
        }
    }
    const seconds = asked ?? defaultTimeout(found);
    const waiting: Waiting = {
        signal,
        deadline: Date.now() + seconds * 1000,
        display: options.format === "json" ? SILENT : progressOn(),
        terminal: process.stderr.isTTY,
    };
    let done: readonly Done[];
    try {
        done = await run(kubernetes, found, steps, waiting);
    } catch (error) {
        // Told in full where it happened.
        if (signal.aborted) return EXIT_USAGE;
        throw error;
    }
    const late = done.find(({ progress }) => !progress.done);
    const checks = late === undefined ? await settledDataPlane(kubernetes, waiting) : [];
    if (options.format === "json") writeOut([asJson(target.cluster, done, checks)]);
    else if (late === undefined) writeOut([dataPlaneText(checks, terminalPaint())]);
    if (late !== undefined) {
        tell(timeoutText(WORKLOADS[late.name].name, late.progress, seconds));
        return EXIT_FINDINGS;
    }
    if (checks.some(({ verdict }) => verdict === "fail")) return EXIT_FINDINGS;
    return checks.every(({ verdict }) => verdict === "pass") ? EXIT_OK : EXIT_USAGE;
}

function timeoutOf({ timeout }: RestartOptions): number | undefined {
    if (timeout === undefined) return undefined;
    const seconds = parseDuration(timeout);
    if (seconds === undefined)
        throw new UsageError(`--timeout ${timeout}: expected a duration such as 90s, 10m or 1h`);
    return seconds;
}

/** @throws UsageError where nobody is there who could be asked */
async function confirmed({ yes }: RestartOptions, signal: AbortSignal): Promise<boolean> {
    if (yes === true) return true;
    if (!process.stdin.isTTY || !process.stderr.isTTY)
        throw new UsageError(
            "restart asks before it begins, and there is no terminal; nothing was done. --yes confirms",
        );
    const asking = createInterface({ input: process.stdin, output: process.stderr });
    // With a terminal in this mode Ctrl-C reaches the reader, not the process.
    asking.on("SIGINT", () => process.emit("SIGINT"));
    try {
        return /^y(es)?$/i.test((await asking.question("Restart? [y/N] ", { signal })).trim());
    } catch (error) {
        if (signal.aborted) throw new Interrupted();
        throw error;
    } finally {
        asking.close();
    }
}

/** One workload after the other; the second is not touched unless the first came back. */
async function run(
    kubernetes: Kubernetes,
    found: readonly Found[],
    steps: readonly Step[],
    waiting: Waiting,
): Promise<readonly Done[]> {
    const done: Done[] = [];
    // One time for all of a run: it tells a repeated run what this one has done. Seconds, as kubectl writes it.
    const time = new Date().toISOString().replace(/\.\d+Z$/, "Z");
    for (const [at, step] of steps.entries()) {
        const before = found.find(({ name }) => name === step.name);
        if (before === undefined) continue;
        const began = Date.now();
        const { kind, name } = WORKLOADS[step.name];
        if (step.action === "done") {
            done.push({ ...step, progress: before.progress, seconds: 0 });
            continue;
        }
        let begun: Begun = step.action === "follow" ? "yes" : "no";
        try {
            if (step.action === "restart") {
                begun = "maybe";
                await kubernetes.mergePatch("apps/v1", kind, name, restartPatch(time), NAMESPACE);
                begun = "yes";
            }
            waiting.display.say(`${step.action === "restart" ? "Restarting" : "Following"} ${name}:`);
            const progress = await followRollout(kubernetes, step.name, before.progress, waiting);
            const seconds = Math.round((Date.now() - began) / 1000);
            done.push({ ...step, progress, seconds });
            if (!progress.done) return done;
            waiting.display.say(
                `${name} restarted: ${progress.ready} of ${progress.desired} ready, ${seconds} s`,
            );
        } catch (error) {
            waiting.display.done();
            if (waiting.signal.aborted) process.stderr.write(`\n${interruptedText(steps, at, begun)}\n`);
            throw error;
        }
    }
    return done;
}

/** `{"version":1,"cluster","restarted":[{name, action, done, ready, desired, seconds}],"dataPlane":[{title, verdict, found, look?}]}` */
function asJson(cluster: string, done: readonly Done[], dataPlane: readonly DataPlaneCheck[]): string {
    const restarted = done.map(({ name, action, progress, seconds }) => ({
        name: WORKLOADS[name].name,
        action,
        done: progress.done,
        ready: progress.ready,
        desired: progress.desired,
        seconds,
    }));
    return `${JSON.stringify({ version: 1, cluster, restarted, dataPlane }, undefined, 2)}\n`;
}
