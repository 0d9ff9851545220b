import { output, Output, type Output as OutputType, type Unwrap } from "@pulumi/pulumi";

/** Whether a value holds no output or promise, however deep: then it can be judged before anything is registered. */
export function isPlain<T>(value: T): value is T & Unwrap<T> {
    if (typeof value !== "object" || value === null) return true;
    if (Output.isInstance(value) || value instanceof Promise) return false;
    return Object.values(value).every(isPlain);
}

/**
 * Judges a value now where it can be, else as soon as it is known.
 * @param judge throws when the value cannot work
 * @returns undefined when it was judged; otherwise an output to hang `dependsOn` on, so that what depends on the value is
 *   not made before it was judged. It adds no dependency on values: an unknown one makes no input unknown.
 */
export function judged<T>(value: T, judge: (known: Unwrap<T>) => void): OutputType<never[]> | undefined {
    if (isPlain(value)) {
        judge(value);
        return undefined;
    }
    return output(value).apply((known) => {
        judge(known);
        return [];
    });
}
