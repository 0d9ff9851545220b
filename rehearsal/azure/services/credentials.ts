/** Credentials of a cluster, the versions that AKS offers and where a cluster can go from its own. */
import { kubeconfig } from "../aks/kubeconfig";
import { longTerm } from "../aks/cluster-refusals";
import { upgradesOf, versionRows } from "../aks/versions";
import {
    ArmError,
    type ArmRequest,
    type ArmResponse,
    child,
    items,
    type JsonObject,
    partsOf,
    type Resource,
    text,
} from "../arm";
import type { Azure } from "../azure";
import type { Route } from "../router";
import { VERSIONS } from "./container-service";
import { CLUSTER_PATH, clusterOf } from "./managed-clusters";

/** Routes of credentials. */
export function credentialRoutes(azure: Azure): Route[] {
    const list = async (request: ArmRequest, kind: "clusterUser" | "clusterAdmin"): Promise<ArmResponse> => {
        const cluster = clusterOf(azure, request);
        const properties = child(cluster, "properties");
        if (kind === "clusterAdmin" && properties["disableLocalAccounts"] === true) {
            // Text as quoted in aks.md 2.4.
            const message =
                "Getting static credential is not allowed because this cluster is set to disable local accounts.";
            throw new ArmError(400, "BadRequest", message, {});
        }
        const entra = kind === "clusterUser" && child(properties, "aadProfile")["managed"] === true;
        return {
            status: 200,
            body: { kubeconfigs: [{ name: kind, value: await configOf(azure, cluster, kind, entra) }] },
        };
    };
    const versions = VERSIONS;
    return [
        {
            method: "POST",
            pattern: `${CLUSTER_PATH}/listClusterUserCredential`,
            versions,
            handle: (request) => list(request, "clusterUser"),
        },
        {
            method: "POST",
            pattern: `${CLUSTER_PATH}/listClusterAdminCredential`,
            versions,
            handle: (request) => list(request, "clusterAdmin"),
        },
        {
            method: "GET",
            pattern: `${CLUSTER_PATH}/upgradeProfiles/default`,
            versions,
            handle: (request) => ({ status: 200, body: upgradeProfile(clusterOf(azure, request)) }),
        },
        {
            method: "GET",
            pattern:
                "/subscriptions/{subscription}/providers/Microsoft.ContainerService/locations/{location}/kubernetesVersions",
            versions,
            handle: () => ({ status: 200, body: { values: versionRows } }),
        },
    ];
}

async function configOf(
    azure: Azure,
    cluster: Resource,
    kind: "clusterUser" | "clusterAdmin",
    entra: boolean,
): Promise<string> {
    const { group, name } = partsOf(cluster.id);
    const file = await azure.clusters.start(cluster.id, cluster);
    const config = kubeconfig(file, { group, cluster: name, kind, entra, cloud: "AzurePublicCloud" });
    return Buffer.from(config).toString("base64");
}

/** What `az aks get-upgrades` reads. */
function upgradeProfile(cluster: Resource): Resource {
    const properties = child(cluster, "properties");
    const lts = longTerm(properties);
    const profile = (version: string, osType: string): JsonObject => ({
        kubernetesVersion: version,
        osType,
        upgrades: upgradesOf(version, lts).map((kubernetesVersion) => ({
            kubernetesVersion,
            isPreview: false,
        })),
    });
    const current = text(properties, "currentKubernetesVersion") ?? "";
    const pools = items(properties, "agentPoolProfiles").map((pool) => ({
        name: pool["name"] ?? "",
        ...profile(text(pool, "currentOrchestratorVersion") ?? current, "Linux"),
    }));
    return {
        id: `${cluster.id}/upgradeprofiles/default`,
        name: "default",
        type: "Microsoft.ContainerService/ManagedClusters/upgradeprofiles",
        properties: { controlPlaneProfile: profile(current, "Linux"), agentPoolProfiles: pools },
    };
}
