import type { JsonObject, ManifestDocument, Path } from "../../manifest/document";
import { ciliumRules } from "../../semantics/cilium-policy";
import { POD_NAMESPACE } from "../../semantics/labels";
import { networkPolicyRules } from "../../semantics/network-policy";
import type { Rule } from "../../semantics/rules";
import { labelSelector, type LabelSelector } from "../../semantics/selectors";
import { problem } from "../codes/problem";
import type { CheckContext } from "../context";
import type { Problem } from "../finding";
import { isObject } from "../policy-view";
import { populationOf, type Pod, type Population } from "../population";
import { adviseFromModel } from "./model";
import { adviseServices } from "./services";
import { targetPorts } from "./target-ports";
import { unmatched } from "./unmatched";

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
            ...targetPorts(rule, population, context),
        ]),
        ...(policy === undefined ? [] : adviseServices(policy, context)),
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

function example(pods: readonly Pod[]): string {
    const ids = pods.map(({ endpoint }) => endpoint.id);
    return ids.length > 2 ? `${ids.slice(0, 2).join(", ")} and ${ids.length - 2} more` : ids.join(", ");
}
