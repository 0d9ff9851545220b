/** Seconds of `90`, `90s`, `10m` or `1h`; undefined for anything else and for nothing at all. */
export function parseDuration(text: string): number | undefined {
    const [, digits, unit = "s"] = /^(\d{1,6})(s|m|h)?$/.exec(text) ?? [];
    const seconds = Number(digits) * { s: 1, m: 60, h: 3600 }[unit as "s" | "m" | "h"];
    return seconds > 0 ? seconds : undefined;
}
