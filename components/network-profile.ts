/** ACNS tiers, each including the ones before it; the one network knob that users turn. */
export type AcnsTier = "off" | "observability" | "fqdn" | "l7";

/** The `advancedNetworking` object of the AKS API (2025-09-01). */
export interface AdvancedNetworkingProfile {
    enabled: boolean;
    observability: { enabled: boolean };
    security: { enabled: boolean; advancedNetworkPolicies: "None" | "FQDN" | "L7" };
}

/**
 * What every cluster of this project has in common, whatever the settings. `networkPolicy` is sent although AKS would
 * fill it in: a value that appears later replaces the cluster (aks.md 0.1).
 */
export const CILIUM_NETWORK = {
    networkPlugin: "azure",
    networkPluginMode: "overlay",
    networkDataplane: "cilium",
    networkPolicy: "cilium",
    loadBalancerSku: "standard",
} as const;

const POLICIES = { off: "None", observability: "None", fqdn: "FQDN", l7: "L7" } as const;

/**
 * The full object for a tier. Never a part of it: `enabled` is required once the object is sent (PAN#4206) and a
 * partial object cleared its siblings (azure-cli#33048).
 * @param tier see {@link AcnsTier}
 */
export function advancedNetworkingProfile(tier: AcnsTier): AdvancedNetworkingProfile {
    const advancedNetworkPolicies = POLICIES[tier];
    return {
        enabled: tier !== "off",
        observability: { enabled: tier !== "off" },
        security: { enabled: advancedNetworkPolicies !== "None", advancedNetworkPolicies },
    };
}

/**
 * Whether a cluster has at least what a tier stands for.
 * @param profile as Azure gives it; undefined where ACNS was never on
 * @param tier see {@link AcnsTier}
 */
export function includesTier(
    profile:
        | {
              enabled?: boolean | undefined;
              security?: { advancedNetworkPolicies?: string | undefined } | undefined;
          }
        | undefined,
    tier: AcnsTier,
): boolean {
    if (tier === "off") return true;
    if (profile?.enabled !== true) return false;
    const enforced = ["None", "FQDN", "L7"];
    const has = enforced.indexOf(profile.security?.advancedNetworkPolicies ?? "None");
    return has >= enforced.indexOf(POLICIES[tier]);
}
