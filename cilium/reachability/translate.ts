import type { JsonObject, ManifestDocument } from "../manifest/document";
import { cidrGroup, type CidrGroups } from "../semantics/cidr-groups";
import { ciliumRules, type TranslationContext } from "../semantics/cilium-policy";
import { networkPolicyRules } from "../semantics/network-policy";
import type { Prefix } from "../semantics/addresses";
import type { Rule } from "../semantics/rules";
import type { PeerSelector } from "../semantics/selectors";
import type { ReachabilityInput } from "./types";

/** All documents as rules, with what they mention. */
export interface Translation {
    readonly rules: readonly Rule[];
    readonly refused: readonly { readonly document: ManifestDocument; readonly reason: string }[];
    readonly notEvaluated: readonly string[];
    /** Every distinct selector, for subjects and peers. */
    readonly selectors: ReadonlyMap<string, PeerSelector>;
    readonly prefixes: readonly Prefix[];
    readonly names: readonly string[];
}

const API_GROUPS: Readonly<Record<string, string>> = {
    CiliumNetworkPolicy: "cilium.io/",
    CiliumClusterwideNetworkPolicy: "cilium.io/",
    CiliumCIDRGroup: "cilium.io/",
    NetworkPolicy: "networking.k8s.io/",
};

/**
 * Says what would be stored for a document, or why Cilium would not take it.
 * @returns the object as the API server stores it (pruned and defaulted), or a reason
 */
export type Admission = (document: ManifestDocument) => { stored: JsonObject } | { reason: string };

/** Turns policy documents into rules; documents of other kinds are passed over. */
export function translate(input: ReachabilityInput, admit: Admission): Translation {
    const documents = input.documents.filter(({ kind, apiVersion }) => {
        const group = API_GROUPS[kind];
        return group !== undefined && apiVersion.startsWith(group);
    });
    const groups: CidrGroups = documents.filter(({ kind }) => kind === "CiliumCIDRGroup").map(cidrGroup);
    const context: TranslationContext = {
        minor: input.minor,
        dualStack: input.cluster.dualStack ?? false,
        mode: input.mode ?? "product",
        services: input.services,
        groups,
    };
    const rules: Rule[] = [];
    const refused: { document: ManifestDocument; reason: string }[] = [];
    const notEvaluated = new Set<string>();
    for (const document of documents) {
        if (document.kind === "CiliumCIDRGroup") continue;
        const admission = admit(document);
        if ("reason" in admission) {
            refused.push({ document, reason: admission.reason });
            continue;
        }
        if (document.kind === "NetworkPolicy") {
            rules.push(...networkPolicyRules(document, admission.stored, context));
            continue;
        }
        const translated = ciliumRules(document, admission.stored, context);
        rules.push(...translated.rules);
        for (const text of translated.notEvaluated) notEvaluated.add(text);
    }
    for (const rule of rules) {
        for (const spec of rule.ports === "all" ? [] : rule.ports) {
            if (spec.l7 !== undefined)
                notEvaluated.add(L7_NOTES[spec.l7.parser] ?? `${spec.l7.parser} parser`);
        }
    }
    return { rules, refused, notEvaluated: [...notEvaluated], ...mentioned(rules) };
}

const L7_NOTES: Readonly<Record<string, string>> = {
    http: "HTTP matching (paths, methods, hosts, headers)",
    dns: "which DNS queries the proxy answers",
    kafka: "Kafka matching",
    tls: "TLS interception and server names",
    crd: "Envoy listeners",
};

function mentioned(rules: readonly Rule[]): Pick<Translation, "selectors" | "prefixes" | "names"> {
    const selectors = new Map<string, PeerSelector>();
    for (const rule of rules) {
        selectors.set(rule.subject.text, rule.subject);
        for (const { selector } of rule.peers === "none" ? [] : rule.peers)
            selectors.set(selector.text, selector);
    }
    const prefixes: Prefix[] = [];
    const names = new Set<string>();
    for (const selector of selectors.values()) {
        if (selector.type === "cidr")
            prefixes.push(...(selector.prefix === undefined ? [] : [selector.prefix]));
        if (selector.type === "cidr-group") prefixes.push(...selector.prefixes);
        if (selector.type === "cidr" || selector.type === "cidr-group") prefixes.push(...selector.except);
        if (selector.type === "fqdn") names.add(selector.name);
    }
    return { selectors, prefixes, names: [...names] };
}
