import type { JsonObject, ManifestDocument, Path } from "../manifest/document";
import type { Protocol } from "../reachability/types";
import { cidrRuleOf, cidrRuleSelectors, type CidrContext } from "./cidr-rules";
import { asArray, asNumber, asObject, asObjects, asString, asStrings } from "./json";
import { requirementsOf } from "./label-selectors";
import { NAMESPACE_LABELS, POD_NAMESPACE } from "./labels";
import { portSpec } from "./port-rules";
import type { Direction, PortSpec, Rule, RulePeer } from "./rules";
import { EVERYTHING, labelSelector, type LabelSelector, type Requirement } from "./selectors";

/**
 * The rules of a NetworkPolicy as Cilium translates it: all keys get source `k8s`, namespace labels their own prefix.
 * A section with rules is in force whatever `policyTypes` says; without `from`/`to` a rule is for everyone, nodes and
 * world included. Source: `pkg/k8s/network_policy.go` ParseNetworkPolicy; facts 2.10.
 */
export function networkPolicyRules(
    document: ManifestDocument,
    value: JsonObject,
    context: CidrContext,
): readonly Rule[] {
    const spec = asObject(value["spec"]) ?? {};
    const namespace = document.namespace ?? "default";
    const subject = podSubject(asObject(spec["podSelector"]), namespace, context);
    const types = asStrings(spec["policyTypes"]) ?? [];
    const rule = (direction: Direction, path: Path, peers: Rule["peers"], ports: Rule["ports"]): Rule => ({
        document,
        path,
        namespace,
        subject,
        direction,
        effect: "allow",
        defaultDeny: true,
        peers,
        ports,
        requires: [],
    });
    return (["ingress", "egress"] as const).flatMap((direction): Rule[] => {
        const items = asArray(spec[direction]) ?? [];
        const isolates =
            direction === "egress"
                ? types.includes("Egress")
                : types.includes("Ingress") || !types.includes("Egress");
        if (items.length === 0) {
            const listed = types.indexOf(direction === "egress" ? "Egress" : "Ingress");
            const path = listed < 0 ? ["spec"] : ["spec", "policyTypes", listed];
            return isolates ? [rule(direction, path, [], "all")] : [];
        }
        return items.flatMap((item, index): Rule[] => {
            const entry = asObject(item) ?? {};
            const path = ["spec", direction, index];
            const ports = portsOf(entry);
            const way = direction === "ingress" ? "from" : "to";
            const peers = asArray(entry[way]) ?? [];
            if (peers.length === 0)
                return [rule(direction, path, [{ selector: EVERYTHING, requirable: true }], ports)];
            return peers.map((peer, at) =>
                rule(direction, [...path, way, at], peersOf(asObject(peer) ?? {}, namespace, context), ports),
            );
        });
    });
}

/** The endpoints that a NetworkPolicy's `podSelector` means. */
export function podSubject(
    selector: JsonObject | undefined,
    namespace: string,
    context: Pick<CidrContext, "minor">,
): LabelSelector {
    return selectorOf(inNamespace(requirementsOf(selector, plainKey), namespace), context);
}

/** Cilium puts `k8s.` before every key of a NetworkPolicy. */
function plainKey(key: string): { source: string; key: string } {
    return { source: "k8s", key };
}

function namespaceKey(key: string): { source: string; key: string } {
    return { source: "k8s", key: NAMESPACE_LABELS + key };
}

/** The policy's own namespace overwrites the same key in matchLabels. */
function inNamespace(requirements: readonly Requirement[], namespace: string): Requirement[] {
    const others = requirements.filter((item) => item.fromLabels !== true || item.key !== POD_NAMESPACE);
    return [...others, { source: "k8s", key: POD_NAMESPACE, operator: "In", values: [namespace] }];
}

/**
 * Peers of one entry of `from`/`to`. The blank peer `{}`, which the API server refuses, has no peer at all up to 1.18
 * (so its ports are open to everyone) and is the own namespace since 1.19 (answers.md 4.2).
 */
function peersOf(peer: JsonObject, namespace: string, context: CidrContext): readonly RulePeer[] {
    const block = asObject(peer["ipBlock"]);
    if (block !== undefined) {
        const { cidr, except } = cidrRuleOf(block);
        const selectors = cidr === undefined ? [] : cidrRuleSelectors(cidr, except, context);
        return selectors.map((selector) => ({ selector, requirable: false }));
    }
    const pods = asObject(peer["podSelector"]);
    const namespaces = asObject(peer["namespaceSelector"]);
    const own = requirementsOf(pods, plainKey);
    if (namespaces !== undefined) {
        const others = requirementsOf(namespaces, namespaceKey);
        const any: Requirement = { source: "k8s", key: POD_NAMESPACE, operator: "Exists", values: [] };
        return [
            {
                selector: selectorOf([...(others.length === 0 ? [any] : others), ...own], context),
                requirable: true,
            },
        ];
    }
    if (pods === undefined && context.minor !== "1.19") return [];
    return [{ selector: selectorOf(inNamespace(own, namespace), context), requirable: true }];
}

/**
 * Since 1.19 nothing checks these selectors, and one that cannot be constructed selects everything: a key is too long
 * with Cilium's prefix (answers.md 4.2). Earlier minors refuse the policy, so it does not get here.
 */
function selectorOf(
    requirements: readonly Requirement[],
    context: Pick<CidrContext, "minor">,
): LabelSelector {
    if (context.minor === "1.19" && requirements.some(({ key }) => !isQualifiedName(`k8s.${key}`)))
        return EVERYTHING;
    return labelSelector(requirements);
}

/** Length limits of a label key (`validation.IsQualifiedName`): name 63, domain 253 characters. */
function isQualifiedName(key: string): boolean {
    const slash = key.indexOf("/");
    const name = slash < 0 ? key : key.slice(slash + 1);
    return name.length <= 63 && (slash < 0 || slash <= 253);
}

const PROTOCOLS: readonly Protocol[] = ["TCP", "UDP", "SCTP"];

/** A missing protocol is TCP, a missing port is every port of the protocol; no entry at all is every protocol. */
function portsOf(rule: JsonObject): readonly PortSpec[] | "all" {
    const ports = asObjects(rule["ports"]) ?? [];
    if (ports.length === 0) return "all";
    return ports.flatMap((item) => {
        const port = item["port"];
        const text = typeof port === "number" ? String(port) : (asString(port) ?? "0");
        const wanted = (asString(item["protocol"]) ?? "TCP").toUpperCase();
        return PROTOCOLS.filter((protocol) => protocol === wanted).map((protocol) =>
            portSpec(text, asNumber(item["endPort"]) ?? 0, protocol),
        );
    });
}
