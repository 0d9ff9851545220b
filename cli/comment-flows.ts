import { existsSync } from "node:fs";
import { join } from "node:path";
import { diffMarkdown, diffReachability, diffReport, type DiffGroup, type DiffReport } from "../cilium";
import { analysedCluster, buildModel, stateOf, type AnalysisOptions, type ClusterState } from "./analysis";
import { UsageError } from "./exit";
import { readInput } from "./input";
import type { FlowSection } from "./preview/comment";

/** Folder of the policies in a checkout; `--base` and `--head` may name the checkout or the folder itself. */
const POLICIES = "policies";

/** The policies and workloads of one side of a pull request. */
export function stateIn(folder: string, options: AnalysisOptions): ClusterState {
    if (!existsSync(folder)) throw new UsageError(`${folder}: there is no such folder`);
    const inside = join(folder, POLICIES);
    return stateOf(readInput([existsSync(inside) ? inside : folder, ...(options.workloads ?? [])]), options);
}

/** One side of a pull request: what is in the cluster, and which cluster it is. */
export interface Side {
    readonly state: ClusterState;
    readonly options: AnalysisOptions;
}

/** What flows from base to head open and close, as the comment shows it. */
export function flowSection({ state: base, ...before }: Side, { state: head, ...after }: Side): FlowSection {
    const was = analysedCluster(before.options);
    const is = analysedCluster(after.options);
    // A name that one side only knows is a place on both: else a rule by name would open nothing that can be seen.
    const names = [...base.documents, ...head.documents].flatMap(({ value }) => namesIn(value));
    const models = [
        buildModel(base, was.cluster, was.minor, names),
        buildModel(head, is.cluster, is.minor, names),
    ] as const;
    const endpoints = new Map(
        [...base.endpoints, ...head.endpoints].map((endpoint) => [endpoint.id, endpoint]),
    );
    const report = diffReport(diffReachability(...models), models, [...endpoints.values()]);
    const opened = only(report, (group) => group.kind !== "closed");
    const closed = only(report, (group) => group.kind === "closed");
    return {
        opened: {
            count: opened.pairs.opened + opened.pairs.changed,
            changed: opened.pairs.changed,
            markdown: diffMarkdown(opened, opened.pairs.opened > 0 ? "🔓 Flows opened" : "🔀 Flows changed"),
        },
        closed: { count: closed.pairs.closed, markdown: diffMarkdown(closed, "🔒 Flows closed") },
        diagram: diagram(report.groups),
    };
}

/** DNS names that rules spell out (`toFQDNs: [{matchName}]`), as the model calls them. */
function namesIn(value: unknown): string[] {
    if (typeof value !== "object" || value === null) return [];
    return Object.entries(value).flatMap(([key, inner]) => {
        if (key !== "toFQDNs" || !Array.isArray(inner)) return namesIn(inner);
        return inner.flatMap(({ matchName }: { matchName?: unknown }) =>
            typeof matchName === "string" ? [`fqdn:${matchName}`] : [],
        );
    });
}

function only(report: DiffReport, keep: (group: DiffGroup) => boolean): DiffReport {
    const groups = report.groups.filter(keep);
    const pairs = (kind: DiffGroup["kind"]): number =>
        groups.reduce((sum, group) => sum + (group.kind === kind ? group.pairs : 0), 0);
    return {
        ...report,
        groups,
        pairs: { opened: pairs("opened"), closed: pairs("closed"), changed: pairs("changed") },
        added: keep({ kind: "opened" } as DiffGroup) ? report.added : [],
        removed: keep({ kind: "closed" } as DiffGroup) ? report.removed : [],
    };
}

/** More arrows than this are no picture any more. */
const MAX_ARROWS = 16;

/** The changed flows as Mermaid: opened solid, closed dotted; undefined where there are none or too many. */
function diagram(groups: readonly DiffGroup[]): string | undefined {
    const arrows = groups.flatMap(({ kind, lines }) =>
        lines.flatMap(({ from, to, what }) =>
            from.flatMap((source) =>
                to.map((target) => ({
                    kind,
                    source,
                    target,
                    label: what.map((flow) => flow.what).join(", "),
                })),
            ),
        ),
    );
    if (arrows.length === 0 || arrows.length > MAX_ARROWS) return undefined;
    const names = [...new Set(arrows.flatMap(({ source, target }) => [source, target]))];
    const quoted = (text: string): string => `"${text.replaceAll('"', "'")}"`;
    return [
        "flowchart LR",
        ...names.map((name, index) => `  n${index}[${quoted(name)}]`),
        ...arrows.map(({ kind, source, target, label }) => {
            const [from, to] = [names.indexOf(source), names.indexOf(target)];
            const text = quoted(`${kind}: ${label}`);
            return kind === "closed"
                ? `  n${from} -. ${text} .-> n${to}`
                : `  n${from} == ${text} ==> n${to}`;
        }),
    ].join("\n");
}
