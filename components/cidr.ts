import { IPv4 } from "ipaddr.js";

/** An IPv4 range: addresses as numbers, so that overlap is two comparisons. */
export interface Range {
    /** As written. */
    readonly text: string;
    readonly first: number;
    readonly last: number;
    /** Length of the prefix, 0 to 32. */
    readonly prefix: number;
}

/**
 * Reads `a.b.c.d/n`, four decimal parts, nothing else. Host bits are cut off; {@link canonical} tells whether there
 * were any.
 * @returns undefined for anything else, IPv6 included
 */
export function parseCidr(text: string): Range | undefined {
    if (!IPv4.isValidCIDRFourPartDecimal(text)) return undefined;
    const [address, prefix] = IPv4.parseCIDR(text);
    const size = 2 ** (32 - prefix);
    const first = Math.floor(toNumber(address.octets) / size) * size;
    return { text, first, last: first + size - 1, prefix };
}

/**
 * Reads one address, four decimal parts.
 * @returns undefined for anything else
 */
export function parseAddress(text: string): number | undefined {
    return IPv4.isValidFourPartDecimal(text) ? toNumber(IPv4.parse(text).octets) : undefined;
}

/** The range written with its first address, e.g. `192.168.0.0/16` for `192.168.7.1/16`. */
export function canonical(range: Range): string {
    return `${formatAddress(range.first)}/${range.prefix}`;
}

/** Whether two ranges share an address. */
export function overlaps(one: Range, other: Range): boolean {
    return one.first <= other.last && other.first <= one.last;
}

/** Whether every address of the inner range is in the outer one. */
export function contains(outer: Range, inner: Range): boolean {
    return outer.first <= inner.first && inner.last <= outer.last;
}

/** `10.0.0.10` for 167772170. */
export function formatAddress(address: number): string {
    return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join(".");
}

function toNumber(octets: number[]): number {
    return octets.reduce((number, octet) => number * 256 + octet, 0);
}
