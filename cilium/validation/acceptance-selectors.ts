import { SELECTOR_OPERATORS } from "../model/peers";
import { when, type AcceptanceRule, type Selector, type Violation } from "./acceptance-rule";
import { quote } from "./show";

const SOURCE =
    "pkg/policy/api/selector.go EndpointSelector.Sanitize; pkg/k8s/slim/k8s/apis/meta/v1/validation";

/** What is asked of every label selector. */
export const SELECTOR_RULES: readonly AcceptanceRule<Selector>[] = [
    {
        code: "L64",
        what: "a label key is a Kubernetes label key with at most one source before it (`k8s:app`)",
        why: "Cilium puts the source before the key (`any.app`, `k8s.app`) and checks the result, so that a key without a domain may have 59 characters, not 63.",
        fix: "use a key of letters, digits, '-', '_' and '.', of at most 59 characters, optionally after a domain and a slash",
        source: `${SOURCE}; r6-key-*`,
        check: (selector, { extendKey }) => {
            const broken = (key: string): string | undefined => qualifiedNameFault(extendKey(key));
            return [
                ...Object.keys(selector.matchLabels ?? {}).flatMap((key) =>
                    keyViolation(key, broken(key), ["matchLabels", key]),
                ),
                ...(selector.matchExpressions ?? []).flatMap(({ key = "" }, index) =>
                    keyViolation(key, broken(key), ["matchExpressions", index, "key"]),
                ),
            ];
        },
    },
    {
        code: "A01",
        what: "label values are Kubernetes label values",
        fix: "use at most 63 letters, digits, '-', '_' and '.', with a letter or digit at both ends",
        source: `${SOURCE}; r7-*, r8-badvalue`,
        check: (selector) => [
            ...Object.entries(selector.matchLabels ?? {}).flatMap(([key, value]) =>
                // The CRD has checked these already.
                valueViolation(value, ["matchLabels", key], value.length > 63 ? "S05" : "S04"),
            ),
            ...(selector.matchExpressions ?? []).flatMap(({ values }, index) =>
                (values ?? []).flatMap((value, n) =>
                    valueViolation(value, ["matchExpressions", index, "values", n]),
                ),
            ),
        ],
    },
    {
        code: "A02",
        what: "In and NotIn have values, Exists and DoesNotExist have none, there are no other operators",
        fix: "write In or NotIn with values, or Exists or DoesNotExist without",
        source: `${SOURCE}; r8-*`,
        check: (selector) =>
            (selector.matchExpressions ?? []).flatMap(({ operator, values }, index): readonly Violation[] => {
                const path = ["matchExpressions", index];
                const known = (SELECTOR_OPERATORS as readonly string[]).includes(operator);
                const needsValues = operator === "In" || operator === "NotIn";
                const count = values?.length ?? 0;
                return [
                    ...when(!known, () => ({
                        path: [...path, "operator"],
                        message: `the operator ${quote(operator ?? "")} is none of ${SELECTOR_OPERATORS.join(", ")}`,
                    })),
                    ...when(needsValues && count === 0, () => ({
                        path,
                        message: `${operator} has no values`,
                    })),
                    ...when(known && !needsValues && count > 0, () => ({
                        path: [...path, "values"],
                        message: `${operator} takes no values`,
                        fix: `remove the values, or write ${operator === "Exists" ? "In" : "NotIn"}`,
                    })),
                ];
            }),
    },
];

function keyViolation(key: string, fault: string | undefined, path: Violation["path"]): readonly Violation[] {
    return when(fault !== undefined, () => ({ path, message: `the label key ${quote(key)} ${fault}` }));
}

function valueViolation(value: string, path: Violation["path"], code?: string): readonly Violation[] {
    return when(!isLabelValue(value), () => ({
        path,
        message: `${quote(value)} is no label value`,
        ...(code === undefined ? {} : { code }),
    }));
}

/** Kubernetes' `IsValidLabelValue`. */
export function isLabelValue(value: string): boolean {
    return value === "" || (value.length <= 63 && isNamePart(value));
}

const isNamePart = (text: string): boolean => /^[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?$/.test(text);

/** Why Kubernetes' `IsQualifiedName` refuses a name, as the end of a sentence; undefined where it does not. */
export function qualifiedNameFault(name: string): string | undefined {
    const parts = name.split("/");
    if (parts.length > 2) return "has more than one slash";
    const [domain, part] = parts.length === 2 ? [parts[0], parts[1] ?? ""] : [undefined, name];
    if (domain !== undefined && !isSubdomain(domain))
        return "has a domain before the slash that is no lower-case DNS name";
    if (part === "") return "has nothing after the slash";
    if (part.length > 63)
        return `is too long: with its source ${part.length} characters, at most 63 are allowed`;
    return isNamePart(part) ? undefined : "is no Kubernetes label key";
}

function isSubdomain(text: string): boolean {
    return (
        text.length <= 253 &&
        text.split(".").every((label) => /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$/.test(label))
    );
}

/** `pkg/labels` GetExtendedKeyFrom: `k8s:app` → `k8s.app`, `app` → `any.app`, `$host` → `reserved.host`; `=…` is cut. */
export function extendedKey(key: string): string {
    const [source, rest] = splitSource(key);
    return `${source}.${rest.split("=", 1)[0] ?? ""}`;
}

function splitSource(key: string): readonly [source: string, rest: string] {
    if (key.startsWith("$")) return ["reserved", key.slice(1)];
    const colon = key.indexOf(":");
    if (colon <= 0) return ["any", key.slice(colon + 1)];
    return [key.slice(0, colon), key.slice(colon + 1)];
}
