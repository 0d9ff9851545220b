import { Interrupted, OperationError } from "../operations/failure";

/** `unknown`: it could not be checked, which is never good. */
export type Verdict = "pass" | "fail" | "warn" | "unknown";

/** One thing that was checked (interfaces.md: `verify --format json`). */
export interface Check {
    /** Stable, e.g. `azure.network-plugin`; about one object with its name behind a slash. */
    readonly id: string;
    readonly title: string;
    readonly expected: string;
    readonly found: string;
    readonly verdict: Verdict;
    /** A command to look oneself, complete. */
    readonly look: string;
    /** What to do; empty for a pass. */
    readonly advice: string;
}

/** What a check is about, before it is known how it went. */
export type Subject = Pick<Check, "id" | "title" | "expected" | "look">;

/** How it went. */
export interface Outcome {
    readonly verdict: Verdict;
    readonly found: string;
    readonly advice?: string;
}

/** Something that was looked at, or why it could not be. */
export type Observed<T> = { readonly value: T } | { readonly problem: Problem };

/** Why something could not be looked at. */
export interface Problem {
    readonly what: string;
    readonly advice: string;
    /** HTTP status of the answer, where there was one. */
    readonly status?: number | undefined;
}

/**
 * Looks at something; a failure of what is outside becomes an observation, so that one broken source hides no other.
 * @throws Interrupted, and errors of ours
 */
export async function observe<T>(work: () => Promise<T>): Promise<Observed<T>> {
    try {
        return { value: await work() };
    } catch (error) {
        if (error instanceof Interrupted || !(error instanceof OperationError)) throw error;
        const { status } = error as { status?: number };
        return { problem: { what: error.what, advice: error.advice, status } };
    }
}

/** A check of one observation; what could not be observed is unknown, for the observation's reason. */
export function judge<T>(subject: Subject, observed: Observed<T>, decide: (value: T) => Outcome): Check {
    if ("problem" in observed)
        return {
            ...subject,
            found: observed.problem.what,
            verdict: "unknown",
            advice: observed.problem.advice,
        };
    return { ...subject, advice: "", ...decide(observed.value) };
}

/** Two observations that are needed together. */
export function both<A, B>(a: Observed<A>, b: Observed<B>): Observed<readonly [A, B]> {
    if ("problem" in a) return a;
    if ("problem" in b) return b;
    return { value: [a.value, b.value] };
}

export const pass = (found: string): Outcome => ({ verdict: "pass", found });
export const fail = (found: string, advice: string): Outcome => ({ verdict: "fail", found, advice });
export const warn = (found: string, advice: string): Outcome => ({ verdict: "warn", found, advice });

/** Names in a sentence: the first few, and how many more. */
export function names(all: readonly string[], most = 6): string {
    const more = all.length - most;
    return more > 1 ? `${all.slice(0, most).join(", ")} and ${more} more` : all.join(", ");
}

/** `1 node`, `3 nodes`. */
export const count = (number: number, word: string): string => `${number} ${word}${number === 1 ? "" : "s"}`;
