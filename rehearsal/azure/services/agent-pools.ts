/** Agent pools: PUT, GET, DELETE, list. They live inside their cluster, as AKS shows them. */
import { poolDefaults, withoutNulls } from "../aks/pool-defaults";
import { refuseCapacity, refusePool } from "../aks/pool-refusals";
import { minorOf } from "../aks/versions";
import {
    ArmError,
    type ArmRequest,
    type ArmResponse,
    child,
    items,
    type JsonObject,
    notFound,
    type Resource,
    text,
} from "../arm";
import { asyncHeaders, type Azure, listOf, refuseLocked } from "../azure";
import type { Route } from "../router";
import { poolOf, poolResource, VERSIONS } from "./container-service";
import { CLUSTER_PATH, clusterOf, patchCluster, refuseBusy } from "./managed-clusters";

const KIND = "Microsoft.ContainerService/managedClusters/agentPools";
const PATH = `${CLUSTER_PATH}/agentPools/{pool}`;
const PUT = "put-agent-pool";
const DELETE = "delete-agent-pool";

/** Puts a pool into its cluster, or takes it out (`undefined`). */
function setPool(azure: Azure, cluster: Resource, name: string, pool: JsonObject | undefined): Resource {
    return patchCluster(azure, cluster, (properties) => {
        const pools = items(properties, "agentPoolProfiles");
        const at = pools.findIndex((one) => one["name"] === name);
        const others = pools.filter((_, index) => index !== at);
        const agentPoolProfiles =
            pool === undefined
                ? others
                : at < 0
                  ? [...pools, pool]
                  : pools.map((one, index) => (index === at ? pool : one));
        return { ...properties, agentPoolProfiles };
    });
}

/** Routes of agent pools. */
export function agentPoolRoutes(azure: Azure): Route[] {
    const settle = (
        resource: string,
        change: (pool: JsonObject) => JsonObject | undefined,
    ): Resource | undefined => {
        const [id = "", name = ""] = resource.split("/agentPools/");
        const cluster = azure.store.get(id);
        const pool = cluster && poolOf(cluster, name);
        return cluster && pool && setPool(azure, cluster, name, change(pool));
    };
    const failed = ({ resource }: { resource: string }): void => {
        settle(resource, (pool) => ({ ...pool, provisioningState: "Failed" }));
    };
    const follow = async (resource: string): Promise<void> => {
        const cluster = azure.store.get(resource.split("/agentPools/")[0] ?? "");
        if (cluster !== undefined) await azure.clusters.start(cluster.id, cluster);
    };
    azure.operations.define(
        PUT,
        async ({ resource }) => {
            await follow(resource);
            settle(resource, (pool) => ({ ...pool, provisioningState: "Succeeded" }));
        },
        failed,
    );
    azure.operations.define(
        DELETE,
        async ({ resource }) => {
            settle(resource, () => undefined);
            await follow(resource);
        },
        failed,
    );
    const versions = VERSIONS;
    return [
        { method: "PUT", pattern: PATH, versions, handle: (request) => put(azure, request) },
        {
            method: "GET",
            pattern: PATH,
            versions,
            handle: (request) => ({ status: 200, body: found(azure, request) }),
        },
        { method: "DELETE", pattern: PATH, versions, handle: (request) => remove(azure, request) },
        {
            method: "GET",
            pattern: `${CLUSTER_PATH}/agentPools`,
            versions,
            handle: (request) => {
                const cluster = clusterOf(azure, request);
                const pools = items(child(cluster, "properties"), "agentPoolProfiles");
                return listOf(pools.map((pool) => poolResource(cluster, pool)));
            },
        },
    ];
}

function found(azure: Azure, request: ArmRequest): Resource {
    const cluster = clusterOf(azure, request);
    const name = request.params["pool"] ?? "";
    const pool = poolOf(cluster, name);
    if (pool === undefined) throw notFound(KIND, `${cluster.id}/agentPools/${name}`);
    return poolResource(cluster, pool);
}

function put(azure: Azure, request: ArmRequest): ArmResponse {
    const cluster = clusterOf(azure, request);
    const name = request.params["pool"] ?? "";
    refuseBusy(azure, cluster, { name });
    const properties = child(cluster, "properties");
    const current = poolOf(cluster, name);
    const { currentOrchestratorVersion: _, ...kept } = current ?? {};
    const asked = { ...kept, ...withoutNulls(child(request.body, "properties")), name };
    const version = text(properties, "currentKubernetesVersion") ?? "";
    const state = current === undefined ? "Creating" : "Updating";
    const pool = { ...poolDefaults(asked, current, version), provisioningState: state };
    refuse(properties, pool, current, version);
    setPool(azure, cluster, name, pool);
    const id = `${cluster.id}/agentPools/${name}`;
    const operation = azure.operations.begin({ kind: PUT, resource: id, state });
    const headers = asyncHeaders(azure, id, String(cluster["location"]), operation);
    return { status: current === undefined ? 201 : 200, body: poolResource(cluster, pool), headers };
}

function refuse(
    properties: JsonObject,
    pool: JsonObject,
    current: JsonObject | undefined,
    version: string,
): void {
    const network = child(properties, "networkProfile");
    const others = items(properties, "agentPoolProfiles").filter((one) => one["name"] !== pool["name"]);
    const [refusal] = [
        ...refusePool(pool, current, network["networkDataplane"] === "cilium"),
        ...refuseCapacity(network, [...others, pool]),
    ];
    if (refusal !== undefined) throw refusal;
    if (minorOf(text(pool, "orchestratorVersion") ?? "") > minorOf(version)) {
        const message = `Node pool version ${String(pool["orchestratorVersion"])} and control plane version ${version} are incompatible: a node pool cannot be newer than its control plane.`;
        throw new ArmError(400, "NodePoolMcVersionIncompatible", message, {
            target: "properties.orchestratorVersion",
        });
    }
}

function remove(azure: Azure, request: ArmRequest): ArmResponse {
    const cluster = clusterOf(azure, request);
    const name = request.params["pool"] ?? "";
    const pool = poolOf(cluster, name);
    if (pool === undefined) return { status: 204 };
    const id = `${cluster.id}/agentPools/${name}`;
    refuseLocked(azure, id);
    refuseBusy(azure, cluster, { name });
    const others = items(child(cluster, "properties"), "agentPoolProfiles").filter(
        (one) => one["name"] !== name,
    );
    if (!others.some((one) => text(one, "mode") === "System")) {
        const message = `Agentpool ${name} cannot be deleted: there has to be at least one agent pool with mode System.`;
        throw new ArmError(400, "OperationNotAllowed", message, { target: "agentPoolProfiles" });
    }
    setPool(azure, cluster, name, { ...pool, provisioningState: "Deleting" });
    const operation = azure.operations.begin({ kind: DELETE, resource: id, state: "Deleting" });
    return { status: 202, headers: asyncHeaders(azure, id, String(cluster["location"]), operation) };
}
