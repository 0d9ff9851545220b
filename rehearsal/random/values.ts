/** The values that the random provider's resources make (pulumi-random 4.21.2, a bridge of Terraform's random 3). */
import { createHash, randomBytes, randomInt, randomUUID } from "node:crypto";
import type { Properties, Value } from "../plugin/values";

/** Draws whole numbers from 0 to `bound - 1`. */
type Draw = (bound: number) => number;

const LOWER = "abcdefghijklmnopqrstuvwxyz";
const DIGITS = "0123456789";
const SPECIAL = "!@#$%&*()-_=+[]{}<>:?";

const shuffle = (items: string[], draw: Draw): string[] => {
    for (let last = items.length - 1; last > 0; last--) {
        const other = draw(last + 1);
        [items[last], items[other]] = [items[other] ?? "", items[last] ?? ""];
    }
    return items;
};

const take = (alphabet: string, count: number, draw: Draw): string[] =>
    Array.from({ length: count }, () => alphabet[draw(alphabet.length)] ?? "");

const count = (value: Value | undefined): number => (typeof value === "number" ? value : 0);

/** A string by the rules of RandomString and RandomPassword: the minimums of each class, then any allowed character. */
export function randomString(inputs: Properties, draw: Draw = randomInt): string {
    const special =
        typeof inputs["overrideSpecial"] === "string" && inputs["overrideSpecial"] !== ""
            ? inputs["overrideSpecial"]
            : SPECIAL;
    const classes: [string, boolean, number][] = [
        [LOWER, inputs["lower"] !== false, count(inputs["minLower"])],
        [LOWER.toUpperCase(), inputs["upper"] !== false, count(inputs["minUpper"])],
        [DIGITS, inputs["numeric"] !== false && inputs["number"] !== false, count(inputs["minNumeric"])],
        [special, inputs["special"] !== false, count(inputs["minSpecial"])],
    ];
    const required = classes.flatMap(([alphabet, , minimum]) => take(alphabet, minimum, draw));
    const all = classes.map(([alphabet, on]) => (on ? alphabet : "")).join("");
    const rest = Math.max(0, count(inputs["length"]) - required.length);
    return shuffle([...required, ...take(all, rest, draw)], draw).join("");
}

const ADVERBS = [
    "boldly",
    "calmly",
    "firmly",
    "gently",
    "kindly",
    "neatly",
    "openly",
    "rarely",
    "safely",
    "truly",
];
const ADJECTIVES = ["able", "bold", "calm", "eager", "fair", "keen", "merry", "proud", "quick", "witty"];
const NAMES = ["ant", "bear", "crane", "dingo", "finch", "heron", "ibex", "lynx", "otter", "wren"];

/** A name by the rules of RandomPet: adverbs, one adjective, one animal. The released word lists are longer. */
export function pet(words: number, separator: string, prefix: string | undefined): string {
    const pick = (list: string[]): string => list[randomInt(list.length)] ?? "";
    const parts = Array.from({ length: words }, (_, index) =>
        pick(index === words - 1 ? NAMES : index === words - 2 ? ADJECTIVES : ADVERBS),
    );
    return [...(prefix === undefined ? [] : [prefix]), ...parts].join(separator);
}

/**
 * A repeatable sequence for resources with a `seed`. Repeatable only here: the released provider uses Go's math/rand,
 * so its values differ.
 */
export function seeded(seed: string): Draw {
    let counter = 0;
    return (bound) => {
        const hash = createHash("sha256").update(`${seed}/${counter++}`).digest();
        return Number(hash.readBigUInt64BE() % BigInt(bound));
    };
}

/** The encodings of a RandomId. */
export function idOf(byteLength: number, prefix: string): { id: string; outputs: Properties } {
    const bytes = randomBytes(byteLength);
    const url = bytes.toString("base64url");
    const outputs = {
        b64Std: prefix + bytes.toString("base64"),
        b64Url: prefix + url,
        hex: prefix + bytes.toString("hex"),
        dec: prefix + BigInt(`0x${bytes.toString("hex")}`).toString(),
    };
    return { id: url, outputs };
}

export { randomUUID };
