import type { Reachability } from "../reachability/types";
import { documentId } from "../validation/finding";
import type { Flow, Group, ReachFilter, ReachMatrix } from "./reach-model";
import type { Namer } from "./reach-names";
import { describeFlow } from "./reach-ports";
import { columns, wrap, type Paint } from "./reach-layout";

export interface ReachTextOptions {
    /** Characters a line may have. */
    readonly width: number;
    readonly paint: Paint;
    /** The first line, e.g. what was read for which cluster. */
    readonly title: string;
    /** What was asked for, if not everything: decides which blocks are printed, and which direction of them. */
    readonly filter?: ReachFilter;
}

/** One line of a block: the same flow with several peers. */
interface PeerLine {
    readonly what: string;
    readonly note: string;
    readonly peers: Set<number>;
}

/**
 * The report for a terminal: a block for every group of workloads, in both directions, with peers folded by namespace.
 * What is not listed is denied.
 */
export function reachText(
    matrix: ReachMatrix,
    namer: Namer,
    model: Pick<Reachability, "rules" | "refused" | "notEvaluated">,
    { width, paint, title, filter = {} }: ReachTextOptions,
): string {
    const notes = new Footnotes();
    const incoming = transpose(matrix);
    const onNode = new Set(
        matrix.groups.flatMap((group, index) => (namer.isHostNetwork(group) ? [index] : [])),
    );
    const blocks = namer.order.flatMap((index) => {
        const group = matrix.groups[index];
        if (group === undefined) return [];
        const shown = directions(group, filter, namer);
        if (!shown.out && !shown.into) return [];
        const row = matrix.rows[index]?.to ?? new Map<number, Flow>();
        const keep = (peer: number): boolean => filter.from !== undefined || !onNode.has(peer);
        const out = peerLines(row, keep, (peer) => [index, peer], matrix, model, notes);
        const into = peerLines(
            incoming[index] ?? new Map(),
            keep,
            (peer) => [peer, index],
            matrix,
            model,
            notes,
        );
        if (filter.port !== undefined && out.length + into.length === 0) return [];
        const rows = [
            ...(shown.out ? peerRows("reaches", "destinations", out, namer) : []),
            ...(shown.into ? peerRows("reached by", "sources", into, namer) : []),
        ];
        if (rows.length === 0) return [];
        const lines = [
            ...wrap(header(group, namer), width).map((line) => paint("strong", line)),
            ...columns(rows, width - INDENT.length).map((line) => `${INDENT}${line}`),
        ];
        return [lines.join("\n")];
    });
    return [
        ...wrap([title], width),
        "",
        blocks.join("\n\n"),
        ...onNodeNote(matrix, namer, width),
        ...trailer(model, notes, width),
        "",
    ].join("\n");
}

const INDENT = "    ";

/** Without a question every workload, both ways; else the ends that were named, in the direction they were named for. */
function directions(group: Group, { from, to }: ReachFilter, namer: Namer): { out: boolean; into: boolean } {
    const { type, classes } = group;
    if (from === undefined && to === undefined) {
        const listed = type === "pods" && !namer.isHostNetwork(group);
        return { out: listed, into: listed };
    }
    return {
        out: classes.some(({ id }) => from?.has(id) === true),
        into: from === undefined && classes.some(({ id }) => to?.has(id) === true),
    };
}

function header(group: Group, namer: Namer): string[] {
    const names = namer.members(group);
    const alike = group.members.length > 1 ? ` (${group.members.length} alike)` : "";
    return names.map((name, index) => (index === names.length - 1 ? `${name}${alike}` : name));
}

/** The lines of one direction, its title before the first. */
function peerRows(
    title: string,
    role: "sources" | "destinations",
    lines: readonly PeerLine[],
    namer: Namer,
): [string, string, readonly string[]][] {
    if (lines.length === 0) return [[title, "nobody", []]];
    return lines
        .map(({ what, note, peers }) => ({ what: `${what}${note}`, peers: namer.describe(peers, role) }))
        .sort((a, b) => importance(a.peers) - importance(b.peers))
        .map(({ what, peers }, index) => [index === 0 ? title : "", what, peers]);
}

/** World and everyone first: that is what a reader must not miss. The own node last: it is always there. */
function importance(peers: readonly string[]): number {
    const [first] = peers;
    if (first === "everyone" || first?.startsWith("world") === true) return 0;
    return first === "host" ? 2 : 1;
}

function peerLines(
    peers: ReadonlyMap<number, Flow>,
    keep: (peer: number) => boolean,
    ends: (peer: number) => readonly [number, number],
    matrix: ReachMatrix,
    model: Pick<Reachability, "rules">,
    notes: Footnotes,
): readonly PeerLine[] {
    const lines = new Map<string, PeerLine>();
    for (const [peer, flow] of peers) {
        if (!keep(peer)) continue;
        const [from, to] = ends(peer);
        for (const { what, verdict, reason } of describeFlow(flow)) {
            const filters = verdict === "redirect" ? ` (${filtersOf(matrix, model, from, to, flow)})` : "";
            const note =
                verdict === "depends" ? ` ?${notes.number(reason ?? "it cannot be known offline")}` : filters;
            const line = lines.get(`${what}${note}`);
            if (line === undefined) lines.set(`${what}${note}`, { what, note, peers: new Set([peer]) });
            else line.peers.add(peer);
        }
    }
    return [...lines.values()];
}

/** What the proxy lets through, e.g. `HTTP GET /orders`. */
function filtersOf(
    { groups }: ReachMatrix,
    model: Pick<Reachability, "rules">,
    from: number,
    to: number,
    flow: Flow,
): string {
    const source = groups[from]?.classes[0]?.id;
    const target = groups[to]?.classes[0]?.id;
    if (source === undefined || target === undefined) return "proxy";
    const filters = flow
        .filter(({ verdict }) => verdict === "redirect")
        .flatMap((part) => model.rules({ from: source, to: target, ...part }))
        .flatMap(({ l7 }) => l7 ?? []);
    return filters.length === 0 ? "proxy" : [...new Set(filters)].join("; ");
}

/** For every group, what reaches it. */
function transpose({ groups, rows }: ReachMatrix): readonly ReadonlyMap<number, Flow>[] {
    const result = groups.map(() => new Map<number, Flow>());
    rows.forEach((row, from) => {
        for (const [to, flow] of row.to) result[to]?.set(from, flow);
    });
    return result;
}

/** Pods on the node's network are told of once: they are the node, in every line that says host or remote-node. */
function onNodeNote({ groups }: ReachMatrix, namer: Namer, width: number): string[] {
    const names = groups.filter((group) => namer.isHostNetwork(group)).flatMap(({ members }) => members);
    if (names.length === 0) return [];
    const text = `on the node's network, so no policy applies to them; for others they are host on their own node and remote-node elsewhere`;
    return ["", ...hanging("    ", `${names.join(", ")}: ${text}`, width)];
}

/** Reasons are long and few: each is told once, at the end. */
class Footnotes {
    private readonly numbers = new Map<string, number>();

    number(text: string): number {
        const number = this.numbers.get(text) ?? this.numbers.size + 1;
        this.numbers.set(text, number);
        return number;
    }

    lines(width: number): string[] {
        return [...this.numbers].flatMap(([text, number]) =>
            hanging(`?${number}  `, `depends: ${text}`, width),
        );
    }
}

function trailer(
    { refused, notEvaluated }: Pick<Reachability, "refused" | "notEvaluated">,
    notes: Footnotes,
    width: number,
): string[] {
    const lines = notes.lines(width);
    for (const { document, reason } of refused) {
        const place = `${document.file}:${document.locate([]).line}`;
        lines.push(
            ...hanging(
                "!   ",
                `not enforced: ${document.kind} ${documentId(document)} (${place}): ${reason}`,
                width,
            ),
        );
    }
    lines.push(...notEvaluated.flatMap((text) => hanging("!   ", `not evaluated: ${text}`, width)));
    return lines.length === 0 ? [] : ["", ...lines];
}

function hanging(mark: string, text: string, width: number): string[] {
    return wrap(text.split(" "), width - mark.length, " ").map((line, index) =>
        index === 0 ? `${mark}${line}` : `${" ".repeat(mark.length)}${line}`,
    );
}
