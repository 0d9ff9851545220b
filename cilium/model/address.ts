/**
 * Addresses and ranges as the three parsers that meet in one policy read them: Go's `net/netip` (Cilium), Kubernetes'
 * `ParseCIDRSloppy` (format check of CRDs, NetworkPolicy), which tolerates leading zeros. A general library agrees with
 * neither to the last corner, and a corner is what decides whether an object is stored and then refused.
 */
export interface Prefix {
    /** 4 or 16 bytes as written, host bits included. An IPv4-mapped IPv6 address keeps its 16. */
    readonly bytes: Uint8Array;
    readonly length: number;
}

/** Go's `netip.ParseAddr`: no leading zeros; an IPv6 zone is allowed. Undefined if it would return an error. */
export function parseAddress(text: string): Uint8Array | undefined {
    const zone = text.indexOf("%");
    if (!text.includes(":")) return zone === -1 ? parseIPv4(text, false) : undefined;
    if (text.indexOf(":") > zone && zone !== -1) return undefined;
    if (firstOf(text) === ".") return undefined;
    if (zone === text.length - 1) return undefined;
    return parseIPv6(zone === -1 ? text : text.slice(0, zone), false);
}

/** Which of `.` and `:` comes first; Go chooses the family by it. */
function firstOf(text: string): string | undefined {
    return /[.:]/.exec(text)?.[0];
}

/** Go's `netip.ParsePrefix`: address, slash, length without sign or leading zero; no zone; host bits may be set. */
export function parsePrefix(text: string): Prefix | undefined {
    const slash = text.lastIndexOf("/");
    if (slash === -1) return undefined;
    const address = text.slice(0, slash);
    if (address.includes("%")) return undefined;
    const bytes = parseAddress(address);
    const length = text.slice(slash + 1);
    if (bytes === undefined || !/^(?:0|[1-9][0-9]{0,2})$/.test(length)) return undefined;
    return Number(length) > bytes.length * 8 ? undefined : { bytes, length: Number(length) };
}

/** Kubernetes' `netutils.ParseCIDRSloppy`: as Go did before 1.17, leading zeros in octets and length are ignored. */
export function parseSloppyCidr(text: string): Prefix | undefined {
    const slash = text.indexOf("/");
    if (slash === -1) return undefined;
    const address = text.slice(0, slash);
    const bytes = parseIPv4(address, true) ?? parseIPv6(address, true);
    const length = smallNumber(text.slice(slash + 1));
    if (bytes === undefined || length === undefined || length > bytes.length * 8) return undefined;
    return { bytes, length };
}

/** Whether the API server takes a text for an address range. */
export const isSloppyCidr = (text: string): boolean => parseSloppyCidr(text) !== undefined;

/** Go's `netip.Prefix.Contains`: same family and the address as given, unmasked, inside. */
export function prefixContains(prefix: Prefix, address: Uint8Array): boolean {
    if (prefix.bytes.length !== address.length) return false;
    return commonBits(prefix.bytes, address) >= prefix.length;
}

/** How many leading bits two addresses of one family share. */
export function commonBits(a: Uint8Array, b: Uint8Array): number {
    for (let i = 0; i < a.length; i++) {
        const difference = a[i]! ^ b[i]!;
        if (difference !== 0) return i * 8 + Math.clz32(difference) - 24;
    }
    return a.length * 8;
}

/** Go's `dtoi`: digits only, below 0xFFFFFF, leading zeros allowed. */
function smallNumber(text: string): number | undefined {
    if (!/^[0-9]+$/.test(text)) return undefined;
    const value = Number(text);
    return value < 0xffffff ? value : undefined;
}

function parseIPv4(text: string, sloppy: boolean): Uint8Array | undefined {
    const bytes = new Uint8Array(4);
    let at = 0;
    for (let field = 0; field < 4; field++) {
        if (field > 0 && text.charCodeAt(at++) !== DOT) return undefined;
        const first = at;
        let value = 0;
        for (
            let digit = text.charCodeAt(at) - ZERO;
            digit >= 0 && digit <= 9;
            digit = text.charCodeAt(++at) - ZERO
        ) {
            value = value * 10 + digit;
            if (value > 255) return undefined;
        }
        if (at === first || (!sloppy && at - first > 1 && text.charCodeAt(first) === ZERO)) return undefined;
        bytes[field] = value;
    }
    return at === text.length ? bytes : undefined;
}

const DOT = 46;
const ZERO = 48;

function parseIPv6(text: string, sloppy: boolean): Uint8Array | undefined {
    const halves = text.split("::");
    if (halves.length > 2 || text.includes(":::")) return undefined;
    const [head = "", tail] = halves;
    const front = fieldsOf(head, tail === undefined, sloppy);
    const back = tail === undefined ? [] : fieldsOf(tail, true, sloppy);
    if (front === undefined || back === undefined) return undefined;
    const missing = 16 - front.length - back.length;
    // "::" stands for at least one group of zeros.
    if (tail === undefined ? missing !== 0 : missing < 2) return undefined;
    return Uint8Array.from([...front, ...new Array<number>(missing).fill(0), ...back]);
}

/** Bytes of colon-separated groups; the last may be an IPv4 address where `mayEmbed`. */
function fieldsOf(text: string, mayEmbed: boolean, sloppy: boolean): number[] | undefined {
    if (text === "") return [];
    const bytes: number[] = [];
    const groups = text.split(":");
    for (const [i, group] of groups.entries()) {
        if (mayEmbed && i === groups.length - 1 && group.includes(".")) {
            const embedded = parseIPv4(group, sloppy);
            if (embedded === undefined) return undefined;
            bytes.push(...embedded);
            continue;
        }
        if (!/^[0-9a-fA-F]+$/.test(group) || (!sloppy && group.length > 4)) return undefined;
        const value = Number.parseInt(group, 16);
        if (value > 0xffff) return undefined;
        bytes.push(value >> 8, value & 0xff);
    }
    return bytes;
}
