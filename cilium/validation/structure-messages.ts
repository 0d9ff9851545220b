import type { JsonValue } from "../manifest/document";
import type { Structural } from "../model/structural";
import type { Problem } from "./finding";
import { list, quote, show } from "./show";
import { sourceOf, type FaultContext } from "./structure-context";
import type { Fault, LimitRule } from "./structure-walk";
import { suggest } from "../model/suggest";
import { unknownKeyProblem } from "./unknown-key";

/** A fault in the user's words. */
export function describeFault(fault: Fault, context: FaultContext): Problem {
    if (fault.rule === "unknown-key") return unknownKeyProblem(fault, context);
    const { code, ...texts } = wording(fault, context);
    return {
        code: fault.schema.code ?? code,
        severity: "error",
        path: fault.rule === "required" ? [...fault.path, fault.key] : fault.path,
        source: sourceOf(context),
        ...texts,
    };
}

type Wording = Pick<Problem, "code" | "message" | "why" | "fix">;
const REFUSED = "The API server refuses the object; nothing is stored.";

function wording(fault: Exclude<Fault, { rule: "unknown-key" }>, context: FaultContext): Wording {
    switch (fault.rule) {
        case "type":
            return {
                code: "S01",
                message: `${subject(fault)} is ${show(fault.value)}; it has to be ${expected(fault.schema)}`,
                why: REFUSED,
                fix: typeFix(fault.value, fault.schema),
            };
        case "required":
            return {
                code: "S02",
                message: `${quote(fault.key)} is missing${fault.path.length === 0 ? "" : ` in ${subject(fault)}`}`,
                why: REFUSED,
                fix: `write ${fault.key}`,
            };
        case "one-of":
            return oneOf(fault);
        case "any-of":
            return {
                code: "L01",
                message: `the policy has none of ${list(fault.schema.anyOf)}`,
                why: `${REFUSED} A policy without any section would have nothing to enforce.`,
                fix: "for default deny write `ingress: [{}]` (nothing may come in) or `egress: [{}]` (nothing may go out)",
            };
        case "duplicate":
            return {
                code: "S07",
                message: `${show(fault.value)} stands in the list already, as item ${fault.first + 1}`,
                why: REFUSED,
                fix: "remove the repetition",
            };
        default:
            return limit(fault, context);
    }
}

/** The last key of the path, in quotes; list items by their place. */
function subject({ path }: Pick<Fault, "path">): string {
    const last = path.at(-1);
    if (last === undefined) return "the object";
    if (typeof last === "string") return quote(last);
    const key = path.findLast((step) => typeof step === "string");
    return `item ${last + 1} of ${quote(String(key ?? ""))}`;
}

const EXPECTED: Readonly<Record<Structural["type"], string>> = {
    object: "a mapping",
    array: "a list",
    string: "text",
    integer: "a whole number",
    boolean: "true or false",
    "int-or-string": "a whole number or text",
    anything: "any value",
};

function expected(schema: Structural): string {
    return schema.enum === undefined ? EXPECTED[schema.type] : `one of ${list(schema.enum, "or")}`;
}

function typeFix(value: JsonValue, schema: Structural): string {
    if (schema.type === "string" && (typeof value === "number" || typeof value === "boolean")) {
        return `put it in quotes: "${value}"`;
    }
    if (schema.type === "integer" && typeof value === "string" && /^[0-9]+$/.test(value)) {
        return `write it without quotes: ${value}`;
    }
    if (schema.type === "array" && value !== null) return "write a list: put '- ' before it";
    if (schema.type === "object" && Array.isArray(value)) return "write a mapping: remove the '- '";
    if (value === null) return "write a value, or remove the key";
    return `write ${expected(schema)}`;
}

function oneOf(fault: Extract<Fault, { rule: "one-of" }>): Wording {
    const choices = list(fault.schema.oneOf, "or");
    const found = fault.present.length === 0 ? "none of them is there" : `${list(fault.present)} are there`;
    return {
        code: "S06",
        message: `${subject(fault)} needs exactly one of ${choices}; ${found}`,
        why: REFUSED,
        fix:
            fault.present.length === 0
                ? `write ${choices}`
                : `keep one of ${list(fault.present)}; for more than one write an entry each`,
    };
}

function limit(fault: Extract<Fault, { rule: LimitRule }>, context: FaultContext): Wording {
    const { schema, value } = fault;
    const name = subject(fault);
    const written = typeof value === "string" ? quote(value) : show(value);
    switch (fault.rule) {
        case "enum": {
            const members = schema.enum ?? [];
            const meant = typeof value === "string" ? suggest(value, members) : undefined;
            return {
                code: "S03",
                message: `${name} is ${written}; Cilium ${context.minor} knows ${list(members, "or")}`,
                why: REFUSED,
                fix: meant === undefined ? `write one of ${list(members, "or")}` : `did you mean ${meant}?`,
            };
        }
        case "pattern":
            return {
                code: "S04",
                message: `${name} is ${written}; it has to be ${schema.pattern?.says ?? ""}`,
                why: REFUSED,
                fix: `write ${schema.pattern?.says ?? ""}`,
            };
        case "format":
            return schema.format === "cidr"
                ? {
                      code: "S04",
                      message: `${name} is ${written}, which is no address range`,
                      why: `${REFUSED} A range is an address, a slash and the length of the prefix.`,
                      fix: cidrFix(value),
                  }
                : {
                      code: "S04",
                      message: `${name} is ${written}, which is no time`,
                      why: REFUSED,
                      fix: "remove it",
                  };
        case "minLength":
            return {
                code: "S05",
                message: `${name} is empty`,
                why: REFUSED,
                fix: "write a value, or remove the key",
            };
        case "maxLength":
            return {
                code: "S05",
                message: `${name} is longer than ${schema.maxLength} characters: ${written}`,
                why: REFUSED,
                fix: `shorten it to ${schema.maxLength} characters`,
            };
        case "minItems":
            return {
                code: "S05",
                message: `${name} is an empty list`,
                why: REFUSED,
                fix: "write an entry, or remove the key",
            };
        case "maxItems":
            return {
                code: "S05",
                message: `${name} has ${(value as JsonValue[]).length} entries; at most ${schema.maxItems} are allowed`,
                why: REFUSED,
                fix: schema.maxItems === 0 ? "remove the key" : "split it into several rules",
            };
        default:
            return {
                code: "S05",
                message: `${name} is ${String(value)}; it has to be from ${schema.minimum} to ${schema.maximum}`,
                why: REFUSED,
                fix: `write a number from ${schema.minimum} to ${schema.maximum}`,
            };
    }
}

function cidrFix(value: JsonValue): string {
    if (typeof value === "string" && /^[0-9.]+$/.test(value)) return `for one address write ${value}/32`;
    if (typeof value === "string" && /^[0-9a-fA-F:]+$/.test(value))
        return `for one address write ${value}/128`;
    return "write a range such as 10.1.0.0/16";
}
