import type { Model } from "./model";
import { DEFAULT_DENY, DENY, DEPENDS, REASONS, verdictName, type Code } from "./port-verdicts";
import type { PeerTable } from "./tables";
import { PROTOCOLS, type Connection, type PortRange } from "./types";
import { ingressVerdicts, overall } from "./verdicts";

type Template = Omit<Connection, "from" | "to">;

/**
 * Every allowed or undecided connection between classes, grouped by source. Pairs of which no end is a pod or has a
 * policy are left out: nothing of ours decides about them.
 *
 * All pairs are looked at, so the inner loop does nothing but look up two numbers and what they give together.
 */
export function* connections(model: Model): Generator<Connection> {
    const { list } = model.classes;
    const sources = list.map(({ id, type }) => id !== "fqdn:" && type !== "fqdn");
    const listed = list.map(({ id }) => id !== "fqdn:");
    const ours = list.map((item, index) => item.type === "pods" || model.isPoliced(index));
    const egress = list.map((_, index) =>
        model.isPoliced(index) ? model.table(index, "egress") : undefined,
    );
    const ingress = distinctTables(model);
    const together = new Together(model);
    const incoming = new Uint32Array(ingress.tables.length);
    for (let from = 0; from < list.length; from++) {
        if (!sources[from]) continue;
        ingress.tables.forEach((table, number) => (incoming[number] = table[from]!));
        const out = egress[from];
        const { id } = list[from]!;
        const own = ours[from]!;
        for (let to = 0; to < list.length; to++) {
            if (!own && !ours[to]) continue;
            const table = ingress.ofClass[to]!;
            let into = table < 0 ? 0 : incoming[table]!;
            if (model.balanced[to] !== undefined && table >= 0) into = ingressVerdicts(model, from, to);
            const templates = together.of(out === undefined ? 0 : out[to]!, into);
            if (templates.length === 0 || !listed[to]) continue;
            for (const template of templates) yield { from: id, to: list[to]!.id, ...template };
        }
    }
}

/** Ingress tables, each once; -1 for a class without policy. */
function distinctTables(model: Model): { tables: readonly PeerTable[]; ofClass: Int32Array } {
    const numbers = new Map<PeerTable, number>();
    const ofClass = Int32Array.from(model.classes.list, (_, index) => {
        if (!model.isPoliced(index)) return -1;
        const table = model.table(index, "ingress");
        const known = numbers.get(table) ?? numbers.size;
        numbers.set(table, known);
        return known;
    });
    return { tables: [...numbers.keys()], ofClass };
}

/** What the verdicts of both ends allow together; every combination is worked out once. */
class Together {
    private readonly rows: (readonly Template[] | undefined)[][] = [];

    constructor(private readonly model: Model) {}

    of(out: number, into: number): readonly Template[] {
        const row = (this.rows[out] ??= []);
        return (row[into] ??= this.combine(out, into));
    }

    private combine(out: number, into: number): readonly Template[] {
        return templatesOf(this.model, this.model.verdicts.merge(out, into, 0, overall));
    }
}

function templatesOf(model: Model, number: number): Template[] {
    return model.verdicts.get(number).protocols.flatMap(({ ends, codes }, index) => {
        const ranges = new Map<Code, PortRange[]>();
        codes.forEach((code, i) => {
            if (code === DENY || code === DEFAULT_DENY) return;
            const list = ranges.get(code) ?? [];
            ranges.set(code, list);
            list.push({ from: i === 0 ? 0 : ends[i - 1]! + 1, to: ends[i]! });
        });
        return [...ranges].map(([code, ports]): Template => {
            const reason = REASONS[code - DEPENDS];
            return {
                protocol: PROTOCOLS[index]!,
                ports,
                verdict: verdictName(code) as Template["verdict"],
                ...(reason === undefined ? {} : { reason }),
            };
        });
    });
}
