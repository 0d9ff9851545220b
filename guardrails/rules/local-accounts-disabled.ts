import type { ResourceValidationPolicy } from "@pulumi/policy";
import { inProduction, links, MANAGED_CLUSTER, productionConfig } from "../resources";

/** A local account is a certificate that no one can revoke for a single person. */
export const localAccountsDisabled: ResourceValidationPolicy = {
    name: "local-accounts-disabled",
    description:
        "Production clusters must have local accounts switched off: every login goes through Microsoft Entra ID.",
    severity: "high",
    remediationSteps:
        "Set localAccounts: false and entraAdminGroupIds (or azureRbac: true) in the stack's settings. In place.",
    url: links.localAccounts,
    configSchema: productionConfig,
    validateResource: inProduction([MANAGED_CLUSTER], (props, report) => {
        if (props["disableLocalAccounts"] !== true)
            report(
                "disableLocalAccounts is not true: the admin kubeconfig is a shared certificate that outlives everyone who copied it.",
            );
    }),
};
