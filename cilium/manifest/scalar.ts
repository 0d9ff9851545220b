import type { JsonValue } from "./document";

/**
 * What a plain (unquoted) scalar means to kubectl: sigs.k8s.io/yaml reads with go-yaml 2, so words of YAML 1.1 are
 * booleans and a leading zero makes a number octal. A YAML 1.2 reader would pass `yes` on as text and hide the mistake.
 */
export function plainScalar(text: string): JsonValue {
    const first = text.charCodeAt(0);
    // Most scalars start with a letter that starts none of the words, or are longer than all of them.
    if (text.length <= 5 || first < 65) {
        const word = WORDS.get(text);
        if (word !== undefined) return word;
        if (first < 60) return numeric(text) ?? text;
    }
    return text;
}

const WORDS = new Map<string, JsonValue>([
    ...["", "~", "null", "Null", "NULL"].map((word) => [word, null] as const),
    ...["true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON", "y", "Y"].map(
        (word) => [word, true] as const,
    ),
    ...["false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF", "n", "N"].map(
        (word) => [word, false] as const,
    ),
]);

function numeric(text: string): number | undefined {
    if (/^[-+]?[1-9][0-9]*$/.test(text) || text === "0") return Number(text);
    const digits = text.replace(/_/g, "");
    if (/^[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?$/.test(digits)) {
        const octal = /^([-+]?)0([0-7]+)$/.exec(digits);
        if (octal !== null) return Number.parseInt(octal[2]!, 8) * (octal[1] === "-" ? -1 : 1);
        return Number(digits);
    }
    const based = /^([-+]?)(0x[0-9a-fA-F]+|0b[01]+|0o[0-7]+)$/.exec(digits);
    if (based !== null) return Number(based[2]) * (based[1] === "-" ? -1 : 1);
    return undefined;
}
