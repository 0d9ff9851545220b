import { wrap, type Paint } from "../../cilium/report/reach-layout";
import type { Target } from "../operations/target";
import { count, names, type Check, type Verdict } from "./check";

/** What was verified. */
export interface Report {
    readonly target: Pick<Target, "subscription" | "resourceGroup" | "cluster" | "cloud"> & {
        readonly stack?: string;
    };
    readonly checks: readonly Check[];
    /** How long it took. */
    readonly seconds: number;
}

/** interfaces.md: `verify --format json`; `target` and `seconds` are added. */
export function verifyJson({ target, checks, seconds }: Report): string {
    return `${JSON.stringify({ version: 1, target, seconds, checks }, null, 2)}\n`;
}

/** What hurts first: failures, what could not be checked, warnings; passes in one line each. */
const ORDER: readonly Verdict[] = ["fail", "unknown", "warn", "pass"];
const ROLE = { fail: "bad", unknown: "warn", warn: "warn", pass: "good" } as const;
const WORD = { fail: "FAIL", unknown: "UNKNOWN", warn: "warn", pass: "pass" } as const;

/** Columns of text: verdict, then everything about it. */
const INDENT = 9;

/** Text for people. */
export function verifyText(report: Report, width: number, paint: Paint): string {
    const { checks } = report;
    const lines = [header(report, paint), ""];
    for (const verdict of ORDER) {
        const found = checks.filter((check) => check.verdict === verdict);
        if (found.length === 0) continue;
        lines.push(
            ...(verdict === "pass" ? [...passes(found, width, paint), ""] : troubles(found, width, paint)),
        );
    }
    return [...lines, ...contextHint(report), ...summary(report, paint), ""].join("\n");
}

function header({ target }: Report, paint: Paint): string {
    const { cluster, resourceGroup, cloud, stack } = target;
    const of = stack === undefined ? "" : `, stack ${stack}`;
    const where = cloud === "public" ? "" : `, cloud ${cloud}`;
    return `${paint("strong", cluster)} in ${resourceGroup}${of}${where}`;
}

function passes(checks: readonly Check[], width: number, paint: Paint): string[] {
    const titles = Math.max(...checks.map(({ title }) => title.length));
    return checks.map(({ title, found }) => {
        const line = `${title.padEnd(Math.min(titles, 44))}  ${found}`;
        const room = width - INDENT;
        return `${paint("good", WORD.pass.padEnd(INDENT))}${line.length > room ? `${line.slice(0, room - 1)}…` : line}`;
    });
}

/** Checks that could not be made for one reason are told together. */
function troubles(checks: readonly Check[], width: number, paint: Paint): string[] {
    const groups = new Map<string, Check[]>();
    for (const check of checks) {
        const key = check.verdict === "unknown" ? `${check.found}\n${check.advice}` : check.id;
        groups.set(key, [...(groups.get(key) ?? []), check]);
    }
    return [...groups.values()].flatMap((group) => {
        const [first] = group;
        if (first === undefined) return [];
        return [...(group.length === 1 ? one(first, width, paint) : several(group, first, width, paint)), ""];
    });
}

function one(check: Check, width: number, paint: Paint): string[] {
    const { verdict, title, expected, found, look, advice } = check;
    return [
        `${paint(ROLE[verdict], WORD[verdict].padEnd(INDENT))}${paint("strong", title)}`,
        ...row("expected", expected, width),
        ...row("found", found, width),
        ...(advice === "" ? [] : row("do", advice, width)),
        // Not wrapped: it is there to be pasted.
        `${" ".repeat(INDENT)}${"look".padEnd(10)}${look}`,
    ];
}

function several(group: readonly Check[], first: Check, width: number, paint: Paint): string[] {
    return [
        `${paint(ROLE[first.verdict], WORD[first.verdict].padEnd(INDENT))}${paint("strong", `${group.length} checks could not be made`)}`,
        ...row("because", first.found, width),
        ...row("do", first.advice, width),
        ...row(
            "checks",
            names(
                group.map(({ title }) => title),
                8,
            ),
            width,
        ),
    ];
}

function row(label: string, text: string, width: number): string[] {
    const [head = "", ...rest] = wrap(text.split(" "), width - INDENT - 10, " ");
    return [
        `${" ".repeat(INDENT)}${label.padEnd(10)}${head}`,
        ...rest.map((line) => `${" ".repeat(INDENT + 10)}${line}`),
    ];
}

/** The look lines of kubectl name a context, which somebody may not have yet. */
function contextHint({ target, checks }: Report): string[] {
    const { cluster, resourceGroup, subscription } = target;
    const used = checks.some(
        ({ verdict, look }) => verdict === "fail" && look.startsWith(`kubectl --context ${cluster} `),
    );
    return used
        ? [
              `kubectl's context ${cluster} comes from: az aks get-credentials -g ${resourceGroup} -n ${cluster} --subscription ${subscription}`,
              "",
          ]
        : [];
}

function summary({ checks, seconds }: Report, paint: Paint): string[] {
    const number = (verdict: Verdict) => checks.filter((check) => check.verdict === verdict).length;
    const words: Readonly<Record<Verdict, string>> = {
        fail: "failed",
        unknown: "could not be checked",
        warn: number("warn") === 1 ? "warning" : "warnings",
        pass: "passed",
    };
    const parts = ORDER.filter((verdict) => number(verdict) > 0 || verdict === "pass").map((verdict) => {
        const text = `${number(verdict)} ${words[verdict]}`;
        return number(verdict) === 0 ? text : paint(ROLE[verdict], text);
    });
    return [`${count(checks.length, "check")}: ${parts.join(", ")} (${seconds.toFixed(1)} s)`];
}
