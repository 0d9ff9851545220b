/** Resource groups: synchronous PUT, asynchronous DELETE that takes everything inside along. */
import { ArmError, type ArmRequest, type ArmResponse, groupNotFound, type Resource, text } from "../arm";
import { normalLocation } from "../aks/cluster-defaults";
import { type Azure, listOf, refuseLocked } from "../azure";
import type { Route } from "../router";

const TYPE = "Microsoft.Resources/resourceGroups";
const PATH = "/subscriptions/{subscription}/resourceGroups/{group}";
const JOB = "delete-resource-group";

const idOf = ({ params }: ArmRequest): string =>
    `/subscriptions/${params["subscription"]}/resourceGroups/${params["group"]}`;

/** Routes of resource groups. */
export function resourceGroupRoutes(azure: Azure): Route[] {
    azure.operations.define(JOB, async ({ resource }) => {
        for (const cluster of azure.store.list(resource, "Microsoft.ContainerService/ManagedClusters")) {
            await azure.clusters.remove(cluster.id);
        }
        azure.store.remove(resource);
    });
    const found = (request: ArmRequest): Resource => {
        const group = azure.store.get(idOf(request));
        if (group === undefined) throw groupNotFound(request.params["group"] ?? "");
        return group;
    };
    return [
        { method: "PUT", pattern: PATH, handle: (request) => put(azure, request) },
        { method: "GET", pattern: PATH, handle: (request) => ({ status: 200, body: found(request) }) },
        {
            method: "HEAD",
            pattern: PATH,
            handle: (request) => ({ status: azure.store.get(idOf(request)) ? 204 : 404 }),
        },
        {
            method: "PATCH",
            pattern: PATH,
            handle: (request) => ({
                status: 200,
                body: azure.store.put({ ...found(request), ...tagsOf(request) }),
            }),
        },
        { method: "DELETE", pattern: PATH, handle: (request) => remove(azure, found(request), request) },
        {
            method: "GET",
            pattern: "/subscriptions/{subscription}/resourceGroups",
            handle: ({ params }) =>
                listOf(azure.store.list(`/subscriptions/${params["subscription"]}`, TYPE)),
        },
        {
            method: "GET",
            pattern: `${PATH}/resources`,
            handle: (request) => listOf(azure.store.list(found(request).id)),
        },
    ];
}

const tagsOf = ({ body }: ArmRequest): { tags?: Resource[string] } =>
    body["tags"] === undefined ? {} : { tags: body["tags"] };

function put(azure: Azure, request: ArmRequest): ArmResponse {
    const name = request.params["group"] ?? "";
    if (!/^[-\w.()]{1,90}$/.test(name) || name.endsWith(".")) {
        const rule =
            "may only contain up to 90 alphanumeric characters, periods, underscores, hyphens and parenthesis, and cannot end in a period";
        throw new ArmError(
            400,
            "InvalidResourceGroup",
            `The provided resource group name '${name}' ${rule}.`,
        );
    }
    const asked = text(request.body, "location");
    if (asked === undefined) {
        throw new ArmError(400, "LocationRequired", "The location property is required for this definition.");
    }
    const location = normalLocation(asked);
    const before = azure.store.get(idOf(request));
    const old = before && text(before, "location");
    if (old !== undefined && old !== location) {
        const message = `Invalid resource group location '${location}'. The Resource group already exists in location '${old}'.`;
        throw new ArmError(409, "InvalidResourceGroupLocation", message);
    }
    const managedBy = text(request.body, "managedBy");
    const group = azure.store.put({
        id: idOf(request),
        name,
        type: TYPE,
        location,
        ...(managedBy === undefined ? {} : { managedBy }),
        tags: request.body["tags"] ?? {},
        properties: { provisioningState: "Succeeded" },
    });
    return { status: before === undefined ? 201 : 200, body: group };
}

/** ARM polls a group's delete by `Location` alone. */
function remove(azure: Azure, group: Resource, { params, apiVersion }: ArmRequest): ArmResponse {
    refuseLocked(azure, group.id);
    azure.store.put({ ...group, properties: { provisioningState: "Deleting" } });
    const operation = azure.operations.begin({ kind: JOB, resource: group.id, state: "Deleting" });
    const base = `${azure.endpoint()}/subscriptions/${params["subscription"]}`;
    const Location = `${base}/operationresults/${operation}?api-version=${apiVersion}`;
    return { status: 202, headers: { Location, "Retry-After": "1" } };
}
