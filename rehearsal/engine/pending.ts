/**
 * What a killed engine leaves behind: operations that it began and of which it never learned the end. A pure decision
 * over the stack's state; looking and writing are in repair.ts.
 */

/** A resource in the state, as far as the decision needs it. */
export interface StateResource {
    urn: string;
    type: string;
    id?: string;
    custom?: boolean;
    delete?: boolean;
    inputs?: Record<string, unknown>;
    outputs?: Record<string, unknown>;
    [field: string]: unknown;
}

export interface Deployment {
    resources?: StateResource[];
    pending_operations?: { type: string; resource: StateResource }[];
    [field: string]: unknown;
}

/** Where a resource would be if its creation went through. */
export type Place =
    | { readonly kind: "azure"; readonly id: string; readonly apiVersion: string }
    | {
          readonly kind: "kubernetes";
          readonly id: string;
          readonly apiVersion: string;
          readonly what: string;
      };

const text = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);

/** Azure's resources by Pulumi type: path below the resource group or scope, with the names of inputs, API version. */
const AZURE: Readonly<Record<string, readonly [path: string, apiVersion: string]>> = {
    "azure-native:resources:ResourceGroup": ["", "2024-11-01"],
    "azure-native:containerservice:ManagedCluster": [
        "/providers/Microsoft.ContainerService/managedClusters/{resourceName}",
        "2025-09-01",
    ],
    "azure-native:containerservice:AgentPool": [
        "/providers/Microsoft.ContainerService/managedClusters/{resourceName}/agentPools/{agentPoolName}",
        "2025-09-01",
    ],
    "azure-native:containerservice:MaintenanceConfiguration": [
        "/providers/Microsoft.ContainerService/managedClusters/{resourceName}/maintenanceConfigurations/{configName}",
        "2025-09-01",
    ],
    "azure-native:managedidentity:UserAssignedIdentity": [
        "/providers/Microsoft.ManagedIdentity/userAssignedIdentities/{resourceName}",
        "2024-11-30",
    ],
    "azure-native:authorization:RoleAssignment": [
        "{scope}/providers/Microsoft.Authorization/roleAssignments/{roleAssignmentName}",
        "2022-04-01",
    ],
    "azure-native:authorization:ManagementLockByScope": [
        "{scope}/providers/Microsoft.Authorization/locks/{lockName}",
        "2020-05-01",
    ],
    "azure-native:authorization:ManagementLockAtResourceGroupLevel": [
        "/providers/Microsoft.Authorization/locks/{lockName}",
        "2020-05-01",
    ],
};

/**
 * Where to look for a resource whose creation was cut off. Its inputs are those after Check, so names are in them.
 * @returns undefined for what exists nowhere but in the state (random values, providers, components).
 */
export function placeOf(resource: StateResource, subscription: string): Place | undefined {
    const inputs = resource.inputs ?? {};
    const azure = AZURE[resource.type];
    if (azure !== undefined) {
        const [pattern, apiVersion] = azure;
        const filled = pattern.replace(/\{(\w+)\}/g, (_, name: string) => text(inputs[name]) ?? "");
        const group = text(inputs["resourceGroupName"]);
        const base = pattern.startsWith("{scope}")
            ? ""
            : `/subscriptions/${subscription}/resourceGroups/${group ?? ""}`;
        return { kind: "azure", id: `${base}${filled}`, apiVersion };
    }
    if (!resource.type.startsWith("kubernetes:")) return undefined;
    const metadata = (inputs["metadata"] ?? {}) as { name?: string; namespace?: string };
    const kind = text(inputs["kind"]);
    const apiVersion = text(inputs["apiVersion"]);
    if (metadata.name === undefined || kind === undefined || apiVersion === undefined) return undefined;
    const id = metadata.namespace === undefined ? metadata.name : `${metadata.namespace}/${metadata.name}`;
    return { kind: "kubernetes", id, apiVersion, what: kind };
}

/**
 * The state after the cut-off operations are settled: what was created after all becomes a resource, the rest never
 * happened. What an update or delete came to is found out by the refresh that follows.
 * @param created ids of the resources whose creation went through, by URN.
 */
export function settle(deployment: Deployment, created: ReadonlyMap<string, string>): Deployment {
    const resources = [...(deployment.resources ?? [])];
    for (const { type, resource } of deployment.pending_operations ?? []) {
        const id = created.get(resource.urn);
        if (type !== "creating" || id === undefined) continue;
        const index = resources.findIndex((other) => other.urn === resource.urn && other.delete !== true);
        const old = resources[index];
        if (old !== undefined && old.id === id) continue;
        // A replacement: the engine marks the old one the moment the new one exists, and deletes it later.
        if (old !== undefined) resources[index] = { ...old, delete: true };
        const adopted = { ...resource, id, outputs: resource.outputs ?? resource.inputs };
        resources.splice(index < 0 ? resources.length : index, 0, adopted);
    }
    return { ...deployment, resources, pending_operations: [] };
}

/** The creations that have to be looked for. */
export const cutOffCreations = (deployment: Deployment): StateResource[] =>
    (deployment.pending_operations ?? [])
        .filter(({ type }) => type === "creating")
        .map(({ resource }) => resource);
