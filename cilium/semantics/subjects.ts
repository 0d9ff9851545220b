import type { JsonObject, ManifestDocument } from "../manifest/document";
import type { CiliumMinor } from "../model/versions";
import { endpointSubject } from "./cilium-policy";
import { asArray, asObject } from "./json";
import type { IdentityLabels } from "./labels";
import { podSubject } from "./network-policy";
import { matches, type LabelSelector } from "./selectors";

/** A policy as far as the question is whom it applies to. */
export type PolicySubject = Pick<ManifestDocument, "kind" | "namespace"> & { readonly value: JsonObject };

/**
 * Selectors of the endpoints that a policy applies to: one for each `spec` with an `endpointSelector`, or the
 * `podSelector` of a NetworkPolicy. A host policy (`nodeSelector`) has none.
 * @param minor decides how Cilium reads a NetworkPolicy's selector that it cannot construct
 */
export function policySubjects(policy: PolicySubject, minor: CiliumMinor): readonly LabelSelector[] {
    const { kind, value } = policy;
    const namespace = policy.namespace ?? "default";
    if (kind === "NetworkPolicy")
        return [podSubject(asObject(asObject(value["spec"])?.["podSelector"]), namespace, { minor })];
    return [value["spec"], ...(asArray(value["specs"]) ?? [])].flatMap((spec) => {
        const selector = asObject(asObject(spec)?.["endpointSelector"]);
        const own = kind === "CiliumClusterwideNetworkPolicy" ? undefined : namespace;
        return selector === undefined ? [] : [endpointSubject(selector, own)];
    });
}

/**
 * Identity of a live endpoint, from the labels that its agent wrote (`status.identity.labels` of a CiliumEndpoint):
 * `SOURCE:KEY=VALUE`, after Cilium's label filter, with the namespace's labels among them. Sources other than `k8s` and
 * `reserved` are addresses and names, which no endpoint has.
 */
export function identityOfLabels(labels: readonly string[]): IdentityLabels {
    const k8s = new Map<string, string>();
    const reserved: string[] = [];
    for (const label of labels) {
        const [, source, key = "", value = ""] = /^([a-z0-9-]+):([^=]*)(?:=(.*))?$/s.exec(label) ?? [];
        if (source === "k8s") k8s.set(key, value);
        else if (source === "reserved") reserved.push(key);
    }
    return { k8s, reserved };
}

/** How many of these identities a policy applies to. */
export function countSelected(
    subjects: readonly LabelSelector[],
    identities: readonly IdentityLabels[],
): number {
    return identities.filter((identity) => subjects.some((subject) => matches(subject, identity))).length;
}
