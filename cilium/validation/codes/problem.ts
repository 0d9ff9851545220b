import type { Path } from "../../manifest/document";
import type { Problem, Severity } from "../finding";
import { explainCode } from ".";

/** What a check knows beyond its code's entry. */
export interface ProblemDetails {
    readonly severity?: Severity | undefined;
    /** Instead of the entry's: what happens because of this very value. */
    readonly why?: string | undefined;
    readonly fix?: string | undefined;
    readonly part?: "key" | "value" | undefined;
}

/**
 * A problem with the texts of its code's entry.
 * @param message what is wrong here, naming the value
 * @throws Error for a code that has no entry: such a finding could not be explained
 */
export function problem(code: string, path: Path, message: string, details: ProblemDetails = {}): Problem {
    const entry = explainCode(code);
    if (entry === undefined) throw new Error(`no entry for code ${code}`);
    return {
        code,
        severity: details.severity ?? entry.severity,
        path,
        ...(details.part === undefined ? {} : { part: details.part }),
        message,
        why: details.why ?? entry.why,
        fix: details.fix ?? entry.fix,
        source: entry.source,
    };
}
