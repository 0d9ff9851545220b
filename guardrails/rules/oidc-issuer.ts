import type { ResourceValidationPolicy } from "@pulumi/policy";
import { forTypes, links, MANAGED_CLUSTER } from "../resources";

/** Workload identity needs the issuer; without it pods end up with secrets. */
export const oidcIssuer: ResourceValidationPolicy = {
    name: "oidc-issuer",
    description:
        "The OIDC issuer must be enabled, so that pods can use workload identity instead of secrets.",
    severity: "medium",
    remediationSteps: "Enable the OIDC issuer. In place, and for good: it cannot be disabled again.",
    url: links.oidc,
    validateResource: forTypes([MANAGED_CLUSTER], (props, report) => {
        const profile = (props["oidcIssuerProfile"] ?? {}) as Record<string, unknown>;
        if (profile["enabled"] !== true)
            report("oidcIssuerProfile.enabled is not true: pods cannot use workload identity.");
    }),
};
