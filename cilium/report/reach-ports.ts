import { PROTOCOLS, type PortRange, type Protocol } from "../reachability/types";
import type { Flow, FlowPart } from "./reach-model";

/** Largest port, or ICMP type, of a protocol. */
export function maxPort(protocol: Protocol): number {
    return protocol.startsWith("ICMP") ? 255 : 65535;
}

/** `80,8080-9000`, as the JSON formats write ports. */
export function formatPorts(ranges: readonly PortRange[]): string {
    return ranges.map(({ from, to }) => (from === to ? String(from) : `${from}-${to}`)).join(",");
}

/** Whether a part covers all of its protocol; port 0 is no port that a connection can have. */
export function isWhole({ protocol, ports }: Pick<FlowPart, "protocol" | "ports">): boolean {
    const [first] = ports;
    return ports.length === 1 && first !== undefined && first.from <= 1 && first.to >= maxPort(protocol);
}

/** One way of letting traffic through, in words. */
export interface FlowLine {
    /** `TCP 80,443`, `TCP/UDP 53`, `any TCP port`, `everything`, `ICMP type 8`. */
    readonly what: string;
    readonly verdict: FlowPart["verdict"];
    readonly reason?: string | undefined;
    /** What the line stands for: parts of several protocols with the same ports. */
    readonly parts: readonly FlowPart[];
}

/** A flow in as few words as possible: protocols with equal ports share a line, all ports of all protocols are "everything". */
export function describeFlow(flow: Flow): readonly FlowLine[] {
    const lines = new Map<string, { ports: string; parts: FlowPart[] }>();
    for (const part of flow) {
        const ports = isWhole(part) ? "" : formatPorts(part.ports);
        const family = part.protocol.startsWith("ICMP") && ports !== "" ? "types" : "ports";
        const key = `${part.verdict} ${part.reason ?? ""} ${family} ${ports}`;
        const line = lines.get(key);
        if (line === undefined) lines.set(key, { ports, parts: [part] });
        else line.parts.push(part);
    }
    return [...lines.values()].flatMap(({ ports, parts }) => {
        const [first] = parts;
        if (first === undefined) return [];
        const { verdict, reason } = first;
        const protocols = parts.map(({ protocol }) => protocol);
        return {
            what: describe(protocols, ports),
            verdict,
            ...(reason === undefined ? {} : { reason }),
            parts,
        };
    });
}

function describe(protocols: readonly Protocol[], ports: string): string {
    const sorted = PROTOCOLS.filter((protocol) => protocols.includes(protocol));
    const names = sorted.join("/");
    if (ports !== "") return names.startsWith("ICMP") ? `${names} type ${ports}` : `${names} ${ports}`;
    if (sorted.length === PROTOCOLS.length) return "everything";
    return sorted.every((protocol) => protocol.startsWith("ICMP")) ? names : `any ${names} port`;
}
