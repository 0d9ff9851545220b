import type { GuardVerdict } from "./guard";
import { lossOf } from "./losses";
import { masked } from "./mask";
import type { PropertyChange, ResourceChange, StackPreview } from "./preview";

/** First line of every comment, by which the workflow finds its earlier one. */
export const MARKER = "<!-- aks-cilium -->";

/** GitHub refuses bodies over 65,536 characters; what is over this is folded away with a notice. */
export const MAX_LENGTH = 60_000;

/** Flows that a change opens or closes, already as Markdown with a heading (reports of `aks-cilium diff`). */
export interface FlowSection {
    readonly opened: { readonly count: number; readonly markdown: string };
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
    readonly flows?: FlowSection | undefined;
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

const code = (text: string): string => `\`${text.replaceAll("`", "'")}\``;
const plural = (count: number, one: string, many = `${one}s`): string =>
    `${count} ${count === 1 ? one : many}`;
const fold = (summary: string, body: string): string =>
    `<details><summary>${summary}</summary>\n\n${body}\n\n</details>`;

/** The pull request's comment: what can hurt first, the rest folded. One line when there is nothing to say. */
export function comment(input: CommentInput): string {
    const sections = [
        ...replaced(input),
        ...openedFlows(input.flows),
        ...refusedPolicies(input.findings ?? []),
        ...closedFlows(input.flows),
        ...failures(input.previews),
        ...input.previews.filter(({ changes }) => changes.length > 0).map(stackSection),
        ...upgrades(input),
    ];
    if (sections.length === 0)
        return `${MARKER}\nNothing changes: ${stacksOf(input.previews)} and the flows stay as they are.\n`;
    return fit([`${MARKER}\n## ${headline(input)}`], sections);
}

function stacksOf(previews: readonly StackPreview[]): string {
    return previews.length === 0
        ? "no stack was previewed"
        : previews.map(({ stack }) => `stack ${code(stack)}`).join(", ");
}

function headline({ guarded, flows, findings = [], previews }: CommentInput): string {
    const errors = findings.filter(({ severity }) => severity === "error").length;
    const parts = [
        guarded.length > 0 ? `${plural(guarded.length, "resource")} replaced or deleted` : "",
        (flows?.opened.count ?? 0) > 0 ? `${plural(flows?.opened.count ?? 0, "flow")} opened` : "",
        errors > 0 ? `${plural(errors, "policy problem")}` : "",
        (flows?.closed.count ?? 0) > 0 ? `${plural(flows?.closed.count ?? 0, "flow")} closed` : "",
    ].filter((part) => part !== "");
    if (parts.length > 0) return parts.join(" · ");
    if (previews.some(({ diagnostics }) => diagnostics.some(({ severity }) => severity === "error")))
        return "A preview failed";
    const changes = previews.reduce((sum, preview) => sum + preview.changes.length, 0);
    return `${plural(changes, "change")}, nothing replaced, no flow opened or closed`;
}

function replaced({ guarded }: CommentInput): Section[] {
    if (guarded.length === 0) return [];
    const entries = guarded.map(({ stack, change, allowed, because }) => {
        const loss = lossOf(change);
        const verb = change.action === "delete" ? "is deleted" : "is replaced";
        const cause = change.properties.filter(({ path }) => change.causes.includes(path));
        return [
            `### ${allowed ? "⚠️" : "🛑"} ${code(change.name)} ${verb} in stack ${code(stack)}`,
            `${code(change.type)} — ${allowed ? because : `refused: ${because}`}.`,
            ...(cause.length > 0
                ? [`**Because of:**\n\n${cause.map(propertyLine).join("\n")}`]
                : change.causes.length > 0
                  ? [`**Because of:** ${change.causes.map(code).join(", ")}`]
                  : []),
            `**Lost:** ${loss?.lost ?? "the resource"}.`,
            ...(loss?.wayAround === undefined
                ? []
                : [`**Way around:** ${loss.wayAround.replaceAll("STACK", stack)}`]),
            ...(change.protected ? ["`protect` is on: `pulumi up` will refuse it."] : []),
        ].join("\n\n");
    });
    return [{ text: entries.join("\n\n"), optional: false }];
}

function openedFlows(flows: FlowSection | undefined): Section[] {
    if (flows === undefined || flows.opened.count === 0) return [];
    const diagram = flows.diagram === undefined ? "" : `\n\n\`\`\`mermaid\n${flows.diagram.trim()}\n\`\`\``;
    return [{ text: `${flows.opened.markdown.trim()}${diagram}`, optional: false }];
}

function closedFlows(flows: FlowSection | undefined): Section[] {
    if (flows === undefined || flows.closed.count === 0) return [];
    return [{ text: flows.closed.markdown.trim(), optional: false }];
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

function failures(previews: readonly StackPreview[]): Section[] {
    return previews
        .filter(({ diagnostics }) => diagnostics.some(({ severity }) => severity === "error"))
        .map(({ stack, diagnostics }) => ({
            text: [
                `### ❌ The preview of stack ${code(stack)} failed`,
                ...diagnostics
                    .filter(({ severity }) => severity === "error")
                    .map(
                        ({ message }) =>
                            `\`\`\`\n${String(masked("message", message)).slice(0, 6000)}\n\`\`\``,
                    ),
            ].join("\n\n"),
            optional: false,
        }));
}

const order = ["replace", "delete", "create", "update"] as const;

function stackSection({ stack, changes, unchanged }: StackPreview): Section {
    const sorted = [...changes].sort(
        (a, b) => order.indexOf(a.action as never) - order.indexOf(b.action as never),
    );
    const counts = order
        .map((action) => [action, changes.filter((change) => change.action === action).length] as const)
        .filter(([, count]) => count > 0)
        .map(([action, count]) => `${count} to ${action}`);
    return {
        text: fold(
            `Stack <code>${stack}</code>: ${[...counts, `${unchanged} unchanged`].join(", ")}`,
            sorted.map(changeText).join("\n\n"),
        ),
        optional: true,
    };
}

function changeText(change: ResourceChange): string {
    const title = `**${change.action}** ${code(change.name)} (${change.type})`;
    if (change.properties.length === 0) return title;
    return `${title}\n${change.properties.map(propertyLine).join("\n")}`;
}

function propertyLine({ path, kind, before, after, replaces }: PropertyChange): string {
    const show = (value: unknown): string => code(shortened(JSON.stringify(masked(path, value)) ?? "—"));
    const change =
        kind === "add"
            ? `set to ${show(after)}`
            : kind === "delete"
              ? `${show(before)} removed`
              : `${show(before)} → ${show(after)}`;
    return `- ${code(path)}: ${change}${replaces ? " (replaces)" : ""}`;
}

const shortened = (text: string): string => (text.length > 300 ? `${text.slice(0, 297)}…` : text);

function upgrades({ upgrades: pending = [] }: CommentInput): Section[] {
    return pending.map(({ stack, from, to, markdown }) => ({
        text: `### ⬆️ Kubernetes ${from} → ${to} in stack ${code(stack)}\n\n${markdown.trim()}`,
        optional: false,
    }));
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
