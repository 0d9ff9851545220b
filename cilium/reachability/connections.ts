import type { Model } from "./model";
import { DEFAULT_DENY, DENY, DEPENDS, REASONS, verdictName, type Code } from "./port-verdicts";
import { PROTOCOLS, type Connection, type PortRange } from "./types";
import { ingressVerdicts, overall } from "./verdicts";

type Template = Omit<Connection, "from" | "to">;

/**
 * Every allowed or undecided connection between classes, grouped by source. Pairs of which no end is a pod or has a
 * policy are left out: nothing of ours decides about them.
 */
export function* connections(model: Model): Generator<Connection> {
    const templates = new Map<number, readonly Template[]>();
    const { list } = model.classes;
    const listed = list.map(({ id }) => id !== "fqdn:");
    const ours = list.map((item, index) => item.type === "pods" || model.isPoliced(index));
    for (let from = 0; from < list.length; from++) {
        if (!listed[from] || list[from]!.type === "fqdn") continue;
        const egress = model.isPoliced(from) ? model.table(from, "egress") : undefined;
        for (let to = 0; to < list.length; to++) {
            if (!listed[to] || (!ours[from] && !ours[to])) continue;
            const out = egress === undefined ? 0 : egress[to]!;
            const incoming = model.isPoliced(to) ? ingressVerdicts(model, from, to) : 0;
            const both = model.verdicts.merge(out, incoming, 0, overall);
            let items = templates.get(both);
            if (items === undefined) templates.set(both, (items = templatesOf(model, both)));
            for (const item of items) yield { from: list[from]!.id, to: list[to]!.id, ...item };
        }
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
