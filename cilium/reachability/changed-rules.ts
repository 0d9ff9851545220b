import type { Rule } from "../semantics/rules";

/** Rules that only one of two states has, by their number there. */
export interface ChangedRules {
    readonly removed: ReadonlySet<number>;
    readonly added: ReadonlySet<number>;
}

/** Rules are the same if they mean the same in the same policy, wherever in the file or section they stand. */
export function changedRules(base: readonly Rule[], head: readonly Rule[]): ChangedRules {
    return { removed: missingIn(base, head), added: missingIn(head, base) };
}

function missingIn(rules: readonly Rule[], other: readonly Rule[]): Set<number> {
    const known = new Set(other.map(meaning));
    return new Set(rules.flatMap((rule, number) => (known.has(meaning(rule)) ? [] : [number])));
}

function meaning(rule: Rule): string {
    const { document, subject, direction, effect, defaultDeny, peers, ports, requires } = rule;
    return JSON.stringify([
        document.kind,
        document.namespace ?? null,
        document.name,
        subject.text,
        direction,
        effect,
        defaultDeny,
        peers === "none" ? peers : peers.map(({ selector }) => selector.text).sort(),
        ports === "all" ? ports : ports.map(({ filter, l7 }) => `${filter} ${l7?.text ?? ""}`).sort(),
        requires,
    ]);
}
