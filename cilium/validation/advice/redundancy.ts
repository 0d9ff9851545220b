import type { JsonValue } from "../../manifest/document";
import { problem } from "../codes/problem";
import type { Problem } from "../finding";
import {
    list,
    objects,
    peerKeys,
    portRules,
    portsOf,
    string,
    type PolicyView,
    type RuleView,
    type SpecView,
} from "../policy-view";

/** Entries a pod's policy map holds on AKS (`bpf-policy-map-max`, facts: aks.md 1.4). */
const POLICY_MAP = 16384;

/** L50 and L56: rules that change nothing, and rules that are too many. Both are info. */
export function adviseRedundancy(policy: PolicyView): readonly Problem[] {
    return policy.specs.flatMap((spec) => [...shadowed(spec), ...mapPressure(spec)]);
}

function* shadowed(spec: SpecView): Iterable<Problem> {
    for (const [index, rule] of spec.rules.entries()) {
        if (peerKeys(rule).length === 0 || filtered(rule)) continue;
        const cause = spec.rules.find(
            (other, at) =>
                other !== rule &&
                other.direction === rule.direction &&
                (other.deny || !rule.deny) &&
                !filtered(other) &&
                includesPeers(other, rule) &&
                includesPorts(other, rule) &&
                // Of two equal rules the second is the one too many.
                (at < index ||
                    other.deny !== rule.deny ||
                    !(includesPeers(rule, other) && includesPorts(rule, other))),
        );
        if (cause === undefined) continue;
        const where = `${cause.section}[${String(cause.path.at(-1))}]`;
        yield problem(
            "L50",
            rule.path,
            cause.deny && !rule.deny
                ? `everything this rule allows is denied by ${where}`
                : `${where} ${rule.deny ? "denies" : "allows"} all of this already`,
        );
    }
}

function filtered(rule: RuleView): boolean {
    return (
        portRules(rule).some(([portRule]) => "rules" in portRule || "listener" in portRule) ||
        "authentication" in rule.value
    );
}

function includesPeers(outer: RuleView, inner: RuleView): boolean {
    const [outerKeys, innerKeys] = [peerKeys(outer), peerKeys(inner)];
    return (
        outerKeys.length > 0 &&
        innerKeys.every((key) => outerKeys.includes(key)) &&
        innerKeys.every((key) => {
            const items = new Set(list(outer.value[key]).map(text));
            const wanted = list(inner.value[key]);
            return wanted.length > 0 && wanted.every((item) => items.has(text(item)));
        }) &&
        outerKeys.every((key) => list(outer.value[key]).length > 0)
    );
}

function includesPorts(outer: RuleView, inner: RuleView): boolean {
    const unrestricted = (rule: RuleView): boolean =>
        list(rule.value["toPorts"]).length + list(rule.value["icmps"]).length === 0;
    if (unrestricted(outer)) return true;
    if (unrestricted(inner) || list(inner.value["icmps"]).length > 0) return false;
    const known = portsOf(outer).map(({ value }) => value);
    return portsOf(inner).every(({ value }) => known.some((other) => text(other) === text(value)));
}

function text(value: JsonValue): string {
    if (typeof value !== "object" || value === null) return JSON.stringify(value);
    if (Array.isArray(value)) return `[${value.map(text).join(",")}]`;
    const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${entries.map(([key, each]) => `${key}:${text(each)}`).join(",")}}`;
}

function* mapPressure(spec: SpecView): Iterable<Problem> {
    const entries = spec.rules.reduce((sum, rule) => sum + estimate(rule), 0);
    if (entries <= POLICY_MAP) return;
    yield problem(
        "L56",
        spec.path,
        `this policy needs about ${entries} entries in each pod's policy map, which holds ${POLICY_MAP}`,
        { part: "key" },
    );
}

/** Peers times ports; a selector of pods counts once, although it may stand for many identities. */
function estimate(rule: RuleView): number {
    const peers = peerKeys(rule).reduce((sum, key) => sum + list(rule.value[key]).length, 0);
    const ports = portsOf(rule).reduce(
        (sum, { value }) => sum + ((string(value["protocol"]) ?? "ANY") === "ANY" ? 3 : 1),
        0,
    );
    const icmps = objects(rule.value["icmps"]).reduce((sum, [each]) => sum + list(each["fields"]).length, 0);
    return Math.max(1, peers) * Math.max(1, ports + icmps);
}
