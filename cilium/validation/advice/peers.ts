import type { JsonValue } from "../../manifest/document";
import { problem } from "../codes/problem";
import type { CheckContext } from "../context";
import type { Problem } from "../finding";
import {
    OPEN_WHEN_EMPTY,
    conjunction,
    hasUnknownKey,
    list,
    namedPeers,
    peerKeys,
    peerSelectors,
    portNames,
    requirements,
    rulesOf,
    strings,
    type PolicyView,
    type RuleView,
} from "../policy-view";
import { coveringSpecs } from "../subjects";
import { METADATA_ADDRESS, reachesAddress, deniesAddress } from "./metadata";

/** L03, L33, L38, L39, L40, L55: who a rule is about. */
export function advisePeers(policy: PolicyView, context: CheckContext): readonly Problem[] {
    return rulesOf(policy).flatMap((rule) => [
        ...emptyPeers(rule),
        ...clusterwideBlank(rule),
        ...portsWithoutPeers(rule),
        ...wideEntities(rule),
        ...metadataOpen(rule, context),
        ...removedRequirements(rule),
        ...deniesOwnNode(rule),
    ]);
}

/** `port 443/TCP is` or `ports 80 and 443 are`; `every port is` where a rule names none. */
function portsAre(rule: RuleView): string {
    const names = portNames(rule);
    if (names === "") return list(rule.value["icmps"]).length > 0 ? "the ICMP types are" : "every port is";
    return `${names} ${/ and |^ports/.test(names) ? "are" : "is"}`;
}

/** What a rule without any restriction of its peers does, as a clause. */
export function openToEveryone(rule: RuleView): string {
    const everyone =
        rule.direction === "egress"
            ? "to every destination, the internet included"
            : "to everyone: every pod, every node and the internet";
    return `${portsAre(rule)} ${rule.deny ? "denied" : "open"} ${everyone}`;
}

function restrictsPorts(rule: RuleView): boolean {
    return list(rule.value["toPorts"]).length > 0 || list(rule.value["icmps"]).length > 0;
}

function* emptyPeers(rule: RuleView): Iterable<Problem> {
    const others = namedPeers(rule);
    for (const key of peerKeys(rule)) {
        const value = rule.value[key];
        if (value !== null && !(Array.isArray(value) && value.length === 0)) continue;
        const text = value === null ? `\`${key}:\` without a value` : `\`${key}: []\``;
        const blockedBy = peerKeys(rule).filter(
            (other) => isEmpty(rule.value[other]) && !OPEN_WHEN_EMPTY.has(other),
        );
        const open = value === null || OPEN_WHEN_EMPTY.has(key);
        const path = [...rule.path, key];
        if (open && others.length > 0) {
            yield problem("L03", path, `${text} names no one and is ignored beside ${conjunction(others)}`);
        } else if (open && blockedBy.length === 0 && restrictsPorts(rule)) {
            yield problem("L03", path, `${text} names no one, so ${openToEveryone(rule)}`, {
                why:
                    value === null
                        ? "A key with `null` counts as left out, and a rule that names ports and no peers is about everyone."
                        : `Cilium reads an empty ${key} as no restriction, not as no one: the rule is left with its ports and without peers, and that is about everyone.`,
                fix:
                    "name the peers, or take the whole rule out while there are none" +
                    (rule.deny ? "" : "; to deny by default write an empty rule `{}`"),
            });
        } else {
            const effect = rule.deny ? "denies" : "allows";
            yield problem(
                "L03",
                path,
                others.length > 0
                    ? `${text} selects no one, and with it the whole rule: it ${effect} nothing, whatever ${conjunction(others)} names`
                    : `${text} selects no one: this rule ${effect} nothing`,
            );
        }
    }
}

function isEmpty(value: JsonValue | undefined): boolean {
    return Array.isArray(value) && value.length === 0;
}

function* clusterwideBlank(rule: RuleView): Iterable<Problem> {
    if (!rule.spec.policy.clusterwide || rule.deny) return;
    for (const selector of peerSelectors(rule)) {
        if (Object.keys(selector.value).length > 0 && requirements(selector).length > 0) continue;
        const way =
            rule.direction === "ingress"
                ? "every pod of the cluster may come in"
                : "every pod of the cluster may be reached";
        yield problem("L33", selector.path, `\`{}\` in a clusterwide policy is not one namespace: ${way}`);
    }
}

function* portsWithoutPeers(rule: RuleView): Iterable<Problem> {
    if (rule.deny || peerKeys(rule).length > 0 || hasUnknownKey(rule)) return;
    if (!restrictsPorts(rule)) return;
    const key = list(rule.value["toPorts"]).length > 0 ? "toPorts" : "icmps";
    yield problem("L38", [...rule.path, key], `this rule names no peers: ${openToEveryone(rule)}`, {
        part: "key",
    });
}

function* wideEntities(rule: RuleView): Iterable<Problem> {
    if (rule.deny) return;
    const key = rule.direction === "ingress" ? "fromEntities" : "toEntities";
    for (const [entity, index] of strings(rule.value[key])) {
        if (entity !== "cluster") continue;
        yield problem(
            "L39",
            [...rule.path, key, index],
            "`cluster` is more than the pods of the cluster: it also holds every node with its hostNetwork pods, and the API server",
        );
    }
}

function* metadataOpen(rule: RuleView, context: CheckContext): Iterable<Problem> {
    if (rule.deny || rule.direction !== "egress") return;
    const place = reachesAddress(rule, METADATA_ADDRESS, 80);
    if (place === undefined) return;
    const denied = coveringSpecs(rule.spec, context).some((spec) =>
        spec.rules.some((other) => deniesAddress(other, METADATA_ADDRESS, 80)),
    );
    if (denied) return;
    yield problem(
        "L40",
        place.path,
        `${place.text} includes ${METADATA_ADDRESS}: these pods can ask Azure's metadata service for tokens of the node's identity`,
    );
}

function* removedRequirements(rule: RuleView): Iterable<Problem> {
    for (const key of ["fromRequires", "toRequires"]) {
        if (list(rule.value[key]).length === 0) continue;
        const others = namedPeers(rule).filter((other) => other !== key);
        yield problem(
            "L55",
            [...rule.path, key],
            others.length === 0 && restrictsPorts(rule)
                ? `${key} names no one who may talk, so ${openToEveryone(rule)}; Cilium 1.19 cannot read the policy at all`
                : `${key} allows no one by itself, and Cilium 1.19 cannot read a policy that has it`,
            { part: "key" },
        );
    }
}

/** Kubelet probes come from the own node, which only a deny rule keeps out (facts 3.11). */
function* deniesOwnNode(rule: RuleView): Iterable<Problem> {
    if (!rule.deny || rule.direction !== "ingress") return;
    const effect = `${portsAre(rule)} denied to the own node too: kubelet probes fail, and so do hostNetwork pods there`;
    for (const [entity, index] of strings(rule.value["fromEntities"])) {
        if (!["all", "host", "cluster"].includes(entity)) continue;
        yield problem(
            "L61",
            [...rule.path, "fromEntities", index],
            `the entity ${entity} holds the node: ${effect}`,
        );
    }
    if (peerKeys(rule).length > 0 || !restrictsPorts(rule) || hasUnknownKey(rule)) return;
    yield problem("L61", rule.path, `this deny rule names no peers: ${effect}`);
}
