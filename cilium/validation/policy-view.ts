import type { JsonObject, JsonValue, ManifestDocument, Path } from "../manifest/document";

/**
 * A CiliumNetworkPolicy or CiliumClusterwideNetworkPolicy as the checks walk it. Nothing is assumed about the values:
 * a document that the structural check refuses still gets every piece of advice that can be given.
 */
export interface PolicyView {
    readonly document: ManifestDocument;
    /** CiliumClusterwideNetworkPolicy. */
    readonly clusterwide: boolean;
    /** `spec`, then the items of `specs`: all of them apply (facts 1.1). */
    readonly specs: readonly SpecView[];
}

/** One rule object: `spec`, or an item of `specs`. */
export interface SpecView {
    readonly policy: PolicyView;
    readonly path: Path;
    readonly value: JsonObject;
    /** `endpointSelector` where it is an object. */
    readonly subject: JsonObject | undefined;
    readonly rules: readonly RuleView[];
}

export const SECTIONS = ["ingress", "ingressDeny", "egress", "egressDeny"] as const;
export type Section = (typeof SECTIONS)[number];
export type Direction = "ingress" | "egress";

/** One item of a section. */
export interface RuleView {
    readonly spec: SpecView;
    readonly path: Path;
    readonly section: Section;
    readonly direction: Direction;
    readonly deny: boolean;
    readonly value: JsonObject;
}

/** Keys that name peers, by direction. */
export const PEER_KEYS: Readonly<Record<Direction, readonly string[]>> = {
    ingress: [
        "fromEndpoints",
        "fromRequires",
        "fromCIDR",
        "fromCIDRSet",
        "fromEntities",
        "fromGroups",
        "fromNodes",
    ],
    egress: [
        "toEndpoints",
        "toRequires",
        "toCIDR",
        "toCIDRSet",
        "toEntities",
        "toGroups",
        "toNodes",
        "toServices",
        "toFQDNs",
    ],
};

/** Keys of a section's item that are no peers. */
export const OTHER_RULE_KEYS = ["toPorts", "icmps", "authentication"] as const;

/**
 * Peer keys whose empty list is not read as "no one": Cilium's "present and empty" check leaves them out, so with
 * ports the rule is open to everyone (facts 3.3, 3.4; executed on 1.16 to 1.19).
 */
export const OPEN_WHEN_EMPTY: ReadonlySet<string> = new Set([
    "toFQDNs",
    "toServices",
    "toGroups",
    "fromGroups",
    "toRequires",
    "fromRequires",
]);

/** Reads a Cilium policy; undefined for other kinds. */
export function policyView(document: ManifestDocument): PolicyView | undefined {
    const clusterwide = document.kind === "CiliumClusterwideNetworkPolicy";
    if (!clusterwide && document.kind !== "CiliumNetworkPolicy") return undefined;
    const specs: SpecView[] = [];
    const policy: PolicyView = { document, clusterwide, specs };
    const add = (value: JsonValue | undefined, path: Path): void => {
        if (isObject(value)) specs.push(specView(policy, path, value));
    };
    add(document.value["spec"], ["spec"]);
    list(document.value["specs"]).forEach((value, index) => add(value, ["specs", index]));
    return policy;
}

function specView(policy: PolicyView, path: Path, value: JsonObject): SpecView {
    const rules: RuleView[] = [];
    const spec: SpecView = { policy, path, value, subject: object(value["endpointSelector"]), rules };
    for (const section of SECTIONS) {
        list(value[section]).forEach((item, index) => {
            if (!isObject(item)) return;
            rules.push({
                spec,
                path: [...path, section, index],
                section,
                direction: section.startsWith("ingress") ? "ingress" : "egress",
                deny: section.endsWith("Deny"),
                value: item,
            });
        });
    }
    return spec;
}

/** Every rule of every spec. */
export function rulesOf(policy: PolicyView): readonly RuleView[] {
    return policy.specs.flatMap((spec) => spec.rules);
}

/** Peer keys that are written in a rule, `null` and empty lists included. */
export function peerKeys(rule: RuleView): readonly string[] {
    return PEER_KEYS[rule.direction].filter((key) => key in rule.value);
}

/** Peer keys with at least one peer. */
export function namedPeers(rule: RuleView): readonly string[] {
    return peerKeys(rule).filter((key) => list(rule.value[key]).length > 0);
}

/** A rule with a key that the API server would cut: what its peers were meant to be is not known. */
export function hasUnknownKey(rule: RuleView): boolean {
    const known = [...PEER_KEYS[rule.direction], ...OTHER_RULE_KEYS];
    return Object.keys(rule.value).some((key) => !known.includes(key));
}

/** A label selector in a policy: who it is for (`subject`) or who may talk (`peer`). */
export interface SelectorView {
    readonly rule: RuleView | undefined;
    readonly path: Path;
    readonly value: JsonObject;
}

/** The subject's selector (without rule) and every selector among the peers of a spec. */
export function selectorsOf(spec: SpecView): readonly SelectorView[] {
    const subject =
        spec.subject === undefined
            ? []
            : [{ rule: undefined, path: [...spec.path, "endpointSelector"], value: spec.subject }];
    return [...subject, ...spec.rules.flatMap(peerSelectors)];
}

/** Selectors of `fromEndpoints` and `toEndpoints`. */
export function peerSelectors(rule: RuleView): readonly SelectorView[] {
    const key = rule.direction === "ingress" ? "fromEndpoints" : "toEndpoints";
    return objects(rule.value[key]).map(([value, index]) => ({
        rule,
        path: [...rule.path, key, index],
        value,
    }));
}

/** One requirement of a label selector on one key; `matchLabels` counts as `In` with one value. */
export interface Requirement {
    readonly key: string;
    readonly operator: string;
    readonly values: readonly JsonValue[];
    readonly path: Path;
    /** Whether `path` leads to an entry of `matchLabels`, whose key is the label's. */
    readonly label: boolean;
}

/** Requirements of a label selector in the order they are written. */
export function requirements(selector: SelectorView): readonly Requirement[] {
    const labels = Object.entries(object(selector.value["matchLabels"]) ?? {}).map(([key, value]) => ({
        key,
        operator: "In",
        values: [value],
        path: [...selector.path, "matchLabels", key],
        label: true,
    }));
    const expressions = objects(selector.value["matchExpressions"]).map(([value, index]) => ({
        key: string(value["key"]) ?? "",
        operator: string(value["operator"]) ?? "",
        values: list(value["values"]),
        path: [...selector.path, "matchExpressions", index],
        label: false,
    }));
    return [...labels, ...expressions];
}

/** One item of `toPorts[].ports`. */
export interface PortView {
    readonly path: Path;
    readonly value: JsonObject;
    /** The `toPorts` item it stands in. */
    readonly portRule: JsonObject;
}

/** Items of `toPorts`, with their paths. */
export function portRules(rule: RuleView): readonly (readonly [JsonObject, Path])[] {
    return objects(rule.value["toPorts"]).map(([value, index]) => [value, [...rule.path, "toPorts", index]]);
}

/** Every port of a rule. */
export function portsOf(rule: RuleView): readonly PortView[] {
    return portRules(rule).flatMap(([portRule, path]) =>
        objects(portRule["ports"]).map(([value, index]) => ({
            path: [...path, "ports", index],
            value,
            portRule,
        })),
    );
}

/** What a port is called in sentences: `port 443/TCP`, `ports 80-90/TCP`, `port 53`, `every TCP port`. */
export function portName(port: JsonObject): string {
    const end = port["endPort"];
    const number = String(port["port"] ?? "");
    const protocol = string(port["protocol"]) ?? "ANY";
    if (number === "0") return protocol === "ANY" ? "every port" : `every ${protocol} port`;
    const range =
        typeof end === "number" && end > Number(number) ? `ports ${number}-${end}` : `port ${number}`;
    return protocol === "ANY" ? range : `${range}/${protocol}`;
}

/** `port 80/TCP`, `port 80/TCP and port 443/TCP`, …; the empty string where no port is named. */
export function portNames(rule: RuleView): string {
    return conjunction(portsOf(rule).map(({ value }) => portName(value)));
}

/** `a`, `a and b`, `a, b and c`. */
export function conjunction(items: readonly string[], word = "and"): string {
    if (items.length < 2) return items.join("");
    return `${items.slice(0, -1).join(", ")} ${word} ${items.at(-1) ?? ""}`;
}

export function isObject(value: JsonValue | undefined): value is JsonObject {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value if it is an object. */
export function object(value: JsonValue | undefined): JsonObject | undefined {
    return isObject(value) ? value : undefined;
}

/** The value if it is a list, else an empty one. */
export function list(value: JsonValue | undefined): readonly JsonValue[] {
    return Array.isArray(value) ? value : [];
}

/** The objects of a list with their indices; other items belong to the structural check. */
export function objects(value: JsonValue | undefined): readonly (readonly [JsonObject, number])[] {
    return list(value).flatMap((item, index) => (isObject(item) ? [[item, index] as const] : []));
}

/** The value if it is a string. */
export function string(value: JsonValue | undefined): string | undefined {
    return typeof value === "string" ? value : undefined;
}

/** The strings of a list with their indices. */
export function strings(value: JsonValue | undefined): readonly (readonly [string, number])[] {
    return list(value).flatMap((item, index) => (typeof item === "string" ? [[item, index] as const] : []));
}
