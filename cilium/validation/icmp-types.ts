import { ICMP_TYPES } from "../model/icmp-types";

/**
 * Why Cilium cannot decode an ICMP type written as text; undefined where it can. Any number but 0 passes, whatever its
 * size: `strconv.Atoi` saturates, and only its 0 sends Cilium to the table of names.
 * @param family as written; everything but `IPv6` is looked up as IPv4
 */
export function icmpTypeFault(type: string, family: string): string | undefined {
    if (type === "0" || (/^[+-]?[0-9]+$/.test(type) && /[1-9]/.test(type))) return undefined;
    const mine = family === "IPv6" ? "IPv6" : "IPv4";
    if (Object.hasOwn(ICMP_TYPES[mine], type)) return undefined;
    const other = mine === "IPv4" ? "IPv6" : "IPv4";
    return Object.hasOwn(ICMP_TYPES[other], type)
        ? `is the name of an ICMP type of ${other}, not of ${mine}`
        : `is no ICMP type of ${mine}`;
}
