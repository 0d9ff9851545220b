import type { Paint } from "../../cilium";
import { ageOf } from "./age";
import { isWrong, LISTED_KINDS, type PolicyRow } from "./rows";

/** How the list is laid out. */
export interface Layout {
    readonly paint: Paint;
    /** Now, in milliseconds: ages are counted to it. */
    readonly now: number;
    /** Name of the stack, where one was given. */
    readonly stack?: string;
    /** Endpoints of the cluster; undefined where they are unknown. */
    readonly endpoints: number | undefined;
}

const HEAD = ["NAMESPACE", "KIND", "NAME", "VALID", "AGE", "ENDPOINTS", "OWNER"] as const;

/** The list as a table; under a policy that is not valid stands what the operator says; last line: the sum. */
export function policiesText(rows: readonly PolicyRow[], layout: Layout): string {
    const { paint } = layout;
    if (rows.length === 0) return "No policy in this cluster.\n";
    const cells = rows.map((row) => cellsOf(row, layout));
    const widths = HEAD.map((head, column) =>
        Math.max(head.length, ...cells.map((line) => (line[column] ?? "").length)),
    );
    const line = (texts: readonly string[], painted: (text: string, column: number) => string): string =>
        texts
            .map((text, column) => painted(text.padEnd(widths[column] ?? 0), column))
            .join("  ")
            .trimEnd();
    const lines = rows.flatMap((row, index) => [
        line(cells[index] ?? [], (text, column) => painted(paint, row, text, column)),
        ...(row.message === undefined ? [] : [`    ${paint("bad", row.message)}`]),
    ]);
    const head = line(HEAD, (text) => paint("strong", text));
    return [head, ...lines, "", summary(rows, layout), ""].join("\n");
}

/** One line a policy, for `--watch`. */
export function policyLine(row: PolicyRow, { stack, paint }: Pick<Layout, "stack" | "paint">): string {
    const name = row.namespace === "" ? row.name : `${row.namespace}/${row.name}`;
    const endpoints = row.endpoints === undefined ? "" : `, ${count(row.endpoints, "endpoint")}`;
    const valid = painted(paint, row, validText(row), 3);
    return `${shortKind(row)} ${name}: ${valid}${endpoints}, ${ownerText(row, stack)}${row.message === undefined ? "" : ` (${row.message})`}`;
}

function cellsOf(row: PolicyRow, { now, stack }: Layout): readonly string[] {
    return [
        row.namespace === "" ? "-" : row.namespace,
        shortKind(row),
        row.name,
        row.valid === "n/a" || row.valid === "unreported" ? "-" : row.valid,
        row.created === undefined ? "-" : ageOf(row.created, now),
        row.endpoints === undefined ? "-" : String(row.endpoints),
        ownerText(row, stack),
    ];
}

function painted(paint: Paint, row: PolicyRow, text: string, column: number): string {
    if (column === 3) return paint(isWrong(row) ? "bad" : row.valid === "True" ? "good" : "quiet", text);
    if (column === 5 && row.endpoints === 0) return paint("warn", text);
    if (column === 6 && row.owner === "foreign") return paint("warn", text);
    return text;
}

function validText({ valid }: PolicyRow): string {
    switch (valid) {
        case "True":
            return "valid";
        case "False":
            return "not valid";
        case "missing":
            return "missing";
        case "unreported":
            return "validity not reported yet";
        case "n/a":
            return "in force";
    }
}

/** Where nobody said what is ours, at least who wrote it. */
function ownerText({ owner, writer }: PolicyRow, stack: string | undefined): string {
    switch (owner) {
        case "stack":
            return `stack ${stack ?? ""}`.trimEnd();
        case "aks":
            return "AKS";
        case "foreign":
            return writer === undefined ? "foreign" : `foreign (${writer})`;
        case "unknown":
            return writer ?? "-";
    }
}

function summary(rows: readonly PolicyRow[], { stack, endpoints }: Layout): string {
    const of = (test: (row: PolicyRow) => boolean): number => rows.filter(test).length;
    const missing = of(({ valid }) => valid === "missing");
    const invalid = of(({ valid }) => valid === "False");
    const silent = of(({ valid }) => valid === "unreported");
    const foreign = of(({ owner }) => owner === "foreign");
    const idle = of((row) => row.endpoints === 0);
    const parts = [
        `${rows.length - missing} ${rows.length - missing === 1 ? "policy" : "policies"}`,
        ...(stack === undefined
            ? []
            : [`${of(({ owner }) => owner === "stack") - missing} of stack ${stack}`]),
        ...(foreign === 0 ? [] : [`${foreign} foreign`]),
        invalid === 0 ? "none refused by Cilium" : `${invalid} NOT VALID`,
        ...(missing === 0 ? [] : [`${missing} MISSING`]),
        ...(silent === 0 ? [] : [`${silent} not judged by the operator yet`]),
        ...(idle === 0 ? [] : [`${idle} without an endpoint`]),
        endpoints === undefined ? "endpoints unknown" : `${count(endpoints, "endpoint")} in all`,
    ];
    return parts.join(" · ");
}

function shortKind({ kind }: PolicyRow): string {
    return LISTED_KINDS.find((each) => each.kind === kind)?.short ?? kind;
}

const count = (number: number, one: string): string => `${number} ${one}${number === 1 ? "" : "s"}`;
