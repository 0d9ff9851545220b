import type { JsonObject, JsonValue, Path } from "../manifest/document";
import { structuralSchema, type Structural } from "../model/structural";
import { CILIUM_MINORS } from "../model/versions";
import type { Problem } from "./finding";
import { list, quote } from "./show";
import { sourceOf, type FaultContext } from "./structure-context";
import { isObject, type Fault } from "./structure-walk";
import { suggest } from "../model/suggest";

type UnknownKey = Extract<Fault, { rule: "unknown-key" }>;

/**
 * A key the API server drops without a word (facts 1.9: none of the CRDs preserves unknown fields): what was meant, what
 * is left, and what that does. A dropped peer opens the rule, so this is an error whatever the key.
 */
export function unknownKeyProblem(fault: UnknownKey, context: FaultContext): Problem {
    const { key, path } = fault;
    return {
        code: "L02",
        severity: "error",
        path,
        part: "key",
        message: `unknown key ${quote(key)}: the API server drops it without a word. ${leftover(fault, context)}`,
        why: `An object is stored without the keys its schema does not know; kubectl and Pulumi show a warning at most.`,
        fix: fixFor(fault, context),
        source: sourceOf(context),
    };
}

function fixFor(fault: UnknownKey, context: FaultContext): string {
    const { key, schema, parent } = fault;
    const habit = HABITS.get(key)?.(context, fault.path);
    if (habit !== undefined) return habit;
    const newer = knownSince(fault, context);
    if (newer !== undefined)
        return `${quote(key)} is known from Cilium ${newer} on; remove it for ${context.minor}`;
    const free = Object.keys(schema.properties ?? {}).filter((known) => !Object.hasOwn(parent, known));
    const meant = suggest(key, free) ?? otherDirection(key, free);
    if (meant !== undefined) return `did you mean ${meant}?`;
    const known = Object.keys(schema.properties ?? {});
    return known.length === 0 ? "remove it" : `remove it; known here: ${list(known)}`;
}

/** `fromEndpoints` under egress and `toEndpoints` under ingress. */
function otherDirection(key: string, known: readonly string[]): string | undefined {
    const turned = key.startsWith("from")
        ? `to${key.slice(4)}`
        : key.startsWith("to")
          ? `from${key.slice(2)}`
          : undefined;
    return turned === undefined ? undefined : suggest(turned, known);
}

/** The minor that introduced the key at this place, if a newer one did. */
function knownSince({ path, key }: UnknownKey, { kind, minor }: FaultContext): string | undefined {
    const newer = CILIUM_MINORS.slice(CILIUM_MINORS.indexOf(minor) + 1);
    return newer.find((candidate) => {
        let schema: Structural | undefined = structuralSchema(kind, candidate);
        for (const step of path.slice(0, -1)) {
            schema =
                typeof step === "number" ? schema?.items : (schema?.properties?.[step] ?? schema?.values);
        }
        return schema?.properties?.[key] !== undefined;
    });
}

/** Keys people bring along from NetworkPolicy or from an allow section. */
const HABITS = new Map<string, (context: FaultContext, path: Path) => string | undefined>([
    [
        "namespaceSelector",
        ({ kind }) =>
            kind === "NetworkPolicy"
                ? undefined
                : "select namespaces in fromEndpoints/toEndpoints with the label k8s:io.kubernetes.pod.namespace: NAME or k8s:io.cilium.k8s.namespace.labels.KEY: VALUE",
    ],
    [
        "podSelector",
        ({ kind }) =>
            kind === "NetworkPolicy"
                ? undefined
                : "Cilium's policies use endpointSelector, and fromEndpoints/toEndpoints for peers",
    ],
    [
        "ipBlock",
        ({ kind }) => (kind === "NetworkPolicy" ? undefined : "Cilium's policies use fromCIDRSet/toCIDRSet"),
    ],
    [
        "policyTypes",
        ({ kind }) =>
            kind === "NetworkPolicy"
                ? undefined
                : "Cilium's policies isolate a direction by having rules for it: `ingress: [{}]` or `egress: [{}]` denies all of it",
    ],
    [
        "toFQDNs",
        (_, path) =>
            path.includes("egressDeny")
                ? "names cannot be denied; deny the addresses, or allow only the names you want"
                : undefined,
    ],
    [
        "rules",
        (_, path) =>
            path.includes("ingressDeny") || path.includes("egressDeny")
                ? "a deny rule cannot look into layer 7; allow the requests you want instead"
                : undefined,
    ],
    [
        "ports",
        ({ kind }, path) =>
            kind !== "NetworkPolicy" && !path.includes("toPorts")
                ? "ports of a rule are written `toPorts: [{ports: […]}]`"
                : undefined,
    ],
]);

const SECTIONS = ["ingress", "ingressDeny", "egress", "egressDeny"];

/** What is left of the rule the key was in, and what it does. */
function leftover({ path }: UnknownKey, { stored, kind }: FaultContext): string {
    const section = path.findIndex((step) => typeof step === "string" && SECTIONS.includes(step));
    if (section === -1) return specLeftover(path, stored);
    const rulePath = path.slice(0, section + 2);
    const rule = at(stored, rulePath);
    if (!isObject(rule) || path.length > section + 3) return innerLeftover(path, section);
    const direction = String(path[section]);
    const deny = direction.endsWith("Deny");
    const inward = direction.startsWith("ingress");
    const ports = kind === "NetworkPolicy" ? rule.ports : (rule.toPorts ?? rule.icmps);
    const peers = Object.keys(rule).filter(
        (key) => !["toPorts", "icmps", "ports", "authentication"].includes(key),
    );
    if (peers.length > 0) return `The rule stays with ${list(peers)} only`;
    const everyone = inward
        ? "from everywhere, the internet included"
        : "to everywhere, the internet included";
    if (kind === "NetworkPolicy") {
        return `What is left names no peer, so ${ports === undefined ? "all ports are" : `${portsText(ports)} is`} open ${everyone}`;
    }
    if (ports === undefined) {
        return deny
            ? "What is left is `{}`: it denies nothing and only starts default deny"
            : `What is left is \`{}\`: it allows nothing and starts default deny for ${inward ? "ingress" : "egress"}`;
    }
    return `What is left names no peer, so ${portsText(ports)} is ${deny ? "denied" : "open"} ${everyone}`;
}

function specLeftover(path: Path, stored: JsonObject): string {
    const spec =
        path[0] === "spec" ? stored.spec : path[0] === "specs" ? at(stored, path.slice(0, 2)) : undefined;
    if (!isObject(spec) || path.length > (path[0] === "spec" ? 2 : 3)) return "The rest is stored without it";
    const left = SECTIONS.filter((key) => spec[key] !== undefined);
    return left.length === 0
        ? "What is left has no rules: the policy enforces nothing (Cilium 1.17 and newer refuse it)"
        : `The policy stays with ${list(left)} only`;
}

function innerLeftover(path: Path, section: number): string {
    const inToPorts = path[section + 2] === "toPorts";
    if (inToPorts && path.at(-1) === "rules") return "The ports stay, for every request";
    if (inToPorts) return "The ports stay without that condition";
    return "The rest of the rule is stored without it";
}

/** `port 443/TCP`, `ports 80 and 443`, `ICMP`. */
function portsText(value: JsonValue | undefined): string {
    const ports = (Array.isArray(value) ? value : [])
        .flatMap((entry) => (isObject(entry) ? (Array.isArray(entry.ports) ? entry.ports : [entry]) : []))
        .flatMap((entry) => (isObject(entry) && entry.port !== undefined ? [String(entry.port)] : []));
    if (ports.length === 0) return "every port named";
    return ports.length === 1 ? `port ${ports.join("")}` : `each of the ports ${list(ports)}`;
}

function at(value: JsonValue, path: Path): JsonValue | undefined {
    let here: JsonValue | undefined = value;
    for (const step of path) here = (here as JsonObject | undefined)?.[step];
    return here;
}
