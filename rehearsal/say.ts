/**
 * What the rehearsal says itself goes to stderr: stdout is the engine's, unchanged, so that
 * `npm run -s rehearse -- preview --json | jq` works.
 */
export const say = (text: string): void => {
    process.stderr.write(`${text}\n`);
};

/** `1 min 5 s`, `12 s`. */
export function duration(milliseconds: number): string {
    const seconds = Math.round(milliseconds / 1000);
    return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** Something the user has to change; printed without a stack trace. */
export class UsageError extends Error {}
