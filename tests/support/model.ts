import type { Connection, EndpointClass, Reachability, RuleReference } from "../../cilium/reachability/types";

/** `from to PROTOCOL PORTS [verdict [reason…]]`, e.g. `c0 world TCP 80,443-444 depends on the name`. */
export function connection(text: string): Connection {
    const [from = "", to = "", protocol = "TCP", ports = "", verdict = "allow", ...reason] = text.split(" ");
    return {
        from,
        to,
        protocol: protocol as Connection["protocol"],
        ports: ports.split(",").map((range) => {
            const [low = "0", high = low] = range.split("-");
            return { from: Number(low), to: Number(high) };
        }),
        verdict: verdict as Connection["verdict"],
        ...(reason.length === 0 ? {} : { reason: reason.join(" ") }),
    };
}

/** `c0: shop/front shop/back`, `world`, `cidr:10.0.0.0/8`, `fqdn:*.example.com`. */
export function endpointClass(text: string): EndpointClass {
    const [id = "", members] = text.split(": ");
    if (members !== undefined) {
        const ids = members.split(" ");
        return { id, type: "pods", members: ids, example: ids[0] ?? id };
    }
    const type = id.startsWith("cidr:") ? "cidr" : id.startsWith("fqdn:") ? "fqdn" : "reserved";
    return { id, type, members: type === "reserved" ? [id] : [], example: id.replace(/^(cidr|fqdn):/, "") };
}

/** The part of a model that reports read, from a list of classes and connections. */
export function fakeModel(
    classes: readonly string[],
    connections: readonly string[],
    rules: (connection: Connection) => readonly RuleReference[] = () => [],
): Pick<Reachability, "minor" | "classes" | "connections" | "rules" | "refused" | "notEvaluated"> {
    const parsed = connections.map(connection);
    return {
        minor: "1.18",
        classes: classes.map(endpointClass),
        connections: () => parsed,
        rules,
        refused: [],
        notEvaluated: [],
    };
}

export const EVERYTHING = ["TCP 0-65535", "UDP 0-65535", "SCTP 0-65535", "ICMP 0-255", "ICMPv6 0-255"];

/** Everything between two classes. */
export function everything(from: string, to: string): string[] {
    return EVERYTHING.map((ports) => `${from} ${to} ${ports}`);
}
