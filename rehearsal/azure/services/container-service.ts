/** API versions of Microsoft.ContainerService and how an older one sees a newer resource. */
import { child, isObject, items, type JsonObject, type Resource } from "../arm";

/** Stable versions from azure-native's default (2025-09-01) to that of azure-cli 2.91 (2026-06-01). */
export const VERSIONS = [
    "2025-09-01",
    "2025-10-01",
    "2026-01-01",
    "2026-02-01",
    "2026-03-01",
    "2026-04-01",
    "2026-05-01",
    "2026-06-01",
] as const;

const PERFORMANCE_SINCE = "2026-01-01"; // aks.md 2.2: transitEncryption and accelerationMode are first stable there

/** A cluster without the properties that an API version does not know. */
export function asVersion(cluster: Resource, apiVersion: string): Resource {
    const properties = child(cluster, "properties");
    const network = child(properties, "networkProfile");
    if (apiVersion >= PERFORMANCE_SINCE || !isObject(network["advancedNetworking"])) return cluster;
    const { performance: _, ...advanced } = network["advancedNetworking"];
    const { transitEncryption: __, ...security } = child(advanced, "security");
    const networkProfile = { ...network, advancedNetworking: { ...advanced, security } };
    return { ...cluster, properties: { ...properties, networkProfile } };
}

/** A pool as the agent pools' own address shows it; inside the cluster it has no envelope. */
export function poolResource(cluster: Resource, pool: JsonObject): Resource {
    const { name, ...properties } = pool;
    return {
        id: `${cluster.id}/agentPools/${String(name)}`,
        name: String(name),
        type: "Microsoft.ContainerService/managedClusters/agentPools",
        properties,
    };
}

/** A cluster's pool by name. */
export const poolOf = (cluster: Resource, name: string): JsonObject | undefined =>
    items(child(cluster, "properties"), "agentPoolProfiles").find((pool) => pool["name"] === name);
