const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/**
 * How long ago something was, as kubectl's AGE column says it (k8s.io/apimachinery `duration.HumanDuration`): two units
 * while the first is small, then one.
 * @param time RFC 3339
 * @param now milliseconds
 */
export function ageOf(time: string, now: number): string {
    const age = Math.max(0, now - Date.parse(time));
    const units = (big: number, small: number, names: readonly [string, string]): string => {
        const rest = Math.floor((age % big) / small);
        return `${Math.floor(age / big)}${names[0]}${rest === 0 ? "" : `${rest}${names[1]}`}`;
    };
    if (age < 2 * MINUTE) return `${Math.floor(age / SECOND)}s`;
    if (age < 10 * MINUTE) return units(MINUTE, SECOND, ["m", "s"]);
    if (age < 3 * HOUR) return `${Math.floor(age / MINUTE)}m`;
    if (age < 8 * HOUR) return units(HOUR, MINUTE, ["h", "m"]);
    if (age < 2 * DAY) return `${Math.floor(age / HOUR)}h`;
    if (age < 8 * DAY) return units(DAY, HOUR, ["d", "h"]);
    return `${Math.floor(age / DAY)}d`;
}
