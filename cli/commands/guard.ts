import { Option, type Command } from "commander";
import { EXIT_FINDINGS, EXIT_USAGE } from "../exit";
import { terminalPaint, writeOut } from "../output";
import { lossOf } from "../preview/losses";
import type { GuardVerdict } from "../preview/guard";
import { hasFailed, type StackPreview } from "../preview/preview";
import { guarded, previewOptions, readPreviews, today, type PreviewOptions } from "../previews";

/** Fails on a planned replacement or delete of what holds data or identity, unless the stack's settings unlock it. */
export function define(command: Command, exit: (code: number) => void): void {
    previewOptions(command)
        .addOption(
            new Option("--format <format>", "how to print it").choices(["text", "json"]).default("text"),
        )
        .addHelpText("after", UNLOCK_HELP)
        .action((options: PreviewOptions & { format: "text" | "json" }) => {
            const previews = readPreviews(options);
            const verdicts = guarded(previews, options, today());
            writeOut([options.format === "json" ? json(verdicts, previews) : text(verdicts, previews)]);
            if (verdicts.some(({ allowed }) => !allowed)) exit(EXIT_FINDINGS);
            // What a preview would have planned after its error nobody knows: that is never good.
            else if (previews.some(hasFailed)) exit(EXIT_USAGE);
        });
}

const UNLOCK_HELP = `
Exits 1 when something is refused, 2 when a preview failed and nothing else is refused.

An unlock is reviewed with the change and stands in the stack's settings (Pulumi.STACK.yaml):
  config:
    aks-cilium:unlock:
      - resource: aks            # as in the preview, or TYPE::NAME
        reason: moves to the new address plan, workloads are on aks-blue
        expires: "2026-12-31"    # the last day it holds`;

function text(verdicts: readonly GuardVerdict[], previews: readonly StackPreview[]): string {
    const paint = terminalPaint();
    const failed = previews.filter(hasFailed).map(({ stack }) => stack);
    const good = previews
        .map(({ stack }) => stack)
        .filter((stack) => !failed.includes(stack) && verdicts.every((verdict) => verdict.stack !== stack));
    return [
        ...verdicts.map(entry),
        ...failed.map(
            (stack) =>
                `${paint("bad", "unknown")}  ${stack}: the preview failed, so nobody can say what else it would replace or delete`,
        ),
        ...(good.length === 0
            ? []
            : [
                  `${paint("good", "good")}  ${good.join(", ")}: nothing that holds data or identity is replaced or deleted`,
              ]),
    ]
        .join("\n\n")
        .concat("\n");
}

function entry({ stack, change, allowed, because, along }: GuardVerdict): string {
    const paint = terminalPaint();
    const loss = lossOf(change);
    const gone = change.action === "delete" ? "deleted" : "replaced";
    return [
        `${allowed ? paint("good", "unlocked") : paint("bad", "refused")}  ${stack}: ${loss?.what ?? "resource"} ${change.name} would be ${gone}`,
        ...(change.causes.length > 0 ? [`  because of  ${change.causes.join(", ")}`] : []),
        `  lost        ${loss?.lost ?? "the resource"}`,
        ...(along.length > 0 ? [`  with it     ${along.map(({ name }) => name).join(", ")}`] : []),
        `  ${allowed ? "unlocked  " : "refused   "}  ${because}`,
    ].join("\n");
}

function json(verdicts: readonly GuardVerdict[], previews: readonly StackPreview[]): string {
    const changes = verdicts.map(({ stack, change, allowed, because, along }) => ({
        stack,
        resource: change.name,
        type: change.type,
        urn: change.urn,
        action: change.action,
        causes: change.causes,
        allowed,
        because,
        along: along.map(({ urn }) => urn),
    }));
    const failed = previews.filter(hasFailed).map(({ stack }) => stack);
    return `${JSON.stringify({ version: 1, changes, failed }, null, 2)}\n`;
}
