import { admitAsCluster } from "./admission";
import { connections } from "./connections";
import { PROTOCOL_INDEX } from "./entries";
import { explain, rulesOf } from "./explain";
import { Model, type End } from "./model";
import { ALLOW, codeAt, DEFAULT_DENY, DEPENDS, REASONS, verdictName, type Code } from "./port-verdicts";
import { register } from "./registry";
import type { Admission } from "./translate";
import type {
    EndpointClass,
    OverallVerdict,
    Peer,
    Protocol,
    Reachability,
    ReachabilityInput,
    SideVerdict,
    Verdict,
} from "./types";
import { ingressVerdicts, overall } from "./verdicts";

export { admitAll, admitAsCluster } from "./admission";
export { evaluateExpectations, readExpectations } from "./expectations";
export type {
    Expectation,
    ExpectationFailure,
    ExpectationProblem,
    ExpectationResult,
    ExpectedPorts,
} from "./expectations";
export { findExposure } from "./exposure";
export type { Exposure } from "./exposure";
export { diffReachability } from "./diff";
export type { DiffCause, DiffConnection, DiffEnd, ReachabilityDiff } from "./diff";
export type { Admission } from "./translate";

/**
 * Builds the model: who can reach whom, exactly as Cilium decides it.
 * @param admit what of each document the API server stores and Cilium takes; see {@link Admission}
 * @throws RangeError from queries that name an endpoint the model does not know
 */
export function buildReachability(
    input: ReachabilityInput,
    admit: Admission = admitAsCluster(input.minor),
): Reachability {
    const model = new Model(input, admit);
    const { classes, translation } = model;
    const reachability: Reachability = {
        minor: input.minor,
        classes: classes.list.filter(({ id }) => id !== "fqdn:"),
        classOf: (name) => classOf(model, name),
        query: (from, to, protocol, port) => query(model, from, to, protocol, port),
        connections: () => ({ [Symbol.iterator]: () => connections(model) }),
        explain: (from, to, protocol, port) => explain(model, from, to, protocol, port),
        boundaries: (protocol, range) => model.boundaries(PROTOCOL_INDEX[protocol], range),
        rules: (connection) => rulesOf(model, connection),
        refused: translation.refused,
        notEvaluated: translation.notEvaluated,
    };
    register(reachability, model);
    return reachability;
}

/** Asks about one flow; a range of addresses that rules cut into parts depends on the part if they differ. */
function query(model: Model, from: Peer, to: Peer, protocol: Protocol, port: number): Verdict {
    const index = PROTOCOL_INDEX[protocol];
    if ("endpoint" in from && "endpoint" in to) {
        const [source, destination] = [model.resolve(from), model.resolve(to)];
        if (source !== undefined && destination !== undefined)
            return decide(model, source, destination, index, port);
    }
    const sources = endsOf(model, from);
    const destinations = endsOf(model, to);
    const first = decide(model, sources[0]!, destinations[0]!, index, port);
    if (sources.length === 1 && destinations.length === 1) return first;
    const verdicts = sources.flatMap((source) =>
        destinations.map((end) => decide(model, source, end, index, port)),
    );
    const same = verdicts.every(
        ({ overall: verdict }) => (verdict === "deny") === (first.overall === "deny"),
    );
    return same ? first : { egress: "depends", ingress: "depends", overall: "depends", reason: PARTS };
}

const PARTS = "rules treat parts of this range of addresses differently";

/** @throws RangeError for an unknown end */
function endsOf(model: Model, peer: Peer): readonly End[] {
    const ends = model.resolveAll(peer);
    if (ends === undefined)
        throw new RangeError(`unknown endpoint ${JSON.stringify(Object.values(peer)[0])}`);
    return ends;
}

function decide(model: Model, source: End, destination: End, protocol: number, port: number): Verdict {
    const code = (number: number): Code => codeAt(model.verdicts.get(number).protocols[protocol]!, port);
    const out = source.policed ? code(model.table(source.index, "egress")[destination.index]!) : NOT_POLICED;
    const into = destination.policed
        ? code(ingressVerdicts(model, source.index, destination.index))
        : NOT_POLICED;
    return VERDICTS[out]![into]!;
}

/** Stands beside the codes for an end that has no policy of its own. */
const NOT_POLICED = DEPENDS + REASONS.length;

/** One answer for every pair of codes. */
const VERDICTS: readonly (readonly Verdict[])[] = Array.from({ length: NOT_POLICED + 1 }, (_, out) =>
    Array.from({ length: NOT_POLICED + 1 }, (_unused, into) => verdictOf(out, into)),
);

function verdictOf(out: Code, into: Code): Verdict {
    const side = (code: Code): SideVerdict => (code === NOT_POLICED ? "n/a" : verdictName(code));
    const both = overall(out === NOT_POLICED ? ALLOW : out, into === NOT_POLICED ? ALLOW : into);
    const reason = REASONS[both - DEPENDS];
    return Object.freeze({
        egress: side(out),
        ingress: side(into),
        overall: both === DEFAULT_DENY ? "deny" : (verdictName(both) as OverallVerdict),
        ...(reason === undefined ? {} : { reason }),
    });
}

function classOf(model: Model, name: string): EndpointClass | undefined {
    const { classes } = model;
    const direct = classes.byId.get(name);
    if (direct !== undefined) return classes.list[direct];
    const end =
        model.resolve({ endpoint: name }) ??
        (name.startsWith("fqdn:") ? model.resolve({ fqdn: name.slice("fqdn:".length) }) : undefined) ??
        model.resolve({ reserved: name as never }) ??
        model.resolve({ address: name.replace(/^cidr:/, "") });
    return end === undefined ? undefined : classes.list[end.index];
}
