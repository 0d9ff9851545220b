/** Tries of a create: 6 at 0, 1, 3, 7, 15 and 31 s while namespace or kind are missing (README, table f). */
import { ApiError, NoMatch } from "./api";

const TRIES = 6;

/** Waits; replaced in tests. */
export type Sleep = (seconds: number) => Promise<void>;
export const sleep: Sleep = (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));

/** Is this a failure that time may heal? */
export const missing = (error: unknown): boolean =>
    error instanceof NoMatch || (error instanceof ApiError && error.status === 404);

/**
 * Runs `attempt` until it succeeds or fails for good.
 * @param report told each failure with its number, `Retry #0; creation failed: …`
 * @param patient asked before each wait: not in preview, and not once the engine is going away
 */
export async function withRetries<T>(
    attempt: () => Promise<T>,
    report: (text: string) => void,
    patient: () => boolean,
    wait: Sleep,
): Promise<T> {
    for (let number = 0, delay = 1; ; number++, delay *= 2) {
        try {
            return await attempt();
        } catch (error) {
            report(
                `Retry #${number}; creation failed: ${error instanceof Error ? error.message : String(error)}`,
            );
            if (!patient() || !missing(error)) throw error;
            // It sleeps after the last try as well: the error comes at 63 s.
            await wait(delay);
            if (number === TRIES - 1) throw error;
        }
    }
}
