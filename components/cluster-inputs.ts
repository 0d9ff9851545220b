import type { ManagedClusterArgs } from "@pulumi/azure-native/containerservice/managedCluster";
import { output, type Input, type Output } from "@pulumi/pulumi";
import type { AksCiliumClusterArgs } from "./aks-cilium-cluster-args";
import { CLUSTER_DEFAULTS, SYSTEM_POOL_NAME } from "./cluster-defaults";
import { advancedNetworkingProfile, CILIUM_NETWORK } from "./network-profile";
import { poolInputs } from "./pool-inputs";

const TIERS = { free: "Free", standard: "Standard", premium: "Premium" } as const;

/**
 * The managed cluster as azure-native takes it, without the names. The SDK fills in ranges of its own where a network
 * profile has none, and each of them replaces the cluster when it changes later: all are always sent (aks.md 2.3, 3.1).
 * @param identityId the user-assigned identity that may join the node subnet; undefined: system-assigned
 */
export function clusterInputs(
    args: AksCiliumClusterArgs,
    identityId: Input<string> | undefined,
): Omit<ManagedClusterArgs, "resourceGroupName"> {
    const { kubernetesVersion, systemPool, location, tags } = args;
    const around = { kubernetesVersion, subnetId: args.nodeSubnet?.id };
    return {
        location,
        tags,
        kubernetesVersion,
        sku: { name: "Base", tier: output(args.tier ?? CLUSTER_DEFAULTS.tier).apply((tier) => TIERS[tier]) },
        supportPlan: output(args.longTermSupport ?? false).apply((lts) =>
            lts ? "AKSLongTermSupport" : "KubernetesOfficial",
        ),
        identity:
            identityId === undefined
                ? { type: "SystemAssigned" }
                : { type: "UserAssigned", userAssignedIdentities: [identityId] },
        enableRBAC: true,
        disableLocalAccounts: negated(args.localAccounts ?? true),
        ...(args.entraLogin === true
            ? {
                  aadProfile: {
                      managed: true,
                      enableAzureRBAC: args.azureRbac ?? false,
                      adminGroupObjectIDs: args.entraAdminGroupIds ?? [],
                  },
              }
            : {}),
        apiServerAccessProfile: {
            enablePrivateCluster: args.privateCluster ?? false,
            authorizedIPRanges: args.authorizedIpRanges ?? [],
        },
        oidcIssuerProfile: { enabled: args.oidcIssuer ?? true },
        securityProfile: { workloadIdentity: { enabled: args.workloadIdentity ?? true } },
        autoUpgradeProfile: {
            upgradeChannel: args.upgradeChannel ?? CLUSTER_DEFAULTS.upgradeChannel,
            nodeOSUpgradeChannel: args.nodeOsUpgradeChannel ?? CLUSTER_DEFAULTS.nodeOsUpgradeChannel,
        },
        networkProfile: {
            ...CILIUM_NETWORK,
            podCidr: args.podCidr ?? CLUSTER_DEFAULTS.podCidr,
            serviceCidr: args.serviceCidr ?? CLUSTER_DEFAULTS.serviceCidr,
            dnsServiceIP: args.dnsServiceIP ?? CLUSTER_DEFAULTS.dnsServiceIP,
            outboundType: args.outboundType ?? CLUSTER_DEFAULTS.outboundType,
            advancedNetworking: output(args.advancedNetworking ?? CLUSTER_DEFAULTS.advancedNetworking).apply(
                advancedNetworkingProfile,
            ),
        },
        agentPoolProfiles: [
            {
                ...poolInputs(systemPool, "System", around),
                name: systemPool.name ?? SYSTEM_POOL_NAME,
            },
        ],
    };
}

function negated(value: Input<boolean>): Output<boolean> {
    return output(value).apply((known) => !known);
}
