import type { JsonValue } from "../manifest/document";

/** Longest text that is quoted whole in a message. In characters. */
const LONGEST = 60;

/** A value as a message names it: `"80"`, `the number 80`, `a list`. Long texts are cut. */
export function show(value: JsonValue): string {
    if (value === null) return "null";
    if (typeof value === "string") return quote(value);
    if (typeof value === "number") return `the number ${value}`;
    if (typeof value === "boolean") return `the boolean ${value}`;
    return Array.isArray(value) ? "a list" : "a mapping";
}

/** Text in quotes, control characters escaped, cut where long. */
export function quote(text: string): string {
    const cut =
        text.length > LONGEST ? `${[...text.slice(0, 2 * LONGEST)].slice(0, LONGEST).join("")}…` : text;
    // Escapes that JSON leaves out, so that no text can play tricks with a terminal.
    return JSON.stringify(cut).replace(/[\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g, escape);
}

const escape = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;

/** `a`, `a and b`, `a, b and c`. */
export function list(words: readonly string[], conjunction = "and"): string {
    if (words.length <= 1) return words.join("");
    return `${words.slice(0, -1).join(", ")} ${conjunction} ${words.at(-1)}`;
}
