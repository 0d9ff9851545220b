import type { Item, MakeElement, Model, Openness } from "./types";

/**
 * The same connections as a drawing: sources left, destinations right. The list beside it is its text alternative.
 *
 * Runs in the browser: the page embeds the text of this function.
 */
export function createGraph(root: HTMLElement, model: Model, make: MakeElement): { draw(): void } {
    // More nodes are not readable at once: the graph then shows the neighbourhood of what is selected.
    const maxNodes = 40;
    const SVG = "http://www.w3.org/2000/svg";
    const NODE = { width: 200, height: 34, gapX: 130, gapY: 14 };
    let centre: string | undefined;

    const svg = <K extends keyof SVGElementTagNameMap>(
        tag: K,
        attributes: Readonly<Record<string, string | number>>,
        ...children: (Node | string)[]
    ): SVGElementTagNameMap[K] => {
        const element = document.createElementNS(SVG, tag);
        for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
        element.append(...children);
        return element;
    };
    const keyOf = (item: Item): string => `${item.kind} ${item.groups[0] ?? ""}`;

    const groupOf = (item: Item) => model.data.groups[item.groups[0] ?? -1];

    /** What would only cover the rest: the node, which reaches all by default, and identities hardly anybody asks for. */
    function items(): Map<string, Item> {
        const quiet = new Set(["host", "health", "ingress", "init", "unmanaged"]);
        const all = [...model.rows(), ...model.columns()].filter((item) => {
            const group = groupOf(item);
            return group?.pods === true ? !group.onNode : !quiet.has(item.name);
        });
        return new Map(all.map((item) => [keyOf(item), item]));
    }

    /** Of sources, the user's workloads and the world are drawn; the others once they are what was asked for. */
    function edgesAmong(
        nodes: ReadonlyMap<string, Item>,
    ): { from: string; to: string; openness: Openness }[] {
        const all = [...nodes];
        return all.flatMap(([from, source]) =>
            all.flatMap(([to, target]) => {
                const own =
                    groupOf(source)?.pods === true ? !groupOf(source)?.system : source.name === "world";
                if (from === to || (!own && from !== centre && to !== centre)) return [];
                const { openness } = model.summary(source, target);
                return openness === "none" || openness === "outside" ? [] : [{ from, to, openness }];
            }),
        );
    }

    /** Column of each node: how many steps it is from the world, or from a node that nobody reaches. */
    function levels(
        nodes: ReadonlyMap<string, Item>,
        edges: readonly { from: string; to: string }[],
    ): Map<string, number> {
        if (centre !== undefined && nodes.has(centre)) return around(centre, nodes, edges);
        const next = new Map<string, string[]>();
        for (const { from, to } of edges) next.set(from, [...(next.get(from) ?? []), to]);
        const reached = new Set(edges.map(({ to }) => to));
        const isWorld = (key: string): boolean => nodes.get(key)?.name === "world";
        const level = new Map<string, number>();
        const visit = (starts: readonly string[]): void => {
            let border = starts.filter((key) => !level.has(key));
            for (const key of border) level.set(key, 0);
            for (let depth = 1; border.length > 0; depth++) {
                border = border.flatMap((key) => (next.get(key) ?? []).filter((to) => !level.has(to)));
                for (const key of border) level.set(key, depth);
                border = [...new Set(border)];
            }
        };
        visit([...nodes.keys()].filter(isWorld));
        visit([...nodes.keys()].filter((key) => !reached.has(key)));
        visit([...nodes.keys()]);
        return level;
    }

    function around(
        key: string,
        nodes: ReadonlyMap<string, Item>,
        edges: readonly { from: string; to: string }[],
    ): Map<string, number> {
        const level = new Map([[key, 1]]);
        for (const { from, to } of edges) {
            if (to === key && !level.has(from)) level.set(from, 0);
            if (from === key && !level.has(to)) level.set(to, 2);
        }
        return new Map([...level].filter(([one]) => nodes.has(one)));
    }

    function draw(): void {
        const all = items();
        const chosen = model.selected === undefined ? undefined : keyOf(model.selected.from);
        if (all.size > maxNodes && centre === undefined) centre = chosen ?? [...all.keys()][0];
        if (centre !== undefined && !all.has(centre)) centre = undefined;
        const focus = centre;
        const every = edgesAmong(all);
        const wide = focus === undefined ? openSources(every) : new Set<string>();
        const edges = every.filter(({ from, to, openness }) =>
            focus === undefined ? openness !== "all" || !wide.has(from) : from === focus || to === focus,
        );
        const level = levels(all, edges);
        const columns: string[][] = [];
        const touched = new Set(edges.flatMap(({ from, to }) => [from, to]));
        for (const [key, item] of all) {
            const own = groupOf(item)?.pods === true && groupOf(item)?.system !== true;
            const at = own || touched.has(key) ? level.get(key) : undefined;
            if (at !== undefined) (columns[at] ??= []).push(key);
        }
        const tallest = Math.max(1, ...columns.map((column) => column.length));
        const place = new Map<string, { x: number; y: number }>();
        [...columns].forEach((column, index) =>
            (column as string[] | undefined)?.forEach((key, row) => {
                const offset = ((tallest - column.length) * (NODE.height + NODE.gapY)) / 2;
                place.set(key, {
                    x: 12 + index * (NODE.width + NODE.gapX),
                    y: 12 + offset + row * (NODE.height + NODE.gapY),
                });
            }),
        );
        const width = 24 + Math.max(1, columns.length) * (NODE.width + NODE.gapX) - NODE.gapX;
        const height = 24 + tallest * (NODE.height + NODE.gapY);
        const picture = svg("svg", {
            width,
            height,
            viewBox: `0 0 ${width} ${height}`,
            role: "group",
            "aria-label": `${place.size} workloads or groups and ${edges.length} connections; the List tab has them as text`,
        });
        picture.append(arrowHeads(), ...edges.flatMap((edge) => edgePath(edge, all, place)));
        picture.append(...[...place].flatMap(([key, at]) => node(key, at, all, wide.has(key))));
        const back = make("button", { type: "button" }, "Show everything");
        back.addEventListener("click", () => {
            centre = undefined;
            draw();
        });
        const name = focus === undefined ? "" : (all.get(focus)?.name ?? "");
        const note =
            focus === undefined
                ? "Choose a node to see only what it reaches and what reaches it. ⇉ reaches almost everything. Left out as sources: AKS’s own workloads, nodes, single addresses."
                : `Who reaches ${name} (left), and whom it reaches (right).`;
        const children = [
            make("span", {}, note),
            ...(focus === undefined || all.size > maxNodes ? [] : [back]),
        ];
        root.replaceChildren(
            make("p", { class: "toolbar" }, ...children),
            make("div", { class: "drawing" }, picture),
        );
    }

    /** Sources that are open to many get a mark instead of an arrow to everything there is. */
    function openSources(edges: readonly { from: string; openness: Openness }[]): Set<string> {
        const counts = new Map<string, number>();
        for (const { from, openness } of edges) {
            if (openness === "all") counts.set(from, (counts.get(from) ?? 0) + 1);
        }
        return new Set([...counts].filter(([, count]) => count > 4).map(([key]) => key));
    }

    function arrowHeads(): SVGElement {
        const heads = (["all", "some", "proxy", "depends"] as const).map((kind) =>
            svg(
                "marker",
                {
                    id: `head-${kind}`,
                    viewBox: "0 0 8 8",
                    refX: 7,
                    refY: 4,
                    markerWidth: 7,
                    markerHeight: 7,
                    orient: "auto",
                },
                svg("path", { d: "M0 0 L8 4 L0 8 z", class: `head ${kind}` }),
            ),
        );
        return svg("defs", {}, ...heads);
    }

    function edgePath(
        { from, to, openness }: { from: string; to: string; openness: Openness },
        nodes: ReadonlyMap<string, Item>,
        place: ReadonlyMap<string, { x: number; y: number }>,
    ): SVGElement[] {
        const [start, end] = [place.get(from), place.get(to)];
        const [source, target] = [nodes.get(from), nodes.get(to)];
        if (start === undefined || end === undefined || source === undefined || target === undefined)
            return [];
        const forward = end.x > start.x;
        const [x1, y1] = [
            start.x + (forward ? NODE.width : NODE.width / 2),
            start.y + (forward ? NODE.height / 2 : NODE.height),
        ];
        const [x2, y2] = [
            end.x + (forward ? 0 : NODE.width / 2),
            end.y + (forward ? NODE.height / 2 : NODE.height),
        ];
        const bend = forward ? (x2 - x1) / 2 : 26 + Math.abs(x1 - x2) / 8;
        const curve = forward
            ? `M${x1} ${y1} C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`
            : `M${x1} ${y1} C${x1} ${y1 + bend} ${x2} ${y2 + bend} ${x2} ${y2}`;
        const text = model.summary(source, target).text;
        const path = svg("path", {
            d: curve,
            class: `edge ${openness}`,
            "marker-end": `url(#head-${openness})`,
        });
        const target$ = svg(
            "path",
            { d: curve, class: "edge-target" },
            svg("title", {}, `${source.name} → ${target.name}: ${text}`),
        );
        target$.addEventListener("click", () => model.select(source, target));
        return [path, target$];
    }

    function node(
        key: string,
        { x, y }: { x: number; y: number },
        nodes: ReadonlyMap<string, Item>,
        wide: boolean,
    ): SVGElement[] {
        const item = nodes.get(key);
        if (item === undefined) return [];
        const count = item.members > 1 ? ` ×${item.members}` : "";
        const room = (wide ? 23 : 26) - count.length;
        const short = item.name.length > room ? `…${item.name.slice(1 - room)}` : item.name;
        const outside = model.data.groups[item.groups[0] ?? -1]?.pods === true ? "" : " outside";
        const group = svg(
            "g",
            {
                class: `node${outside}${key === centre ? " centre" : ""}`,
                tabindex: 0,
                role: "button",
                "aria-label": `${item.name}${item.members > 1 ? `, ${item.members} workloads` : ""}: show its neighbours`,
                transform: `translate(${x} ${y})`,
            },
            svg(
                "title",
                {},
                wide ? `${item.name}: reaches almost everything; choose it to see what` : item.name,
            ),
            svg("rect", { width: NODE.width, height: NODE.height, rx: outside === "" ? 6 : 17 }),
            ...(wide
                ? [svg("text", { x: NODE.width - 24, y: NODE.height / 2 + 4, class: "wide" }, "⇉")]
                : []),
            svg(
                "text",
                { x: 12, y: NODE.height / 2 + 4 },
                `${item.kind === "section" ? "▸ " : ""}${short}${count}`,
            ),
        );
        const choose = (): void => {
            centre = key;
            draw();
            root.querySelector<SVGGElement>(".node.centre")?.focus();
        };
        group.addEventListener("click", choose);
        group.addEventListener("keydown", (event) => {
            if (event.key !== "Enter" && event.key !== " ") return;
            event.preventDefault();
            choose();
        });
        return [group];
    }

    return { draw };
}
