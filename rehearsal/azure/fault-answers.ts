/** What a fault on demand answers. */
import { ArmError, isObject, type Json, partsOf } from "./arm";
import type { Fault } from "./faults";
import { CLIENT_ID, OBJECT_ID } from "./token";

const CODES: Record<number, string> = {
    401: "ExpiredAuthenticationToken",
    403: "AuthorizationFailed",
    404: "ResourceNotFound",
    409: "Conflict",
    429: "TooManyRequests",
    500: "InternalServerError",
    503: "ServiceUnavailable",
};

/** ARM's own words where they are known (learn.microsoft.com, "Resolve errors for resource not found" and "… authorization failed"). */
function messageOf(status: number, path: string): string {
    // A POST to an operation of the cluster is about the cluster; its action ends in the operation's name.
    const [, scope = path, operation] = /^(.*\/managedClusters\/[^/]+)\/(list\w+)$/i.exec(path) ?? [];
    const action = operation === undefined ? "read" : `${operation}/action`;
    const { group, name } = partsOf(scope);
    switch (status) {
        case 401:
            return "The access token expiry UTC time is earlier than current UTC time.";
        case 403:
            return (
                `The client '${CLIENT_ID}' with object id '${OBJECT_ID}' does not have authorization to perform action ` +
                `'Microsoft.ContainerService/managedClusters/${action}' over scope '${scope}' or the scope is invalid. ` +
                `If access was recently granted, please refresh your credentials.`
            );
        case 404:
            return (
                `The Resource 'Microsoft.ContainerService/managedClusters/${name}' under resource group '${group}' was ` +
                `not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix`
            );
        default:
            return `A fault on demand: ${status}.`;
    }
}

/** The refusal of a `fail`. @param path of the request, for the texts that name it */
export function refusalOf(fault: Fault, path: string): ArmError {
    const status = fault.status ?? 500;
    const headers: Record<string, string> = {
        ...(fault.retryAfter === undefined ? {} : { "Retry-After": String(fault.retryAfter) }),
        // Clients look for the challenge of a 401 before they ask for another token.
        ...(status === 401 ? { "WWW-Authenticate": 'Bearer error="invalid_token"' } : {}),
    };
    const code = fault.code ?? CODES[status] ?? "BadRequest";
    return new ArmError(status, code, fault.message ?? messageOf(status, path), undefined, headers);
}

/** JSON merge patch, RFC 7396: objects are merged key by key, null removes, anything else replaces. */
export function mergePatch(target: Json, patch: Json): Json {
    if (!isObject(patch)) return patch;
    const merged = isObject(target) ? { ...target } : {};
    for (const [key, value] of Object.entries(patch)) {
        if (value === null) delete merged[key];
        else merged[key] = mergePatch(merged[key] ?? null, value);
    }
    return merged;
}
