/** Good. */
export const EXIT_OK = 0;
/** Findings, differences, failed checks. */
export const EXIT_FINDINGS = 1;
/** Wrong usage, or it could not be done. Never reported as good. */
export const EXIT_USAGE = 2;

/** A mistake of the caller, told in one message that names the value, the rule and the fix. Ends with exit code 2. */
export class UsageError extends Error {
    override readonly name = "UsageError";
}
