import { EVERYTHING, type PeerSelector } from "../semantics/selectors";
import { members } from "./bitset";
import type { Identities, Identity } from "./identities";
import type { SelectorIndex } from "./selector-index";
import type { EndpointClass } from "./types";

/**
 * Identities that no selector in use tells apart, folded. Everything after this works on classes: what holds for the
 * representative holds for every member.
 */
export interface Classes {
    readonly list: readonly EndpointClass[];
    /** Class of an identity, by its index. */
    readonly ofIdentity: Int32Array;
    /** An identity of each class. */
    readonly representative: readonly number[];
    readonly byId: ReadonlyMap<string, number>;
}

/** Anything else that makes two pods different, e.g. the ports behind a name. */
export type Distinction = (identity: Identity) => string;

/** @param selectors every selector that policies use, for subjects and for peers */
export function foldIdentities(
    identities: Identities,
    selectors: Iterable<PeerSelector>,
    index: SelectorIndex,
    distinction: Distinction,
): Classes {
    const { list } = identities;
    const groups = initialGroups(list, distinction);
    let next = list.length;
    for (const selector of selectors) {
        if (selector.text === EVERYTHING.text) continue;
        const { must, may } = index.select(selector);
        for (const bits of may === undefined ? [must] : [must, may]) {
            const split = new Map<number, number>();
            for (const member of members(bits)) {
                const old = groups[member]!;
                let group = split.get(old);
                if (group === undefined) split.set(old, (group = next++));
                groups[member] = group;
            }
        }
    }
    return nameClasses(list, groups);
}

/** Before any selector is asked: addresses are alike, pods by what distinguishes them, everything else by itself. */
function initialGroups(list: readonly Identity[], distinction: Distinction): Int32Array {
    const known = new Map<string, number>();
    return Int32Array.from(list, (identity, index) => {
        const { type, name } = identity;
        const outside = type === "cidr" || name === "world" || name === "world-ipv6";
        const key =
            type === "pods" ? `pods ${distinction(identity)}` : outside ? "outside" : `${type} ${name}`;
        const group = known.get(key) ?? index;
        known.set(key, group);
        return group;
    });
}

function nameClasses(list: readonly Identity[], groups: Int32Array): Classes {
    const number = new Map<number, number>();
    const membership: Identity[][] = [];
    const representative: number[] = [];
    const ofIdentity = Int32Array.from(groups, (group, index) => {
        let known = number.get(group);
        if (known === undefined) {
            number.set(group, (known = membership.length));
            membership.push([]);
            representative.push(index);
        }
        membership[known]!.push(list[index]!);
        return known;
    });
    let pods = 0;
    const classes = membership.map((items): EndpointClass => {
        const ids = items.flatMap((item) => item.endpoints.map((endpoint) => endpoint.id));
        const world =
            items.find((item) => item.name === "world") ?? items.find((item) => item.name === "world-ipv6");
        const first = world ?? items[0]!;
        if (first.type === "pods") {
            return { id: `c${pods++}`, type: "pods", members: ids, example: ids[0] ?? "" };
        }
        if (first.type === "reserved") {
            return { id: first.name, type: "reserved", members: ids, example: first.name };
        }
        if (first.type === "fqdn") {
            return { id: `fqdn:${first.name}`, type: "fqdn", members: [], example: first.name };
        }
        const texts = items.map((item) => item.name);
        return { id: `cidr:${texts[0]!}`, type: "cidr", members: [], example: texts.join(" ") };
    });
    return {
        list: classes,
        ofIdentity,
        representative,
        byId: new Map(classes.map(({ id }, index) => [id, index])),
    };
}
