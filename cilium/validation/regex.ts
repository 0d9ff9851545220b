import { RE2JS } from "re2js";

/** Expressions that need no look: literal characters, `.`, `.*`, `.+`, `|` and anchors. */
const PLAIN = /^(?:[A-Za-z0-9/_ ~%&=:;,@#<>!"'-]|\.[*+]?|\||[$^])*$/;

/**
 * Why Go's `regexp` refuses an expression; undefined where it compiles. Decided by a port of RE2, as JavaScript's own
 * expressions differ (look-ahead, back-references, repeat counts).
 */
export function regexFault(text: string): string | undefined {
    if (PLAIN.test(text)) return undefined;
    try {
        RE2JS.compile(text);
        return undefined;
    } catch (error) {
        return error instanceof Error
            ? error.message.replace(/^error parsing regexp: /, "")
            : "it does not compile";
    }
}
