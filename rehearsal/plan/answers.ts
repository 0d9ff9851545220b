/**
 * What the stand-in engine answers in place of the providers.
 *
 * Preview follows the providers' own behaviour on a first create: inputs are known, so are azure-native's `name` and
 * `location` (its `PreviewOutputs`), everything else is unknown. `up` invents the outputs a program reads.
 */
import { createHash } from "node:crypto";
import { isObject, isUnknown, type Properties, unwrapSecrets, type Value } from "../plugin/values";
import type { Mode } from "./launch";
import type { Project } from "./project";
import type { PlannedResource } from "./resource";

/** Subscription, tenant and identity of the stand-in; none of them exists. */
export const AZURE = {
    subscriptionId: "00000000-0000-4000-8000-000000000001",
    tenantId: "00000000-0000-4000-8000-000000000002",
    clientId: "00000000-0000-4000-8000-000000000003",
    objectId: "00000000-0000-4000-8000-000000000004",
} as const;

/** Id and outputs of a resource just created; the id is empty, that is unknown, in a preview. */
export function answerCreate(resource: PlannedResource, mode: Mode): { id: string; outputs: Properties } {
    const azure = resource.type.startsWith("azure-native:");
    const named = azure ? { ...resource.inputs, name: azureName(resource) } : resource.inputs;
    if (mode === "preview") return { id: "", outputs: named };
    const extra = UP[resource.type]?.(named) ?? {};
    const id = azure
        ? azureId(resource, named)
        : (kubernetesId(resource) ?? text(extra["result"]) ?? resource.name);
    return { id, outputs: { ...named, ...(azure ? { azureApiVersion: "2025-09-01" } : {}), ...extra } };
}

/**
 * Result of an invoke.
 * @throws Error for a token the stand-in has no answer to
 */
export function answerInvoke(token: string, args: Properties, project: Project): Properties {
    const answer = INVOKES[token];
    if (answer === undefined) {
        const known = Object.keys(INVOKES).join(", ");
        throw new Error(`the stand-in engine cannot answer the invoke ${token}; it knows: ${known}`);
    }
    return answer(args, project);
}

/** Letters and digits that are the same for the same resource in every run, so that plans can be compared. */
function stable(seed: string, length: number): string {
    return createHash("sha256").update(seed).digest("hex").slice(0, length);
}

const text = (value: Value | undefined): string | undefined => {
    const open = value === undefined ? undefined : unwrapSecrets(value);
    return typeof open === "string" && !isUnknown(open) ? open : undefined;
};

/**
 * The name in Azure: the property that carries it, else generated from the resource's name as azure-native does,
 * eight hex digits appended.
 */
function azureName({ type, name, inputs, urn }: PlannedResource): Value {
    const kind = type.split(":").at(-1) ?? "";
    const property = NAMES[kind] ?? `${kind.charAt(0).toLowerCase()}${kind.slice(1)}Name`;
    return inputs[property] ?? `${name}${stable(urn, 8)}`;
}

/** Where the property that names a resource is not called after its kind. */
const NAMES: Record<string, string> = {
    ManagedCluster: "resourceName",
    UserAssignedIdentity: "resourceName",
    MaintenanceConfiguration: "configName",
    ManagementLockByScope: "lockName",
    ManagementLockAtResourceGroupLevel: "lockName",
};

function azureId({ type }: PlannedResource, outputs: Properties): string {
    const [, module, kind = ""] = type.split(":");
    const name = text(outputs["name"]) ?? "";
    const group = kind === "ResourceGroup" ? name : (text(outputs["resourceGroupName"]) ?? "");
    const scope = text(outputs["scope"]) ?? `/subscriptions/${AZURE.subscriptionId}/resourceGroups/${group}`;
    if (kind === "ResourceGroup") return scope;
    const collection = COLLECTIONS[kind] ?? `Microsoft.${module}/${kind}s`;
    return `${scope}/providers/${collection.replace("{cluster}", text(outputs["resourceName"]) ?? "")}/${name}`;
}

/** ARM's collections of what the program makes; others get a path of the same shape. */
const COLLECTIONS: Record<string, string> = {
    ManagedCluster: "Microsoft.ContainerService/managedClusters",
    AgentPool: "Microsoft.ContainerService/managedClusters/{cluster}/agentPools",
    MaintenanceConfiguration:
        "Microsoft.ContainerService/managedClusters/{cluster}/maintenanceConfigurations",
    UserAssignedIdentity: "Microsoft.ManagedIdentity/userAssignedIdentities",
    RoleAssignment: "Microsoft.Authorization/roleAssignments",
    ManagementLockByScope: "Microsoft.Authorization/locks",
};

function kubernetesId({ type, inputs }: PlannedResource): string | undefined {
    if (!type.startsWith("kubernetes:")) return undefined;
    const metadata = isObject(inputs["metadata"]) ? inputs["metadata"] : {};
    const [namespace, name] = [text(metadata["namespace"]), text(metadata["name"])];
    return namespace === undefined ? name : `${namespace}/${name}`;
}

/** Outputs beside the inputs after an update, by type. */
const UP: Record<string, (outputs: Properties) => Properties> = {
    "azure-native:containerservice:ManagedCluster": (outputs) => {
        const name = text(outputs["name"]) ?? "";
        const location = text(outputs["location"]) ?? "";
        const fqdn = `${text(outputs["dnsPrefix"]) ?? name}-${stable(name, 8)}.hcp.${location}.azmk8s.io`;
        const group = text(outputs["resourceGroupName"]) ?? "";
        const version = text(outputs["kubernetesVersion"]) ?? "";
        return {
            fqdn,
            provisioningState: "Succeeded",
            currentKubernetesVersion: /^\d+\.\d+$/.test(version) ? `${version}.0` : version,
            nodeResourceGroup: text(outputs["nodeResourceGroup"]) ?? `MC_${group}_${name}_${location}`,
            oidcIssuerProfile: {
                ...(isObject(outputs["oidcIssuerProfile"]) ? outputs["oidcIssuerProfile"] : {}),
                issuerURL: `https://${location}.oic.prod-aks.azure.com/${AZURE.tenantId}/${stable(name, 32)}/`,
            },
            identityProfile: { kubeletidentity: { clientId: AZURE.clientId, objectId: AZURE.objectId } },
        };
    },
    "azure-native:managedidentity:UserAssignedIdentity": () => ({
        principalId: AZURE.objectId,
        clientId: AZURE.clientId,
        tenantId: AZURE.tenantId,
    }),
    "random:index/randomString:RandomString": ({ length }) => ({
        result: stable("randomString", typeof length === "number" ? length : 8),
    }),
    "random:index/randomUuid:RandomUuid": () => ({ result: AZURE.objectId.replace(/4$/, "5") }),
    "random:index/randomId:RandomId": () => ({ hex: stable("randomId", 8) }),
};

const credentials = (args: Properties): Properties => {
    const name = text(args["resourceName"]) ?? "";
    const kubeconfig = JSON.stringify({
        apiVersion: "v1",
        kind: "Config",
        "current-context": name,
        clusters: [
            { name, cluster: { server: `https://${name}.invalid:443`, "certificate-authority-data": "" } },
        ],
        contexts: [{ name, context: { cluster: name, user: `clusterUser_${name}` } }],
        users: [{ name: `clusterUser_${name}`, user: { token: stable(name, 32) } }],
    });
    return { kubeconfigs: [{ name: "clusterUser", value: Buffer.from(kubeconfig).toString("base64") }] };
};

const INVOKES: Record<string, (args: Properties, project: Project) => Properties> = {
    "azure-native:containerservice:listManagedClusterUserCredentials": credentials,
    "azure-native:containerservice:listManagedClusterAdminCredentials": credentials,
    // The cluster as it is after the update: with every tier of ACNS, so that nothing waits.
    "azure-native:containerservice:getManagedCluster": (args) => ({
        name: args["resourceName"] ?? "",
        networkProfile: {
            advancedNetworking: { enabled: true, security: { enabled: true, advancedNetworkPolicies: "L7" } },
        },
    }),
    "azure-native:authorization:getClientConfig": () => ({ ...AZURE }),
};
