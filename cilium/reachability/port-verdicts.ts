import type { CiliumMinor } from "../model/versions";
import { portPieces } from "../semantics/ports";
import { ANY_PROTOCOL, ANYONE, PROTOCOL_COUNT, type Entry } from "./entries";
import type { SideVerdict } from "./types";

/** Verdict of one side as a small number. {@link DEPENDS} and above: index into the list of reasons. */
export type Code = number;
export const DEFAULT_DENY = 0;
export const ALLOW = 1;
export const REDIRECT = 2;
export const DENY = 3;
export const DEPENDS = 4;

/** Why a verdict cannot be known offline. Index = code - {@link DEPENDS}. */
export const REASONS = [
    "the address behind the name or the API server may lie in a CIDR of a rule",
    "the peer uses its node's network: whether it counts as host or as remote-node depends on where it runs",
    "traffic through the load balancer may arrive with a node's address (externalTrafficPolicy: Cluster)",
    "L7 rules for one port conflict: Cilium cannot compute the policy, and the endpoint keeps the one it had",
] as const;
export const DEPENDS_ON_ADDRESS = DEPENDS;
export const DEPENDS_ON_PLACEMENT = DEPENDS + 1;
export const DEPENDS_ON_SNAT = DEPENDS + 2;
export const DEPENDS_ON_CONFLICT = DEPENDS + 3;

const NAMES: readonly SideVerdict[] = ["default-deny", "allow", "redirect", "deny"];

export function verdictName(code: Code): SideVerdict {
    return NAMES[code] ?? "depends";
}

export function isAllowed(code: Code): boolean {
    return code === ALLOW || code === REDIRECT;
}

/** The verdicts of one protocol: `codes[i]` holds up to and including `ends[i]`; the last end is 65535. */
export interface Segments {
    readonly ends: readonly number[];
    readonly codes: readonly Code[];
}

/** The verdict for every protocol and port between an endpoint and a peer, in one direction. Interned. */
export interface PortVerdicts {
    readonly id: number;
    readonly protocols: readonly Segments[];
}

const LAST_PORT = 65535;

export function codeAt(segments: Segments, port: number): Code {
    const { ends, codes } = segments;
    let low = 0;
    let high = ends.length - 1;
    while (low < high) {
        const middle = (low + high) >>> 1;
        if (ends[middle]! < port) low = middle + 1;
        else high = middle;
    }
    return codes[low]!;
}

/** Keeps one copy of every distinct set of verdicts. Number 0 is "everything allowed". */
export class PortVerdictsTable {
    private readonly list: PortVerdicts[] = [];
    private readonly known = new Map<string, number>();
    private readonly combined = new Map<number, number>();

    constructor() {
        const open: Segments = { ends: [LAST_PORT], codes: [ALLOW] };
        this.intern(Array.from({ length: PROTOCOL_COUNT }, () => open));
    }

    get size(): number {
        return this.list.length;
    }

    get(id: number): PortVerdicts {
        return this.list[id]!;
    }

    /** The same verdict on every port of every protocol. */
    constant(code: Code): number {
        return this.intern(Array.from({ length: PROTOCOL_COUNT }, () => CONSTANT[code]!));
    }

    /** @returns the number of these verdicts */
    intern(protocols: readonly Segments[]): number {
        let key = "";
        for (const { ends, codes } of protocols) {
            for (let i = 0; i < ends.length; i++) key += `${ends[i]!}:${codes[i]!},`;
            key += ";";
        }
        const known = this.known.get(key);
        if (known !== undefined) return known;
        this.known.set(key, this.list.length);
        return this.list.push({ id: this.list.length, protocols }) - 1;
    }

    /** Merges two sets of verdicts point by point; the answer is remembered. */
    merge(a: number, b: number, salt: number, decide: (a: Code, b: Code) => Code): number {
        const key = (a * 65536 + b) * 4 + salt;
        const known = this.combined.get(key);
        if (known !== undefined) return known;
        const first = this.get(a).protocols;
        const second = this.get(b).protocols;
        const merged = this.intern(first.map((segments, i) => mergeSegments(segments, second[i]!, decide)));
        this.combined.set(key, merged);
        return merged;
    }
}

/** Point by point combination of two lists of segments. */
export function mergeSegments(a: Segments, b: Segments, decide: (a: Code, b: Code) => Code): Segments {
    const ends: number[] = [];
    const codes: Code[] = [];
    let i = 0;
    let j = 0;
    while (i < a.ends.length && j < b.ends.length) {
        const end = Math.min(a.ends[i]!, b.ends[j]!);
        push(ends, codes, end, decide(a.codes[i]!, b.codes[j]!));
        if (a.ends[i] === end) i++;
        if (b.ends[j] === end) j++;
    }
    return { ends, codes };
}

function push(ends: number[], codes: Code[], end: number, code: Code): void {
    if (codes[codes.length - 1] === code) ends[ends.length - 1] = end;
    else {
        ends.push(end);
        codes.push(code);
    }
}

/** Decides one port from the entries that cover it. */
type Decide = (covering: readonly Entry[]) => Code;

/**
 * The verdicts of a list of entries that all match one peer.
 * @param may entries that match only if an unknown address fits
 */
export function evaluate(entries: readonly Entry[], may: readonly Entry[], minor: CiliumMinor): Segments[] {
    const split = minor === "1.16" && [...entries, ...may].some(({ redirect }) => redirect);
    const decide = split ? decide116 : decideSince117;
    const certain = split ? entries.flatMap(inPieces) : entries;
    const possible = split ? may.flatMap(inPieces) : may;
    return Array.from({ length: PROTOCOL_COUNT }, (_, protocol) =>
        evaluateProtocol(certain, possible, protocol, decide),
    );
}

/** The same verdict on every port, one copy each. */
const CONSTANT: readonly Segments[] = Array.from({ length: DEPENDS + REASONS.length }, (_, code) => ({
    ends: [LAST_PORT],
    codes: [code],
}));

function evaluateProtocol(
    entries: readonly Entry[],
    may: readonly Entry[],
    protocol: number,
    decide: Decide,
): Segments {
    const applies = (entry: Entry): boolean => entry.protocol === ANY_PROTOCOL || entry.protocol === protocol;
    const certain = entries.filter(applies);
    const possible = may.filter(applies);
    if (possible.length === 0 && certain.every(({ from, to }) => from === 0 && to === LAST_PORT)) {
        return CONSTANT[decide(certain)]!;
    }
    const cuts = new Set<number>([LAST_PORT]);
    for (const { from, to } of [...certain, ...possible]) {
        if (from > 0) cuts.add(from - 1);
        cuts.add(to);
    }
    const ends: number[] = [];
    const codes: Code[] = [];
    for (const end of [...cuts].sort((a, b) => a - b)) {
        const covers = ({ from, to }: Entry): boolean => from <= end && end <= to;
        const here = certain.filter(covers);
        const perhaps = possible.filter(covers);
        push(ends, codes, end, perhaps.length === 0 ? decide(here) : undecided(here, perhaps, decide));
    }
    return { ends, codes };
}

/** Depends on the address unless every way the unknown entries could go gives the same verdict. */
function undecided(certain: readonly Entry[], may: readonly Entry[], decide: Decide): Code {
    const without = decide(certain);
    if (without === DENY) return DENY;
    const denies = may.filter(({ deny }) => deny);
    const allows = may.filter(({ deny }) => !deny);
    const outcomes = [without, decide([...certain, ...denies]), decide([...certain, ...allows])];
    if (outcomes.every((code) => code === without)) return without;
    return outcomes.some(isAllowed) ? DEPENDS_ON_ADDRESS : without;
}

/**
 * Deny before allow; among allows a redirect wins whatever its range or selector, because proxy priority outranks the
 * length of the prefix. Source: 1.17–1.19 `bpf/lib/policy.h` __policy_can_access, `pkg/policy/mapstate.go`.
 */
function decideSince117(covering: readonly Entry[]): Code {
    let code: Code = DEFAULT_DENY;
    for (const { deny, redirect } of covering) {
        if (deny) return DENY;
        if (redirect) code = REDIRECT;
        else if (code === DEFAULT_DENY) code = ALLOW;
    }
    return code;
}

/**
 * 1.16 lets the longest port prefix win, on a tie the entry for the peer over the one for everyone; entries of one key
 * are merged, and there a redirect wins. So a plain allow of exactly one port passes an HTTP rule by (facts 3.5).
 */
function decide116(covering: readonly Entry[]): Code {
    let best: Entry | undefined;
    for (const entry of covering) {
        if (entry.deny) return DENY;
        if (best === undefined || outranks116(entry, best)) best = entry;
    }
    if (best === undefined) return DEFAULT_DENY;
    return best.redirect ? REDIRECT : ALLOW;
}

function outranks116(entry: Entry, other: Entry): boolean {
    const [a, b] = [prefixLength(entry), prefixLength(other)];
    if (a !== b) return a > b;
    const [forPeer, otherForPeer] = [entry.selector !== ANYONE, other.selector !== ANYONE];
    if (forPeer !== otherForPeer) return forPeer;
    return entry.redirect && !other.redirect;
}

/** Length of the policy map's prefix: 8 bits of protocol, then those of the port. Entries are single pieces here. */
function prefixLength(entry: Entry): number {
    if (entry.protocol === ANY_PROTOCOL) return 0;
    return 8 + 16 - Math.log2(entry.to - entry.from + 1);
}

/** As the policy map stores a range in 1.16: aligned pieces. */
function inPieces(entry: Entry): Entry[] {
    if (entry.protocol === ANY_PROTOCOL) return [entry];
    return portPieces(entry.from, entry.to).map(({ from, to }) => ({ ...entry, from, to }));
}
