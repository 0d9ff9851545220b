import type { JsonObject } from "../manifest/document";
import type { Protocol } from "../reachability/types";
import { ICMP_TYPES } from "../model/icmp-types";
import { asArray, asNumber, asObject, asObjects, asString } from "./json";
import { describeL7 } from "./l7";
import { filterNumber, isServiceName, parsePortNumber } from "./ports";
import type { L7, PortSpec } from "./rules";

const TRANSPORT: readonly Protocol[] = ["TCP", "UDP", "SCTP"];

/** One port of a rule for one protocol; `text` is a number in any notation that Cilium reads, or a name. */
export function portSpec(text: string, end: number, protocol: Protocol, l7?: L7): PortSpec {
    if (isServiceName(text)) {
        const name = text.toLowerCase();
        // The map of named filters leaves endPort out of its key (`l4PolicyMap.Upsert`).
        return { protocol, number: 0, end, name, filter: `${name}/${protocol}`, l7 };
    }
    const filter = `${filterNumber(text)}-${end}/${protocol}`;
    return { protocol, number: parsePortNumber(text), end, name: undefined, filter, l7 };
}

/** A missing protocol is ANY: TCP, UDP and SCTP, never ICMP. Others (VRRP, IGMP) open nothing that is asked about here. */
function protocolsOf(text: string | undefined): readonly Protocol[] {
    const upper = text?.toUpperCase() ?? "ANY";
    if (upper === "ANY" || upper === "") return TRANSPORT;
    return TRANSPORT.filter((protocol) => protocol === upper);
}

/**
 * `toPorts` and `icmps` of a Cilium rule.
 * @returns `all` where neither is there (or both are empty lists): the rule is about its peers only. A list without any
 * port, as from `toPorts: [{}]`, allows nothing.
 */
export function portSpecs(rule: JsonObject): readonly PortSpec[] | "all" {
    const toPorts = asArray(rule["toPorts"]) ?? [];
    const icmps = asArray(rule["icmps"]) ?? [];
    if (toPorts.length + icmps.length === 0) return "all";
    return [
        ...toPorts.flatMap((item) => portRule(asObject(item) ?? {})),
        ...icmps.flatMap((item) => (asObjects(asObject(item)?.["fields"]) ?? []).map(icmpField)),
    ];
}

function portRule(rule: JsonObject): PortSpec[] {
    return (asObjects(rule["ports"]) ?? []).flatMap((port) => {
        const text = asString(port["port"]) ?? "0";
        const end = asNumber(port["endPort"]) ?? 0;
        return protocolsOf(asString(port["protocol"])).map((protocol) =>
            portSpec(text, end, protocol, describeL7(rule, protocol)),
        );
    });
}

/**
 * The type is looked up by name and filed as a port: type 0 and negative types are port 0, which is every type of the
 * family; types above 255 match nothing (facts 3.4).
 */
function icmpField(field: JsonObject): PortSpec {
    const six = asString(field["family"]) === "IPv6";
    const type = field["type"];
    const text = typeof type === "number" ? String(type) : (asString(type) ?? "0");
    const number = ICMP_TYPES[six ? "IPv6" : "IPv4"][text];
    return portSpec(number === undefined ? text : String(number), 0, six ? "ICMPv6" : "ICMP");
}
