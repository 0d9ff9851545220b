import type { Path } from "../../manifest/document";
import type { AdvancedNetworking } from "../../model/versions";
import { fqdnsOf } from "../advice/names";
import { problem } from "../codes/problem";
import type { CheckContext } from "../context";
import { list, object, objects, portRules, string, type RuleView } from "../policy-view";
import { coveringSpecs } from "../subjects";
import { inert, refused, type ClusterProblem } from "./problem";

const SETTING = "`advancedNetworking` (Advanced Container Networking Services, paid)";

/**
 * L11 and K02 to C05: names and L7 rules against the cluster's tier (facts: aks.md 1.2, 1.6). Without the tier the L7
 * proxy is off, so Cilium refuses L7 rules; a name rule is stored and never matches.
 */
export function* advancedNetworking(rule: RuleView, context: CheckContext): Iterable<ClusterProblem> {
    const tier = context.cluster.advancedNetworking;
    const names = tier === "fqdn" || tier === "l7";
    yield* fqdns(rule, tier, names, context);
    for (const [portRule, path] of portRules(rule)) {
        const rules = object(portRule["rules"]);
        const dns = objects(rules?.["dns"]);
        if (dns.length > 0 && !names) {
            yield tooLow([...path, "rules", "dns"], "rules.dns", tier, "fqdn");
        } else {
            for (const [entry, index] of dns) {
                if (string(entry["matchPattern"])?.trim() !== "*") continue;
                yield refused(
                    "C02",
                    [...path, "rules", "dns", index, "matchPattern"],
                    'AKS refuses the bare pattern "*" in rules.dns, and where it is stored every lookup of these pods is blocked',
                );
            }
        }
        for (const key of ["http", "kafka", "l7"]) {
            if (list(rules?.[key]).length === 0) continue;
            const at = [...path, "rules", key];
            if (tier !== "l7") {
                yield tooLow(at, `rules.${key}`, tier, "l7");
            } else if (rule.spec.policy.clusterwide) {
                yield inert(
                    "L11",
                    at,
                    `rules.${key} is not supported in a CiliumClusterwideNetworkPolicy on AKS, whatever the tier`,
                    {
                        part: "key",
                        why: "AKS supports L7 rules in namespaced policies only.",
                        fix: "write one CiliumNetworkPolicy for each namespace",
                    },
                );
            }
        }
        for (const key of ["terminatingTLS", "originatingTLS", "serverNames", "listener"]) {
            if (portRule[key] === undefined || portRule[key] === null) continue;
            if (tier !== "l7") {
                yield tooLow([...path, key], key, tier, "l7");
            } else if (key !== "serverNames" && rule.direction === "egress") {
                yield problem(
                    "C05",
                    [...path, key],
                    `${key} is not among the L7 features that AKS documents`,
                    { part: "key" },
                );
            }
        }
    }
}

function* fqdns(
    rule: RuleView,
    tier: AdvancedNetworking,
    names: boolean,
    context: CheckContext,
): Iterable<ClusterProblem> {
    const entries = fqdnsOf(rule);
    if (list(rule.value["toFQDNs"]).length === 0) return;
    if (!names) {
        yield tooLow([...rule.path, "toFQDNs"], "toFQDNs", tier, "fqdn");
        return;
    }
    for (const { text, path } of entries) {
        if (!/(^|\.)(cluster\.local|svc)\.?$/i.test(text)) continue;
        yield inert(
            "C04",
            path,
            `${text} is a name inside the cluster: toFQDNs never matches addresses of the cluster`,
        );
    }
    const here = rule.spec.policy.specs.some((spec) => spec.rules.some(hasDnsRule));
    const elsewhere = coveringSpecs(rule.spec, context).some((spec) => spec.rules.some(hasDnsRule));
    // Without any rules.dns L19 says that the rule never matches; this is about where AKS wants it written.
    if (here || !elsewhere) return;
    yield problem(
        "C03",
        [...rule.path, "toFQDNs"],
        "this policy uses toFQDNs and has no rules.dns of its own; AKS documents one as mandatory in the same policy",
        { part: "key" },
    );
}

function hasDnsRule(rule: RuleView): boolean {
    return (
        !rule.deny &&
        portRules(rule).some(([portRule]) => list(object(portRule["rules"])?.["dns"]).length > 0)
    );
}

function tooLow(path: Path, what: string, tier: AdvancedNetworking, needed: "fqdn" | "l7"): ClusterProblem {
    const have = tier === "off" ? "this cluster has none" : `this cluster has ${tier}`;
    const details = {
        part: "key" as const,
        why:
            what === "toFQDNs"
                ? "Without that tier nothing watches DNS lookups: the policy is stored and the rule never matches."
                : "Without that tier the L7 proxy is off and the policy is refused: by AKS's admission policy, or by Cilium after it was stored.",
        fix: `set ${SETTING} to ${needed === "fqdn" ? "fqdn or l7" : "l7"}, or write the rule with CIDR blocks and ports`,
    };
    const message = `${what} needs ${SETTING} at ${needed}; ${have}`;
    return what === "toFQDNs" ? inert("L11", path, message, details) : refused("L11", path, message, details);
}
