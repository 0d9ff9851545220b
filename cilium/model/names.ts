import { isValid } from "ipaddr.js";
import { PROTOCOLS, RESERVED, type Peer, type Protocol } from "../reachability/types";
import { editDistance } from "./suggest";

/** What an endpoint is named after. */
export interface Named {
    readonly namespace: string;
    readonly kind: string;
    readonly name: string;
}

/**
 * Names endpoints as every command prints and takes them: `NAMESPACE/NAME`, or `NAMESPACE/KIND/NAME` for those that
 * share namespace and name with an endpoint of another kind.
 * @returns ids in the order of `endpoints`
 */
export function endpointIds(endpoints: readonly Named[]): readonly string[] {
    const kinds = new Map<string, Set<string>>();
    for (const { namespace, kind, name } of endpoints) {
        const short = `${namespace}/${name}`;
        const known = kinds.get(short);
        if (known === undefined) kinds.set(short, new Set([kind]));
        else known.add(kind);
    }
    return endpoints.map(({ namespace, kind, name }) => {
        const short = `${namespace}/${name}`;
        return (kinds.get(short)?.size ?? 0) > 1 ? `${namespace}/${kind}/${name}` : short;
    });
}

/**
 * Names close to what was typed, best first, for "did you mean".
 * @param candidates every name that would have been accepted
 * @param limit at most so many answers. @default 3
 */
export function closestNames(name: string, candidates: Iterable<string>, limit = 3): readonly string[] {
    const typed = name.toLowerCase();
    const scored: { candidate: string; distance: number }[] = [];
    for (const candidate of candidates) {
        const lower = candidate.toLowerCase();
        // Typing only the name of NAMESPACE/NAME, or only its namespace, is the most likely slip.
        if (lower.split("/").includes(typed)) scored.push({ candidate, distance: 0 });
        else {
            const allowed = Math.max(1, Math.floor(Math.min(typed.length, lower.length) / 3));
            const distance = editDistance(typed, lower, allowed);
            if (distance <= allowed) scored.push({ candidate, distance });
        }
    }
    return scored
        .sort((a, b) => a.distance - b.distance || (a.candidate < b.candidate ? -1 : 1))
        .slice(0, limit)
        .map(({ candidate }) => candidate);
}

/**
 * One end of a flow, as commands take it: `NAMESPACE/NAME`, `NAMESPACE/KIND/NAME`, a reserved name, an address or CIDR,
 * `fqdn:NAME`. Whether there is such an endpoint is for the model to say.
 */
export function parsePeer(name: string): Peer {
    if (name.startsWith("fqdn:")) return { fqdn: name.slice("fqdn:".length) };
    const reserved = RESERVED.find((each) => each === name);
    if (reserved !== undefined) return { reserved };
    const [address = ""] = name.split("/");
    return isValid(address) ? { address: name } : { endpoint: name };
}

/** A port as commands take it. */
export interface PortAndProtocol {
    readonly port: number;
    /** Undefined where only a number was given. */
    readonly protocol: Protocol | undefined;
}

/**
 * `8080`, `8080/TCP`, `53/udp`, `8/ICMP` (the type).
 * @returns undefined for anything else, a port over 65535 or an ICMP type over 255 included
 */
export function parsePort(text: string): PortAndProtocol | undefined {
    const match = /^(\d{1,5})(?:\/([A-Za-z0-9]+))?$/.exec(text);
    if (match === null) return undefined;
    const port = Number(match[1]);
    const protocol = PROTOCOLS.find((each) => each.toLowerCase() === match[2]?.toLowerCase());
    if (match[2] !== undefined && protocol === undefined) return undefined;
    const icmp = protocol?.startsWith("ICMP") === true;
    return port <= (icmp ? 255 : 65535) && (icmp || port > 0) ? { port, protocol } : undefined;
}
