import type { GuardVerdict } from "./guard";
import { lossSections } from "./comment-losses";
import { block, code, fold, plural } from "./markdown";
import { hasFailed, type StackPreview } from "./preview";
import { changeList } from "./property-lines";

/** First line of every comment, by which the workflow finds its earlier one. */
export const MARKER = "<!-- aks-cilium -->";

/** GitHub refuses bodies over 65,536 characters; what is over this is folded away with a notice. */
export const MAX_LENGTH = 60_000;

/** Flows that a change opens or closes, already as Markdown with a heading (reports of `aks-cilium diff`). */
export interface FlowSection {
    /** Stacks that it holds for; left out where it holds for all. */
    readonly stacks?: readonly string[] | undefined;
    /** Opened and otherwise changed; `changed` of these are open on both sides and treated differently. */
    readonly opened: { readonly count: number; readonly changed: number; readonly markdown: string };
    readonly closed: { readonly count: number; readonly markdown: string };
    /** Mermaid of the changed flows, where they are few. */
    readonly diagram?: string | undefined;
}

/** A finding as `aks-cilium check --format json` writes it. */
export interface CommentFinding {
    readonly code: string;
    readonly severity: string;
    readonly message: string;
    readonly fix: string;
    readonly file: string;
    readonly line: number;
    readonly document: string;
}

/** What the comment is made of; everything but the previews may be missing. */
export interface CommentInput {
    readonly previews: readonly StackPreview[];
    readonly guarded: readonly GuardVerdict[];
    /** One, or one for each group of stacks whose flows change differently; none where flows were not compared. */
    readonly flows?: readonly FlowSection[] | undefined;
    readonly findings?: readonly CommentFinding[] | undefined;
    /** What a pending Kubernetes upgrade changes for the policies, as Markdown, by stack. */
    readonly upgrades?: readonly {
        readonly stack: string;
        readonly from: string;
        readonly to: string;
        readonly markdown: string;
    }[];
}

interface Section {
    readonly text: string;
    /** Dropped first when the comment is too long. */
    readonly optional: boolean;
}

/** The pull request's comment: what can hurt first, the rest folded. One line when there is nothing to say. */
export function comment(input: CommentInput): string {
    const sections = [
        ...lossSections(input.guarded, input.previews).map((text) => ({ text, optional: false })),
        ...openedFlows(input.flows ?? []),
        ...refusedPolicies(input.findings ?? []),
        ...closedFlows(input.flows ?? []),
        ...failures(input.previews),
        ...input.previews.filter(({ changes }) => changes.length > 0).map(stackSection),
        ...upgrades(input),
    ];
    if (sections.length === 0)
        return `${MARKER}\nNothing changes: ${stacksOf(input.previews)} ${compared(input) ? "and the flows stay as they are" : "stays as it is; flows were not compared"}.\n`;
    return fit([`${MARKER}\n## ${headline(input)}`], sections);
}

const compared = ({ flows = [] }: CommentInput): boolean => flows.length > 0;

function stacksOf(previews: readonly StackPreview[]): string {
    return previews.length === 0
        ? "no stack was previewed"
        : previews.map(({ stack }) => `stack ${code(stack)}`).join(", ");
}

function headline(input: CommentInput): string {
    const { guarded, flows = [], findings = [], previews } = input;
    const errors = findings.filter(({ severity }) => severity === "error").length;
    const most = (count: (section: FlowSection) => number): number => Math.max(0, ...flows.map(count));
    const opened = most((section) => section.opened.count - section.opened.changed);
    const changed = most((section) => section.opened.changed);
    const closed = most((section) => section.closed.count);
    const counts: [number, string][] = [
        [guarded.length, `${plural(guarded.length, "resource")} replaced or deleted`],
        [opened, `${plural(opened, "flow")} opened`],
        [changed, `${plural(changed, "flow")} changed`],
        [errors, plural(errors, "policy problem")],
        [closed, `${plural(closed, "flow")} closed`],
    ];
    const parts = counts.filter(([count]) => count > 0).map(([, words]) => words);
    if (parts.length > 0) return parts.join(" · ");
    if (previews.some(hasFailed)) return "A preview failed";
    const changes = previews.reduce((sum, preview) => sum + preview.changes.length, 0);
    const verdict = compared(input) ? "no flow opened or closed" : "flows not compared";
    return `${plural(changes, "change")}, nothing of value replaced or deleted, ${verdict}`;
}

function openedFlows(flows: readonly FlowSection[]): Section[] {
    return flows
        .filter(({ opened }) => opened.count > 0)
        .map(({ stacks, opened, diagram }) => ({
            text: [
                inStacks(stacks, opened.markdown),
                ...(diagram === undefined ? [] : [block(diagram.trim(), "mermaid")]),
            ].join("\n\n"),
            optional: false,
        }));
}

function closedFlows(flows: readonly FlowSection[]): Section[] {
    return flows
        .filter(({ closed }) => closed.count > 0)
        .map(({ stacks, closed }) => ({ text: inStacks(stacks, closed.markdown), optional: false }));
}

/** Adds the stacks to the heading, where flows change in some only. */
function inStacks(stacks: readonly string[] | undefined, markdown: string): string {
    const text = markdown.trim();
    if (stacks === undefined) return text;
    const where = `(stack${stacks.length === 1 ? "" : "s"} ${stacks.map(code).join(", ")})`;
    return text.replace(/^#+ .*/, (heading) => `${heading} ${where}`);
}

function refusedPolicies(findings: readonly CommentFinding[]): Section[] {
    const line = ({ code: id, message, fix, file, line: at }: CommentFinding): string =>
        `- ${code(`${file}:${at}`)} **${id}** ${message} ${fix}`;
    const errors = findings.filter(({ severity }) => severity === "error");
    const warnings = findings.filter(({ severity }) => severity === "warning");
    return [
        ...(errors.length > 0
            ? [
                  {
                      text: `### 🚫 Policies refused or ignored\n\n${errors.map(line).join("\n")}`,
                      optional: false,
                  },
              ]
            : []),
        ...(warnings.length > 0
            ? [
                  {
                      text: fold(plural(warnings.length, "policy warning"), warnings.map(line).join("\n")),
                      optional: true,
                  },
              ]
            : []),
    ];
}

/** The engine's last word, which says no more than the heading. */
const LAST_WORD = "error: preview failed";

function failures(previews: readonly StackPreview[]): Section[] {
    return previews.filter(hasFailed).map(({ stack, diagnostics }) => ({
        text: [
            `### ❌ The preview of stack ${code(stack)} failed`,
            ...diagnostics
                .filter(({ severity, message }) => severity === "error" && message !== LAST_WORD)
                .map(({ message }) => block(message.slice(0, 6000))),
        ].join("\n\n"),
        optional: false,
    }));
}

const order = ["replace", "delete", "create", "update"] as const;

function stackSection({ stack, changes, unchanged }: StackPreview): Section {
    const by = order.map((action) => ({ action, of: changes.filter((change) => change.action === action) }));
    const counts = by.filter(({ of }) => of.length > 0).map(({ action, of }) => `${of.length} to ${action}`);
    return {
        text: fold(
            `Stack <code>${stack}</code>: ${[...counts, `${unchanged} unchanged`].join(", ")}`,
            by.flatMap(({ action, of }) => changeList(action, of)).join("\n\n"),
        ),
        optional: true,
    };
}

/** The report's own headings, each with the stack in it. */
function upgrades({ upgrades: pending = [] }: CommentInput): Section[] {
    return pending.map(({ stack, from, to, markdown }) => {
        const heading = `### ⬆️ Stack ${code(stack)}: `;
        const text = markdown.trim().replace(/^### /gm, () => heading);
        return {
            text: text.startsWith(heading) ? text : `${heading}Kubernetes ${from} → ${to}\n\n${text}`,
            optional: false,
        };
    });
}

/** Drops optional sections from the end, then cuts, until the body fits; says so. */
function fit(head: readonly string[], sections: readonly Section[]): string {
    const notice = "_Shortened to fit: the full text is in the workflow's artifact._";
    const join = (parts: readonly string[]): string => `${parts.join("\n\n")}\n`;
    const whole = join([...head, ...sections.map(({ text }) => text)]);
    if (whole.length <= MAX_LENGTH) return whole;
    const kept = [...sections];
    for (let index = kept.length - 1; index >= 0; index--) {
        if (kept[index]?.optional === true) kept.splice(index, 1);
        const body = join([...head, ...kept.map(({ text }) => text), notice]);
        if (body.length <= MAX_LENGTH) return body;
    }
    return `${join([...head, ...kept.map(({ text }) => text)]).slice(0, MAX_LENGTH - notice.length - 10)}\n\n${notice}\n`;
}
