import { ManagementLockByScope } from "@pulumi/azure-native/authorization/managementLockByScope";
import { MaintenanceConfiguration } from "@pulumi/azure-native/containerservice/maintenanceConfiguration";
import type { ManagedCluster } from "@pulumi/azure-native/containerservice/managedCluster";
import type { ResourceGroup } from "@pulumi/azure-native/resources/resourceGroup";
import type { ComponentResource, Resource } from "@pulumi/pulumi";
import type { AksCiliumClusterArgs, MaintenanceWindowArgs } from "./aks-cilium-cluster-args";

/** Names that AKS gives a meaning to (planned-maintenance.md). */
const UPGRADE_SCHEDULE = "aksManagedAutoUpgradeSchedule";
const NODE_OS_SCHEDULE = "aksManagedNodeOSUpgradeSchedule";

/** The windows that are set, as maintenance configurations of the cluster. */
export function maintenanceWindows(
    parent: ComponentResource,
    name: string,
    args: AksCiliumClusterArgs,
    group: ResourceGroup,
    cluster: ManagedCluster,
): MaintenanceConfiguration[] {
    const windows: [string, string, MaintenanceWindowArgs | undefined][] = [
        [`${name}-upgrade-window`, UPGRADE_SCHEDULE, args.upgradeWindow],
        [`${name}-node-os-window`, NODE_OS_SCHEDULE, args.nodeOsWindow],
    ];
    return windows.flatMap(([resourceName, configName, window]) =>
        window === undefined
            ? []
            : [
                  new MaintenanceConfiguration(
                      resourceName,
                      {
                          resourceGroupName: group.name,
                          resourceName: cluster.name,
                          configName,
                          maintenanceWindow: {
                              schedule: { weekly: { dayOfWeek: window.dayOfWeek, intervalWeeks: 1 } },
                              startTime: window.startTime,
                              utcOffset: window.utcOffset ?? "+00:00",
                              durationHours: window.durationHours ?? 4,
                          },
                      },
                      { parent, deletedWith: cluster },
                  ),
              ],
    );
}

/**
 * The lock that also holds in the portal. On the group, so that it covers whatever is in it; a pool that is being
 * replaced cannot be deleted under it either (docs/replacing.md).
 * @param after made after these and, more to the point, gone before them
 */
export function clusterLock(
    parent: ComponentResource,
    name: string,
    args: AksCiliumClusterArgs,
    group: ResourceGroup,
    after: Resource[],
): ManagementLockByScope | undefined {
    if (args.deleteLock !== true) return undefined;
    return new ManagementLockByScope(
        `${name}-lock`,
        {
            scope: group.id,
            level: "CanNotDelete",
            notes: "Set by Pulumi (setting deleteLock). Turn the setting off to delete or replace what is in this group.",
        },
        { parent, dependsOn: after },
    );
}
