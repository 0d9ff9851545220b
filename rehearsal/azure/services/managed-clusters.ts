/** Managed clusters: PUT, GET, PATCH of tags, DELETE, lists. */
import { randomBytes } from "node:crypto";
import { clusterDefaults, identityOf, normalLocation } from "../aks/cluster-defaults";
import { longTerm, refuseCluster, refuseMissing, refuseVersion } from "../aks/cluster-refusals";
import { poolDefaults, withoutNulls } from "../aks/pool-defaults";
import { DEFAULT_VERSION, resolveVersion } from "../aks/versions";
import {
    ArmError,
    type ArmRequest,
    type ArmResponse,
    child,
    items,
    type JsonObject,
    notFound,
    partsOf,
    type Resource,
    text,
} from "../arm";
import { asyncHeaders, type Azure, groupOf, listOf, refuseLocked } from "../azure";
import type { Route } from "../router";
import { asVersion, VERSIONS } from "./container-service";

/** As AKS writes it in answers, with a capital M. */
export const CLUSTER_TYPE = "Microsoft.ContainerService/ManagedClusters";
const KIND = "Microsoft.ContainerService/managedClusters";
export const CLUSTER_PATH =
    "/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.ContainerService/managedClusters/{cluster}";
const PUT = "put-managed-cluster";
const DELETE = "delete-managed-cluster";

/** The cluster of a request. @throws ArmError ResourceGroupNotFound, ResourceNotFound */
export function clusterOf(azure: Azure, { params }: ArmRequest): Resource {
    const { subscription, group, cluster } = params;
    const id = `/subscriptions/${subscription}/resourceGroups/${group}/providers/${KIND}/${cluster}`;
    groupOf(azure, id);
    const found = azure.store.get(id);
    if (found === undefined) throw notFound(KIND, id);
    return found;
}

/** Refuses a write while another one runs (AKS#… "OperationNotAllowed"; text as quoted in cilium/cilium#25944 and elsewhere). */
export function refuseBusy(azure: Azure, cluster: Resource, pools: "any pool" | { name: string }): void {
    const text = (what: string): ArmError => {
        const message = `Operation is not allowed: ${what} is in progress, please wait for it to finish before starting a new operation. See https://aka.ms/aks-pending-operation for more details`;
        return new ArmError(409, "OperationNotAllowed", message, {});
    };
    const state = azure.operations.busy(cluster.id);
    if (state !== undefined) throw text(`Another operation (${state})`);
    for (const pool of items(child(cluster, "properties"), "agentPoolProfiles")) {
        const name = String(pool["name"]);
        const busy = azure.operations.busy(`${cluster.id}/agentPools/${name}`);
        // Pools may change side by side, but not one pool twice, and not the cluster while any of them does.
        if (busy !== undefined && (pools === "any pool" || pools.name === name)) {
            throw text(`Another agentpool operation (${name} - ${busy})`);
        }
    }
}

/** Stores a cluster with other properties. */
export function patchCluster(
    azure: Azure,
    cluster: Resource,
    change: (properties: JsonObject) => JsonObject,
): Resource {
    return azure.store.put({ ...cluster, properties: change(child(cluster, "properties")) });
}

/** Routes of managed clusters. */
export function managedClusterRoutes(azure: Azure): Route[] {
    const settle = (id: string, state: string): void => {
        const cluster = azure.store.get(id);
        if (cluster === undefined) return;
        patchCluster(azure, cluster, (properties) => ({
            ...properties,
            provisioningState: state,
            agentPoolProfiles: items(properties, "agentPoolProfiles").map((pool) => ({
                ...pool,
                provisioningState: state,
            })),
        }));
    };
    azure.operations.define(
        PUT,
        async ({ resource }) => {
            const cluster = azure.store.get(resource);
            if (cluster === undefined) return;
            await azure.clusters.start(resource, cluster);
            settle(resource, "Succeeded");
        },
        ({ resource }) => settle(resource, "Failed"),
    );
    azure.operations.define(DELETE, async ({ resource }) => {
        await azure.clusters.remove(resource);
        azure.store.remove(resource);
    });
    const versions = VERSIONS;
    const get = (request: ArmRequest): ArmResponse => ({
        status: 200,
        body: asVersion(clusterOf(azure, request), request.apiVersion),
    });
    const list = (prefix: string, apiVersion: string): ArmResponse =>
        listOf(azure.store.list(prefix, CLUSTER_TYPE).map((cluster) => asVersion(cluster, apiVersion)));
    const collection = "providers/Microsoft.ContainerService/managedClusters";
    return [
        { method: "PUT", pattern: CLUSTER_PATH, versions, handle: (request) => put(azure, request) },
        { method: "GET", pattern: CLUSTER_PATH, versions, handle: get },
        { method: "PATCH", pattern: CLUSTER_PATH, versions, handle: (request) => patchTags(azure, request) },
        { method: "DELETE", pattern: CLUSTER_PATH, versions, handle: (request) => remove(azure, request) },
        {
            method: "GET",
            pattern: `/subscriptions/{subscription}/${collection}`,
            versions,
            handle: ({ params, apiVersion }) => list(`/subscriptions/${params["subscription"]}`, apiVersion),
        },
        {
            method: "GET",
            pattern: `/subscriptions/{subscription}/resourceGroups/{group}/${collection}`,
            versions,
            handle: (request) => {
                const id = `/subscriptions/${request.params["subscription"]}/resourceGroups/${request.params["group"]}`;
                groupOf(azure, id);
                return list(id, request.apiVersion);
            },
        },
    ];
}

function put(azure: Azure, request: ArmRequest): ArmResponse {
    const { subscription, group, cluster: name } = request.params;
    const id = `/subscriptions/${subscription}/resourceGroups/${group}/providers/${KIND}/${name}`;
    groupOf(azure, id);
    const before = azure.store.get(id);
    if (before !== undefined) refuseBusy(azure, before, "any pool");
    const next = plan(azure, request, before?.id ?? id, before);
    azure.store.put(next);
    const operation = azure.operations.begin({
        kind: PUT,
        resource: next.id,
        state: before === undefined ? "Creating" : "Updating",
    });
    const headers = asyncHeaders(azure, next.id, String(next["location"]), operation);
    return { status: before === undefined ? 201 : 200, body: asVersion(next, request.apiVersion), headers };
}

/** The cluster that a PUT asks for. @throws ArmError the first of AKS's refusals */
function plan(
    azure: Azure,
    { body, params }: ArmRequest,
    id: string,
    before: Resource | undefined,
): Resource {
    const name = params["cluster"] ?? "";
    if (!/^[a-zA-Z0-9]$|^[a-zA-Z0-9][-_a-zA-Z0-9]{0,61}[a-zA-Z0-9]$/.test(name)) {
        throw new ArmError(
            400,
            "InvalidParameter",
            `The value of parameter resourceName is invalid: '${name}'.`,
            { target: "resourceName" },
        );
    }
    const location = locationOf(body, id, before);
    const old = before && child(before, "properties");
    const asked = withoutNulls(child(body, "properties"));
    const sku = { name: "Base", tier: "Free", ...withoutNulls(child(body, "sku")) };
    // What a PUT leaves out keeps its value; tags and advancedNetworking are replaced as a whole (aks.md 2.2).
    const merged: JsonObject = {
        ...old,
        ...asked,
        networkProfile: { ...child(old ?? {}, "networkProfile"), ...child(asked, "networkProfile") },
    };
    first(refuseMissing(merged, before === undefined));
    const lts = longTerm(merged);
    const wanted = text(merged, "kubernetesVersion") ?? DEFAULT_VERSION;
    first(refuseVersion(wanted, old && text(old, "currentKubernetesVersion"), lts));
    const version = resolveVersion(wanted, lts) ?? wanted;
    const uid = (old && text(old, "resourceUID")) ?? randomBytes(12).toString("hex");
    const state = before === undefined ? "Creating" : "Updating";
    const properties = {
        ...clusterDefaults(merged, { id, location, version, uid }),
        provisioningState: state,
        agentPoolProfiles: mergePools(asked, old, version, state),
    };
    first(refuseCluster(asked, { ...properties, sku }, old));
    return {
        id,
        name: before?.name ?? partsOf(id).name,
        type: CLUSTER_TYPE,
        location,
        kind: "Base",
        sku,
        tags: body["tags"] ?? {},
        identity: identityOf(child(body, "identity"), id, (other) => azure.store.get(other)),
        eTag: randomBytes(8).toString("hex"),
        properties,
    };
}

function first(refusals: ArmError[]): void {
    if (refusals[0] !== undefined) throw refusals[0];
}

function locationOf(body: JsonObject, id: string, before: Resource | undefined): string {
    const asked = text(body, "location");
    if (asked === undefined) {
        throw new ArmError(400, "LocationRequired", "The location property is required for this definition.");
    }
    const location = normalLocation(asked);
    const old = before && text(before, "location");
    if (old === undefined || old === location) return location;
    const { name, group } = partsOf(id);
    const message =
        `The resource '${name}' already exists in location '${old}' in resource group '${group}'. ` +
        `A resource with the same name cannot be created in location '${location}'. Please select a new resource name.`;
    throw new ArmError(409, "InvalidResourceLocation", message);
}

/** Pools that the PUT names, with defaults; pools that it leaves out stay (aks.md 3.4). */
function mergePools(
    asked: JsonObject,
    old: JsonObject | undefined,
    version: string,
    state: string,
): JsonObject[] {
    const named = items(asked, "agentPoolProfiles");
    const stored = items(old ?? {}, "agentPoolProfiles");
    const kept = stored.filter((pool) => !named.some((one) => one["name"] === pool["name"]));
    const made = named.map((pool) => {
        const current = stored.find((one) => one["name"] === pool["name"]);
        const { currentOrchestratorVersion: _, ...rest } = current ?? {};
        return {
            ...poolDefaults({ ...rest, ...withoutNulls(pool) }, current, version),
            provisioningState: state,
        };
    });
    return [...made, ...kept];
}

function patchTags(azure: Azure, request: ArmRequest): ArmResponse {
    const cluster = clusterOf(azure, request);
    refuseBusy(azure, cluster, "any pool");
    const tagged = azure.store.put({ ...cluster, tags: request.body["tags"] ?? cluster["tags"] ?? {} });
    return { status: 200, body: asVersion(tagged, request.apiVersion) };
}

function remove(azure: Azure, request: ArmRequest): ArmResponse {
    const { subscription, group, cluster: name } = request.params;
    const id = `/subscriptions/${subscription}/resourceGroups/${group}/providers/${KIND}/${name}`;
    const cluster = azure.store.get(id);
    if (cluster === undefined) return { status: 204 };
    refuseLocked(azure, cluster.id);
    refuseBusy(azure, cluster, "any pool");
    patchCluster(azure, cluster, (properties) => ({ ...properties, provisioningState: "Deleting" }));
    const operation = azure.operations.begin({ kind: DELETE, resource: cluster.id, state: "Deleting" });
    return { status: 202, headers: asyncHeaders(azure, cluster.id, String(cluster["location"]), operation) };
}
