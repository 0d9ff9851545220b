import type { ManifestDocument } from "../manifest/document";
import type { CheckResult } from "../validation/check";
import type { Finding, Severity } from "../validation/finding";
import { countText, plural, sentence, type CheckReport } from "./check-model";
import type { Paint } from "./reach-layout";

/** How the text is made. */
export interface CheckTextOptions {
    /** Columns of the terminal. */
    readonly width: number;
    readonly paint: Paint;
}

const ROLE: Readonly<Record<Severity, Parameters<Paint>[0]>> = {
    error: "bad",
    warning: "warn",
    info: "quiet",
};

/** Findings for a terminal: grouped by file, each with its line and a caret, the reason and the fix; a summary last. */
export function* checkText(report: CheckReport, options: CheckTextOptions): Iterable<string> {
    const byFile = new Map<string, Finding[]>();
    for (const finding of report.findings) {
        const group = byFile.get(finding.file);
        if (group === undefined) byFile.set(finding.file, [finding]);
        else group.push(finding);
    }
    for (const [file, findings] of byFile) {
        yield `${options.paint("strong", file === "-" ? "standard input" : file)}\n`;
        const lines = report.texts.get(file)?.split(/\r\n|\r|\n/) ?? [];
        for (const [index, finding] of findings.entries()) {
            // What a code means is said once a file; the same mistake ten times must not be ten paragraphs.
            const told = findings.slice(0, index).some((other) => sameExplanation(other, finding));
            yield `\n${oneFinding(finding, lines[finding.line - 1], told, options)}`;
        }
        yield "\n";
    }
    yield* summary(report, options);
}

function sameExplanation(a: Finding, b: Finding): boolean {
    return a.code === b.code && a.why === b.why && a.fix === b.fix;
}

function oneFinding(
    finding: Finding,
    line: string | undefined,
    told: boolean,
    options: CheckTextOptions,
): string {
    const { paint, width } = options;
    const place = paint("quiet", `${finding.line}:${finding.column}`);
    const head = `${paint(ROLE[finding.severity], finding.severity)} ${paint("strong", finding.code)}`;
    const of = finding.document === "" ? "" : paint("quiet", ` (${finding.document})`);
    const cilium =
        finding.cilium === undefined ? "" : paint("quiet", ` [Cilium ${finding.cilium.join(", ")} only]`);
    const out = [`  ${place} ${head}${of}${cilium}`, ...wrapped(sentence(finding.message), 4, width)];
    out.push(...quotedLine(finding, line, options));
    if (!told)
        out.push(
            ...labelled("why", sentence(finding.why), options),
            ...labelled("fix", sentence(finding.fix), options),
        );
    return `${out.join("\n")}\n`;
}

function quotedLine(
    { line: number, column, severity }: Finding,
    line: string | undefined,
    { paint, width }: CheckTextOptions,
): string[] {
    if (line === undefined || line.trim() === "") return [];
    const gutter = `${String(number).padStart(6)} | `;
    const room = Math.max(20, width - gutter.length);
    // Long lines (JSON on one line) are cut around the place that is meant.
    const start = column > room - 10 ? Math.max(0, column - Math.floor(room / 2)) : 0;
    // Control characters of a hostile file must not reach the terminal; each stays one column wide.
    // eslint-disable-next-line no-control-regex
    const shown = line.slice(start, start + room).replace(/[\u0000-\u001f\u007f-\u009f]/g, " ");
    const rest = shown.slice(column - 1 - start);
    const length = Math.max(1, /^("[^"]*"|'[^']*'|\[\s*\]|\{\s*\}|[^\s:,\]}#]+)/.exec(rest)?.[0].length ?? 1);
    const caret = " ".repeat(Math.max(0, column - 1 - start)) + "^".repeat(Math.min(length, room));
    return [
        paint("quiet", gutter) + shown.trimEnd(),
        paint("quiet", " ".repeat(gutter.length - 2) + "| ") + paint(ROLE[severity], caret),
    ];
}

function labelled(label: string, text: string, { paint, width }: CheckTextOptions): string[] {
    return wrapped(text, 9, width).map((line, index) =>
        index === 0 ? `    ${paint("quiet", `${label}:`)} ${line.trimStart()}` : line,
    );
}

/** Words in lines of at most `width` columns, indented. */
function wrapped(text: string, indent: number, width: number): string[] {
    const lines: string[] = [];
    let line = "";
    for (const word of text.split(" ")) {
        if (line !== "" && indent + line.length + 1 + word.length > width) {
            lines.push(line);
            line = word;
        } else {
            line = line === "" ? word : `${line} ${word}`;
        }
    }
    return [...lines, line].map((each) => " ".repeat(indent) + each);
}

function* summary({ result, findings }: CheckReport, { paint }: CheckTextOptions): Iterable<string> {
    const counts = (verdict: string): number =>
        result.documents.filter((each) => each.verdict === verdict).length;
    const [rejected, inert] = [counts("rejected"), counts("inert")];
    for (const [verdict, count, meaning] of [
        ["rejected", rejected, "refused by the API server, or stored and never enforced"],
        ["inert", inert, "stored, but cut or not wholly enforced on this cluster"],
    ] as const) {
        if (count === 0) continue;
        yield `${paint("bad", verdict)} (${meaning}): ${names(result, verdict).join(", ")}\n`;
    }
    const total = result.documents.length;
    const worst = findings.some(({ severity }) => severity === "error")
        ? "bad"
        : findings.length > 0
          ? "warn"
          : "good";
    const parts = [
        `${total} ${plural("policy", total)} checked for Cilium ${result.cilium.join(" and ")}`,
        `${counts("accepted")} accepted`,
        ...(rejected > 0 ? [`${rejected} rejected`] : []),
        ...(inert > 0 ? [`${inert} inert`] : []),
    ];
    yield `${paint(worst, countText(findings))}; ${parts.join(", ")}${others(result)}\n`;
}

function others(result: CheckResult): string {
    const passed = Object.entries(result.passedOver).map(
        ([kind, count]) => `${count} ${kind === "" ? "without kind" : kind}`,
    );
    return [
        passed.length === 0 ? "" : `; passed over: ${passed.join(", ")}`,
        result.suppressed.length === 0 ? "" : `; ${result.suppressed.length} ignored by annotation`,
    ].join("");
}

function names(result: CheckResult, verdict: string): string[] {
    const all = result.documents
        .filter((each) => each.verdict === verdict)
        .map((each) => nameOf(each.document));
    return all.length > 10 ? [...all.slice(0, 10), `and ${all.length - 10} more`] : all;
}

function nameOf({ namespace, name }: ManifestDocument): string {
    return namespace === undefined ? name : `${namespace}/${name}`;
}
