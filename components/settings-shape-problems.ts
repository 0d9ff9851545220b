import { z } from "zod";
import { suggest } from "../cilium/model/suggest";
import { refusal, type SettingProblem } from "./setting-problem";

/**
 * A problem of shape in the words of a person: SET01 unknown, SET02 missing, SET03 wrong type, SET04 not one of the values.
 * @param issue as zod reports it
 * @param given what was parsed, for the offending value
 * @param schema what it was parsed with, for the keys that would have been known
 */
export function shapeProblems(
    issue: z.core.$ZodIssue,
    given: Readonly<Record<string, unknown>>,
    schema: z.ZodType,
): SettingProblem[] {
    const setting = pathText(issue.path);
    const value = issue.path.reduce<unknown>(
        (inner, step) => (inner as Record<PropertyKey, unknown>)?.[step],
        given,
    );
    if (issue.code === "unrecognized_keys") {
        const known = knownKeys(schema, issue.path);
        return issue.keys.map((key) => {
            const guess = suggest(key, known);
            const fix =
                guess === undefined ? `remove it; there are ${known.join(", ")}` : `did you mean ${guess}?`;
            const path = pathText([...issue.path, key]);
            return refusal(
                "SET01",
                path,
                (value as Record<string, unknown>)[key],
                "there is no such setting",
                fix,
            );
        });
    }
    if (value === undefined)
        return [refusal("SET02", setting, undefined, "is needed and has no default", `set it: ${setting}`)];
    if (issue.code === "invalid_value") return [notOneOf(setting, value, issue.values.map(String))];
    if (issue.code === "invalid_union") {
        const values = issue.errors
            .flat()
            .flatMap((inner) => (inner.code === "invalid_value" ? inner.values : []));
        return [notOneOf(setting, value, values.map(String))];
    }
    const expected =
        issue.code === "invalid_type" ? (WORDS[issue.expected] ?? issue.expected) : issue.message;
    return [refusal("SET03", setting, value, `must be ${expected}`, hint(expected, value))];
}

const WORDS: Readonly<Record<string, string>> = {
    string: "text",
    int: "a whole number",
    number: "a whole number",
    boolean: "true or false",
    array: "a list",
    object: "a map of keys",
    record: "a map of keys",
};

function hint(expected: string, value: unknown): string {
    if (expected === "text") return `put it in quotes: ${JSON.stringify(String(value))}`;
    if (expected === "a whole number" && /^\d+$/.test(String(value)))
        return `without quotes: ${String(value)}`;
    if (expected === "true or false") return `true or false, without quotes`;
    if (expected === "a list") return `write [${typeof value === "string" ? value : "…"}]`;
    return `write ${expected}`;
}

function notOneOf(setting: string, value: unknown, values: readonly string[]): SettingProblem {
    const guess = suggest(String(value), values);
    const fix = guess === undefined ? `one of ${values.join(", ")}` : `did you mean ${guess}?`;
    return refusal("SET04", setting, value, `must be one of ${values.join(", ")}`, fix);
}

/** Keys that are known below a path, read off the schema. */
function knownKeys(schema: z.ZodType, path: readonly PropertyKey[]): string[] {
    const there = bare(path.reduce(below, schema as z.ZodType | undefined));
    return there instanceof z.ZodObject ? Object.keys(there.shape) : [];
}

function below(schema: z.ZodType | undefined, step: PropertyKey): z.ZodType | undefined {
    const inner = bare(schema);
    if (inner instanceof z.ZodObject) return inner.shape[String(step)] as z.ZodType | undefined;
    if (inner instanceof z.ZodRecord) return inner.valueType as z.ZodType;
    return undefined;
}

/** Without what is wrapped around: default, optional, preprocess. */
function bare(schema: z.ZodType | undefined): z.ZodType | undefined {
    if (schema instanceof z.ZodDefault || schema instanceof z.ZodOptional)
        return bare(schema.unwrap() as z.ZodType);
    return schema instanceof z.ZodPipe ? bare(schema.out as z.ZodType) : schema;
}

/** `pools.user.zones[0]` for the path of a value. */
export function pathText(path: readonly PropertyKey[]): string {
    return path.reduce<string>((text, step) => {
        if (typeof step === "number") return `${text}[${step}]`;
        return text === "" ? String(step) : `${text}.${String(step)}`;
    }, "");
}
