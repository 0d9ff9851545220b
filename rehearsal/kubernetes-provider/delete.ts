/** Delete: foreground, then until the object is gone (README, ground rules and table k). */
import type { Properties } from "../plugin/values";
import { type Api, ApiError, NoMatch, pathOf } from "./api";
import { skipsAwait } from "./await";
import { partsOf } from "./objects";
import type { Sleep } from "./retry";

const DEFAULT_SECONDS = 600;
const FIRST_POLL_SECONDS = 0.1;
const LONGEST_POLL_SECONDS = 2;

/** What a delete needs. */
export interface Deleting {
    api: Api;
    kind: { apiVersion: string; kind: string };
    id: string;
    /** The state; its annotations decide whether to wait. */
    state: Properties;
    timeout: number;
    wait: Sleep;
    /** Milliseconds, as `Date.now`. */
    now(): number;
    log(line: string): void;
}

const gone = (error: unknown): boolean =>
    error instanceof NoMatch || (error instanceof ApiError && error.status === 404);

/** @throws Error when the object is still there when time runs out, or what the server answers */
export async function remove({ api, kind, id, state, timeout, wait, now, log }: Deleting): Promise<void> {
    try {
        const mapping = await api.mapping(kind.apiVersion, kind.kind);
        const { namespace, name } = partsOf(id);
        const path = pathOf(mapping, namespace, name);
        const body = { apiVersion: "v1", kind: "DeleteOptions", propagationPolicy: "Foreground" };
        await api.call({ method: "DELETE", path, body });
        if (skipsAwait(state)) return;
        log("Resource scheduled for deletion");
        const end = now() + (timeout > 0 ? timeout : DEFAULT_SECONDS) * 1000;
        for (let delay = FIRST_POLL_SECONDS; ; delay = Math.min(delay * 1.5, LONGEST_POLL_SECONDS)) {
            await api.call({ method: "GET", path });
            if (now() >= end) throw new Error(`timed out waiting for object "${id}" to be deleted`);
            await wait(delay);
        }
    } catch (error) {
        if (!gone(error)) throw error;
    }
}
