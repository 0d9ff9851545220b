import type { ResourceValidationPolicy } from "@pulumi/policy";
import { inProduction, links, MANAGED_CLUSTER, productionConfig } from "../resources";

/** The API server of a production cluster does not answer the whole internet. */
export const apiServerRestricted: ResourceValidationPolicy = {
    name: "api-server-restricted",
    description: "The API server of a production cluster must be private, or open to named ranges only.",
    severity: "high",
    // Which addresses people and pipelines come from only the owner knows: until they are set the rule warns, and a
    // house that wants to be sure makes it mandatory (docs/pull-requests.md).
    enforcementLevel: "advisory",
    remediationSteps:
        "Set authorised ranges, or make the cluster private (private replaces the cluster; ranges are in place).",
    url: links.authorizedRanges,
    configSchema: productionConfig,
    validateResource: inProduction([MANAGED_CLUSTER], (props, report) => {
        const profile = (props["apiServerAccessProfile"] ?? {}) as Record<string, unknown>;
        if (profile["enablePrivateCluster"] === true) return;
        const ranges = (profile["authorizedIPRanges"] ?? []) as string[];
        if (ranges.length === 0)
            report(
                "the API server answers every address: no authorised range is set and the cluster is not private.",
            );
        for (const range of ranges)
            if (/\/0$/.test(range)) report(`the authorised range "${range}" is every address.`);
    }),
};
