import type { ResourceValidationPolicy } from "@pulumi/policy";
import { forTypes, links, MANAGED_CLUSTER } from "../resources";

const wanted = {
    networkPlugin: "azure",
    networkPluginMode: "overlay",
    networkDataplane: "cilium",
    networkPolicy: "cilium",
} as const;

/** The four fields that make Cilium enforce policies must all be there and agree. */
export const ciliumDataPlaneCoherent: ResourceValidationPolicy = {
    name: "cilium-data-plane-coherent",
    description:
        "A cluster must use plugin azure, mode overlay, data plane cilium and policy cilium, all four said explicitly.",
    severity: "critical",
    remediationSteps:
        "Set networkPlugin: azure, networkPluginMode: overlay, networkDataplane: cilium and networkPolicy: cilium. On an existing cluster migrate with az first (docs/replacing.md): changing these in the program replaces the cluster.",
    url: links.cilium,
    validateResource: forTypes([MANAGED_CLUSTER], (props, report) => {
        const profile = (props["networkProfile"] ?? {}) as Record<string, unknown>;
        for (const [field, value] of Object.entries(wanted)) {
            const found = profile[field];
            // Absent counts as wrong: Azure fills in a value, and a later change of it replaces the cluster.
            if (found !== value)
                report(
                    `networkProfile.${field} is ${found === undefined ? "not set" : `"${String(found)}"`}; Cilium policies are enforced only with "${value}".`,
                );
        }
    }),
};
