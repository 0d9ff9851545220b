/** Reading the ports of rules as Cilium does, and sets of port intervals. */

/** IANA service names: anything that matches is a *named* port, also `0x50` or `1e3` (facts 2.5, rule 22). */
const SERVICE_NAME = /^([a-zA-Z0-9]-?)*[a-zA-Z](-?[a-zA-Z0-9])*$/;

/** Source: `pkg/iana/svcname.go`. */
export function isServiceName(text: string): boolean {
    return text.length > 0 && text.length <= 15 && SERVICE_NAME.test(text);
}

/**
 * `strconv.ParseUint(text, 0, 16)` with its error ignored, as `createL4Filter` does: the base comes from the prefix
 * (`010` is 8), underscores separate digits, text that is no number gives 0, numbers beyond give 65535.
 */
export function parsePortNumber(text: string): number {
    const match =
        /^(?:0[xX](_?[0-9a-fA-F]+(?:_[0-9a-fA-F]+)*)|0[bB](_?[01]+(?:_[01]+)*)|0[oO]?(_?[0-7]+(?:_[0-7]+)*)|([1-9]\d*(?:_\d+)*)|0)$/.exec(
            text,
        );
    if (match === null) return 0;
    const [, hexadecimal, binary, octal, decimal] = match;
    const digits = (hexadecimal ?? binary ?? octal ?? decimal ?? "0").replaceAll("_", "");
    const base = hexadecimal !== undefined ? 16 : binary !== undefined ? 2 : octal !== undefined ? 8 : 10;
    return Math.min(Number.parseInt(digits, base), 65535);
}

/**
 * What `l4PolicyMap` files a port under: it parses base 10 (`parsePortProtocol`), unlike the filter itself, so `010`
 * shares its filter with `10`, and the rule that comes first says what port that is.
 */
export function filterNumber(text: string): number {
    return /^\d+$/.test(text) ? Math.min(Number(text), 65535) : 0;
}

/** A piece of a port range as the policy map stores it: ports that share their first `bits` bits. */
export interface PortPiece {
    readonly from: number;
    readonly to: number;
    readonly bits: number;
}

/** The aligned pieces of a range. Source: `pkg/policy/portrange.go` PortRangeToMaskedPorts. */
export function portPieces(from: number, to: number): PortPiece[] {
    const pieces: PortPiece[] = [];
    let at = from;
    while (at <= to) {
        let size = at === 0 ? 65536 : at & -at;
        while (at + size - 1 > to) size >>= 1;
        pieces.push({ from: at, to: at + size - 1, bits: 16 - Math.log2(size) });
        at += size;
    }
    return pieces;
}
