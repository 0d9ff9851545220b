import type { JsonValue, Path } from "../../manifest/document";
import { isServiceName, parsePortNumber } from "../../semantics/ports";
import { problem } from "../codes/problem";
import type { Problem } from "../finding";
import {
    list,
    namedPeers,
    objects,
    peerKeys,
    portName,
    portNames,
    portRules,
    portsOf,
    rulesOf,
    string,
    type PolicyView,
    type PortView,
    type RuleView,
} from "../policy-view";
import { portHolds } from "./metadata";

/** L06, L46 to L48, L53, L54, L58, L59: ports, protocols and ICMP types. */
export function advisePorts(policy: PolicyView): readonly Problem[] {
    return rulesOf(policy).flatMap((rule) => [
        ...portsOf(rule).flatMap((port) => [...onePort(port, rule)]),
        ...emptyLists(rule),
        ...icmpTypes(rule),
        ...withoutPing(rule),
        ...dnsOverUdpOnly(rule),
    ]);
}

/** What Go's `ParseUint(text, 0, 16)` makes of a port that is no name; undefined where it refuses. */
export function goPort(text: string): number | undefined {
    if (isServiceName(text)) return undefined;
    const number = parsePortNumber(text);
    const digits = text.replaceAll("_", "");
    // What is no number comes back as 0, what is too large as the largest port.
    if ((number === 0 && !/^0+$/.test(digits)) || (number === 65535 && digits !== "65535")) return undefined;
    return number;
}

function* onePort({ value, path }: PortView, rule: RuleView): Iterable<Problem> {
    const text = string(value["port"]);
    if (text === undefined) return;
    const at = [...path, "port"];
    const endPort = value["endPort"];
    const number = goPort(text);
    if (number !== undefined && !/^(0|[1-9]\d*)$/.test(text)) {
        const meant = text.replace(/^0+|_/g, "");
        yield problem(
            "L06",
            at,
            number === 0 ? `port "${text}" is every port` : `port "${text}" is read as port ${number}`,
            {
                fix:
                    meant === ""
                        ? 'write "0" if every port is meant'
                        : `write port: "${meant}" if that is meant`,
            },
        );
    } else if (isServiceName(text) && /^\d/.test(text)) {
        yield problem(
            "L06",
            at,
            `port "${text}" is no number: Cilium takes it for the name of a container port`,
            {
                why: "A text that starts with a digit and holds a letter is a port name. No container port is called that, so it matches nothing.",
            },
        );
    } else if (isServiceName(text) && rule.direction === "egress") {
        yield problem(
            "L46",
            at,
            `port name "${text}" on egress is not looked up at the destination but among all pods of the cluster`,
        );
    }
    if (typeof endPort !== "number") return;
    const end = [...path, "endPort"];
    if (number === 0 && endPort > 0) {
        const protocol = string(value["protocol"]) ?? "ANY";
        const all = protocol === "ANY" ? "every port of TCP, UDP and SCTP" : `every ${protocol} port`;
        yield problem("L59", at, `port "${text}" with endPort ${endPort} is not 0 to ${endPort} but ${all}`);
    } else if (number !== undefined && endPort < number && endPort !== 0) {
        yield problem(
            "L47",
            end,
            `endPort ${endPort} is below port ${number} and is ignored: only port ${number} is meant`,
            {
                fix: `write port: "${endPort}" and endPort: ${number}`,
            },
        );
    } else if (isServiceName(text)) {
        yield problem(
            "L47",
            end,
            `endPort ${endPort} with port name "${text}" is everything from that name's number to ${endPort}`,
        );
    }
}

function* emptyLists(rule: RuleView): Iterable<Problem> {
    const peers = namedPeers(rule).length > 0;
    const nothing = rule.deny ? "denies nothing" : "allows nothing";
    const even = peers
        ? `: this rule ${nothing} because of it, not even to its peers`
        : `: this rule ${nothing}`;
    if (isEmptyList(rule.value["toPorts"]) && peers) {
        yield problem(
            "L48",
            [...rule.path, "toPorts"],
            `\`toPorts: []\` restricts nothing: every port of these peers is ${rule.deny ? "denied" : "open"}`,
        );
    }
    for (const [portRule, path] of portRules(rule)) {
        const ports = portRule["ports"];
        if (ports === undefined || ports === null || isEmptyList(ports)) {
            const [place, text] =
                "ports" in portRule
                    ? [[...path, "ports"], "`ports: []`"]
                    : [path, "a toPorts item without ports"];
            const alone = list(rule.value["toPorts"]).length === 1;
            yield problem("L48", place, `${text} names no port${alone ? even : " and adds nothing"}`);
        }
        yield* emptyL7(portRule["rules"], [...path, "rules"]);
    }
    for (const [icmp, index] of objects(rule.value["icmps"])) {
        if (list(icmp["fields"]).length > 0) continue;
        const place = [...rule.path, "icmps", index, ...("fields" in icmp ? ["fields"] : [])];
        yield problem("L48", place, `no ICMP type is named${even}`);
    }
}

function* emptyL7(rules: JsonValue | undefined, path: Path): Iterable<Problem> {
    if (typeof rules !== "object" || rules === null || Array.isArray(rules)) return;
    for (const parser of ["http", "dns", "kafka", "l7"]) {
        if (!isEmptyList(rules[parser])) continue;
        yield problem(
            "L48",
            [...path, parser],
            `\`${parser}: []\` filters nothing: the ports are open to every request`,
        );
    }
}

/** Types whose number means something else than the type; by name and family. */
function* icmpTypes(rule: RuleView): Iterable<Problem> {
    const effect = rule.deny ? "denied" : "allowed";
    for (const [icmp, index] of objects(rule.value["icmps"])) {
        for (const [field, at] of objects(icmp["fields"])) {
            const type = field["type"];
            const family = string(field["family"]) ?? "IPv4";
            const number =
                type === "EchoReply" && family === "IPv4"
                    ? 0
                    : typeof type === "string"
                      ? decimal(type)
                      : type;
            if (typeof number !== "number") continue;
            const path = [...rule.path, "icmps", index, "fields", at, "type"];
            if (number <= 0) {
                yield problem(
                    "L58",
                    path,
                    `ICMP type ${JSON.stringify(type)} is not one type: every ${family} ICMP message is ${effect}`,
                );
            } else if (number > 255) {
                yield problem("L58", path, `ICMP type ${number} does not exist: nothing is ${effect}`);
            }
        }
    }
}

function decimal(text: string): number | undefined {
    return /^\d+$/.test(text) ? Number(text) : undefined;
}

/** Only where the author meant all there is (port 0): a rule for port 8080 says nothing about ping. */
function* withoutPing(rule: RuleView): Iterable<Problem> {
    if (rule.deny || namedPeers(rule).length === 0) return;
    const all = portsOf(rule).find(
        ({ value, portRule }) =>
            goPort(string(value["port"]) ?? "") === 0 && !("endPort" in value) && !("rules" in portRule),
    );
    if (all === undefined) return;
    yield problem(
        "L53",
        [...all.path, "port"],
        `${portNames(rule)} of these peers is open, ping is not: ICMP has no ports`,
    );
}

function* dnsOverUdpOnly(rule: RuleView): Iterable<Problem> {
    if (rule.deny || rule.direction !== "egress") return;
    const udp = portsOf(rule).find(
        ({ value }) => string(value["protocol"]) === "UDP" && portHolds(value, 53, "UDP"),
    );
    if (udp === undefined) return;
    const peers = peersText(rule);
    const tcp = rule.spec.rules.some(
        (other) =>
            !other.deny &&
            other.direction === "egress" &&
            peersText(other) === peers &&
            (portsOf(other).some(({ value }) => portHolds(value, 53, "TCP")) ||
                list(other.value["toPorts"]).length === 0),
    );
    if (tcp) return;
    yield problem(
        "L54",
        [...udp.path, "protocol"],
        `${portName(udp.value)} is open, port 53/TCP to the same peers is not: long DNS answers will fail`,
    );
}

function peersText(rule: RuleView): string {
    return JSON.stringify(peerKeys(rule).map((key) => [key, rule.value[key]]));
}

function isEmptyList(value: JsonValue | undefined): boolean {
    return Array.isArray(value) && value.length === 0;
}
