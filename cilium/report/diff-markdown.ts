import { formatPath } from "../manifest/document";
import type { RuleReference } from "../reachability/types";
import type { DiffGroup, DiffLine, DiffReport } from "./diff-model";
import { headline, summary, wordsOf } from "./diff-text";
import { describeDocument } from "./why-text";

/** Lines of one cause that are shown; the rest is counted. */
const MAX_LINES = 12;
/** Names in one cell of a table. */
const MAX_NAMES = 6;

/**
 * The difference for a pull request: what opened stands open, what closed is folded away.
 * @param title of the section, e.g. `Who may reach whom`
 */
export function diffMarkdown(report: DiffReport, title: string): string {
    const sections = report.groups.map((group) => {
        const body = [table(group), ...causes(group)].join("\n\n");
        const name = escape(headline(group));
        if (group.kind !== "closed") return `#### ${name}\n\n${body}`;
        return `<details><summary>${name}: ${count(group.pairs, "pair")}</summary>\n\n${body}\n\n</details>`;
    });
    const workloads = [
        ...(report.added.length === 0 ? [] : [`New workloads: ${namesOf(report.added)}`]),
        ...(report.removed.length === 0 ? [] : [`Workloads gone: ${namesOf(report.removed)}`]),
    ];
    return `${[`### ${escape(title)}: ${summary(report)}`, ...sections, ...workloads].join("\n\n")}\n`;
}

function table({ lines, kind }: DiffGroup): string {
    const verb = { opened: "may now use", closed: "may no longer use", changed: "now" }[kind];
    const shown = lines.slice(0, MAX_LINES).map((line) => row(line, kind));
    const more = lines.length - shown.length;
    return [
        `| From | To | ${verb} |`,
        "| --- | --- | --- |",
        ...shown,
        ...(more > 0 ? [`| … | … | ${count(more, "more line")} of the same cause |`] : []),
    ].join("\n");
}

function row(line: DiffLine, kind: DiffGroup["kind"]): string {
    const reasons = [...new Set(line.what.flatMap(({ reason }) => reason ?? []))];
    const why = reasons.length === 0 ? "" : `<br>${escape(reasons.join("; "))}`;
    return `| ${namesOf(line.from)} | ${namesOf(line.to)} | ${escape(wordsOf(line, kind))}${why} |`;
}

function causes({ cause: { added, removed } }: DiffGroup): string[] {
    const lines = [
        ...added.map((rule) => `- new: ${describeRule(rule)}`),
        ...removed.map((rule) => `- gone: ${describeRule(rule)}`),
    ];
    return [
        lines.length === 0 ? "Because the workloads themselves changed." : `Because of\n${lines.join("\n")}`,
    ];
}

function describeRule({ document, path, position }: RuleReference): string {
    return `${escape(describeDocument(document))}, \`${formatPath(path)}\` at \`${position.file}:${position.line}\``;
}

function namesOf(names: readonly string[]): string {
    const shown = names.slice(0, MAX_NAMES).map((name) => `\`${name}\``);
    const more = names.length - shown.length;
    return [...shown, ...(more > 0 ? [`and ${more} more`] : [])].join(", ");
}

function count(number: number, what: string): string {
    return `${number} ${what}${number === 1 ? "" : "s"}`;
}

/** Names and words are text here, whatever characters they have. */
function escape(text: string): string {
    return text.replace(/[\\`*_[\]<>|]/g, "\\$&");
}
