import { changedRules, type ChangedRules } from "./changed-rules";
import { entriesBetween, reference } from "./explain";
import { jointClasses, type JointClass } from "./joint-classes";
import type { Model } from "./model";
import {
    codeAt,
    DEFAULT_DENY,
    DENY,
    DEPENDS,
    mergeSegments,
    REASONS,
    verdictName,
    type Code,
    type Segments,
} from "./port-verdicts";
import { modelOf } from "./registry";
import {
    PROTOCOLS,
    type Connection,
    type PortRange,
    type Protocol,
    type Reachability,
    type RuleReference,
} from "./types";
import { ingressVerdicts, overall } from "./verdicts";

/** One end of a difference: endpoints that neither state tells apart. */
export interface DiffEnd {
    /** The first member. */
    readonly id: string;
    /** Endpoint ids, a reserved name, `cidr:…` or `fqdn:…`. */
    readonly members: readonly string[];
    readonly type: JointClass["type"];
    /** Namespaces of the members; empty for ends that are no pods. */
    readonly namespaces: readonly string[];
}

type DiffVerdict = Connection["verdict"] | "deny";

/** Ports of one protocol between two ends whose verdict is not what it was. */
export interface DiffConnection {
    readonly from: DiffEnd;
    readonly to: DiffEnd;
    readonly protocol: Protocol;
    readonly ports: readonly PortRange[];
    readonly before: DiffVerdict;
    readonly after: DiffVerdict;
    /** Why the undecided one of the two depends. */
    readonly reason?: string | undefined;
    /** Index into {@link ReachabilityDiff.causes}. */
    readonly cause: number;
}

/** What a group of differences comes from. No rule at all: the workloads themselves changed. */
export interface DiffCause {
    /** Rules that only the state before has. */
    readonly removed: readonly RuleReference[];
    /** Rules that only the state after has. */
    readonly added: readonly RuleReference[];
}

/** What differs between two states, most dangerous first: world, then kube-system, then the rest. */
export interface ReachabilityDiff {
    /** Denied before, allowed or undecided after. */
    readonly opened: readonly DiffConnection[];
    readonly closed: readonly DiffConnection[];
    /** Neither denied before nor after, but otherwise: a proxy came or went, or it depends now. */
    readonly changed: readonly DiffConnection[];
    readonly causes: readonly DiffCause[];
    /** Endpoint ids that only one state has; their connections count as opened or closed. */
    readonly added: readonly string[];
    readonly removed: readonly string[];
}

/** Compares two states. Endpoints are matched by id, so a changed label shows as changed connections. */
export function diffReachability(base: Reachability, head: Reachability): ReachabilityDiff {
    return new Comparison(modelOf(base), modelOf(head)).run();
}

const NOTHING = -1;

class Comparison {
    private readonly rules: ChangedRules;
    private readonly causes: DiffCause[] = [];
    private readonly causeNumbers = new Map<string, number>();
    private readonly differences = new Map<number, readonly Difference[]>();
    private readonly found: Record<"opened" | "closed" | "changed", DiffConnection[]> = {
        opened: [],
        closed: [],
        changed: [],
    };

    constructor(
        private readonly base: Model,
        private readonly head: Model,
    ) {
        this.rules = changedRules(base.translation.rules, head.translation.rules);
    }

    run(): ReachabilityDiff {
        const joint = jointClasses(this.base, this.head);
        const ends = joint.map(({ members, type, namespaces }): DiffEnd => ({
            id: members[0]!,
            members,
            type,
            namespaces,
        }));
        joint.forEach((from, i) => {
            if (from.type === "fqdn") return;
            joint.forEach((to, j) => this.compare(from, to, ends[i]!, ends[j]!));
        });
        const known = (model: Model): Set<string> => new Set(model.identities.byEndpoint.keys());
        const [before, after] = [known(this.base), known(this.head)];
        return {
            opened: this.found.opened.sort(byDanger),
            closed: this.found.closed.sort(byDanger),
            changed: this.found.changed.sort(byDanger),
            causes: this.causes,
            added: [...after].filter((id) => !before.has(id)),
            removed: [...before].filter((id) => !after.has(id)),
        };
    }

    private compare(from: JointClass, to: JointClass, source: DiffEnd, destination: DiffEnd): void {
        const before = verdictsBetween(this.base, from.base, to.base);
        const after = verdictsBetween(this.head, from.head, to.head);
        // Each table keeps one copy of equal verdicts, so a pair of numbers is compared once.
        const key = (before + 1) * 2 ** 26 + after + 1;
        let differences = this.differences.get(key);
        if (differences === undefined) {
            differences = compareVerdicts(segmentsOf(this.base, before), segmentsOf(this.head, after));
            this.differences.set(key, differences);
        }
        for (const { kind, ...difference } of differences) {
            const cause = this.causeOf(from, to, difference);
            this.found[kind].push({ from: source, to: destination, ...difference, cause });
        }
    }

    private causeOf(from: JointClass, to: JointClass, difference: Omit<Difference, "kind">): number {
        const removed = decisiveRules(this.base, from.base, to.base, difference, this.rules.removed);
        const added = decisiveRules(this.head, from.head, to.head, difference, this.rules.added);
        const key = `${removed.join(",")} ${added.join(",")}`;
        const known = this.causeNumbers.get(key);
        if (known !== undefined) return known;
        const number = this.causes.push({
            removed: removed.map((rule) => reference(this.base, rule)),
            added: added.map((rule) => reference(this.head, rule)),
        });
        this.causeNumbers.set(key, number - 1);
        return number - 1;
    }
}

interface Difference extends Omit<DiffConnection, "from" | "to" | "cause"> {
    readonly kind: "opened" | "closed" | "changed";
}

function verdictsBetween(model: Model, from: number | undefined, to: number | undefined): number {
    if (from === undefined || to === undefined) return NOTHING;
    if (!model.isPoliced(from) && !model.isPoliced(to)) return 0;
    const out = model.isPoliced(from) ? model.table(from, "egress")[to]! : 0;
    const into = model.isPoliced(to) ? ingressVerdicts(model, from, to) : 0;
    return model.verdicts.merge(out, into, 0, overall);
}

const DENIED: readonly Segments[] = PROTOCOLS.map(() => ({ ends: [65535], codes: [DEFAULT_DENY] }));

function segmentsOf(model: Model, number: number): readonly Segments[] {
    return number === NOTHING ? DENIED : model.verdicts.get(number).protocols;
}

/** Verdicts of both states in one number, so that equal changes of neighbouring ports are one range. */
const PAIR = 16;

function compareVerdicts(before: readonly Segments[], after: readonly Segments[]): Difference[] {
    return PROTOCOLS.flatMap((protocol, index): Difference[] => {
        const own = before[index]!;
        const pairs = mergeSegments(own, after[index]!, (a, b) => plain(a) * PAIR + plain(b));
        const ranges = new Map<number, PortRange[]>();
        pairs.codes.forEach((pair, i) => {
            if (Math.floor(pair / PAIR) === pair % PAIR) return;
            const range = { from: i === 0 ? 0 : pairs.ends[i - 1]! + 1, to: pairs.ends[i]! };
            const list = ranges.get(pair);
            if (list === undefined) ranges.set(pair, [range]);
            else list.push(range);
        });
        return [...ranges].map(([pair, ports]): Difference => {
            const [a, b] = [Math.floor(pair / PAIR), pair % PAIR];
            const reason = REASONS[Math.max(a, b) - DEPENDS];
            return {
                kind: a === DEFAULT_DENY ? "opened" : b === DEFAULT_DENY ? "closed" : "changed",
                protocol,
                ports,
                before: verdictOf(a),
                after: verdictOf(b),
                ...(reason === undefined ? {} : { reason }),
            };
        });
    });
}

/** To the outside it does not matter whether a rule denies or none allows. */
function plain(code: Code): Code {
    return code === DENY ? DEFAULT_DENY : code;
}

function verdictOf(code: Code): DiffVerdict {
    return code === DEFAULT_DENY ? "deny" : (verdictName(code) as DiffVerdict);
}

/**
 * Changed rules that have to do with a difference: those for this peer and these ports, else those that switch default
 * deny on for an end whose direction they cover.
 */
function decisiveRules(
    model: Model,
    from: number | undefined,
    to: number | undefined,
    difference: Omit<Difference, "kind">,
    changed: ReadonlySet<number>,
): number[] {
    if (from === undefined || to === undefined || changed.size === 0) return [];
    const protocol = PROTOCOLS.indexOf(difference.protocol);
    const found = new Set<number>();
    const ends = [
        [from, to, "egress"],
        [to, from, "ingress"],
    ] as const;
    for (const [own, peer, direction] of ends) {
        if (!model.isPoliced(own)) continue;
        const policy = model.policyOf(own, direction);
        const direct = entriesBetween(model, policy, peer, protocol, difference.ports)
            .map(({ rule }) => rule)
            .filter((rule) => changed.has(rule));
        const number = model.table(own, direction)[peer]!;
        const blocks = difference.ports.some(
            ({ from: port }) =>
                codeAt(model.verdicts.get(number).protocols[protocol]!, port) === DEFAULT_DENY,
        );
        const switches = blocks ? policy.defaultDeny.filter((rule) => changed.has(rule)) : [];
        for (const rule of [...direct, ...switches]) found.add(rule);
    }
    return [...found].sort((a, b) => a - b);
}

function byDanger(a: DiffConnection, b: DiffConnection): number {
    return danger(a) - danger(b) || a.cause - b.cause;
}

function danger({ from, to }: DiffConnection): number {
    const outside = (end: DiffEnd): boolean =>
        end.type === "cidr" || end.type === "fqdn" || end.id === "world";
    if (outside(from) || outside(to)) return 0;
    return [from, to].some(({ namespaces }) => namespaces.includes("kube-system")) ? 1 : 2;
}
