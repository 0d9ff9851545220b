import type { JsonObject } from "../manifest/document";
import type { CheckContext } from "./context";
import type { NetworkPolicyView } from "./network-policy-view";
import { object, requirements, type Direction, type SpecView } from "./policy-view";

/** `k8s:app` and `any:app` select the same pods as `app` (facts 3.6). */
export function withoutSource(key: string): string {
    return key.replace(/^(k8s|any):/, "");
}

/** Requirements of a selector as comparable texts. */
function requirementTexts(selector: JsonObject): readonly string[] {
    return requirements({ rule: undefined, path: [], value: selector }).map(({ key, operator, values }) =>
        JSON.stringify([withoutSource(key), operator, [...values].sort()]),
    );
}

/**
 * Whether every pod of `inner` is surely selected by `outer` too: `outer` is for the same namespace or the whole
 * cluster, and asks for nothing that `inner` does not ask for. Needs no workloads, and never says yes wrongly.
 */
export function covers(outer: SpecView, inner: SpecView): boolean {
    if (outer.subject === undefined || inner.subject === undefined) return false;
    if (!outer.policy.clusterwide) {
        const namespace = outer.policy.document.namespace;
        if (inner.policy.clusterwide || inner.policy.document.namespace !== namespace) return false;
    }
    return subsumes(outer.subject, inner.subject);
}

/** {@link covers} with a NetworkPolicy as the outer one. */
export function networkPolicyCovers(outer: NetworkPolicyView, inner: SpecView): boolean {
    if (inner.policy.clusterwide || inner.policy.document.namespace !== outer.document.namespace)
        return false;
    return inner.subject !== undefined && subsumes(object(outer.spec["podSelector"]) ?? {}, inner.subject);
}

function subsumes(outer: JsonObject, inner: JsonObject): boolean {
    const asked = new Set(requirementTexts(inner));
    return requirementTexts(outer).every((text) => asked.has(text));
}

/** Every spec of the input that surely applies to all pods of this one, itself included. */
export function coveringSpecs(spec: SpecView, context: CheckContext): readonly SpecView[] {
    return context.policies
        .flatMap((policy) => policy.specs)
        .filter((other) => other === spec || covers(other, spec));
}

/** Whether the spec switches its pods to default deny in a direction (facts 3.2). */
export function deniesByDefault(spec: SpecView, direction: Direction): boolean {
    if (object(spec.value["enableDefaultDeny"])?.[direction] === false) return false;
    return spec.rules.some((rule) => rule.direction === direction);
}
