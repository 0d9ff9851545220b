/**
 * Defaults of the cluster's arguments, and with the same values of the settings (a test holds Pulumi.yaml to them). No
 * default for a version: those are chosen by whoever runs the cluster.
 */
export const CLUSTER_DEFAULTS = {
    cloudEnvironment: "public",
    tier: "standard",
    longTermSupport: false,
    advancedNetworking: "off",
    podCidr: "192.168.0.0/16",
    serviceCidr: "10.0.0.0/16",
    dnsServiceIP: "10.0.0.10",
    outboundType: "loadBalancer",
    foreignCidrs: [] as string[],
    pools: {},
    upgradeChannel: "none",
    nodeOsUpgradeChannel: "NodeImage",
    entraLogin: false,
    entraAdminGroupIds: [] as string[],
    azureRbac: false,
    clusterAdminPrincipalIds: [] as string[],
    localAccounts: true,
    authorizedIpRanges: [] as string[],
    privateCluster: false,
    oidcIssuer: true,
    workloadIdentity: true,
    tags: {},
    resourceGroupTags: {},
    protectFromDeletion: true,
    deleteLock: false,
    production: true,
    adminCredentials: false,
} as const;

/** Name of the System pool in Azure where none is given. */
export const SYSTEM_POOL_NAME = "system";
