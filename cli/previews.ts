import { existsSync, readFileSync } from "node:fs";
import type { Command } from "commander";
import { parse } from "yaml";
import { UsageError } from "./exit";
import { guard, unlockProblems, type GuardVerdict, type Unlock } from "./preview/guard";
import { readPreview, type StackPreview } from "./preview/preview";

/** Options that `comment` and `guard` share. */
export interface PreviewOptions {
    readonly preview: readonly (readonly [stack: string, file: string])[];
    readonly settings?: readonly (readonly [stack: string, file: string])[];
}

const assignment =
    (option: string) =>
    (text: string, earlier: (readonly [string, string])[] = []): (readonly [string, string])[] => {
        const at = text.indexOf("=");
        if (at < 1 || at === text.length - 1)
            throw new UsageError(
                `${option} ${text}: write it as STACK=FILE, e.g. ${option} prod=preview-prod.json`,
            );
        return [...earlier, [text.slice(0, at), text.slice(at + 1)] as const];
    };

/** Declares the options. */
export function previewOptions(command: Command): Command {
    return command
        .requiredOption(
            "--preview <stack=file>",
            "a stack and the output of its `pulumi preview --json` (repeatable)",
            assignment("--preview"),
        )
        .option(
            "--settings <stack=file>",
            "settings file that may hold unlocks (repeatable; default: Pulumi.STACK.yaml where it exists)",
            assignment("--settings"),
        );
}

/** Every preview, read. @throws UsageError naming each file that cannot be read or is no preview */
export function readPreviews({ preview }: PreviewOptions): StackPreview[] {
    const problems: string[] = [];
    const previews = preview.flatMap(([stack, file]) => {
        try {
            return [readPreview(readFileSync(file, "utf8"), stack, file)];
        } catch (error) {
            problems.push((error as Error).message);
            return [];
        }
    });
    if (problems.length > 0) throw new UsageError(problems.join("\naks-cilium: "));
    return previews;
}

/** What the guard says of each preview, with the unlocks of its settings file. */
export function guarded(
    previews: readonly StackPreview[],
    options: PreviewOptions,
    today: string,
): GuardVerdict[] {
    return previews.flatMap((preview) => {
        const named = options.settings?.find(([stack]) => stack === preview.stack)?.[1];
        return guard(preview, readUnlocks(preview.stack, named), today);
    });
}

/** The day it is, as unlocks are written. */
export function today(): string {
    return new Date().toISOString().slice(0, 10);
}

/** @throws UsageError for a settings file that is named but absent, and for unlocks that cannot be read as such */
function readUnlocks(stack: string, named: string | undefined): Unlock[] {
    const file = named ?? `Pulumi.${stack.split("/").at(-1) ?? stack}.yaml`;
    if (!existsSync(file)) {
        if (named !== undefined) throw new UsageError(`--settings ${stack}=${file}: there is no such file`);
        return [];
    }
    const settings = parse(readFileSync(file, "utf8")) as { config?: Record<string, unknown> } | null;
    const [key, value] =
        Object.entries(settings?.config ?? {}).find(([name]) => name.endsWith(":unlock")) ?? [];
    if (key === undefined) return [];
    if (!Array.isArray(value))
        throw new UsageError(`${file}: ${key} must be a list of {resource, reason, expires}.`);
    const problems = unlockProblems(value);
    if (problems.length > 0) throw new UsageError(`${file}: ${problems.join(" ")}`);
    return value as Unlock[];
}
