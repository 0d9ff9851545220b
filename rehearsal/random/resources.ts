/** The random provider's resources: what they need, their defaults, what they make. */
import { randomInt } from "node:crypto";
import type { CheckFailure } from "../plugin/provider";
import { hasUnknown, type Properties, secret, UNKNOWN } from "../plugin/values";
import { idOf, pet, randomString, randomUUID, seeded } from "./values";

/** One resource type. */
export interface Kind {
    required: string[];
    /** Values that the provider fills in; they are part of the outputs. */
    defaults: Properties;
    /** Outputs that only `make` knows. */
    computed: string[];
    make(inputs: Properties): { id: string; outputs: Properties };
    /** Rules over several inputs. */
    refuse?(inputs: Properties): CheckFailure[];
}

const STRING_DEFAULTS: Properties = {
    lower: true,
    upper: true,
    numeric: true,
    number: true,
    special: true,
    minLower: 0,
    minUpper: 0,
    minNumeric: 0,
    minSpecial: 0,
};

/** Terraform's random: `length` is at least 1 and holds the sum of the minimums. */
function refuseString(inputs: Properties): CheckFailure[] {
    if (hasUnknown(inputs)) return [];
    const length = Number(inputs["length"]);
    if (!(length >= 1))
        return [{ property: "length", reason: `attribute length value must be at least 1, got: ${length}` }];
    const sum = ["minLower", "minUpper", "minNumeric", "minSpecial"].reduce(
        (all, key) => all + Number(inputs[key] ?? 0),
        0,
    );
    if (length >= sum) return [];
    const reason = `attribute length value must be at least sum of min_upper + min_lower + min_numeric + min_special, got: ${length}`;
    return [{ property: "length", reason }];
}

const text = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);

const KINDS: Record<string, Kind> = {
    "random:index/randomString:RandomString": {
        required: ["length"],
        defaults: STRING_DEFAULTS,
        computed: ["result"],
        refuse: refuseString,
        make: (inputs) => {
            const result = randomString(inputs);
            return { id: result, outputs: { result } };
        },
    },
    "random:index/randomPassword:RandomPassword": {
        required: ["length"],
        defaults: STRING_DEFAULTS,
        computed: ["result"],
        refuse: refuseString,
        // The schema marks the result as secret; the id is the word "none".
        make: (inputs) => ({ id: "none", outputs: { result: secret(randomString(inputs)) } }),
    },
    "random:index/randomPet:RandomPet": {
        required: [],
        defaults: { length: 2, separator: "-" },
        computed: [],
        make: (inputs) => ({
            id: pet(Number(inputs["length"]), text(inputs["separator"]) ?? "-", text(inputs["prefix"])),
            outputs: {},
        }),
    },
    "random:index/randomInteger:RandomInteger": {
        required: ["min", "max"],
        defaults: {},
        computed: ["result"],
        refuse: ({ min, max }) =>
            Number(min) > Number(max)
                ? [
                      {
                          property: "min",
                          reason: "The minimum (min) value needs to be smaller than or equal to maximum (max) value.",
                      },
                  ]
                : [],
        make: ({ min, max, seed }) => {
            const span = Number(max) - Number(min) + 1;
            const draw = text(seed) === undefined ? randomInt : seeded(String(seed));
            const result = Number(min) + draw(span);
            return { id: String(result), outputs: { result } };
        },
    },
    "random:index/randomUuid:RandomUuid": {
        required: [],
        defaults: {},
        computed: ["result"],
        make: () => {
            const result = randomUUID();
            return { id: result, outputs: { result } };
        },
    },
    "random:index/randomId:RandomId": {
        required: ["byteLength"],
        defaults: {},
        computed: ["b64Std", "b64Url", "hex", "dec"],
        make: (inputs) => idOf(Number(inputs["byteLength"]), text(inputs["prefix"]) ?? ""),
    },
};

/**
 * The resource of a token.
 * @throws Error for a type that this stand-in does not make
 */
export function kindOf(type: string): Kind {
    const kind = KINDS[type];
    if (kind !== undefined) return kind;
    const known = Object.keys(KINDS).map((token) => token.split(":").at(-1));
    throw new Error(`the random stand-in makes ${known.join(", ")}; ${type} is not among them`);
}

/** Everything that is wrong with the inputs. */
export function refuse(kind: Kind, inputs: Properties): CheckFailure[] {
    const missing = kind.required.filter((key) => inputs[key] === undefined);
    if (missing.length > 0) {
        // The text of Pulumi's Terraform bridge.
        return missing.map((key) => ({ property: key, reason: `Missing required property '${key}'` }));
    }
    return kind.refuse?.(inputs) ?? [];
}

/** Outputs in preview: inputs and defaults are known, what only the service makes is not. */
export function planned(kind: Kind, inputs: Properties): Properties {
    const computed = Object.fromEntries(kind.computed.map((key) => [key, UNKNOWN]));
    return { ...kind.defaults, ...inputs, ...computed };
}
