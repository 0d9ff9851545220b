import type { DiffCause, DiffConnection, DiffEnd, ReachabilityDiff } from "../reachability/diff";
import type { Endpoint, Reachability } from "../reachability/types";
import type { FlowPart, Group } from "./reach-model";
import { reachNamer, type Namer } from "./reach-names";
import { describeFlow, type FlowLine } from "./reach-ports";

export type DiffKind = "opened" | "closed" | "changed";

/** One line of a report: everything between some sources and some destinations that is no longer what it was. */
export interface DiffLine {
    readonly from: readonly string[];
    readonly to: readonly string[];
    readonly what: readonly FlowLine[];
    /** For `changed`: what it was before. */
    readonly before: string;
}

/** All differences of one kind that come from the same rules: they read as one. */
export interface DiffGroup {
    readonly kind: DiffKind;
    /** What a reader must not miss: the outside, then AKS's own workloads. */
    readonly danger: "world" | "kube-system" | "none";
    readonly cause: DiffCause;
    readonly lines: readonly DiffLine[];
    /** Pairs of endpoints; everything outside counts as one. */
    readonly pairs: number;
}

/** A difference, ready for printing. */
export interface DiffReport {
    /** Most dangerous first: opened to the world, opened in kube-system, opened, changed, closed. */
    readonly groups: readonly DiffGroup[];
    /** Pairs of endpoints by kind. */
    readonly pairs: Readonly<Record<DiffKind, number>>;
    readonly added: readonly string[];
    readonly removed: readonly string[];
}

const KINDS: readonly DiffKind[] = ["opened", "changed", "closed"];
const DANGERS = ["world", "kube-system", "none"] as const;
const VERDICTS = { allow: "allowed", redirect: "through a proxy", depends: "depends", deny: "denied" };

/**
 * Groups a difference by what it comes from and folds the ends, so that a hundred lines of one cause read as one.
 *
 * Pods on their node's network are left out: they are `host` and `remote-node`, whose lines say it.
 * @param models base and head, for the names of everything outside
 * @param endpoints of both states
 */
export function diffReport(
    diff: ReachabilityDiff,
    models: readonly Pick<Reachability, "classes">[],
    endpoints: readonly Endpoint[],
): DiffReport {
    const names = new EndNames(diff, models, endpoints);
    const buckets = new Map<string, { kind: DiffKind; danger: DiffGroup["danger"]; all: DiffConnection[] }>();
    for (const kind of KINDS) {
        for (const connection of diff[kind]) {
            if (names.isHostNetwork(connection.from) || names.isHostNetwork(connection.to)) continue;
            const danger = dangerOf(connection);
            const key = `${kind} ${danger} ${connection.cause}`;
            const bucket = buckets.get(key);
            if (bucket === undefined) buckets.set(key, { kind, danger, all: [connection] });
            else bucket.all.push(connection);
        }
    }
    const groups = [...buckets.values()].map(({ kind, danger, all }): DiffGroup => ({
        kind,
        danger,
        cause: diff.causes[all[0]?.cause ?? 0] ?? { removed: [], added: [] },
        lines: foldLines(all, names),
        pairs: pairsOf(all),
    }));
    const pairs = (kind: DiffKind): number =>
        groups.reduce((sum, group) => sum + (group.kind === kind ? group.pairs : 0), 0);
    return {
        groups: groups.sort(
            (a, b) =>
                KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind) ||
                DANGERS.indexOf(a.danger) - DANGERS.indexOf(b.danger) ||
                b.pairs - a.pairs,
        ),
        pairs: { opened: pairs("opened"), closed: pairs("closed"), changed: pairs("changed") },
        added: diff.added,
        removed: diff.removed,
    };
}

function isOutside({ type, id }: DiffEnd): boolean {
    return type === "cidr" || type === "fqdn" || id === "world";
}

function dangerOf({ from, to }: DiffConnection): DiffGroup["danger"] {
    // The API server of AKS is outside too: a rule for world is one for it (facts on reserved identities).
    if ([from, to].some((end) => isOutside(end) || end.id === "kube-apiserver")) return "world";
    return [from, to].some(({ namespaces }) => namespaces.includes("kube-system")) ? "kube-system" : "none";
}

function pairsOf(connections: readonly DiffConnection[]): number {
    const seen = new Map<string, number>();
    for (const { from, to } of connections) {
        const [source, target] = [from, to].map((end) => (isOutside(end) ? "outside" : end.id));
        seen.set(`${source} ${target}`, Math.max(1, from.members.length) * Math.max(1, to.members.length));
    }
    return [...seen.values()].reduce((sum, count) => sum + count, 0);
}

/** Puts sources with equal destinations and flows on one line, and destinations with equal flows. */
function foldLines(connections: readonly DiffConnection[], names: EndNames): readonly DiffLine[] {
    const cells = new Map<string, { from: DiffEnd; to: DiffEnd; parts: FlowPart[]; before: Set<string> }>();
    for (const { from, to, protocol, ports, before, after, reason } of connections) {
        const verdict = after === "deny" ? before : after;
        if (verdict === "deny") continue;
        const key = `${from.id} ${to.id}`;
        const part = { protocol, ports, verdict, ...(reason === undefined ? {} : { reason }) };
        const cell = cells.get(key);
        if (cell === undefined)
            cells.set(key, { from, to, parts: [part], before: new Set([VERDICTS[before]]) });
        else {
            cell.parts.push(part);
            cell.before.add(VERDICTS[before]);
        }
    }
    interface Row {
        readonly from: Set<DiffEnd>;
        readonly to: Set<DiffEnd>;
        readonly what: readonly FlowLine[];
        readonly before: string;
    }
    const bySource = new Map<string, Row>();
    for (const { from, to, parts, before } of cells.values()) {
        const what = describeFlow(parts);
        const words = [...before].join(" or ");
        const key = JSON.stringify([
            from.id,
            what.map((line) => [line.what, line.verdict, line.reason]),
            words,
        ]);
        const row = bySource.get(key);
        if (row === undefined)
            bySource.set(key, { from: new Set([from]), to: new Set([to]), what, before: words });
        else row.to.add(to);
    }
    const rows = new Map<string, Row>();
    for (const row of bySource.values()) {
        const to = [...row.to].map(({ id }) => id).sort();
        const key = JSON.stringify([
            to,
            row.what.map((line) => [line.what, line.verdict, line.reason]),
            row.before,
        ]);
        const known = rows.get(key);
        if (known === undefined) rows.set(key, row);
        else for (const end of row.from) known.from.add(end);
    }
    return [...rows.values()].map(({ from, to, what, before }) => ({
        from: names.describe(from, "sources"),
        to: names.describe(to, "destinations"),
        what,
        before,
    }));
}

/** Names for ends of a difference, folded as in the reach report. */
class EndNames {
    private readonly namer: Namer;
    private readonly positions = new Map<string, number>();
    private readonly hostNetwork: ReadonlySet<string>;

    constructor(
        diff: ReachabilityDiff,
        models: readonly Pick<Reachability, "classes">[],
        endpoints: readonly Endpoint[],
    ) {
        const groups: Group[] = [];
        const add = (id: string, type: Group["type"], members: readonly string[], example: string): void => {
            if (this.positions.has(id)) return;
            this.positions.set(id, groups.length);
            groups.push({ id, type, classes: [], members, example });
        };
        for (const kind of KINDS) {
            for (const { from, to } of diff[kind]) {
                for (const { id, type, members } of [from, to]) {
                    add(id, type, members, id.replace(/^(cidr|fqdn):/, ""));
                }
            }
        }
        // What the difference does not touch has to be known too: only then is "world" all of it.
        for (const { id, type, members, example } of models.flatMap(({ classes }) => classes)) {
            if (type !== "pods") add(id, type, members, example);
        }
        this.namer = reachNamer({ groups, rows: [] }, endpoints);
        this.hostNetwork = new Set(endpoints.filter((one) => one.hostNetwork).map(({ id }) => id));
    }

    describe(ends: ReadonlySet<DiffEnd>, role: "sources" | "destinations"): readonly string[] {
        const positions = [...ends].map(({ id }) => this.positions.get(id) ?? 0);
        return this.namer.describe(positions, role);
    }

    isHostNetwork({ type, members }: DiffEnd): boolean {
        return type === "pods" && members.length > 0 && members.every((id) => this.hostNetwork.has(id));
    }
}
