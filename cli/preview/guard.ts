import { goesWithAnother, holdsDataOrIdentity } from "./losses";
import type { ResourceChange, StackPreview } from "./preview";

/** Permission to replace or delete one resource, written into the stack's settings and reviewed with them. */
export interface Unlock {
    /** Name of the resource as in the preview (`aks`), or `TYPE::NAME` where a name is used twice. */
    readonly resource: string;
    /** Why it may go. Shown in the comment. */
    readonly reason: string;
    /** Last day it holds, `YYYY-MM-DD`. */
    readonly expires: string;
}

/** What the guard says of one dangerous change. */
export interface GuardVerdict {
    readonly stack: string;
    readonly change: ResourceChange;
    readonly allowed: boolean;
    /** One sentence: the unlock that allows it, or what is missing. */
    readonly because: string;
    /** What holds data or identity too and goes only because of this one; the same unlock allows it. */
    readonly along: readonly ResourceChange[];
}

/** Problems of the unlocks themselves: each is an error, because a misread permission is worse than none. */
export function unlockProblems(unlocks: readonly unknown[]): string[] {
    return unlocks.flatMap((unlock, index) => {
        const { resource, reason, expires } = (unlock ?? {}) as Partial<Unlock>;
        const at = `unlock[${index}]`;
        return [
            typeof resource === "string" && resource !== ""
                ? []
                : [`${at}.resource is missing: name the resource as in the preview, e.g. "aks".`],
            typeof reason === "string" && reason.trim().length >= 10
                ? []
                : [`${at}.reason is missing or too short: say in a sentence why it may go.`],
            typeof expires === "string" && isDay(expires)
                ? []
                : [`${at}.expires is "${String(expires)}": write the last day as YYYY-MM-DD, in quotes.`],
        ].flat();
    });
}

function isDay(text: string): boolean {
    if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
    const day = new Date(`${text}T00:00:00Z`);
    return !Number.isNaN(day.valueOf()) && day.toISOString().startsWith(text);
}

const matches = (unlock: Unlock, change: ResourceChange): boolean =>
    unlock.resource === change.name ||
    unlock.resource === `${change.type}::${change.name}` ||
    unlock.resource === change.urn;

/**
 * Every planned replacement or delete of a resource that holds data or identity, and whether an unlock allows it. What is
 * replaced only because what holds it is (the pools of a cluster) counts with that one.
 * @param today `YYYY-MM-DD`; an unlock holds through its last day
 */
export function guard(preview: StackPreview, unlocks: readonly Unlock[], today: string): GuardVerdict[] {
    const dangerous = preview.changes.filter(
        ({ action, type }) => (action === "replace" || action === "delete") && holdsDataOrIdentity(type),
    );
    const holder = dangerous.find((change) => change.action === "replace" && !goesWithAnother(change));
    const along = holder === undefined ? [] : dangerous.filter(goesWithAnother);
    return dangerous
        .filter((change) => !along.includes(change))
        .map((change) => ({
            stack: preview.stack,
            change,
            ...permission(change, unlocks, today),
            along: change === holder ? along : [],
        }));
}

function permission(
    change: ResourceChange,
    unlocks: readonly Unlock[],
    today: string,
): Pick<GuardVerdict, "allowed" | "because"> {
    const own = unlocks.filter((unlock) => matches(unlock, change));
    const valid = own.find((unlock) => unlock.expires >= today);
    if (valid !== undefined)
        return { allowed: true, because: `unlocked until ${valid.expires}: ${valid.reason}` };
    const [expired] = own;
    if (expired !== undefined)
        return { allowed: false, because: `the unlock "${expired.reason}" expired on ${expired.expires}` };
    return { allowed: false, because: `no unlock names ${change.type}::${change.name}` };
}
