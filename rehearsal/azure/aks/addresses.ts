/** IPv4 ranges as pairs of numbers. */
import ipaddr from "ipaddr.js";

/** First and last address of a range, inclusive, and its prefix length. */
export interface Range {
    text: string;
    first: number;
    last: number;
    prefix: number;
}

const numberOf = (address: ipaddr.IPv4): number =>
    address.octets.reduce((sum, octet) => sum * 256 + octet, 0);

/** The range of a CIDR; undefined when the text is none. */
export function rangeOf(cidr: string): Range | undefined {
    if (!ipaddr.IPv4.isValidCIDR(cidr)) return undefined;
    const [, prefix] = ipaddr.IPv4.parseCIDR(cidr);
    const first = numberOf(ipaddr.IPv4.networkAddressFromCIDR(cidr));
    return { text: cidr, first, last: first + 2 ** (32 - prefix) - 1, prefix };
}

/** The number of an address; undefined when the text is none. */
export function addressOf(address: string): number | undefined {
    return ipaddr.IPv4.isValid(address) ? numberOf(ipaddr.IPv4.parse(address)) : undefined;
}

/** Do two ranges share an address? */
export const overlap = (a: Range, b: Range): boolean => a.first <= b.last && b.first <= a.last;

/** Does the first range hold the second one? */
export const holds = (outer: Range, inner: Range): boolean =>
    outer.first <= inner.first && inner.last <= outer.last;
