import type { Connection, EndpointClass, PortRange, Protocol, Reachability } from "../reachability/types";

/** A set of ports of one protocol with one verdict. */
export interface FlowPart {
    readonly protocol: Protocol;
    readonly ports: readonly PortRange[];
    readonly verdict: Connection["verdict"];
    readonly reason?: string | undefined;
}

/** Everything that may go from one group to another, by protocol. Equal flows are one object. */
export type Flow = readonly FlowPart[];

/**
 * Classes that cannot be told apart by what they reach and what reaches them: one row and one column of the matrix.
 * Only classes of pods are folded; every reserved identity, CIDR and name pattern stays by itself.
 */
export interface Group {
    /** Id of its first class; stable for one input. */
    readonly id: string;
    readonly type: EndpointClass["type"];
    readonly classes: readonly EndpointClass[];
    /** Endpoint ids of all its classes, in input order; empty for cidr and fqdn. */
    readonly members: readonly string[];
    /** What to call it in a few words: its only member, its first, the CIDR, the name pattern. */
    readonly example: string;
}

/** One row: what the groups that share it reach. */
export interface Row {
    /** Index of the destination group → what may go there. Groups that cannot be reached are absent. */
    readonly to: ReadonlyMap<number, Flow>;
}

/** Who reaches whom, folded: what every report is printed from. */
export interface ReachMatrix {
    readonly groups: readonly Group[];
    /** Same order as `groups`; equal rows are one object. */
    readonly rows: readonly Row[];
}

/** Which connections a report is about; absent means all. */
export interface ReachFilter {
    /** Class ids of sources. */
    readonly from?: ReadonlySet<string> | undefined;
    /** Class ids of destinations. */
    readonly to?: ReadonlySet<string> | undefined;
    readonly port?: { readonly port: number; readonly protocol?: Protocol | undefined } | undefined;
}

/**
 * Folds connections between classes into groups of classes with equal rows and equal columns. Time and memory follow
 * the number of connections that the model enumerates and the number of distinct rows.
 * @param split members for which it answers differently are kept in groups of their own (a report that is read by
 * namespace, say), though they cannot be told apart by what they reach
 */
export function reachMatrix(
    model: Pick<Reachability, "classes" | "connections">,
    filter: ReachFilter = {},
    split?: (member: string) => string,
): ReachMatrix {
    const { classes } = model;
    const index = new Map(classes.map(({ id }, position) => [id, position]));
    const flows = new FlowTable();
    const cells = readCells(model.connections(), index, flows, filter);
    const { rowOf, rows } = distinctRows(cells, classes.length);
    const columns = columnKeys(rows, classes.length);

    const folded = new Map<string, number[]>();
    classes.forEach(({ type, id }, position) => {
        // Members of a group reach each other as classes do, so equal rows and columns make them interchangeable.
        const asked = `${filter.from?.has(id) ?? true} ${filter.to?.has(id) ?? true}`;
        const key = type === "pods" ? `${asked} ${rowOf[position] ?? 0}|${columns[position] ?? ""}` : id;
        const group = folded.get(key);
        if (group === undefined) folded.set(key, [position]);
        else group.push(position);
    });

    const groups: Group[] = [];
    const groupsOf = new Map<number, readonly number[]>();
    const rowOfGroup: number[] = [];
    for (const positions of folded.values()) {
        const [first = 0] = positions;
        const parts = toGroups(
            positions.flatMap((position) => classes[position] ?? []),
            split,
        );
        const numbers = parts.map((_, part) => groups.length + part);
        for (const position of positions) groupsOf.set(position, numbers);
        for (const part of parts) {
            groups.push(part);
            rowOfGroup.push(rowOf[first] ?? 0);
        }
    }
    const distinct = rows.map((row): Row => {
        const to = new Map<number, Flow>();
        for (const [destination, flow] of row) {
            for (const group of groupsOf.get(destination) ?? []) to.set(group, flows.get(flow));
        }
        return { to };
    });
    const empty: Row = { to: new Map() };
    return { groups, rows: rowOfGroup.map((row) => distinct[row] ?? empty) };
}

function toGroups(
    classes: readonly EndpointClass[],
    split: ((member: string) => string) | undefined,
): Group[] {
    const [first] = classes;
    if (first === undefined) throw new Error("a group has at least one class");
    const { id, type, example } = first;
    const members = classes.flatMap((one) => one.members);
    if (type !== "pods" || split === undefined) return [{ id, type, classes, members, example }];
    const parts = new Map<string, string[]>();
    for (const member of members) {
        const key = split(member);
        const part = parts.get(key);
        if (part === undefined) parts.set(key, [member]);
        else part.push(member);
    }
    return [...parts.values()].map((part, number) => ({
        id: number === 0 ? id : `${id}.${number}`,
        type,
        classes,
        members: part,
        example: part[0] ?? example,
    }));
}

/** Interns flows, so that cells compare by number. */
class FlowTable {
    private readonly numbers = new Map<string, number>();
    private readonly flows: FlowPart[][] = [];
    private readonly partNumbers = new Map<string, number>();
    private readonly parts: FlowPart[] = [];

    part(connection: Connection): number {
        const { protocol, ports, verdict, reason } = connection;
        let key = `${protocol} ${verdict} ${reason ?? ""}`;
        for (const { from, to } of ports) key += ` ${from}-${to}`;
        let number = this.partNumbers.get(key);
        if (number === undefined) {
            number = this.parts.length;
            this.parts.push({ protocol, ports, verdict, ...(reason === undefined ? {} : { reason }) });
            this.partNumbers.set(key, number);
        }
        return number;
    }

    /** @param parts numbers of parts, in the order that the model enumerates them */
    flow(parts: readonly number[]): number {
        const key = parts.join();
        let number = this.numbers.get(key);
        if (number === undefined) {
            number = this.flows.length;
            this.flows.push(parts.flatMap((part) => this.parts[part] ?? []));
            this.numbers.set(key, number);
        }
        return number;
    }

    get(number: number): Flow {
        return this.flows[number] ?? [];
    }
}

/** Source class → destination class → number of a flow. */
type Cells = ReadonlyMap<number, ReadonlyMap<number, number>>;

function readCells(
    connections: Iterable<Connection>,
    index: ReadonlyMap<string, number>,
    flows: FlowTable,
    filter: ReachFilter,
): Cells {
    const parts = new Map<number, Map<number, number[]>>();
    for (const connection of connections) {
        const kept = filtered(connection, filter);
        const from = index.get(connection.from);
        const to = index.get(connection.to);
        if (kept === undefined || from === undefined || to === undefined) continue;
        let row = parts.get(from);
        if (row === undefined) parts.set(from, (row = new Map()));
        const part = flows.part(kept);
        const cell = row.get(to);
        if (cell === undefined) row.set(to, [part]);
        else cell.push(part);
    }
    const cells = new Map<number, ReadonlyMap<number, number>>();
    for (const [from, row] of parts) {
        cells.set(
            from,
            new Map([...row].sort(([a], [b]) => a - b).map(([to, cell]) => [to, flows.flow(cell)])),
        );
    }
    return cells;
}

function filtered(connection: Connection, { from, to, port }: ReachFilter): Connection | undefined {
    if (from !== undefined && !from.has(connection.from)) return undefined;
    if (to !== undefined && !to.has(connection.to)) return undefined;
    if (port === undefined) return connection;
    if (
        port.protocol === undefined
            ? connection.protocol.startsWith("ICMP")
            : port.protocol !== connection.protocol
    ) {
        return undefined;
    }
    const hit = connection.ports.some((range) => range.from <= port.port && port.port <= range.to);
    return hit ? { ...connection, ports: [{ from: port.port, to: port.port }] } : undefined;
}

function distinctRows(
    cells: Cells,
    size: number,
): { rowOf: Int32Array; rows: ReadonlyMap<number, number>[] } {
    const numbers = new Map<string, number>();
    const rows: ReadonlyMap<number, number>[] = [];
    const rowOf = new Int32Array(size);
    for (let from = 0; from < size; from++) {
        const row = cells.get(from) ?? new Map<number, number>();
        const key = [...row].join(";");
        let number = numbers.get(key);
        if (number === undefined) {
            number = rows.length;
            numbers.set(key, number);
            rows.push(row);
        }
        rowOf[from] = number;
    }
    return { rowOf, rows };
}

/** Equal for destinations that every row treats alike. */
function columnKeys(rows: readonly ReadonlyMap<number, number>[], size: number): readonly string[] {
    const columns = Array.from({ length: size }, () => [] as string[]);
    rows.forEach((row, number) => {
        for (const [to, flow] of row) columns[to]?.push(`${number}:${flow}`);
    });
    return columns.map((column) => column.join());
}
