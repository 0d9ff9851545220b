import type { Protocol } from "./types";

/** Index of a protocol in {@link PROTOCOLS}. */
export type ProtocolIndex = number;

export const PROTOCOL_INDEX: Readonly<Record<Protocol, ProtocolIndex>> = {
    TCP: 0,
    UDP: 1,
    SCTP: 2,
    ICMP: 3,
    ICMPv6: 4,
};
export const PROTOCOL_COUNT = 5;

/** `protocol` of an entry that is about peers only. */
export const ANY_PROTOCOL = -1;
/** `selector` of an entry that is for everyone. */
export const ANYONE = -1;
/** `rule` of the entry that stands for "nothing switches default deny on". */
export const DEFAULT_ALLOW = -1;
/** `rule` of the entry that lets the own node in (kubelet probes); facts 3.11. */
export const LOCALHOST = -2;

/**
 * One line of an endpoint's policy in one direction: these peers, this protocol and range of ports. The counterpart of
 * Cilium's policy map entries, before they are multiplied by identities.
 */
export interface Entry {
    /** Number of the peer selector, or {@link ANYONE}. */
    readonly selector: number;
    /** Protocol, or {@link ANY_PROTOCOL}. */
    readonly protocol: ProtocolIndex;
    readonly from: number;
    readonly to: number;
    readonly deny: boolean;
    /** Goes through a proxy. */
    readonly redirect: boolean;
    /** Number of the rule, {@link DEFAULT_ALLOW} or {@link LOCALHOST}. */
    readonly rule: number;
    readonly l7: string | undefined;
}
