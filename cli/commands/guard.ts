import { Option, type Command } from "commander";
import { EXIT_FINDINGS } from "../exit";
import { terminalPaint, writeOut } from "../output";
import { lossOf } from "../preview/losses";
import type { GuardVerdict } from "../preview/guard";
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
            writeOut([
                options.format === "json"
                    ? json(verdicts)
                    : text(
                          verdicts,
                          previews.map(({ stack }) => stack),
                      ),
            ]);
            if (verdicts.some(({ allowed }) => !allowed)) exit(EXIT_FINDINGS);
        });
}

const UNLOCK_HELP = `
An unlock is reviewed with the change and stands in the stack's settings (Pulumi.STACK.yaml):
  config:
    aks-cilium:unlock:
      - resource: aks            # as in the preview, or TYPE::NAME
        reason: moves to the new address plan, workloads are on aks-blue
        expires: "2026-12-31"    # the last day it holds`;

function text(verdicts: readonly GuardVerdict[], stacks: readonly string[]): string {
    const paint = terminalPaint();
    if (verdicts.length === 0)
        return `${paint("good", "good")}  ${stacks.join(", ")}: nothing that holds data or identity is replaced or deleted\n`;
    return verdicts
        .map(({ stack, change, allowed, because }) =>
            [
                `${allowed ? paint("good", "unlocked") : paint("bad", "refused")}  ${stack}: ${change.name} (${change.type}) would be ${change.action === "delete" ? "deleted" : "replaced"}`,
                ...(change.causes.length > 0 ? [`  because of  ${change.causes.join(", ")}`] : []),
                `  lost        ${lossOf(change)?.lost ?? "the resource"}`,
                `  ${allowed ? "unlocked  " : "refused   "}  ${because}`,
            ].join("\n"),
        )
        .join("\n\n")
        .concat("\n");
}

function json(verdicts: readonly GuardVerdict[]): string {
    const rows = verdicts.map(({ stack, change, allowed, because }) => ({
        stack,
        resource: change.name,
        type: change.type,
        urn: change.urn,
        action: change.action,
        causes: change.causes,
        allowed,
        because,
    }));
    return `${JSON.stringify({ version: 1, changes: rows }, null, 2)}\n`;
}
