import type { JsonObject, ManifestDocument, Path } from "../../manifest/document";
import type { ServiceDefinition } from "../../reachability/types";
import { ciliumRules } from "../../semantics/cilium-policy";
import { METADATA_NAME, NAMESPACE_LABELS, POD_NAMESPACE } from "../../semantics/labels";
import { networkPolicyRules } from "../../semantics/network-policy";
import type { Rule } from "../../semantics/rules";
import { labelSelector, type LabelSelector, type Requirement } from "../../semantics/selectors";
import { serviceSelectors } from "../../semantics/services";
import { problem } from "../codes/problem";
import { atLeast, type CheckContext } from "../context";
import type { Problem } from "../finding";
import {
    isObject,
    list,
    namedPeers,
    objects,
    string,
    type PolicyView,
    type RuleView,
    rulesOf,
} from "../policy-view";
import { suggest } from "../suggest";
import { populationOf, type Pod, type Population } from "../population";
import { openToEveryone } from "./peers";
import { adviseFromModel } from "./model";
import { selects } from "./service-selector";

/**
 * L08, L25 to L27, L42 to L46 and L49: what only shows once pods and Services are known. Nothing where they are not.
 * @param stored the object as the API server keeps it
 */
export function adviseWithWorkloads(
    document: ManifestDocument,
    stored: JsonObject,
    context: CheckContext,
): readonly Problem[] {
    const population = populationOf(context);
    if (population === undefined) return [];
    const rules = rulesOfDocument(document, stored, context);
    const policy = context.views.get(document);
    return [
        ...subjects(rules, population),
        ...rules.flatMap((rule) => [
            ...peers(rule, population, document),
            ...ports(rule, population, context),
        ]),
        ...(policy === undefined ? [] : services(policy, context)),
        ...adviseFromModel(document, context),
    ];
}

function rulesOfDocument(
    document: ManifestDocument,
    stored: JsonObject,
    context: CheckContext,
): readonly Rule[] {
    const { minor, cluster } = context;
    const addresses = { minor, dualStack: cluster.dualStack === true };
    if (document.kind === "NetworkPolicy") return networkPolicyRules(document, stored, addresses);
    if (!context.views.has(document)) return [];
    const scope = { ...addresses, mode: "product" as const, services: context.services ?? [], groups: [] };
    return ciliumRules(document, stored, scope).rules;
}

/** Where the subject of a rule is written: beside the sections. */
function subjectPath({ document, path }: Rule): Path {
    if (document.kind === "NetworkPolicy") return ["spec", "podSelector"];
    return [
        ...path.slice(
            0,
            path.findIndex((step) => /gress/.test(String(step))),
        ),
        "endpointSelector",
    ];
}

function* subjects(rules: readonly Rule[], population: Population): Iterable<Problem> {
    const seen = new Set<string>();
    for (const rule of rules) {
        const path = subjectPath(rule);
        if (seen.has(JSON.stringify(path))) continue;
        seen.add(JSON.stringify(path));
        if (rule.subject.requirements.some(({ source }) => source === "reserved")) continue;
        const pods = population.select(rule.subject);
        if (pods.length === 0) {
            yield unmatched(path, rule.subject, population, "this policy applies to no workload");
        } else if (pods.every(({ endpoint }) => endpoint.hostNetwork)) {
            yield problem(
                "L44",
                path,
                `this policy selects only hostNetwork pods (${example(pods)}), to which policies do not apply`,
            );
        }
    }
}

function* peers(rule: Rule, population: Population, document: ManifestDocument): Iterable<Problem> {
    if (rule.peers === "none") return;
    for (const [index, { selector }] of rule.peers.entries()) {
        const path = peerPath(rule, index, document);
        if (path === undefined || selector.type !== "labels") continue;
        if (
            selector.requirements.some(({ source }) => source === "reserved") ||
            knownOnlyBuiltIn(selector, population)
        )
            continue;
        const pods = population.select(selector);
        if (pods.some(({ endpoint }) => !endpoint.hostNetwork)) continue;
        if (pods.length > 0) {
            yield problem(
                "L45",
                path,
                `these peers are hostNetwork pods (${example(pods)}): Cilium sees them as their node, so the rule matches none`,
            );
            continue;
        }
        const elsewhere =
            rule.namespace === undefined ? [] : population.select(withoutNamespace(selector, rule.namespace));
        const namespaces = [...new Set(elsewhere.flatMap(({ endpoint }) => endpoint.namespace ?? []))];
        const first = namespaces[0];
        if (first !== undefined && document.kind !== "NetworkPolicy") {
            const where =
                namespaces.length > 3
                    ? `${namespaces.slice(0, 3).join(", ")} and others`
                    : namespaces.join(", ");
            yield problem(
                "L27",
                path,
                `no pod of namespace ${rule.namespace ?? ""} has these labels, but pods of ${where} do`,
                {
                    fix: `add \`${POD_NAMESPACE}: ${first}\` to the selector`,
                },
            );
        } else {
            yield unmatched(path, selector, population, "this peer matches no workload");
        }
    }
}

/** The place of a peer given by label selector; in other kinds of peers nothing can be unmatched. */
function peerPath(rule: Rule, index: number, document: ManifestDocument): Path | undefined {
    if (document.kind === "NetworkPolicy") return rule.path.length > 3 ? rule.path : undefined;
    const key = rule.direction === "ingress" ? "fromEndpoints" : "toEndpoints";
    let item: unknown = document.value;
    for (const step of [...rule.path, key])
        item = (item as Record<string | number, unknown> | undefined)?.[step];
    return Array.isArray(item) && index < item.length && item.every(isObject)
        ? [...rule.path, key, index]
        : undefined;
}

function withoutNamespace(selector: LabelSelector, own: string): LabelSelector {
    return labelSelector(
        selector.requirements.filter(
            ({ key, values }) => key !== POD_NAMESPACE || values[0] !== own || values.length !== 1,
        ),
    );
}

/** kube-system is known by a built-in list only: what is not in it may well run. */
function knownOnlyBuiltIn({ requirements }: LabelSelector, { pods }: Population): boolean {
    const namespaces = requirements
        .filter(({ key, operator }) => key === POD_NAMESPACE && operator === "In")
        .flatMap(({ values }) => values);
    return namespaces.some((namespace) => {
        const there = pods.filter(({ endpoint }) => endpoint.namespace === namespace);
        return there.length > 0 && there.every(({ endpoint }) => endpoint.document === undefined);
    });
}

function unmatched(path: Path, selector: LabelSelector, population: Population, effect: string): Problem {
    const { text, meant, unknownNamespace } = culprit(selector, population);
    return problem("L26", path, `${effect}: ${text}`, {
        // Who gives the workloads of one team only cannot be told that another team's do not exist.
        ...(unknownNamespace === true && meant === undefined ? { severity: "info" as const } : {}),
        ...(meant === undefined ? {} : { fix: `did you mean \`${meant}\`?` }),
    });
}

interface Culprit {
    readonly text: string;
    readonly meant?: string | undefined;
    readonly unknownNamespace?: boolean;
}

/** Keys that name a namespace, in a Cilium policy and in a namespaceSelector. */
const NAMESPACE_KEYS = [POD_NAMESPACE, NAMESPACE_LABELS + METADATA_NAME];

/** The requirement that nothing meets, and what is close to it. */
function culprit({ requirements }: LabelSelector, population: Population): Culprit {
    const namespaces = requirements.filter(
        ({ key, operator }) => NAMESPACE_KEYS.includes(key) && operator === "In",
    );
    const [first] = namespaces;
    const namespace = first?.values[0];
    if (first !== undefined && namespace !== undefined && !population.namespaces.has(namespace)) {
        const close = closeTo(namespace, population.namespaces);
        return {
            text: `no workload of namespace ${namespace} is known`,
            meant: close === undefined ? undefined : `${shortKey(first.key)}: ${close}`,
            unknownNamespace: true,
        };
    }
    const within = namespaces.length === 0 ? population.pods : population.select(labelSelector(namespaces));
    for (const requirement of requirements) {
        if (namespaces.includes(requirement) || !["In", "Exists"].includes(requirement.operator)) continue;
        if (within.some(({ identity }) => meets(requirement, identity.k8s.get(requirement.key)))) continue;
        const where = namespace === undefined ? "" : ` of namespace ${namespace}`;
        return { text: `no pod${where} has ${written(requirement)}`, meant: closest(requirement, within) };
    }
    return { text: `no pod has all of ${requirements.map(written).join(", ")}` };
}

/** A namespace's label as a namespaceSelector has it. */
function shortKey(key: string): string {
    return key.startsWith(NAMESPACE_LABELS + METADATA_NAME) ? METADATA_NAME : key;
}

function meets({ operator, values }: Requirement, value: string | undefined): boolean {
    return value !== undefined && (operator === "Exists" || values.includes(value));
}

function written({ key, operator, values }: Requirement): string {
    if (operator === "In" && values.length === 1) return `${key}: ${values[0] ?? ""}`;
    return operator === "Exists" || operator === "DoesNotExist"
        ? `${key} ${operator}`
        : `${key} ${operator} [${values.join(", ")}]`;
}

/** The known label closest to a requirement: another value of its key, or another key with its value. */
function closest({ key, values }: Requirement, pods: readonly Pod[]): string | undefined {
    const ofKey = new Set(pods.flatMap(({ identity }) => identity.k8s.get(key) ?? []));
    const value = values[0];
    if (ofKey.size > 0) {
        const close = value === undefined ? undefined : closeTo(value, ofKey);
        return close === undefined ? undefined : `${key}: ${close}`;
    }
    const keys = new Set(
        pods.flatMap(({ identity }) => [...identity.k8s.keys()].filter((each) => !each.startsWith("io."))),
    );
    const sameValue = [...keys].find(
        (each) => value !== undefined && pods.some(({ identity }) => identity.k8s.get(each) === value),
    );
    const close = sameValue ?? closeTo(key, keys);
    return close === undefined ? undefined : value === undefined ? close : `${close}: ${value}`;
}

/** What was likely meant: a slip of the keyboard, or the word cut short or drawn out (`front`, `frontend`). */
function closeTo(word: string, known: Iterable<string>): string | undefined {
    const words = [...known];
    return suggest(word, words) ?? words.find((each) => each.startsWith(word) || word.startsWith(each));
}

function example(pods: readonly Pod[]): string {
    const ids = pods.map(({ endpoint }) => endpoint.id);
    return ids.length > 2 ? `${ids.slice(0, 2).join(", ")} and ${ids.length - 2} more` : ids.join(", ");
}

/** L25 and the ingress half of L46: the pods whose ports a rule is about. */
function* ports(rule: Rule, population: Population, context: CheckContext): Iterable<Problem> {
    if (rule.ports === "all" || rule.effect === "deny" || rule.peers === "none") return;
    const targets =
        rule.direction === "ingress"
            ? population.select(rule.subject)
            : rule.peers.flatMap(({ selector }) =>
                  selector.type === "labels" && selector.requirements.length > 0
                      ? population.select(selector)
                      : [],
              );
    const pods = targets.filter(({ endpoint }) => !endpoint.hostNetwork);
    if (pods.length === 0) return;
    const told = new Set<string>();
    for (const { number, name, protocol } of rule.ports) {
        if (told.has(name ?? String(number))) continue;
        if (name !== undefined) {
            if (
                rule.direction === "egress" ||
                pods.some(({ endpoint }) => endpoint.namedPorts.some((port) => port.name === name))
            )
                continue;
            told.add(name);
            const known = [
                ...new Set(pods.flatMap(({ endpoint }) => endpoint.namedPorts.map((port) => port.name))),
            ];
            yield problem(
                "L46",
                portPath(rule, name),
                `no pod that this policy selects declares a port "${name}": nothing is opened`,
                {
                    fix:
                        known.length === 0
                            ? "write the port's number"
                            : `write the port's number, or one of the names they declare: ${known.join(", ")}`,
                },
            );
            continue;
        }
        const wrong = servicePort(pods, number, protocol, context.services ?? []);
        if (wrong === undefined) continue;
        told.add(String(number));
        yield problem(
            "L25",
            portPath(rule, String(number)),
            `${number} is the port of Service ${wrong.service.namespace}/${wrong.service.name}; its pods listen on ${wrong.target}, and that is what policies see`,
            { fix: `write port: "${wrong.target}"` },
        );
    }
}

/** A Service of these pods that translates this port to another one, where none of them has the port itself. */
function servicePort(
    pods: readonly Pod[],
    number: number,
    protocol: string,
    all: readonly ServiceDefinition[],
): { service: ServiceDefinition; target: number | string } | undefined {
    let found: { service: ServiceDefinition; target: number | string } | undefined;
    for (const { endpoint } of pods) {
        if (endpoint.namedPorts.some(({ port }) => port === number)) return undefined;
        for (const service of all) {
            if (service.namespace !== endpoint.namespace || !selects(service, endpoint.labels)) continue;
            for (const port of service.ports) {
                if (port.protocol !== protocol) continue;
                const target =
                    typeof port.targetPort === "number"
                        ? port.targetPort
                        : (endpoint.namedPorts.find(({ name }) => name === port.targetPort)?.port ??
                          port.targetPort);
                if (target === number) return undefined;
                if (port.port === number) found ??= { service, target };
            }
        }
    }
    return found;
}

/** The `port` of a rule that says this number or name. */
function portPath({ document, path, direction }: Rule, text: string): Path {
    let rule: unknown = document.value;
    const base = document.kind === "NetworkPolicy" ? path.slice(0, 3) : path;
    for (const step of base) rule = (rule as Record<string | number, unknown> | undefined)?.[step];
    if (!isObject(rule as JsonObject)) return path;
    const value = rule as JsonObject;
    const same = (port: JsonObject): boolean => String(port["port"]).toLowerCase() === text;
    if (document.kind === "NetworkPolicy") {
        const at = objects(value["ports"]).find(([port]) => same(port));
        return at === undefined ? [...base, direction] : [...base, "ports", at[1], "port"];
    }
    for (const [portRule, index] of objects(value["toPorts"])) {
        const at = objects(portRule["ports"]).find(([port]) => same(port));
        if (at !== undefined) return [...base, "toPorts", index, "ports", at[1], "port"];
    }
    return base;
}

/** L08: `toServices` against the Services that are known. */
function services(policy: PolicyView, context: CheckContext): readonly Problem[] {
    const { services: known } = context;
    if (known === undefined) return [];
    return rulesOf(policy).flatMap((rule) => [...toServices(rule, known, context)]);
}

function* toServices(
    rule: RuleView,
    known: readonly ServiceDefinition[],
    context: CheckContext,
): Iterable<Problem> {
    const references = objects(rule.value["toServices"]);
    const scope = {
        context: { minor: "1.18" as const, mode: "product" as const, services: known },
        notEvaluated: [],
    };
    const missing = references.filter(([reference]) => serviceSelectors([reference], scope).length === 0);
    const open =
        missing.length === references.length &&
        namedPeers(rule).length === 1 &&
        list(rule.value["toPorts"]).length > 0 &&
        atLeast(context.minor, "1.17");
    for (const [reference, index] of missing) {
        const byName = isObject(reference["k8sService"]) ? reference["k8sService"] : undefined;
        const name = string(byName?.["serviceName"]);
        const namespace = string(byName?.["namespace"]);
        const text =
            name === undefined
                ? "no Service has these labels"
                : `there is no Service ${namespace === undefined ? "" : `${namespace}/`}${name}`;
        const close =
            name === undefined
                ? undefined
                : closeTo(
                      name,
                      known.map((service) => service.name),
                  );
        yield problem(
            "L08",
            [...rule.path, "toServices", index],
            open
                ? `${text}, so ${openToEveryone(rule)}`
                : `${text}: nothing is ${rule.deny ? "denied" : "allowed"} by it`,
            {
                ...(open ? {} : { severity: "warning" as const }),
                ...(close === undefined ? {} : { fix: `did you mean ${close}?` }),
            },
        );
    }
}
