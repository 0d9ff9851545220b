import type { Reachability, SideVerdict } from "../../reachability/types";
import { ciliumRules } from "../../semantics/cilium-policy";
import type { Rule } from "../../semantics/rules";
import { POD_NAMESPACE } from "../../semantics/labels";
import { problem } from "../codes/problem";
import type { CheckContext } from "../context";
import { populationOf, type Pod } from "../population";
import type { Placed } from "./placed";

/** Pairs that are tried for one rule; classes of equal pods come first, so that more would rarely tell more. */
const PAIRS = 64;

/**
 * L49: a rule that names its peers by label and of which nothing works, because every one of those peers denies its own
 * side by default. A rule that works for some is left alone: wide rules are meant to cover more than there is.
 */
export function* oneSided(model: Reachability, context: CheckContext): Iterable<Placed> {
    const population = populationOf(context);
    if (population === undefined) return;
    for (const { document } of context.policies) {
        const scope = {
            minor: context.minor,
            dualStack: context.cluster.dualStack === true,
            mode: "product" as const,
            services: context.services ?? [],
            groups: [],
        };
        for (const rule of ciliumRules(document, document.value, scope).rules) {
            if (rule.effect === "deny" || rule.peers === "none" || rule.ports === "all" || !named(rule))
                continue;
            const port = rule.ports.find(({ name, number }) => name === undefined && number > 0);
            if (port === undefined) continue;
            const subjects = distinct(model, population.select(rule.subject));
            const peers = distinct(
                model,
                rule.peers.flatMap(({ selector }) =>
                    selector.type === "labels" ? population.select(selector) : [],
                ),
            );
            const pairs = subjects
                .flatMap((subject) => peers.map((peer) => [subject, peer] as const))
                .slice(0, PAIRS);
            const [first] = pairs;
            if (first === undefined) continue;
            const other = (pair: readonly [Pod, Pod]): SideVerdict => {
                const [subject, peer] = pair.map(({ endpoint }) => ({ endpoint: endpoint.id })) as [
                    { endpoint: string },
                    { endpoint: string },
                ];
                const [from, to] = rule.direction === "egress" ? [subject, peer] : [peer, subject];
                const verdict = model.query(from, to, port.protocol, port.number);
                return rule.direction === "egress" ? verdict.ingress : verdict.egress;
            };
            if (!pairs.every((pair) => other(pair) === "default-deny")) continue;
            const [subject, peer] = first.map(({ endpoint }) => endpoint.id) as [string, string];
            const flow = `${port.number}/${port.protocol}`;
            yield {
                document,
                problem: problem(
                    "L49",
                    rule.path,
                    rule.direction === "egress"
                        ? `${subject} may send to ${peer} on ${flow}, but ingress of ${peer} is denied by default and nothing lets ${subject} in`
                        : `${peer} may come in to ${subject} on ${flow}, but egress of ${peer} is denied by default and nothing lets it out to there`,
                ),
            };
        }
    }
}

/** All peers are pods given by some label beside their namespace. */
function named(rule: Rule): boolean {
    return (
        rule.peers !== "none" &&
        rule.peers.length > 0 &&
        rule.peers.every(
            ({ selector }) =>
                selector.type === "labels" &&
                selector.requirements.some(
                    ({ key, operator, source }) =>
                        operator === "In" && key !== POD_NAMESPACE && source !== "reserved",
                ),
        )
    );
}

/** One pod of each class of pods that policies cannot tell apart. */
function distinct(model: Reachability, pods: readonly Pod[]): readonly Pod[] {
    const seen = new Set<string>();
    return pods.filter(({ endpoint }) => {
        const id = model.classOf(endpoint.id)?.id;
        if (endpoint.hostNetwork || id === undefined || seen.has(id)) return false;
        seen.add(id);
        return true;
    });
}
