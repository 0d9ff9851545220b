import type { PageData } from "../data";
import type { CellSummary, Filter, Item, Model, Openness } from "./types";

/**
 * State of the page. Runs in the browser: the page embeds the text of this function, so it uses nothing from outside
 * itself but its arguments.
 */
export function createModel(data: PageData): Model {
    // More groups than this start with their sections closed: a screen of rows is read, a thousand are not.
    const startOpen = 45;
    const listeners: ((change: "filter" | "selection") => void)[] = [];
    const sections = new Map<string, number[]>();
    data.groups.forEach(({ section }, index) => {
        const groups = sections.get(section);
        if (groups === undefined) sections.set(section, [index]);
        else groups.push(index);
    });
    // World, nodes and the API server are what most questions are about: never folded at the start.
    const isPods = (section: string): boolean => data.groups[sections.get(section)?.[0] ?? -1]?.pods === true;
    const open = new Set(
        [...sections.keys()].filter((each) => data.groups.length <= startOpen || !isPods(each)),
    );
    const cells = data.rows.map(readRow);
    let filter: Filter = { from: "", to: "", port: "", system: data.groups.length <= startOpen };
    let selected: Model["selected"];
    let derived: { rows?: readonly Item[]; columns?: readonly Item[]; summaries: Map<string, CellSummary> } =
        {
            summaries: new Map(),
        };

    /** destination → where its flow stands in the row's list */
    function readRow(row: readonly number[]): Map<number, number> {
        const result = new Map<number, number>();
        for (let at = 0; at < row.length;) {
            result.set(row[at] ?? 0, at);
            at += 2 + (data.flows[row[at + 1] ?? 0] ?? []).length;
        }
        return result;
    }

    function parts(from: number, to: number): ReturnType<Model["parts"]> {
        const at = cells[from]?.get(to);
        if (at === undefined) return [];
        const row = data.rows[from] ?? [];
        const flow = data.flows[row[at + 1] ?? 0] ?? [];
        const asked = /^\s*(\d+)\s*(?:\/\s*(\w+))?\s*$/.exec(filter.port);
        return flow
            .map((part, index) => ({ part, rules: row[at + 2 + index] ?? -1 }))
            .filter(({ part }) => asked === null || hasPort(part.protocols, Number(asked[1]), asked[2]));
    }

    function hasPort(
        protocols: readonly (readonly [string, ...number[]])[],
        port: number,
        protocol: string | undefined,
    ): boolean {
        return protocols.some(([name, ...ranges]) => {
            if (
                protocol === undefined
                    ? name.startsWith("ICMP")
                    : name.toLowerCase() !== protocol.toLowerCase()
            )
                return false;
            return ranges.some(
                (low, index) => index % 2 === 0 && low <= port && port <= (ranges[index + 1] ?? low),
            );
        });
    }

    function items(text: string): readonly Item[] {
        const words = text
            .toLowerCase()
            .split(/\s+/)
            .filter((word) => word !== "");
        return [...sections].flatMap(([section, all]) => {
            const groups = all.filter((index) => {
                const group = data.groups[index];
                if (group === undefined || (group.system && !filter.system)) return false;
                const names = [group.name, ...group.members].map((name) => name.toLowerCase());
                return words.every((word) => names.some((name) => name.includes(word)));
            });
            if (groups.length === 0) return [];
            // What somebody has searched for is shown, folded or not.
            if (all.length > 1 && !open.has(section) && words.length === 0) {
                const members = groups.reduce(
                    (sum, index) => sum + Math.max(1, data.groups[index]?.members.length ?? 1),
                    0,
                );
                return [{ kind: "section" as const, name: section, section, groups, members }];
            }
            return groups.map((index): Item => {
                const { name = "", members = [] } = data.groups[index] ?? {};
                return {
                    kind: "group",
                    name,
                    section,
                    groups: [index],
                    members: Math.max(1, members.length),
                };
            });
        });
    }

    function openness(from: number, to: number): Openness {
        const found = parts(from, to);
        if (found.some(({ part }) => part.verdict === "allow" && part.what === "everything")) return "all";
        if (found.some(({ part }) => part.verdict === "allow")) return "some";
        if (found.some(({ part }) => part.verdict === "redirect")) return "proxy";
        return found.length > 0 ? "depends" : "none";
    }

    function summarise(from: Item, to: Item): CellSummary {
        const [source, target] = [from.groups[0] ?? 0, to.groups[0] ?? 0];
        if (data.groups[source]?.pods === false && data.groups[target]?.pods === false) {
            return { openness: "outside", text: "neither is a pod: no policy decides" };
        }
        if (from.groups.length === 1 && to.groups.length === 1) {
            const words = parts(source, target).map(({ part: { what, verdict } }) => {
                if (verdict === "allow") return what;
                return verdict === "redirect" ? `${what} through a proxy` : `${what} depends`;
            });
            return {
                openness: openness(source, target),
                text: words.length === 0 ? "denied" : words.join(", "),
            };
        }
        const ranks: readonly Openness[] = ["all", "some", "proxy", "depends", "none"];
        let count = 0;
        let best: Openness = "none";
        let worst: Openness = "all";
        for (const one of from.groups) {
            for (const other of to.groups) {
                const kind = openness(one, other);
                if (kind !== "none") count++;
                if (ranks.indexOf(kind) < ranks.indexOf(best)) best = kind;
                if (ranks.indexOf(kind) > ranks.indexOf(worst)) worst = kind;
            }
        }
        const pairs = from.groups.length * to.groups.length;
        if (count === 0) return { openness: "none", text: "denied" };
        // A section counts as fully open only if all of it is.
        const shown = best === "all" && worst !== "all" ? "some" : best;
        return { openness: shown, text: `open between ${count} of ${pairs} pairs` };
    }

    function changed(change: "filter" | "selection"): void {
        if (change === "filter") derived = { summaries: new Map() };
        for (const listener of listeners) listener(change);
    }

    return {
        data,
        get filter() {
            return filter;
        },
        get selected() {
            return selected;
        },
        rows: () => (derived.rows ??= items(filter.from)),
        columns: () => (derived.columns ??= items(filter.to)),
        parts,
        summary: (from, to) => {
            const key = `${from.kind}${from.groups[0] ?? ""} ${to.kind}${to.groups[0] ?? ""}`;
            const known = derived.summaries.get(key) ?? summarise(from, to);
            derived.summaries.set(key, known);
            return known;
        },
        setFilter: (change) => {
            filter = { ...filter, ...change };
            changed("filter");
        },
        select: (from, to) => {
            selected = { from, to };
            changed("selection");
        },
        toggle: (section) => {
            if (!open.delete(section)) open.add(section);
            changed("filter");
        },
        isOpen: (section) => open.has(section),
        isFoldable: (section) => (sections.get(section)?.length ?? 0) > 1,
        onChange: (listener) => listeners.push(listener),
    };
}
