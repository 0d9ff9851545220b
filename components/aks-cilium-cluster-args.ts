import type { Input } from "@pulumi/pulumi";

// Shapes only, and only those that Pulumi's component analyzer can read: interfaces with Input leaves, `as const`
// enums, mutable arrays; no unions, no functions. So the component can be offered to other languages later.

/** Azure cloud: decides which Entra endpoints the exec login of the kubeconfig talks to. */
export const CloudEnvironment = { Public: "public", Government: "government", China: "china" } as const;
export type CloudEnvironment = (typeof CloudEnvironment)[keyof typeof CloudEnvironment];

/** Tier of Advanced Container Networking Services (ACNS, paid); each includes the ones before it. */
export const AdvancedNetworking = {
    /** No ACNS: policies on layers 3 and 4 only. */
    Off: "off",
    /** Hubble metrics and flow logs, still no DNS names or HTTP in policies. */
    Observability: "observability",
    /** DNS names (`toFQDNs`) in policies too. */
    Fqdn: "fqdn",
    /** HTTP, gRPC and Kafka rules too. */
    L7: "l7",
} as const;
export type AdvancedNetworking = (typeof AdvancedNetworking)[keyof typeof AdvancedNetworking];

/** How pods and nodes reach the outside. */
export const OutboundType = {
    LoadBalancer: "loadBalancer",
    ManagedNatGateway: "managedNATGateway",
    /** Needs `nodeSubnet`. */
    UserAssignedNatGateway: "userAssignedNATGateway",
    /** Needs `nodeSubnet` with a route table. */
    UserDefinedRouting: "userDefinedRouting",
    None: "none",
} as const;
export type OutboundType = (typeof OutboundType)[keyof typeof OutboundType];

/** Price and service level of the control plane. */
export const ClusterTier = { Free: "free", Standard: "standard", Premium: "premium" } as const;
export type ClusterTier = (typeof ClusterTier)[keyof typeof ClusterTier];

/** What AKS may upgrade by itself. `stable` and `rapid` move the minor and are refused: the minor is a setting. */
export const UpgradeChannel = {
    None: "none",
    Patch: "patch",
    NodeImage: "node-image",
    Stable: "stable",
    Rapid: "rapid",
} as const;
export type UpgradeChannel = (typeof UpgradeChannel)[keyof typeof UpgradeChannel];

/** How node operating systems are patched. */
export const NodeOsUpgradeChannel = {
    None: "None",
    Unmanaged: "Unmanaged",
    NodeImage: "NodeImage",
    SecurityPatch: "SecurityPatch",
} as const;
export type NodeOsUpgradeChannel = (typeof NodeOsUpgradeChannel)[keyof typeof NodeOsUpgradeChannel];

/** System pools run what AKS itself needs; User pools run workloads only. */
export const PoolMode = { System: "System", User: "User" } as const;
export type PoolMode = (typeof PoolMode)[keyof typeof PoolMode];

/** Linux distribution of the nodes. There is no Windows on Cilium (docs/pools.md). */
export const OsSku = {
    Ubuntu: "Ubuntu",
    Ubuntu2204: "Ubuntu2204",
    AzureLinux: "AzureLinux",
    AzureLinux3: "AzureLinux3",
} as const;
export type OsSku = (typeof OsSku)[keyof typeof OsSku];

/** Where the operating system disk lives. */
export const OsDiskType = { Managed: "Managed", Ephemeral: "Ephemeral" } as const;
export type OsDiskType = (typeof OsDiskType)[keyof typeof OsDiskType];

/** Bounds of the cluster autoscaler for one pool. */
export interface AutoscaleArgs {
    /** Fewest nodes. Changed in place. */
    min: Input<number>;
    /** Most nodes; this is what the pod range must have room for. Changed in place. */
    max: Input<number>;
}

/** One node pool. "New pool" means: a pool under a new name comes up before the old one goes. */
export interface NodePoolArgs {
    /** Virtual machine size, e.g. `Standard_D4s_v5`. Change: new pool. */
    vmSize: Input<string>;
    /** @default "User"; the inline pool of the cluster is always System. Changed in place. */
    mode?: Input<PoolMode>;
    /** Fixed number of nodes; not together with `autoscale`. @default 1. Changed in place. */
    count?: Input<number>;
    /** Bounds of the autoscaler; the current count then belongs to Azure and is ignored. Changed in place. */
    autoscale?: AutoscaleArgs;
    /** Availability zones, e.g. `["1", "2", "3"]`. @default none asked for. Change: new pool. */
    zones?: Input<Input<string>[]>;
    /** Kubernetes labels of the nodes. @default none. Changed in place. */
    labels?: Input<{ [key: string]: Input<string> }>;
    /** Kubernetes taints, `key=value:Effect`. @default none. Changed in place. */
    taints?: Input<Input<string>[]>;
    /** Pods a node may run, 10 to 250. @default 250, the overlay's own. Change: new pool. */
    maxPods?: Input<number>;
    /** Extra nodes while upgrading: a number or a percentage. @default "10%", at least one node. Changed in place. */
    maxSurge?: Input<string>;
    /** @default "Ubuntu" (the release follows the Kubernetes version). Change: rolls the nodes. */
    osSku?: Input<OsSku>;
    /** @default "Managed", which every size can do. Change: new pool. */
    osDiskType?: Input<OsDiskType>;
    /** In GiB. @default what the size gives. Change: new pool. */
    osDiskSizeGB?: Input<number>;
}

/** The one pool that the AKS API wants inside the cluster itself. Its size and disk cannot be changed: docs/replacing.md. */
export interface SystemPoolArgs extends NodePoolArgs {
    /** Name of the pool as it stands in Azure, at most 12 characters. @default "system". */
    name?: Input<string>;
}

/** A subnet that exists already. */
export interface NodeSubnetArgs {
    /** Full resource id of the subnet. Change: replaces the cluster's System pool, so in effect the cluster. */
    id: Input<string>;
    /** Its range, e.g. `10.240.0.0/20`: AKS counts nodes against it and refuses overlaps with pods and services. */
    cidr: Input<string>;
}

/** When AKS may do planned work, once a week. */
export interface MaintenanceWindowArgs {
    /** `Monday` … `Sunday`. */
    dayOfWeek: Input<string>;
    /** `HH:mm`. */
    startTime: Input<string>;
    /** `+HH:mm` or `-HH:mm`. @default "+00:00" */
    utcOffset?: Input<string>;
    /** 4 to 24. @default 4, the least that AKS takes. */
    durationHours?: Input<number>;
}

/** Arguments of {@link AksCiliumCluster}. What a change does is said at each: in place, rolls nodes, or replaces. */
export interface AksCiliumClusterArgs {
    /** Azure region, e.g. `westeurope`. Change: replaces everything. */
    location: Input<string>;
    /** @default "public" */
    cloudEnvironment?: Input<CloudEnvironment>;
    /** Name of the resource group. @default generated from the component's name. Change: replaces everything. */
    resourceGroupName?: Input<string>;
    /** `major.minor`, e.g. `1.35`; AKS chooses the patch. Change: upgrades in place, rolls nodes. */
    kubernetesVersion: Input<string>;
    /** @default "standard". Changed in place. */
    tier?: Input<ClusterTier>;
    /** Long-term support of an older minor; needs tier premium. @default false. Changed in place. */
    longTermSupport?: Input<boolean>;

    /** ACNS tier. @default "off" (it is paid). Changed in place. */
    advancedNetworking?: Input<AdvancedNetworking>;
    /** Pods, a /24 a node. @default "192.168.0.0/16", room for 256 nodes. Change: replaces the cluster. */
    podCidr?: Input<string>;
    /** Services. @default "10.0.0.0/16". Change: replaces the cluster. */
    serviceCidr?: Input<string>;
    /** Cluster DNS inside `serviceCidr`, not its first address. @default "10.0.0.10". Change: replaces the cluster. */
    dnsServiceIP?: Input<string>;
    /** @default "loadBalancer". Change: replaces the cluster (docs/replacing.md knows ways around). */
    outboundType?: Input<OutboundType>;
    /** Existing subnet for the nodes; a managed identity with Network Contributor on it is made. @default AKS makes one. */
    nodeSubnet?: NodeSubnetArgs;
    /** Ranges that must not overlap: the virtual network's other subnets, peers, on-premises. @default none. */
    foreignCidrs?: Input<Input<string>[]>;

    /** The System pool inside the cluster. */
    systemPool: SystemPoolArgs;
    /** Every other pool, by name (at most 8 characters: a suffix follows in Azure). @default none. */
    pools?: { [name: string]: NodePoolArgs };

    /** @default "none". Changed in place. */
    upgradeChannel?: Input<UpgradeChannel>;
    /** @default "NodeImage". Changed in place. */
    nodeOsUpgradeChannel?: Input<NodeOsUpgradeChannel>;
    /** When `upgradeChannel` may act. @default any time. */
    upgradeWindow?: MaintenanceWindowArgs;
    /** When `nodeOsUpgradeChannel` may act. @default any time. */
    nodeOsWindow?: MaintenanceWindowArgs;

    /** Log in with Entra ID. Cannot be switched off again. @default false. Changed in place. */
    entraLogin?: boolean;
    /** Object ids of Entra groups whose members are cluster admins. @default none. Changed in place. */
    entraAdminGroupIds?: Input<Input<string>[]>;
    /** Azure roles decide inside the cluster too. @default false. Changed in place. */
    azureRbac?: boolean;
    /** Who becomes RBAC Cluster Admin with `azureRbac`, object ids. @default the identity that deploys. */
    clusterAdminPrincipalIds?: string[];
    /** Static credentials beside Entra ID. @default true. Changed in place. */
    localAccounts?: Input<boolean>;
    /** Who may reach the API server, CIDR. @default everybody. Changed in place. */
    authorizedIpRanges?: Input<Input<string>[]>;
    /** API server on a private address only. @default false. Change: replaces the cluster (refused by AKS in place). */
    privateCluster?: Input<boolean>;
    /** OIDC issuer of service account tokens. Cannot be switched off again. @default true. */
    oidcIssuer?: Input<boolean>;
    /** Entra tokens for pods; needs `oidcIssuer`. @default true. Changed in place. */
    workloadIdentity?: Input<boolean>;

    /** Tags of the cluster; AKS hands them on to what it makes for it. @default none. Changed in place. */
    tags?: Input<{ [key: string]: Input<string> }>;
    /** Tags of the resource group, and of the identity in it. @default none. Changed in place. */
    resourceGroupTags?: Input<{ [key: string]: Input<string> }>;
    /** Pulumi refuses to delete or replace resource group and cluster. @default true */
    protectFromDeletion?: boolean;
    /** An Azure `CanNotDelete` lock on the resource group: holds in the portal too, and for replaced pools. @default false */
    deleteLock?: boolean;
    /** Sizes that only suit a trial are errors, not warnings. @default true */
    production?: Input<boolean>;
    /** Read the static admin credentials too, as a secret output. Needs `localAccounts`. @default false */
    adminCredentials?: boolean;
}
