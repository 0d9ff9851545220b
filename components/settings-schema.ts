import { z } from "zod";
import {
    AdvancedNetworking,
    CloudEnvironment,
    ClusterTier,
    NodeOsUpgradeChannel,
    OsDiskType,
    OsSku,
    OutboundType,
    PoolMode,
    UpgradeChannel,
} from "./aks-cilium-cluster-args";
import { CLUSTER_DEFAULTS as defaults } from "./cluster-defaults";

const strings = () => z.array(z.string());
const integer = () => z.int();

const pool = () => ({
    vmSize: z.string(),
    mode: z.enum(PoolMode).optional(),
    count: integer().optional(),
    autoscale: z.strictObject({ min: integer(), max: integer() }).optional(),
    zones: strings().optional(),
    labels: z.record(z.string(), z.string()).optional(),
    taints: strings().optional(),
    maxPods: integer().optional(),
    maxSurge: z.string().optional(),
    // Also a free string: "Windows2022" deserves a better answer than the list of what is left (POOL05).
    osSku: z.union([z.enum(OsSku), z.string().regex(/^windows/i)]).optional(),
    osDiskType: z.enum(OsDiskType).optional(),
    osDiskSizeGB: integer().optional(),
});

const maintenanceWindow = () =>
    z.strictObject({
        dayOfWeek: z.string(),
        startTime: z.string(),
        utcOffset: z.string().optional(),
        durationHours: integer().optional(),
    });

/** `{}` is how a stack file, and the default in Pulumi.yaml, say "none" (a key without default is required there). */
const unlessEmpty = <T extends z.ZodType>(schema: T) =>
    z.preprocess((value) => (isEmptyObject(value) ? undefined : value), schema.optional());

const isEmptyObject = (value: unknown): boolean =>
    typeof value === "object" && value !== null && Object.keys(value).length === 0;

/**
 * Every key of the project, `aks-cilium:KEY` in a stack file, with the type and default that Pulumi.yaml declares for
 * it. Only shapes are said here; what the values must be is decided by the functions that the component uses too.
 *
 * Made by a call: building schemas costs time at each start, so it is done once and only where it is needed.
 */
export const settingsShape = () => ({
    location: z.string(),
    cloudEnvironment: z.enum(CloudEnvironment).default(defaults.cloudEnvironment),
    resourceGroupName: z.string().default(""),
    kubernetesVersion: z.string(),
    tier: z.enum(ClusterTier).default(defaults.tier),
    longTermSupport: z.boolean().default(defaults.longTermSupport),

    advancedNetworking: z.enum(AdvancedNetworking).default(defaults.advancedNetworking),
    podCidr: z.string().default(defaults.podCidr),
    serviceCidr: z.string().default(defaults.serviceCidr),
    dnsServiceIP: z.string().default(defaults.dnsServiceIP),
    outboundType: z.enum(OutboundType).default(defaults.outboundType),
    nodeSubnet: unlessEmpty(z.strictObject({ id: z.string(), cidr: z.string() })),
    foreignCidrs: strings().default([]),

    systemPool: z.strictObject({ name: z.string().optional(), ...pool() }).omit({ mode: true }),
    pools: z.record(z.string(), z.strictObject(pool())).default({}),

    upgradeChannel: z.enum(UpgradeChannel).default(defaults.upgradeChannel),
    nodeOsUpgradeChannel: z.enum(NodeOsUpgradeChannel).default(defaults.nodeOsUpgradeChannel),
    upgradeWindow: unlessEmpty(maintenanceWindow()),
    nodeOsWindow: unlessEmpty(maintenanceWindow()),

    entraLogin: z.boolean().default(defaults.entraLogin),
    entraAdminGroupIds: strings().default([]),
    azureRbac: z.boolean().default(defaults.azureRbac),
    clusterAdminPrincipalIds: strings().default([]),
    localAccounts: z.boolean().default(defaults.localAccounts),
    adminCredentials: z.boolean().default(defaults.adminCredentials),
    authorizedIpRanges: strings().default([]),
    privateCluster: z.boolean().default(defaults.privateCluster),
    oidcIssuer: z.boolean().default(defaults.oidcIssuer),
    workloadIdentity: z.boolean().default(defaults.workloadIdentity),

    tags: z.record(z.string(), z.string()).default({}),
    resourceGroupTags: z.record(z.string(), z.string()).default({}),
    protectFromDeletion: z.boolean().default(defaults.protectFromDeletion),
    deleteLock: z.boolean().default(defaults.deleteLock),
    production: z.boolean().default(defaults.production),

    // Not used by the program: `aks-cilium guard` reads it from the file. Declared so that a misspelt one is refused.
    unlock: z
        .array(z.strictObject({ resource: z.string(), reason: z.string(), expires: z.iso.date() }))
        .default([]),

    sampleWorkloads: z.boolean().default(false),
    awaitValid: z.boolean().default(false),
});
