import type { StackValidationPolicy } from "@pulumi/policy";
import { isProduction, links, productionConfig, RESOURCE_GROUP, type ProductionConfig } from "../resources";

/** `protect` does not stop the portal or az; an Azure lock does. */
export const lockedInProduction: StackValidationPolicy = {
    name: "locked-in-production",
    description: "The resource group of a production stack must carry an Azure CanNotDelete lock.",
    severity: "high",
    remediationSteps: "Set the lock in the stack's settings. In place.",
    url: links.protect,
    configSchema: productionConfig,
    validateStack: (args, report) => {
        const config = args.getConfig<Partial<ProductionConfig>>();
        const locked = args.resources.some(
            (resource) =>
                /^azure-native:authorization:ManagementLock/.test(resource.type) &&
                ["CanNotDelete", "ReadOnly"].includes(String(resource.props["level"])),
        );
        if (locked) return;
        for (const group of args.resources.filter((resource) => resource.type === RESOURCE_GROUP))
            if (isProduction(group.urn, config))
                report(
                    "no CanNotDelete lock: someone with the portal can delete the group and the cluster in it.",
                    group.urn,
                );
    },
};
