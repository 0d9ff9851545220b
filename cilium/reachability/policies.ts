import type { CiliumMinor } from "../model/versions";
import { EVERYTHING, HOST, labelSelector, type PeerSelector } from "../semantics/selectors";
import type { Direction, PortSpec, Rule, RulePeer } from "../semantics/rules";
import { ParserConflicts } from "./parser-conflicts";
import { ANY_PROTOCOL, ANYONE, DEFAULT_ALLOW, LOCALHOST, PROTOCOL_INDEX, type Entry } from "./entries";

/** The rules that apply to a set of endpoints in one direction, compiled. */
export interface Policy {
    readonly direction: Direction;
    /** Numbers of the rules that select these endpoints in this direction. */
    readonly rules: readonly number[];
    /** Nothing is enforced: everything is allowed. */
    readonly open: boolean;
    /** Numbers of the rules that switch default deny on. */
    readonly defaultDeny: readonly number[];
    readonly entries: readonly Entry[];
    /** L7 rules that Cilium cannot merge, in words; then the endpoint keeps the policy it had. */
    readonly conflict: string | undefined;
}

/** What compiling needs to know of the endpoints. */
export interface PolicyContext {
    readonly minor: CiliumMinor;
    readonly rules: readonly Rule[];
    /** Number of a peer selector; the same text gives the same number. */
    number(selector: PeerSelector): number;
    /** Port behind a name for this policy: own ports on ingress, all pods of the cluster on egress; 0 if none. */
    resolve(name: string, protocol: PortSpec["protocol"]): number;
    /** Endpoints in state `init` are under default deny without any policy (facts 3.2). */
    readonly init: boolean;
    /** Whether a selector selects the host (asked for 1.16 only). */
    selectsHost(selector: PeerSelector): boolean;
}

/**
 * Compiles the rules that select an endpoint.
 * Source: `pkg/policy/repository.go` computePolicyEnforcementAndRules, `rule.go` mergeIngress/mergeEgress, `l4.go`.
 */
export function compilePolicy(
    numbers: readonly number[],
    direction: Direction,
    context: PolicyContext,
): Policy {
    const { init, minor } = context;
    const rules = numbers.map((number) => ({ number, rule: context.rules[number]! }));
    const open = rules.length === 0 && !init;
    const defaultDeny = rules.filter(({ rule }) => rule.defaultDeny).map(({ number }) => number);
    const entries: Entry[] = [];
    if (!open) {
        if (defaultDeny.length === 0 && !init) entries.push(anything(ANYONE, DEFAULT_ALLOW));
        if (direction === "ingress") entries.push(anything(context.number(HOST), LOCALHOST));
    }
    const filters: Filters = { first: new Map(), conflicts: new ParserConflicts(minor) };
    for (const { number, rule } of rules) {
        const required = rules
            .filter((other) => other.rule.effect === rule.effect)
            .flatMap((other) => other.rule.requires);
        for (const entry of ruleEntries(rule, number, required, filters, context)) entries.push(entry);
    }
    return {
        direction,
        rules: numbers,
        open,
        defaultDeny,
        entries:
            minor === "1.16"
                ? withAuthentication(coveredByEveryone(entries, context.rules), context.rules)
                : entries,
        conflict: filters.conflicts.conflict,
    };
}

/** What the rules of one endpoint share: filters by their text. */
interface Filters {
    readonly first: Map<string, PortSpec>;
    readonly conflicts: ParserConflicts;
}

/** An entry of its filter, so that 1.16's inheritance can be told. */
interface FilterEntry extends Entry {
    readonly filter?: string;
}

function anything(selector: number, rule: number): Entry {
    return {
        selector,
        protocol: ANY_PROTOCOL,
        from: 0,
        to: 65535,
        deny: false,
        redirect: false,
        rule,
        l7: undefined,
    };
}

/**
 * What one rule puts into the policy. In 1.16 an ingress rule with L7 that selects the host also lets it in unfiltered,
 * for kubelet probes (`createL4IngressFilter`); later a proxy outranks that entry wherever they meet.
 */
function ruleEntries(
    rule: Rule,
    number: number,
    required: readonly Rule["requires"][number][],
    filters: Filters,
    context: PolicyContext,
): FilterEntry[] {
    if (rule.peers === "none") return [];
    const selectors = rule.peers.map((peer) => withRequirements(peer, required));
    const everyone =
        selectors.length === 0 || selectors.some((selector) => selector.text === EVERYTHING.text);
    // `SelectsAllEndpoints`: one selector for everyone replaces all others of the filter.
    const peers = everyone ? [EVERYTHING] : selectors;
    const deny = rule.effect === "deny";
    const toEntry = (selector: PeerSelector, entry: Omit<Entry, "selector">): Entry => ({
        ...entry,
        selector: selector.text === EVERYTHING.text ? ANYONE : context.number(selector),
    });
    if (rule.ports === "all") {
        if (rule.peers.length === 0) return [];
        return peers.map((selector) => toEntry(selector, { ...anything(ANYONE, number), deny }));
    }
    return rule.ports.flatMap((spec): FilterEntry[] => {
        const texts = peers.map(({ text }) => text);
        filters.conflicts.add(spec, texts, deny);
        const range = portRange(spec, filters, context);
        if (range === undefined) return [];
        const redirect = spec.l7 !== undefined && !deny;
        const protocol = PROTOCOL_INDEX[spec.protocol];
        const l7 = redirect ? spec.l7?.text : undefined;
        const make = (selector: PeerSelector, proxied: boolean): FilterEntry => ({
            ...toEntry(selector, { protocol, ...range, deny, redirect: proxied, rule: number, l7 }),
            // A filter for every port of the protocol hands nothing down.
            ...(spec.number === 0 && spec.name === undefined ? {} : { filter: spec.filter }),
        });
        const host =
            redirect &&
            context.minor === "1.16" &&
            rule.direction === "ingress" &&
            !texts.includes(HOST.text);
        const unfiltered =
            host && peers.some((selector) => context.selectsHost(selector)) ? [make(HOST, false)] : [];
        return [...peers.map((selector) => make(selector, redirect)), ...unfiltered];
    });
}

/** `fromRequires` of all rules of the endpoint are added to every `fromEndpoints` (up to 1.18; later there are none). */
function withRequirements(peer: RulePeer, required: readonly Rule["requires"][number][]): PeerSelector {
    if (required.length === 0 || !peer.requirable || peer.selector.type !== "labels") return peer.selector;
    return labelSelector([...peer.selector.requirements, ...required]);
}

/**
 * Ports of a rule as numbers. Rules with equal filters share it, and the first one says which ports those are.
 * @returns undefined for a name that resolves to nothing
 */
function portRange(
    spec: PortSpec,
    filters: Filters,
    context: PolicyContext,
): { from: number; to: number } | undefined {
    const first = filters.first.get(spec.filter) ?? spec;
    filters.first.set(spec.filter, first);
    const number = first.name === undefined ? first.number : context.resolve(first.name, first.protocol);
    if (first.name !== undefined && number === 0) return undefined;
    // Port 0 is every port whatever endPort says: the policy map's key ignores the length there (facts 3.4).
    if (number === 0) return { from: 0, to: 65535 };
    return { from: number, to: Math.max(number, first.end) };
}

/**
 * 1.16 `toMapState`: in a filter with an entry for everyone, plain entries for some peers are left out, except for those
 * that ask for authentication, which take on the redirect of the entry for everyone.
 */
function coveredByEveryone(entries: readonly FilterEntry[], rules: readonly Rule[]): Entry[] {
    const redirects = new Map<string, boolean>();
    for (const { filter, selector, deny, redirect } of entries) {
        if (filter === undefined || selector !== ANYONE || deny) continue;
        redirects.set(filter, redirect || redirects.get(filter) === true);
    }
    return entries.flatMap((entry): Entry[] => {
        const redirect = entry.filter === undefined ? undefined : redirects.get(entry.filter);
        if (redirect === undefined || entry.selector === ANYONE || entry.deny || entry.redirect)
            return [entry];
        return rules[entry.rule]?.authenticated === true ? [{ ...entry, redirect }] : [];
    });
}

/**
 * 1.16 `authPreferredInsert`: where any rule of the direction asks for authentication, every peer with an explicit type
 * of its own on all ports (the own node always has one) gets a copy of each entry for everyone, without its proxy.
 */
function withAuthentication(entries: readonly Entry[], rules: readonly Rule[]): Entry[] {
    const authenticated = ({ rule }: Entry): boolean => rules[rule]?.authenticated === true;
    if (!entries.some(authenticated)) return [...entries];
    const explicit = entries.filter(
        (entry) =>
            entry.protocol === ANY_PROTOCOL &&
            !entry.deny &&
            (entry.rule === LOCALHOST || authenticated(entry)),
    );
    if (explicit.some(({ selector }) => selector === ANYONE)) return [...entries];
    const copies = entries
        .filter((entry) => entry.selector === ANYONE && entry.redirect && !authenticated(entry))
        .flatMap((entry) =>
            explicit.map(({ selector }) => ({ ...entry, selector, redirect: false, l7: undefined })),
        );
    return [...entries, ...copies];
}
