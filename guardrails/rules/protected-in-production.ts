import type { ResourceValidationPolicy } from "@pulumi/policy";
import { inProduction, links, MANAGED_CLUSTER, productionConfig, RESOURCE_GROUP } from "../resources";

/** `protect` is Pulumi's own brake: it refuses a delete or a replacement, not a click in the portal. */
export const protectedInProduction: ResourceValidationPolicy = {
    name: "protected-in-production",
    description: "Resource group and cluster of a production stack must be protected.",
    severity: "critical",
    remediationSteps:
        "Set protect: true in the stack's settings. A replacement or destroy is then refused until it is lifted.",
    url: links.protect,
    configSchema: productionConfig,
    validateResource: inProduction([MANAGED_CLUSTER, RESOURCE_GROUP], (_props, report, args) => {
        if (!args.opts.protect)
            report("protect is off: an edit that replaces this resource would go through.");
    }),
};
