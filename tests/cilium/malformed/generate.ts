import { stringify } from "yaml";
import { mutate, randomPolicy, type Random } from "../../support/random-policies";

/**
 * A text that is likely no manifest any more: broken YAML and JSON, wrong types, deep nesting, anchor bombs, binary,
 * repeated keys. Small, as there are many; what only size shows is in {@link largeTexts}.
 */
export function malformedText(random: Random): string {
    const policy = randomPolicy(random, random.pick(["1.16", "1.17", "1.18", "1.19"]));
    for (let n = random.below(4); n > 0; n--) mutate(random, policy);
    const text = random.chance(0.3) ? JSON.stringify(policy, null, random.pick([0, 2])) : stringify(policy);
    return random.pick(ACCIDENTS)(random, text);
}

type Accident = (random: Random, text: string) => string;

const splice = (random: Random, text: string, piece: string): string => {
    const at = random.below(text.length + 1);
    return text.slice(0, at) + piece + text.slice(at + random.below(4));
};
const MARKS = [
    "\t",
    "{",
    "}",
    "[",
    "]",
    ":",
    ": ",
    "- ",
    "'",
    '"',
    "\\",
    "|",
    ">",
    "&a ",
    "*a",
    "*b",
    "<<: ",
    "!!x ",
    "%",
    "@",
    "`",
    "#",
    "---\n",
    "...\n",
    "\n",
    "\r",
    "\r\n",
    "? ",
    ",",
    "~",
    "\u0000",
    "\u0007",
    "\ufeff",
    "\ufffd",
    "\ud800",
    "\u2028",
    "${",
    "${X}",
    "$${X}",
    "null",
    "é",
    "😀",
];

const ACCIDENTS: readonly Accident[] = [
    (_, text) => text,
    (random, text) => splice(random, text, random.pick(MARKS)),
    (random, text) => splice(random, splice(random, text, random.pick(MARKS)), random.pick(MARKS)),
    (random, text) => text.slice(0, random.below(text.length + 1)),
    (random, text) => text.slice(random.below(text.length + 1)),
    (random, text) =>
        text.replace(/\n( *)/g, (whole, indent: string) =>
            random.chance(0.1) ? `\n${indent}${" ".repeat(random.below(3))}` : whole,
        ),
    (_, text) => text.replace(/^( *)(\w+):.*$/m, (line) => `${line}\n${line}`),
    (random, text) =>
        text.replace(/: (\S+)/g, (whole, value: string) =>
            random.chance(0.1) ? `: &x ${value}` : random.chance(0.1) ? ": *x" : whole,
        ),
    (random, text) => `${text}\nz: ${random.pick(["[", "{", "{a: ", "- "]).repeat(random.below(400))}`,
    (random) => anchorBomb(3 + random.below(12)),
    (random) =>
        Array.from({ length: random.below(300) }, () =>
            String.fromCharCode(random.below(random.pick([128, 256, 65536]))),
        ).join(""),
    (random, text) => `${text}\n---\n${splice(random, text, random.pick(MARKS))}\n---\n${text}`,
    (random, text) => text.replace(/[a-z]/g, (letter) => (random.chance(0.02) ? random.pick(MARKS) : letter)),
    (random, text) =>
        `apiVersion: v1\nkind: List\nitems:\n${random.pick(["- ", "  - ", " "])}${text.replace(/\n/g, `\n${" ".repeat(random.pick([2, 4, 1]))}`)}`,
];

/** Each level names the one before nine times. */
function anchorBomb(levels: number): string {
    const lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"];
    for (let n = 1; n < levels; n++)
        lines.push(`a${n}: &a${n} [${Array.from({ length: 9 }, () => `*a${n - 1}`).join(", ")}]`);
    return `kind: CiliumNetworkPolicy\napiVersion: cilium.io/v2\n${lines.join("\n")}\nspec: *a${levels - 1}\n`;
}

/** Texts that only hurt by their size; every one has to be answered in a moment. */
export const largeTexts: Readonly<Record<string, string>> = {
    "100,000 brackets": "[".repeat(100_000),
    "100,000 braces": '{"a":'.repeat(100_000),
    "100,000 dashes": "- ".repeat(100_000),
    "100,000 levels of JSON": `${"[".repeat(100_000)}${"]".repeat(100_000)}`,
    "a deep block": Array.from({ length: 2_000 }, (_, n) => `${" ".repeat(n)}a:`).join("\n"),
    "an anchor bomb": anchorBomb(40),
    "a name of 100,000 characters": `apiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\nmetadata: {name: p, namespace: n}\nspec:\n  endpointSelector: {}\n  egress:\n  - toFQDNs:\n    - matchName: ${"a".repeat(100_000)}!\n    - matchPattern: ${"a-".repeat(50_000)}!\n    toPorts:\n    - ports: [{port: ${"a".repeat(100_000)}!}]\n      rules:\n        http:\n        - path: "${"(a*)*".repeat(200)}"\n`,
    "100,000 quotes": "a: ".concat("'x".repeat(100_000)),
    "100,000 colons": "a: ".repeat(100_000),
    "a megabyte of spaces": `a:${" ".repeat(1_000_000)}b`,
    "a megabyte of comments": "# x\n".repeat(250_000),
    "50,000 documents": "---\n".repeat(50_000),
    "50,000 keys": Array.from({ length: 50_000 }, (_, n) => `k${n}: ${n}`).join("\n"),
    "100,000 placeholders": "${A}".repeat(100_000),
    zeros: "\u0000".repeat(100_000),
};
