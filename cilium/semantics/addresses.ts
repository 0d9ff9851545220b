/**
 * IP addresses and prefixes as Go's `net/netip` reads them, since that is what Cilium uses: no zones, no leading zeros,
 * host bits allowed and masked. An address is one bigint; 4-in-6 notation is an IPv6 address and stays one.
 */
export interface Prefix {
    readonly family: 4 | 6;
    /** Masked network address. */
    readonly address: bigint;
    readonly bits: number;
    /** Canonical text, e.g. `10.0.0.0/8`. */
    readonly text: string;
}

export interface Address {
    readonly family: 4 | 6;
    readonly value: bigint;
}

const WIDTH = { 4: 32, 6: 128 } as const;

/** @returns undefined for text that `netip.ParseAddr` refuses, and for addresses with a zone */
export function parseAddress(text: string): Address | undefined {
    return text.includes(":") ? parseIPv6(text) : parseIPv4(text);
}

function parseIPv4(text: string): Address | undefined {
    const parts = text.split(".");
    if (parts.length !== 4) return undefined;
    let value = 0;
    for (const part of parts) {
        if (!/^(0|[1-9]\d{0,2})$/.test(part) || Number(part) > 255) return undefined;
        value = value * 256 + Number(part);
    }
    return { family: 4, value: BigInt(value) };
}

function parseIPv6(text: string): Address | undefined {
    let rest = text;
    const tail: string[] = [];
    const dotted = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text);
    if (dotted !== null) {
        const v4 = parseIPv4(dotted[2] ?? "");
        if (v4 === undefined) return undefined;
        tail.push((v4.value >> 16n).toString(16), (v4.value & 0xffffn).toString(16));
        rest = dotted[1] ?? "";
        // Keep `::` whole, drop the single colon that separated the dotted part.
        if (!rest.endsWith("::")) rest = rest.slice(0, -1);
    }
    const halves = rest.split("::");
    if (halves.length > 2) return undefined;
    const groups = (half: string | undefined): string[] =>
        half === undefined || half === "" ? [] : half.split(":");
    const left = groups(halves[0]);
    const right = [...groups(halves[1]), ...(halves.length === 2 ? tail : [])];
    const all = halves.length === 2 ? left : [...left, ...tail];
    if (halves.length === 2) {
        const missing = 8 - left.length - right.length;
        if (missing < 1) return undefined;
        all.push(...Array<string>(missing).fill("0"), ...right);
    }
    if (all.length !== 8 || !all.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return undefined;
    return { family: 6, value: all.reduce((value, group) => (value << 16n) | BigInt(`0x${group}`), 0n) };
}

/** `10.1.2.3/8` → the prefix 10.0.0.0/8; undefined where `netip.ParsePrefix` fails. */
export function parsePrefix(text: string): Prefix | undefined {
    const slash = text.lastIndexOf("/");
    if (slash < 0) return undefined;
    const length = text.slice(slash + 1);
    const address = parseAddress(text.slice(0, slash));
    if (address === undefined || !/^(0|[1-9]\d{0,2})$/.test(length)) return undefined;
    const bits = Number(length);
    return bits > WIDTH[address.family] ? undefined : prefixOf(address, bits);
}

/** Like {@link parsePrefix}, and a bare address is the prefix of full length (as `labels.IPStringToLabel`). */
export function parseCidr(text: string): Prefix | undefined {
    if (text.includes("/")) return parsePrefix(text);
    const address = parseAddress(text);
    return address === undefined ? undefined : hostPrefix(address);
}

/** The prefix of `bits` bits that holds the address. */
export function prefixOf(address: Address, bits: number): Prefix {
    const host = BigInt(WIDTH[address.family] - bits);
    const network = (address.value >> host) << host;
    return {
        family: address.family,
        address: network,
        bits,
        text: `${formatAddress({ family: address.family, value: network })}/${bits}`,
    };
}

/** The /32 or /128 of an address. */
export function hostPrefix(address: Address): Prefix {
    return prefixOf(address, WIDTH[address.family]);
}

/** Whether `inner` lies in `outer` (equal counts). */
export function contains(outer: Prefix, inner: Prefix): boolean {
    if (outer.family !== inner.family || outer.bits > inner.bits) return false;
    const host = BigInt(WIDTH[outer.family] - outer.bits);
    return inner.address >> host === outer.address >> host;
}

/** Dotted quad, or RFC 5952 text. */
export function formatAddress(address: Address): string {
    if (address.family === 4) {
        return [24n, 16n, 8n, 0n].map((shift) => String((address.value >> shift) & 0xffn)).join(".");
    }
    const groups = Array.from({ length: 8 }, (_, i) =>
        Number((address.value >> BigInt(112 - 16 * i)) & 0xffffn),
    );
    let best = { start: -1, length: 1 };
    for (let i = 0; i < 8; i++) {
        let end = i;
        while (end < 8 && groups[end] === 0) end++;
        if (end - i > best.length) best = { start: i, length: end - i };
    }
    const hex = groups.map((group) => group.toString(16));
    if (best.start < 0) return hex.join(":");
    return `${hex.slice(0, best.start).join(":")}::${hex.slice(best.start + best.length).join(":")}`;
}

/** The fewest prefixes that make up `prefix` without `except`. */
export function without(prefix: Prefix, except: readonly Prefix[]): Prefix[] {
    if (except.some((part) => contains(part, prefix))) return [];
    const inside = except.filter((part) => contains(prefix, part));
    if (inside.length === 0) return [prefix];
    const half = 1n << BigInt(WIDTH[prefix.family] - prefix.bits - 1);
    return [prefix.address, prefix.address + half].flatMap((value) =>
        without(prefixOf({ family: prefix.family, value }, prefix.bits + 1), inside),
    );
}

/** Whether the union of `parts` covers `whole`. */
export function covers(parts: readonly Prefix[], whole: Prefix): boolean {
    return without(whole, parts).length === 0;
}

/** The first address of a prefix that no longer one of `prefixes` covers; undefined if they cover it all. */
export function ownAddress(prefix: Prefix, prefixes: Iterable<Prefix>): Address | undefined {
    const longer = [...prefixes].filter((other) => other.bits > prefix.bits && contains(prefix, other));
    const end = prefix.address + (1n << BigInt(WIDTH[prefix.family] - prefix.bits));
    let value = prefix.address;
    while (value < end) {
        const address = { family: prefix.family, value };
        const taken = longer.find((other) => contains(other, hostPrefix(address)));
        if (taken === undefined) return address;
        value = taken.address + (1n << BigInt(WIDTH[taken.family] - taken.bits));
    }
    return undefined;
}

/**
 * Cuts a range along prefixes.
 * @returns one address of every part: of each prefix inside what longer ones leave of it, and of the rest of the range
 */
export function partsOf(range: Prefix, prefixes: readonly Prefix[]): Address[] {
    const inside = prefixes.filter((prefix) => prefix.bits > range.bits && contains(range, prefix));
    return [range, ...inside].flatMap((part) => ownAddress(part, inside) ?? []);
}

/** Finds the longest of a set of prefixes that covers an address. */
export class PrefixTable<T> {
    private readonly byLength = new Map<string, Map<bigint, { prefix: Prefix; value: T }>>();
    private readonly lengths: Record<4 | 6, number[]> = { 4: [], 6: [] };

    /** Adds a prefix, or replaces its value. */
    set(prefix: Prefix, value: T): void {
        const key = `${prefix.family}/${prefix.bits}`;
        let table = this.byLength.get(key);
        if (table === undefined) {
            table = new Map();
            this.byLength.set(key, table);
            this.lengths[prefix.family].push(prefix.bits);
            this.lengths[prefix.family].sort((a, b) => b - a);
        }
        table.set(prefix.address, { prefix, value });
    }

    /** The value of the longest prefix that covers the address; undefined if none does. */
    find(address: Address): { prefix: Prefix; value: T } | undefined {
        for (const bits of this.lengths[address.family]) {
            const host = BigInt(WIDTH[address.family] - bits);
            const found = this.byLength
                .get(`${address.family}/${bits}`)
                ?.get((address.value >> host) << host);
            if (found !== undefined) return found;
        }
        return undefined;
    }
}
