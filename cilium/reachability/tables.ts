import type { CiliumMinor } from "../model/versions";
import type { PeerSelector } from "../semantics/selectors";
import { members } from "./bitset";
import type { Classes } from "./classes";
import { ANYONE, type Entry } from "./entries";
import type { Policy } from "./policies";
import {
    DEPENDS_ON_CONFLICT,
    DEPENDS_ON_PLACEMENT,
    evaluate,
    isAllowed,
    type Code,
    type PortVerdictsTable,
} from "./port-verdicts";
import type { SelectorIndex } from "./selector-index";

/** For each class of peers, the number of its {@link PortVerdictsTable} entry. */
export type PeerTable = Uint16Array | Uint32Array;

/** Classes a selector selects, surely or only if an unknown address fits. */
interface Selected {
    readonly must: readonly number[];
    readonly may: readonly number[];
}

/** Turns policies into verdicts for every class of peers. */
export class PeerTables {
    private readonly selectors: PeerSelector[] = [];
    private readonly numbers = new Map<string, number>();
    private readonly selected: (Selected | undefined)[] = [];
    private readonly tables = new Map<Policy, PeerTable>();
    private readonly open: PeerTable;
    /** Node of each class while a table is filled; all zero in between. */
    private readonly scratch: Uint32Array;

    /** @param placed classes of hostNetwork pods, and what stands for the two nodes they may be on */
    constructor(
        private readonly classes: Classes,
        private readonly index: SelectorIndex,
        private readonly verdicts: PortVerdictsTable,
        private readonly minor: CiliumMinor,
        private readonly placed: readonly number[],
        private readonly nodes: { readonly host: number; readonly remote: number },
    ) {
        this.open = new Uint16Array(classes.list.length);
        this.scratch = new Uint32Array(classes.list.length);
    }

    /** Number of a selector for {@link Entry.selector}. */
    number(selector: PeerSelector): number {
        const known = this.numbers.get(selector.text);
        if (known !== undefined) return known;
        this.numbers.set(selector.text, this.selectors.length);
        return this.selectors.push(selector) - 1;
    }

    /** Whether an entry is for a class of peers; `maybe` where that depends on an unknown address. */
    applies(entry: Entry, peer: number): boolean | "maybe" {
        if (entry.selector === ANYONE) return true;
        const { must, may } = this.classesOf(entry.selector);
        return must.includes(peer) || (may.includes(peer) && "maybe");
    }

    /** The verdicts of a policy towards every class, computed on first use. */
    of(policy: Policy): PeerTable {
        if (policy.open) return this.open;
        const known = this.tables.get(policy);
        if (known !== undefined) return known;
        const table = this.fill(policy);
        this.tables.set(policy, table);
        return table;
    }

    /** For endpoints whose policy cannot be computed. */
    conflicting(): PeerTable {
        return new Uint32Array(this.classes.list.length).fill(this.verdicts.constant(DEPENDS_ON_CONFLICT));
    }

    private classesOf(number: number): Selected {
        const known = this.selected[number];
        if (known !== undefined) return known;
        const { must, may } = this.index.select(this.selectors[number]!);
        const { ofIdentity, representative } = this.classes;
        const classes = (identities: readonly number[]): number[] =>
            identities.flatMap((identity) => {
                const found = ofIdentity[identity]!;
                return representative[found] === identity ? [found] : [];
            });
        const selected = {
            must: classes(members(must)),
            may: may === undefined ? [] : classes(members(may)),
        };
        this.selected[number] = selected;
        return selected;
    }

    /**
     * Classes matched by the same selectors get the same verdicts, so only the distinct combinations are evaluated. A
     * combination is a node of a trie that every selector of the policy extends for the classes it selects.
     */
    private fill(policy: Policy): PeerTable {
        const base = policy.entries.filter(({ selector }) => selector === ANYONE);
        const bySelector = new Map<number, Entry[]>();
        for (const entry of policy.entries) {
            if (entry.selector === ANYONE) continue;
            const list = bySelector.get(entry.selector);
            if (list === undefined) bySelector.set(entry.selector, [entry]);
            else list.push(entry);
        }
        const nodes: { must: readonly Entry[]; may: readonly Entry[] }[] = [{ must: base, may: [] }];
        const at = this.scratch;
        const touched: number[] = [];
        for (const [selector, entries] of bySelector) {
            const { must, may } = this.classesOf(selector);
            const extend = (peers: readonly number[], kind: "must" | "may"): void => {
                const children = new Map<number, number>();
                for (const peer of peers) {
                    const parent = at[peer]!;
                    if (parent === 0) touched.push(peer);
                    let child = children.get(parent);
                    if (child === undefined) {
                        const node = nodes[parent]!;
                        child = nodes.push({ ...node, [kind]: [...node[kind], ...entries] }) - 1;
                        children.set(parent, child);
                    }
                    at[peer] = child;
                }
            };
            extend(must, "must");
            if (may.length > 0) extend(may, "may");
        }
        const numbers = nodes.map(({ must, may }) => this.verdicts.intern(evaluate(must, may, this.minor)));
        const size = this.verdicts.size + this.placed.length;
        const table = size < 65536 ? new Uint16Array(at.length) : new Uint32Array(at.length);
        table.fill(numbers[0]!);
        for (const peer of touched) {
            table[peer] = numbers[at[peer]!]!;
            at[peer] = 0;
        }
        for (const peer of this.placed) {
            const host = table[this.nodes.host]!;
            const remote = table[this.nodes.remote]!;
            table[peer] = this.verdicts.merge(host, remote, 1, eitherNode);
        }
        return table;
    }
}

function eitherNode(host: Code, remote: Code): Code {
    if (host === remote) return host;
    return !isAllowed(host) && !isAllowed(remote) && host < 4 && remote < 4 ? remote : DEPENDS_ON_PLACEMENT;
}
