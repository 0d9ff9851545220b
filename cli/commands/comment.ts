import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Option, type Command } from "commander";
import { collect } from "../input";
import { flowSection, stateIn } from "../comment-flows";
import { UsageError } from "../exit";
import { writeOut } from "../output";
import { comment, type CommentFinding, type CommentInput } from "../preview/comment";
import { kubernetesChange } from "../preview/versions";
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
            "take Kubernetes version and ACNS tier for the flows from Pulumi.<name>.yaml",
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
                    ...flows(options),
                    findings: options.findings === undefined ? undefined : readFindings(options.findings),
                    upgrades: upgrades(previews, options),
                }),
            ]);
        });
}

function flows({ base, head, workloads, stack }: CommentOptions): Pick<CommentInput, "flows"> {
    if (base === undefined || head === undefined) return {};
    const options = { workloads, stack };
    const { opened, closed, diagram } = flowSection(stateIn(base, options), stateIn(head, options), options);
    const inside = ({ count, markdown }: { count: number; markdown: string }): typeof opened => ({
        count,
        markdown: [base, head].reduce((text, folder) => withoutFolder(text, folder), markdown),
    });
    return { flows: { opened: inside(opened), closed: inside(closed), diagram } };
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
        const state = stateIn(head, { workloads });
        const { text } = versionsReport(state, change, { workloads, format: "markdown" });
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
