import { commonBits, parsePrefix, type Prefix } from "../model/address";

/**
 * Whether Cilium 1.16 panics when it takes exceptions out of a range: `pkg/ip` RemoveCIDRs makes a slice of the
 * difference of two prefix lengths, which is negative where an exception is wider than what it is taken out of; and it
 * follows nil where a range does not parse.
 * @param cidr the range; empty beside a cidrGroupRef
 */
export function removeCidrsPanics(cidr: string, except: readonly string[]): boolean {
    const range = masked(parsePrefix(cidr));
    const parsed = except.map((text) => masked(parsePrefix(text)));
    if (range === undefined || parsed.includes(undefined)) return true;
    const removals = withoutRedundant((parsed as Prefix[]).sort(byLength));
    let ranges = [range];
    for (const removal of removals) {
        const next: Prefix[] = [];
        for (const each of ranges) {
            if (contains(each, removal)) {
                if (removal.length < each.length) return true;
                next.push(...split(each, removal));
            } else if (!contains(removal, each)) {
                next.push(each);
            }
        }
        ranges = next;
    }
    return false;
}

function masked(prefix: Prefix | undefined): Prefix | undefined {
    if (prefix === undefined) return undefined;
    const bytes = prefix.bytes.map(
        (byte, i) => byte & (0xff00 >> Math.min(8, Math.max(0, prefix.length - i * 8))),
    );
    return { bytes, length: prefix.length };
}

function byLength(a: Prefix, b: Prefix): number {
    return a.length - b.length || Buffer.compare(a.bytes, b.bytes);
}

function withoutRedundant(sorted: readonly Prefix[]): readonly Prefix[] {
    const redundant = new Set<number>();
    for (const [j, outer] of sorted.entries()) {
        if (redundant.has(j)) continue;
        for (const [i, inner] of sorted.entries()) {
            if (i !== j && !redundant.has(i) && contains(outer, inner)) redundant.add(i);
        }
    }
    return sorted.filter((_, i) => !redundant.has(i));
}

/** Go's `IPNet.Contains` of the other's first address: an IPv4-mapped IPv6 range counts as IPv4. */
function contains(outer: Prefix, inner: Prefix): boolean {
    const [a, b] = [unmapped(outer), unmapped(inner)];
    return a.bytes.length === b.bytes.length && commonBits(a.bytes, b.bytes) >= a.length;
}

function unmapped(prefix: Prefix): Prefix {
    const mapped =
        prefix.bytes.length === 16 && prefix.bytes.every((byte, i) => i > 11 || byte === (i < 10 ? 0 : 255));
    return mapped ? { bytes: prefix.bytes.slice(12), length: Math.max(0, prefix.length - 96) } : prefix;
}

/** What is left of a range without a part of it: for each longer length the other half. */
function split(range: Prefix, removal: Prefix): Prefix[] {
    const rest: Prefix[] = [];
    for (let bit = range.length; bit < removal.length; bit++) {
        const half = masked({ bytes: removal.bytes, length: bit + 1 })!;
        half.bytes[bit >> 3]! ^= 0x80 >> (bit & 7);
        rest.push(half);
    }
    return rest;
}
