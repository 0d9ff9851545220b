/**
 * What AKS refuses about a network profile. Codes and texts are those quoted in public issues (aks.md 4.4 and 5); where
 * only the rule is documented, the text is the stand-in's own and the code is marked so in a comment.
 */
import { ArmError, child, type JsonObject, text } from "../arm";
import { addressOf, overlap, type Range, rangeOf } from "./addresses";

/** A refusal by AKS: 400 with code, message, target. */
export const refusal = (code: string, message: string, target: string, subcode = ""): ArmError =>
    new ArmError(400, code, message, { target, subcode });

/** Reserved on all clusters, enforced on create since 2026-05-29 (aks.md 5). */
const RESERVED = ["169.254.0.0/16", "192.0.2.0/24", "172.30.0.0/16", "172.31.0.0/16"].map(
    (cidr) => rangeOf(cidr) as Range,
);

/** Everything that is wrong with a network profile after defaults, in the order in which AKS looks; it answers the first. */
export function refuseNetwork(profile: JsonObject, isNew: boolean): ArmError[] {
    return [...combination(profile), ...acns(profile), ...ranges(profile, isNew)];
}

/** Data plane, policy, plugin and mode must fit (aks.md 4.4; AdminTurnedDevOps/DevOps-The-Hard-Way-Azure#1; Azure/AKS#3484). */
function combination(profile: JsonObject): ArmError[] {
    const at = (key: string): string => `networkProfile.${key}`;
    const dataplane = text(profile, "networkDataplane");
    const policy = text(profile, "networkPolicy");
    const found: ArmError[] = [];
    if (dataplane === "cilium" && policy !== "cilium") {
        const code = "CiliumDataplaneRequiresNetworkPolicyCilium";
        found.push(
            refusal(
                "BadRequest",
                "Cilium dataplane requires network policy cilium.",
                at("networkPolicy"),
                code,
            ),
        );
    }
    if (policy === "cilium" && dataplane !== "cilium") {
        const message = "Network Policy cilium requires NetworkDataplane cilium";
        const code = "NetworkPolicyCiliumRequiresCiliumDataplane";
        found.push(refusal("NetworkPolicyNotSupported", message, at("networkPolicy"), code));
    }
    if (dataplane === "cilium" && text(profile, "networkPlugin") !== "azure") {
        // The rule is documented (aks.md 1.1), the text is ours.
        found.push(
            refusal("BadRequest", "Cilium dataplane requires network plugin azure.", at("networkPlugin")),
        );
    }
    return found;
}

/** "Missing required field networkProfile.advancedNetworking.enabled" (PAN#4206). */
function acns(profile: JsonObject): ArmError[] {
    if (!("advancedNetworking" in profile)) return [];
    const asked = child(profile, "advancedNetworking");
    const at = "networkProfile.advancedNetworking";
    if (typeof asked["enabled"] !== "boolean") {
        return [refusal("BadRequest", `Missing required field ${at}.enabled`, `${at}.enabled`)];
    }
    const policies = text(child(asked, "security"), "advancedNetworkPolicies") ?? "None";
    if (policies !== "None" && asked["enabled"] === true && text(profile, "networkDataplane") !== "cilium") {
        // The rule is documented (aks.md 1.2: FQDN and L7 need the Cilium data plane), the text is ours.
        const message = `advancedNetworkPolicies ${policies} requires network dataplane cilium.`;
        return [refusal("BadRequest", message, `${at}.security.advancedNetworkPolicies`)];
    }
    return [];
}

/** Address rules (aks.md 5). The code of overlaps is that of AKS-Construction#403; the texts of the other rules are ours. */
function ranges(profile: JsonObject, isNew: boolean): ArmError[] {
    const found: ArmError[] = [];
    const named = (["podCidr", "serviceCidr"] as const).flatMap((key): { at: string; range: Range }[] => {
        const cidr = text(profile, key);
        if (cidr === undefined) return [];
        const at = `networkProfile.${key === "podCidr" ? "podCIDR" : "serviceCIDR"}`;
        const range = rangeOf(cidr);
        if (range !== undefined) return [{ at, range }];
        found.push(
            refusal(
                "InvalidParameter",
                `The value of parameter ${at} is invalid: '${cidr}' is not a CIDR.`,
                at,
            ),
        );
        return [];
    });
    for (const { at, range } of isNew ? named : []) {
        for (const reserved of RESERVED.filter((other) => overlap(range, other))) {
            const message = `NetworkProfile CIDR ${range.text} overlaps with reserved CIDR ${reserved.text}`;
            found.push(refusal("NetworkProfileCIDROverlapReserved", message, at));
        }
    }
    const [pods, services] = ["networkProfile.podCIDR", "networkProfile.serviceCIDR"].map(
        (at) => named.find((one) => one.at === at)?.range,
    );
    if (pods !== undefined && services !== undefined && overlap(pods, services)) {
        const message = `NetworkProfile CIDR ${pods.text} overlaps with service CIDR ${services.text}`;
        found.push(refusal("NetworkProfileCIDROverlapServiceCIDR", message, "networkProfile.podCIDR"));
    }
    if (services !== undefined) found.push(...serviceRange(profile, services));
    return found;
}

function serviceRange(profile: JsonObject, services: Range): ArmError[] {
    const found: ArmError[] = [];
    const at = "networkProfile.serviceCIDR";
    if (services.prefix <= 12) {
        found.push(
            refusal("InvalidParameter", `The service CIDR ${services.text} must be smaller than /12.`, at),
        );
    }
    const given = text(profile, "dnsServiceIP") ?? "";
    const address = addressOf(given);
    const dns = "networkProfile.dnsServiceIP";
    if (address === undefined || address < services.first || address > services.last) {
        const message = `The DNS service IP ${given} is not within the service CIDR ${services.text}.`;
        found.push(refusal("InvalidParameter", message, dns));
    } else if (address === services.first + 1 || address === services.first) {
        const message = `The DNS service IP ${given} is the first address of the service CIDR ${services.text}.`;
        found.push(refusal("InvalidParameter", message, dns));
    }
    return found;
}
