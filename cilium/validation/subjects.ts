import type { JsonObject } from "../manifest/document";
import { perContext, type CheckContext } from "./context";
import type { NetworkPolicyView } from "./network-policy-view";
import { object, requirements, type Direction, type SpecView } from "./policy-view";

/** `k8s:app` and `any:app` select the same pods as `app` (facts 3.6). */
export function withoutSource(key: string): string {
    return key.replace(/^(k8s|any):/, "");
}

const known = new WeakMap<JsonObject, ReadonlySet<string>>();

/** Requirements of a selector as comparable texts. */
function requirementTexts(selector: JsonObject): ReadonlySet<string> {
    const seen = known.get(selector);
    if (seen !== undefined) return seen;
    const texts = new Set(
        requirements({ rule: undefined, path: [], value: selector }).map(({ key, operator, values }) =>
            JSON.stringify([withoutSource(key), operator, [...values].sort()]),
        ),
    );
    known.set(selector, texts);
    return texts;
}

/**
 * Whether every pod of `inner` is surely selected by `outer` too: `outer` is for the same namespace or the whole
 * cluster, and asks for nothing that `inner` does not ask for. Needs no workloads, and never says yes wrongly.
 */
export function covers(outer: SpecView, inner: SpecView): boolean {
    if (outer.subject === undefined || inner.subject === undefined) return false;
    if (!outer.policy.clusterwide && scopeOf(outer) !== scopeOf(inner)) return false;
    return subsumes(outer.subject, inner.subject);
}

/** {@link covers} with a NetworkPolicy as the outer one. */
export function networkPolicyCovers(outer: NetworkPolicyView, inner: SpecView): boolean {
    if (inner.policy.clusterwide || inner.policy.document.namespace !== outer.document.namespace)
        return false;
    return (
        inner.subject !== undefined &&
        subsumes(object(outer.spec["podSelector"]) ?? NOTHING_ASKED, inner.subject)
    );
}

const NOTHING_ASKED: JsonObject = {};

function subsumes(outer: JsonObject, inner: JsonObject): boolean {
    const asked = requirementTexts(inner);
    for (const text of requirementTexts(outer)) if (!asked.has(text)) return false;
    return true;
}

/** What a spec may apply to: one namespace, or `*` for the cluster. */
function scopeOf({ policy }: SpecView): string {
    return policy.clusterwide ? "*" : `/${policy.document.namespace ?? ""}`;
}

const specsByScope = perContext((context) => {
    const scopes = new Map<string, SpecView[]>();
    for (const spec of context.policies.flatMap((policy) => policy.specs)) {
        const scope = scopes.get(scopeOf(spec));
        if (scope === undefined) scopes.set(scopeOf(spec), [spec]);
        else scope.push(spec);
    }
    return scopes;
});

const coveringByContext = perContext(() => new Map<SpecView, readonly SpecView[]>());

/** Every spec of the input that surely applies to all pods of this one, itself included. */
export function coveringSpecs(spec: SpecView, context: CheckContext): readonly SpecView[] {
    const cache = coveringByContext(context);
    const seen = cache.get(spec);
    if (seen !== undefined) return seen;
    const scopes = specsByScope(context);
    const candidates = [...new Set([scopeOf(spec), "*"])].flatMap((scope) => scopes.get(scope) ?? []);
    const covering = candidates.filter((other) => other === spec || covers(other, spec));
    cache.set(spec, covering);
    return covering;
}

/** Whether the spec switches its pods to default deny in a direction (facts 3.2). */
export function deniesByDefault(spec: SpecView, direction: Direction): boolean {
    if (object(spec.value["enableDefaultDeny"])?.[direction] === false) return false;
    return spec.rules.some((rule) => rule.direction === direction);
}
