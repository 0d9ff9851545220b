import { setTimeout as sleep } from "node:timers/promises";

/** What a failed attempt tells about trying again. */
export interface Failure {
    /** Whether the same request may succeed a moment later. */
    readonly again: boolean;
    /** Milliseconds that the server asks to wait (`Retry-After`). */
    readonly after?: number | undefined;
}

/** How often and how long. */
export interface RetryOptions {
    /** Ends all waiting; passed on to nothing else. */
    readonly signal: AbortSignal;
    /** Milliseconds since the epoch after which nothing is tried any more. */
    readonly deadline: number;
    /** @default 3 */
    readonly retries?: number;
    /** Milliseconds before the first retry, doubled for each further one. @default 500 */
    readonly delay?: number;
    readonly judge: (error: unknown) => Failure;
}

/**
 * Does `work`, and again while its failure is one that passes. A server's `Retry-After` is kept to; where it leads past the
 * deadline the failure is thrown at once, since waiting could not help.
 */
export async function withRetries<T>(work: () => Promise<T>, options: RetryOptions): Promise<T> {
    const { signal, deadline, retries = 3, delay = 500, judge } = options;
    for (let attempt = 0; ; attempt += 1) {
        try {
            return await work();
        } catch (error) {
            const { again, after } = judge(error);
            const pause = after ?? delay * 2 ** attempt;
            if (!again || attempt >= retries || signal.aborted || Date.now() + pause > deadline) throw error;
            await sleep(pause, undefined, { signal });
        }
    }
}

/**
 * Milliseconds of a `Retry-After` header: seconds, or a date (RFC 9110 10.2.3).
 * @returns undefined where there is none, or one that cannot be read
 */
export function retryAfter(header: string | null | undefined, now = Date.now()): number | undefined {
    if (header === null || header === undefined || header.trim() === "") return undefined;
    if (/^\d+$/.test(header.trim())) return Number(header) * 1000;
    const date = Date.parse(header);
    return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
