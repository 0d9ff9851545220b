/** Subscriptions, tenants and the polling addresses of operations. */
import { ArmError, type ArmRequest, type ArmResponse, type JsonObject } from "../arm";
import type { Azure } from "../azure";
import type { Route } from "../router";
import { SUBSCRIPTION, TENANT } from "../token";

const subscription = {
    id: `/subscriptions/${SUBSCRIPTION}`,
    subscriptionId: SUBSCRIPTION,
    tenantId: TENANT,
    displayName: "rehearsal",
    state: "Enabled",
    authorizationSource: "RoleBased",
    subscriptionPolicies: { spendingLimit: "Off" },
};

/** Routes of Microsoft.Resources outside groups, and of operations. */
export function subscriptionRoutes(azure: Azure): Route[] {
    const operation = ({ params }: ArmRequest) => {
        const found = azure.store.operation(params["operation"] ?? "");
        if (found === undefined) throw new ArmError(404, "NotFound", "The operation was not found.");
        return found;
    };
    const status = (request: ArmRequest): ArmResponse => {
        const { id, status: state, startTime, endTime, error } = operation(request);
        const body: JsonObject = { name: id, status: state, startTime };
        if (state !== "InProgress") body["endTime"] = endTime;
        if (error !== null) body["error"] = error;
        return {
            status: 200,
            body,
            headers: state === "InProgress" ? { "Retry-After": "1" } : {},
        };
    };
    const result = (request: ArmRequest): ArmResponse => {
        const { status: state, error, job } = operation(request);
        if (state === "InProgress")
            return { status: 202, headers: { Location: selfOf(azure, request), "Retry-After": "1" } };
        if (error !== null) return { status: 400, body: { error } };
        const resource = azure.store.get(job.resource);
        return resource === undefined ? { status: 204 } : { status: 200, body: resource };
    };
    const path = "/subscriptions/{subscription}/providers/{provider}/locations/{location}";
    return [
        {
            method: "GET",
            pattern: "/subscriptions",
            handle: () => ({ status: 200, body: { value: [subscription] } }),
        },
        {
            method: "GET",
            pattern: "/subscriptions/{subscription}",
            handle: () => ({ status: 200, body: subscription }),
        },
        {
            method: "GET",
            pattern: "/tenants",
            handle: () => ({
                status: 200,
                body: { value: [{ id: `/tenants/${TENANT}`, tenantId: TENANT }] },
            }),
        },
        { method: "GET", pattern: `${path}/operations/{operation}`, handle: status },
        { method: "GET", pattern: `${path}/operationresults/{operation}`, handle: result },
        {
            method: "GET",
            pattern: "/subscriptions/{subscription}/operationresults/{operation}",
            handle: result,
        },
    ];
}

const selfOf = (azure: Azure, request: ArmRequest): string =>
    `${azure.endpoint()}${request.path}?api-version=${request.apiVersion}`;
