import type { ResourceValidationPolicy } from "@pulumi/policy";
import { forTypes, links, MANAGED_CLUSTER } from "../resources";

/** Patches must arrive by themselves; minors must not. */
export const autoUpgrade: ResourceValidationPolicy = {
    name: "auto-upgrade",
    description: "Patches and node images must be upgraded automatically, the Kubernetes minor must not.",
    severity: "medium",
    remediationSteps:
        "Use upgrade channel patch (or node-image) and node OS channel NodeImage or SecurityPatch. In place.",
    url: links.autoUpgrade,
    validateResource: forTypes([MANAGED_CLUSTER], (props, report) => {
        const profile = (props["autoUpgradeProfile"] ?? {}) as Record<string, unknown>;
        const channel = profile["upgradeChannel"] ?? "none";
        const nodes = profile["nodeOSUpgradeChannel"] ?? "NodeImage";
        if (channel === "none")
            report(
                'autoUpgradeProfile.upgradeChannel is "none": security patches of Kubernetes never arrive.',
            );
        if (channel === "stable" || channel === "rapid")
            report(
                `autoUpgradeProfile.upgradeChannel "${channel}" moves the Kubernetes minor, and Cilium's minor with it, without a pull request.`,
            );
        if (nodes === "None" || nodes === "Unmanaged")
            report(
                `autoUpgradeProfile.nodeOSUpgradeChannel "${String(nodes)}" leaves node images unpatched.`,
            );
    }),
};
