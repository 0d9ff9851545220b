/** Waiting for an object after a write: its own annotation, its kind's readiness, or nothing. */
import type { Properties } from "../plugin/values";
import type { Api, Mapping } from "./api";
import { pathOf } from "./api";
import { annotation, nameOf } from "./objects";
import { readinessOf } from "./readiness";
import type { Sleep } from "./retry";
import { type Look, parseWaitFor } from "./wait-for";

const DEFAULT_SECONDS = 600;
const POLL_SECONDS = 0.25;

/** The object is there, but did not get where it should in time. */
export class NotReady extends Error {
    constructor(
        readonly reasons: string[],
        readonly live: Properties,
    ) {
        super(reasons[0]);
    }
}

/** What a wait needs. */
export interface Waiting {
    api: Api;
    mapping: Mapping;
    /** The object as the write returned it. */
    live: Properties;
    /** `customTimeouts`, 0 when not set. */
    timeout: number;
    say(severity: "info" | "warning", message: string): void;
    wait: Sleep;
    /** Milliseconds, as `Date.now`. */
    now(): number;
    cancelled(): boolean;
}

const skips = (object: Properties): boolean =>
    annotation(object, "pulumi.com/skipAwait")?.toLowerCase() === "true";
export { skips as skipsAwait };

/**
 * Waits for an object.
 * @returns the live object as it was last seen
 * @throws NotReady when time runs out; Error for an annotation that cannot be read
 */
export async function awaitReady(waiting: Waiting): Promise<Properties> {
    const { api, live: first, say, wait } = waiting;
    if (skips(first)) {
        say("info", "Skipping await logic");
        return first;
    }
    const given = annotation(first, "pulumi.com/waitFor");
    const conditions = given === undefined ? undefined : parseWaitFor(given);
    const readiness = readinessOf(first);
    if (conditions === undefined && readiness === undefined) return first;
    const look = async (live: Properties): Promise<Look> => {
        if (conditions === undefined) return (await readiness?.look(live, api)) ?? { done: true };
        const looks = conditions.map((condition) => condition(live));
        return looks.find(({ done }) => !done) ?? looks.at(-1) ?? { done: true };
    };
    const end = waiting.now() + secondsOf(waiting) * 1000;
    for (let live = first, said = ""; ; live = await refreshed(waiting)) {
        const { done, severity, message = "" } = await look(live);
        if (message !== said && severity !== undefined) say(severity, message);
        said = message;
        if (done) return live;
        if (waiting.now() >= end || waiting.cancelled()) {
            throw new NotReady(
                conditions === undefined
                    ? (readiness?.failed(live) ?? [])
                    : ["timed out waiting for the condition"],
                live,
            );
        }
        await wait(POLL_SECONDS);
    }
}

function secondsOf({ live, timeout }: Waiting): number {
    if (timeout > 0) return timeout;
    const annotated = Number(annotation(live, "pulumi.com/timeoutSeconds"));
    return annotated > 0 ? annotated : DEFAULT_SECONDS;
}

async function refreshed({ api, mapping, live }: Waiting): Promise<Properties> {
    const { name, namespace } = nameOf(live);
    return api.call({ method: "GET", path: pathOf(mapping, namespace, name) });
}
