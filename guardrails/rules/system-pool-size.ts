import type { ResourceValidationPolicy } from "@pulumi/policy";
import { AGENT_POOL, inProduction, links, MANAGED_CLUSTER, productionConfig } from "../resources";

interface Pool {
    readonly name?: string;
    readonly mode?: string;
    readonly vmSize?: string;
    readonly count?: number;
    readonly minCount?: number;
    readonly enableAutoScaling?: boolean;
}

/** Smallest node count that survives the loss of one node while an upgrade drains another. */
const MINIMUM_NODES = 2;

/** What runs CoreDNS, konnectivity and Cilium's operator must not be a burstable machine or a single one. */
export const systemPoolSize: ResourceValidationPolicy = {
    name: "system-pool-size",
    description:
        "The System pool of a production cluster must have at least two nodes and no burstable (B-series) size.",
    severity: "medium",
    remediationSteps:
        "Use at least Standard_D4s_v5 and two nodes. A new size brings up a new pool; the count changes in place.",
    url: links.systemPools,
    configSchema: productionConfig,
    validateResource: inProduction([MANAGED_CLUSTER, AGENT_POOL], (props, report, args) => {
        const pools = (args.type === AGENT_POOL ? [props] : (props["agentPoolProfiles"] ?? [])) as Pool[];
        for (const pool of pools.filter((candidate) => candidate.mode === "System")) {
            const nodes = pool.enableAutoScaling === true ? pool.minCount : pool.count;
            if (/^Standard_B/i.test(pool.vmSize ?? ""))
                report(
                    `System pool "${pool.name}" uses "${pool.vmSize}": B-series is not supported for System pools.`,
                );
            if ((nodes ?? 0) < MINIMUM_NODES)
                report(
                    `System pool "${pool.name}" may run on ${nodes ?? 0} node(s); production needs at least ${MINIMUM_NODES}.`,
                );
        }
    }),
};
