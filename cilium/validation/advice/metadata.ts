import type { JsonObject, Path } from "../../manifest/document";
import { contains, parseCidr } from "../../semantics/addresses";
import { list, objects, portsOf, string, strings, type RuleView } from "../policy-view";

/** Azure Instance Metadata Service, the same on every node. It answers on TCP 80. */
export const METADATA_ADDRESS = "169.254.169.254";

/** The part of a rule that holds an address. */
export interface Place {
    readonly path: Path;
    /** What is written there, e.g. `0.0.0.0/0` or `the entity world`. */
    readonly text: string;
}

/**
 * Where a rule names an address outside the cluster by entity or CIDR (not by leaving its peers out), on a TCP port.
 * @returns undefined where it does not
 */
export function reachesAddress(rule: RuleView, address: string, port: number): Place | undefined {
    const target = parseCidr(address);
    if (target === undefined || !coversPort(rule, port)) return undefined;
    const [entities, cidr, cidrSet] =
        rule.direction === "egress"
            ? ["toEntities", "toCIDR", "toCIDRSet"]
            : ["fromEntities", "fromCIDR", "fromCIDRSet"];
    for (const [entity, index] of strings(rule.value[entities])) {
        if (entity !== "world" && entity !== "all") continue;
        return { path: [...rule.path, entities, index], text: `the entity ${entity}` };
    }
    const holds = (text: string): boolean => {
        const block = parseCidr(text);
        return block !== undefined && contains(block, target);
    };
    for (const [text, index] of strings(rule.value[cidr])) {
        if (holds(text)) return { path: [...rule.path, cidr, index], text };
    }
    for (const [entry, index] of objects(rule.value[cidrSet])) {
        const text = string(entry["cidr"]);
        if (text === undefined || !holds(text)) continue;
        if (strings(entry["except"]).some(([except]) => holds(except))) continue;
        return { path: [...rule.path, cidrSet, index], text };
    }
    return undefined;
}

/** Whether a deny rule keeps pods from an address on a TCP port. */
export function deniesAddress(rule: RuleView, address: string, port: number): boolean {
    if (!rule.deny || rule.direction !== "egress") return false;
    return reachesAddress(rule, address, port) !== undefined;
}

/** Whether a rule is about a TCP port; one without ports is about all of them. */
function coversPort(rule: RuleView, port: number): boolean {
    if (list(rule.value["toPorts"]).length === 0) return list(rule.value["icmps"]).length === 0;
    return portsOf(rule).some(({ value }) => portHolds(value, port, "TCP"));
}

/** Whether an item of `ports` includes a number; names never do. */
export function portHolds(value: JsonObject, port: number, protocol: string): boolean {
    const own = string(value["protocol"]) ?? "ANY";
    if (own !== "ANY" && own !== protocol) return false;
    const from = Number(value["port"]);
    if (from === 0) return true;
    const end = value["endPort"];
    return from <= port && port <= (typeof end === "number" && end > from ? end : from);
}
