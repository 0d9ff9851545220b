import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Option, type Command } from "commander";
import { collect } from "../input";
import { flowSection, stateIn, type Side } from "../comment-flows";
import { UsageError } from "../exit";
import { writeOut } from "../output";
import { kubernetesChange, tierChange } from "../preview/cluster-changes";
import { comment, type CommentFinding, type CommentInput, type FlowSection } from "../preview/comment";
import type { StackPreview } from "../preview/preview";
import { guarded, previewOptions, readPreviews, today, type PreviewOptions } from "../previews";
import { versionsReport } from "../upgrade";

interface CommentOptions extends PreviewOptions {
    readonly base?: string;
    readonly head?: string;
    readonly findings?: string;
    readonly workloads?: readonly string[];
    readonly stack?: string;
}

/** Writes the pull request's comment to standard output: what can hurt first. */
export function define(command: Command): void {
    previewOptions(command)
        .option("--base <dir>", "checkout (or folder of policies) of the pull request's base")
        .option("--head <dir>", "the same of its head")
        .option("--findings <file>", "output of `aks-cilium check --format json`")
        .option("-w, --workloads <path>", "more workloads, for both sides (repeatable)", collect)
        .option(
            "--stack <name>",
            "compare flows for the settings of this stack only (default: for those of every previewed stack)",
        )
        .addOption(
            new Option("--format <format>", "how to print it").choices(["markdown"]).default("markdown"),
        )
        .action((options: CommentOptions) => {
            if ((options.base === undefined) !== (options.head === undefined))
                throw new UsageError("--base and --head go together: flows are compared between the two");
            const previews = readPreviews(options);
            writeOut([
                comment({
                    previews,
                    guarded: guarded(previews, options, today()),
                    flows: flows(previews, options),
                    findings: options.findings === undefined ? undefined : readFindings(options.findings),
                    upgrades: upgrades(previews, options),
                }),
            ]);
        });
}

/** The flows of every stack; stacks whose flows change alike share a section. */
function flows(previews: readonly StackPreview[], options: CommentOptions): CommentInput["flows"] {
    const { base, head, stack } = options;
    if (base === undefined || head === undefined) return [];
    const stacks = stack === undefined ? previews.map((preview) => preview.stack) : [stack];
    const groups = new Map<string, { stacks: string[]; section: FlowSection }>();
    for (const each of stacks) {
        const preview = previews.find((one) => one.stack === each);
        const section = flowsOf(each, preview, base, head, options);
        const key = JSON.stringify(section);
        groups.set(key, { section, stacks: [...(groups.get(key)?.stacks ?? []), each] });
    }
    return [...groups.values()].map(({ section, stacks: those }) =>
        groups.size === 1 ? section : { ...section, stacks: those },
    );
}

/** A tier that moves chooses other policies (annotation `aks-cilium.io/advanced-networking`): that changes flows too. */
function flowsOf(
    stack: string,
    preview: StackPreview | undefined,
    base: string,
    head: string,
    { workloads, stack: asked }: CommentOptions,
): FlowSection {
    const settings = `Pulumi.${stack.split("/").at(-1) ?? stack}.yaml`;
    const known = asked !== undefined || (existsSync("Pulumi.yaml") && existsSync(settings));
    const options = { workloads, ...(known ? { stack } : {}) };
    const tier = preview === undefined ? undefined : tierChange(preview);
    const side = (folder: string, advancedNetworking: string | undefined): Side => {
        const own = advancedNetworking === undefined ? options : { ...options, advancedNetworking };
        return { state: stateIn(folder, own), options: own };
    };
    const { opened, closed, diagram } = flowSection(side(base, tier?.from), side(head, tier?.to));
    const inside = <T extends { readonly markdown: string }>(part: T): T => ({
        ...part,
        markdown: [base, head].reduce((text, folder) => withoutFolder(text, folder), part.markdown),
    });
    return { opened: inside(opened), closed: inside(closed), diagram };
}

/** Files are named as in the repository, not by where the two sides were unpacked. */
function withoutFolder(markdown: string, folder: string): string {
    const prefix = join(folder, "/");
    return prefix === "./" ? markdown : markdown.replaceAll(`\`${prefix}`, "`");
}

/** A version that moves may move Cilium's minor, and with it what the policies mean. */
function upgrades(
    previews: CommentInput["previews"],
    { head, workloads }: CommentOptions,
): CommentInput["upgrades"] {
    if (head === undefined) return [];
    return previews.flatMap((preview) => {
        const change = kubernetesChange(preview);
        if (change === undefined) return [];
        const advancedNetworking = tierChange(preview)?.to;
        const options = { workloads, ...(advancedNetworking === undefined ? {} : { advancedNetworking }) };
        const state = stateIn(head, options);
        const { text } = versionsReport(state, change, { ...options, format: "markdown" });
        return [{ stack: preview.stack, ...change, markdown: [text].flat().join("") }];
    });
}

function readFindings(file: string): CommentFinding[] {
    let value: unknown;
    try {
        value = JSON.parse(readFileSync(file, "utf8"));
    } catch (error) {
        throw new UsageError(`--findings ${file}: ${(error as Error).message}`);
    }
    const findings = (value as { findings?: unknown } | null)?.findings;
    if (!Array.isArray(findings))
        throw new UsageError(
            `--findings ${file}: this is not the output of \`aks-cilium check --format json\``,
        );
    return findings as CommentFinding[];
}
