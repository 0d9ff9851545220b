import type { AgentPoolArgs } from "@pulumi/azure-native/containerservice/agentPool";
import { output, type Input, type Output, type Unwrap } from "@pulumi/pulumi";
import type { NodePoolArgs } from "./aks-cilium-cluster-args";
import { poolName } from "./pool-name";

/** What a pool takes from its cluster. */
export interface PoolSurroundings {
    readonly kubernetesVersion: Input<string>;
    /** Undefined: AKS makes the virtual network. */
    readonly subnetId: Input<string> | undefined;
}

/** Inputs that an inline pool and an `AgentPool` resource have in common. */
export type PoolInputs = Omit<AgentPoolArgs, "resourceGroupName" | "resourceName" | "agentPoolName">;

/** Part of an upgrade that comes on top of a pool's nodes where nobody says otherwise; also AKS's own default. */
export const DEFAULT_MAX_SURGE = "10%";

/** The pool as azure-native takes it. Everything that has a default at AKS is sent where we know what we want. */
export function poolInputs(pool: NodePoolArgs, mode: Input<string>, around: PoolSurroundings): PoolInputs {
    const { autoscale } = pool;
    return {
        mode,
        type: "VirtualMachineScaleSets",
        vmSize: pool.vmSize,
        osType: "Linux",
        osSKU: pool.osSku ?? "Ubuntu",
        osDiskType: pool.osDiskType ?? "Managed",
        osDiskSizeGB: pool.osDiskSizeGB,
        // With the autoscaler this is only where it starts; from then on the count is Azure's (ignoreChanges).
        count: autoscale === undefined ? (pool.count ?? 1) : autoscale.min,
        enableAutoScaling: autoscale !== undefined,
        minCount: autoscale?.min,
        maxCount: autoscale?.max,
        maxPods: pool.maxPods,
        availabilityZones: pool.zones,
        nodeLabels: pool.labels,
        nodeTaints: pool.taints,
        vnetSubnetID: around.subnetId,
        orchestratorVersion: around.kubernetesVersion,
        upgradeSettings: { maxSurge: pool.maxSurge ?? DEFAULT_MAX_SURGE },
    };
}

/** Name in Azure of a pool of its own, see {@link poolName}; unknown while one of its properties is. */
export function agentPoolName(key: string, pool: NodePoolArgs, around: PoolSurroundings): Output<string> {
    const { vmSize, zones, maxPods, osDiskType, osDiskSizeGB } = pool;
    const immutable = { vmSize, zones, maxPods, osDiskType, osDiskSizeGB, subnetId: around.subnetId };
    return output(immutable).apply((properties: Unwrap<typeof immutable>) => poolName(key, properties));
}
