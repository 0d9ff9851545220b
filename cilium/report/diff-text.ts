import { formatPath } from "../manifest/document";
import type { RuleReference } from "../reachability/types";
import type { DiffGroup, DiffLine, DiffReport } from "./diff-model";
import { columns, wrap, type Paint } from "./reach-layout";
import { describeDocument } from "./why-text";

export interface DiffTextOptions {
    readonly width: number;
    readonly paint: Paint;
    /** What was compared, e.g. `main → HEAD, Cilium 1.18`. */
    readonly title: string;
}

/** The difference for a terminal: what opened first, and of that what meets the world. */
export function diffText(report: DiffReport, { width, paint, title }: DiffTextOptions): string {
    const blocks = report.groups.map((group) => {
        const colour = group.kind === "opened" ? "bad" : group.kind === "closed" ? "good" : "warn";
        const rows = group.lines.map((line): [string, string, readonly string[]] => [
            wordsOf(line, group.kind),
            "",
            ends(line),
        ]);
        return [
            paint(colour, headline(group)),
            ...columns(rows, width - 4).map((line) => `    ${line}`),
            ...causeLines(group).flatMap((cause) =>
                wrap(cause.split(" "), width - 8, " ").map(
                    (line, index) => `    ${index === 0 ? "" : "    "}${line}`,
                ),
            ),
        ].join("\n");
    });
    return `${[`${title}: ${summary(report)}`, ...blocks, ...workloadLines(report, width)].join("\n\n")}\n`;
}

/** `3 pairs opened, 1 closed`, or that nothing differs. */
export function summary({ pairs }: DiffReport): string {
    const parts = (["opened", "closed", "changed"] as const).flatMap((kind) =>
        pairs[kind] > 0 ? [`${pairs[kind]} ${kind}`] : [],
    );
    if (parts.length === 0) return "nothing opened, closed or changed";
    const [first = "", ...rest] = parts;
    return [
        first.replace(/^(\d+)/, (number) => `${number} ${number === "1" ? "pair" : "pairs"}`),
        ...rest,
    ].join(", ");
}

/** What a reader must see first. */
export function headline({ kind, danger }: Pick<DiffGroup, "kind" | "danger">): string {
    const what = { opened: "Opened", closed: "Closed", changed: "Changed" }[kind];
    if (danger === "world")
        return kind === "opened" ? `${what} to or from outside the cluster` : `${what}, with the outside`;
    return danger === "kube-system" ? `${what}, with AKS's own workloads` : what;
}

/** `TCP 8080 (through a proxy)`. */
export function wordsOf({ what, before }: DiffLine, kind: DiffGroup["kind"]): string {
    const words = what
        .map(({ what: ports, verdict }) => {
            if (verdict === "allow") return ports;
            return `${ports} (${verdict === "redirect" ? "through a proxy" : "depends"})`;
        })
        .join(", ");
    return kind === "changed" ? `${words}, was ${before}` : words;
}

function ends({ from, to }: DiffLine): readonly string[] {
    const last = from.at(-1) ?? "";
    const [first = "", ...rest] = to;
    return [...from.slice(0, -1), `${last} → ${first}`, ...rest];
}

/** Sentences that name the rules. */
export function causeLines({ cause: { added, removed }, kind }: DiffGroup): readonly string[] {
    const sentences = [
        ...added.map((rule) => `because of a new rule: ${describeRule(rule)}`),
        ...removed.map((rule) => `because a rule is gone: ${describeRule(rule)}`),
    ];
    if (sentences.length > 0) return sentences;
    return kind === "changed"
        ? []
        : ["because the workloads themselves changed (new, gone, or with other labels)"];
}

function describeRule({ document, path, position }: RuleReference): string {
    return `${describeDocument(document)}, ${formatPath(path)} at ${position.file}:${position.line}`;
}

function workloadLines({ added, removed }: DiffReport, width: number): string[] {
    return [
        ...(added.length === 0
            ? []
            : [
                  wrap(["new workloads: ", ...added], width)
                      .join("\n")
                      .replace(": ,", ":"),
              ]),
        ...(removed.length === 0
            ? []
            : [
                  wrap(["workloads gone: ", ...removed], width)
                      .join("\n")
                      .replace(": ,", ":"),
              ]),
    ];
}
