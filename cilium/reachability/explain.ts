import type { ManifestDocument } from "../manifest/document";
import { ANY_PROTOCOL, LOCALHOST, PROTOCOL_INDEX, type Entry } from "./entries";
import type { Model } from "./model";
import { codeAt, DEPENDS, REASONS, verdictName } from "./port-verdicts";
import type { Policy } from "./policies";
import {
    PROTOCOLS,
    type Connection,
    type Explanation,
    type OverallVerdict,
    type Peer,
    type PortRange,
    type Protocol,
    type RuleReference,
    type SideExplanation,
    type SideVerdict,
} from "./types";
import { ingressVerdicts, overall } from "./verdicts";

/** The verdict of both ends of one flow, and what it comes from. */
export function explain(model: Model, from: Peer, to: Peer, protocol: Protocol, port: number): Explanation {
    const source = model.resolve(from);
    const destination = model.resolve(to);
    if (source === undefined || destination === undefined) {
        const unknown = source === undefined ? from : to;
        throw new RangeError(`unknown endpoint ${JSON.stringify(Object.values(unknown)[0])}`);
    }
    const flow = { protocol: PROTOCOL_INDEX[protocol], port };
    const at = (number: number): number => codeAt(model.verdicts.get(number).protocols[flow.protocol]!, port);
    const out = source.policed ? at(model.table(source.index, "egress")[destination.index]!) : undefined;
    const into = destination.policed
        ? at(ingressVerdicts(model, source.index, destination.index))
        : undefined;
    const both = overall(out ?? 1, into ?? 1);
    const reason = REASONS[both - DEPENDS];
    const side = (
        own: number,
        peer: number,
        direction: "egress" | "ingress",
        code: number | undefined,
    ): SideExplanation =>
        code === undefined
            ? { direction, verdict: "n/a", selectedBy: [], defaultDeny: [], deciding: [] }
            : explainSide(model, model.policyOf(own, direction), peer, flow, verdictName(code));
    const { rules } = model.translation;
    const sides = [
        side(source.index, destination.index, "egress", out),
        side(destination.index, source.index, "ingress", into),
    ];
    const involved = new Set(sides.flatMap(({ selectedBy }) => selectedBy));
    return {
        from: nameOf(from),
        to: nameOf(to),
        protocol,
        port,
        egress: sides[0]!.verdict,
        ingress: sides[1]!.verdict,
        overall: both === 0 ? "deny" : (verdictName(both) as OverallVerdict),
        ...(reason === undefined ? {} : { reason }),
        sides,
        notEvaluated: rules.some(({ document }) => involved.has(document))
            ? model.translation.notEvaluated
            : [],
    };
}

function nameOf(peer: Peer): string {
    if ("endpoint" in peer) return peer.endpoint;
    if ("reserved" in peer) return peer.reserved;
    return "address" in peer ? peer.address : `fqdn:${peer.fqdn}`;
}

interface Flow {
    readonly protocol: number;
    readonly port: number;
}

function explainSide(
    model: Model,
    policy: Policy,
    peer: number,
    flow: Flow,
    verdict: SideVerdict,
): SideExplanation {
    const { rules } = model.translation;
    const covering = coveringEntries(model, policy, peer, flow);
    const denies = covering.filter(({ deny }) => deny);
    const allows = covering.filter(({ deny }) => !deny);
    const decisive = denies.length > 0 ? denies : allows;
    const sorted = [...decisive].sort((a, b) => Number(b.redirect) - Number(a.redirect));
    const selectedBy = [...new Set(policy.rules.map((number) => rules[number]!.document))];
    const flip = flipOf(model, policy, verdict, denies, allows);
    return {
        direction: policy.direction,
        verdict,
        selectedBy,
        defaultDeny: policy.defaultDeny.map((number) => reference(model, number, "default")),
        deciding: unique(sorted.filter(({ rule }) => rule >= 0).map((entry) => entryReference(model, entry))),
        ...(flip === undefined ? {} : { flip }),
    };
}

function coveringEntries(model: Model, policy: Policy, peer: number, { protocol, port }: Flow): Entry[] {
    return entriesBetween(model, policy, peer, protocol, [{ from: port, to: port }]);
}

/** Entries of a policy about a peer, one protocol, and any of these ports. */
export function entriesBetween(
    model: Model,
    policy: Policy,
    peer: number,
    protocol: number,
    ports: readonly PortRange[],
): Entry[] {
    const peers = model.identityOf(peer).hostNetwork ? [model.host, model.remote] : [peer];
    return policy.entries.filter(
        (entry) =>
            (entry.protocol === ANY_PROTOCOL || entry.protocol === protocol) &&
            ports.some(({ from, to }) => entry.from <= to && from <= entry.to) &&
            peers.some((index) => model.tables.applies(entry, index) !== false),
    );
}

/** A rule by its number, for people: its place in its file. */
export function reference(
    model: Model,
    number: number,
    effect: RuleReference["effect"] = model.translation.rules[number]!.effect,
    l7?: string,
): RuleReference {
    const { document, path } = model.translation.rules[number]!;
    return {
        document,
        path,
        effect,
        ...(l7 === undefined ? {} : { l7 }),
        get position() {
            return document.locate(path);
        },
    };
}

function entryReference(model: Model, entry: Entry): RuleReference {
    return reference(model, entry.rule, entry.deny ? "deny" : "allow", entry.l7);
}

function unique(references: readonly RuleReference[]): RuleReference[] {
    const seen = new Map<string, RuleReference>();
    const numbers = new Map<ManifestDocument, number>();
    for (const item of references) {
        const number = numbers.get(item.document) ?? numbers.size;
        numbers.set(item.document, number);
        seen.set(`${number} ${item.path.join(".")} ${item.effect} ${item.l7 ?? ""}`, item);
    }
    return [...seen.values()];
}

/** The smallest change that would turn this side around, in words. */
function flipOf(
    model: Model,
    policy: Policy,
    verdict: SideVerdict,
    denies: readonly Entry[],
    allows: readonly Entry[],
): string | undefined {
    const title = (number: number): string => {
        const { document, path } = model.translation.rules[number]!;
        const name =
            document.namespace === undefined ? document.name : `${document.namespace}/${document.name}`;
        return `${name} ${path.filter((step) => typeof step === "string" || typeof step === "number").join(".")}`;
    };
    const numbers = (entries: readonly Entry[]): number[] => [...new Set(entries.map(({ rule }) => rule))];
    if (verdict === "deny") {
        const texts = numbers(denies).map(title);
        return `take this peer and port out of ${texts.join(" and ")}${allows.length === 0 ? ", and allow it" : ""}`;
    }
    if (verdict === "default-deny") {
        return `add a rule that allows this peer and port to a policy that selects the endpoint`;
    }
    if (verdict !== "allow" && verdict !== "redirect") return undefined;
    if (policy.open) return "add a policy that selects the endpoint and does not allow this peer and port";
    const rules = numbers(allows);
    if (rules.includes(LOCALHOST))
        return "add a deny rule for the host entity; the own node is let in by default";
    if (policy.defaultDeny.length === 0)
        return "add a deny rule, or let one of the policies switch default deny on";
    return `take this peer and port out of ${rules
        .filter((number) => number >= 0)
        .map(title)
        .join(" and ")}`;
}

/** The rules that let any port of a connection through, at either end. */
export function rulesOf(model: Model, connection: Connection): RuleReference[] {
    const from = model.classes.byId.get(connection.from);
    const to = model.classes.byId.get(connection.to);
    if (from === undefined || to === undefined) return [];
    const protocol = PROTOCOLS.indexOf(connection.protocol);
    const ends = [
        [from, to, "egress"],
        [to, from, "ingress"],
    ] as const;
    return ends.flatMap(([own, peer, direction]) => {
        if (!model.isPoliced(own)) return [];
        const policy = model.policyOf(own, direction);
        const entries = entriesBetween(model, policy, peer, protocol, connection.ports).filter(
            ({ deny, rule }) => !deny && rule >= 0,
        );
        return unique(entries.map((entry) => entryReference(model, entry)));
    });
}
