/** Role definitions, role assignments and management locks. */
import { ArmError, child, type JsonObject, partsOf, type Resource, text } from "../arm";
import type { Azure } from "../azure";
import type { Route } from "../router";
import { OBJECT_ID, SUBSCRIPTION } from "../token";
import { simpleRoutes } from "./simple";

/** Built-in roles that a cluster needs: name, GUID (Azure's documentation of built-in roles). */
const ROLES: Record<string, string> = {
    "4d97b98b-1d4f-4787-a291-c67834d212e7": "Network Contributor",
    "b1ff04bb-8a4e-4dc4-8eb5-8693973ce19b": "Azure Kubernetes Service RBAC Cluster Admin",
    "3498e952-d568-435e-9b2c-8d77e338d7f7": "Azure Kubernetes Service RBAC Admin",
    "0ab0b1a8-8aac-4efd-b8c2-3ee1fb270be8": "Azure Kubernetes Service Cluster Admin Role",
    "4abbcc35-e782-43d8-92c5-2d3f1bd2253f": "Azure Kubernetes Service Cluster User Role",
    "f1a07417-d97a-45cb-824c-7a7467783830": "Managed Identity Operator",
    "b24988ac-6180-42a0-ab88-20f7382dd24c": "Contributor",
    "8e3af657-a8ff-443c-a75c-2fe8c4bcb635": "Owner",
    "acdd72a7-3385-48ef-bd42-f606fba81ae7": "Reader",
};
const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

function definition(guid: string): Resource {
    return {
        id: `/subscriptions/${SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/${guid}`,
        name: guid,
        type: "Microsoft.Authorization/roleDefinitions",
        properties: { roleName: ROLES[guid] ?? "", type: "BuiltInRole", permissions: [] },
    };
}

/** Routes of Microsoft.Authorization. */
export function authorizationRoutes(azure: Azure): Route[] {
    return [...definitionRoutes(), ...assignmentRoutes(azure), ...lockRoutes(azure)];
}

function definitionRoutes(): Route[] {
    const one = (guid: string) => {
        if (ROLES[guid] === undefined) {
            const message = `The specified role definition with ID '${guid.replaceAll("-", "")}' does not exist.`;
            throw new ArmError(404, "RoleDefinitionDoesNotExist", message);
        }
        return { status: 200, body: definition(guid) };
    };
    const filtered = (query: URLSearchParams): Resource[] => {
        const wanted = /roleName eq '([^']*)'/i.exec(query.get("$filter") ?? "")?.[1];
        return Object.entries(ROLES)
            .filter(([, name]) => wanted === undefined || name === wanted)
            .map(([guid]) => definition(guid));
    };
    const path = "/providers/Microsoft.Authorization/roleDefinitions";
    return ["/{+scope}", ""].flatMap((scope): Route[] => [
        {
            method: "GET",
            pattern: `${scope}${path}/{guid}`,
            handle: ({ params }) => one((params["guid"] ?? "").toLowerCase()),
        },
        {
            method: "GET",
            pattern: `${scope}${path}`,
            handle: ({ query }) => ({ status: 200, body: { value: filtered(query) } }),
        },
    ]);
}

/** The scope of an id below Microsoft.Authorization. */
const scopeOf = (id: string): string => id.split(/\/providers\/Microsoft\.Authorization\//i)[0] ?? "";

function assignmentRoutes(azure: Azure): Route[] {
    const type = "Microsoft.Authorization/roleAssignments";
    return simpleRoutes(azure, {
        type,
        path: "/{+scope}/providers/Microsoft.Authorization/roleAssignments/{name}",
        grouped: false,
        answersDelete: true,
        make: ({ body }, id, before) => {
            const { name } = partsOf(id);
            const asked = child(body, "properties");
            const scope = scopeOf(id);
            refuseAssignment(azure, name, asked, scope, before);
            const now = new Date().toISOString();
            return {
                id,
                name,
                type,
                properties: {
                    principalType: "User",
                    condition: null,
                    ...asked,
                    scope,
                    createdOn: child(before ?? {}, "properties")["createdOn"] ?? now,
                    updatedOn: now,
                    createdBy: OBJECT_ID,
                    updatedBy: OBJECT_ID,
                },
            };
        },
    });
}

function refuseAssignment(
    azure: Azure,
    name: string,
    asked: JsonObject,
    scope: string,
    before: Resource | undefined,
): void {
    if (!GUID.test(name)) {
        const message = `The role assignment ID '${name}' is not valid. The role assignment ID must be a GUID.`;
        throw new ArmError(400, "InvalidRoleAssignmentId", message);
    }
    const guid = (text(asked, "roleDefinitionId") ?? "").split("/").at(-1) ?? "";
    if (ROLES[guid.toLowerCase()] === undefined) {
        const message = `The specified role definition with ID '${guid.replaceAll("-", "")}' does not exist.`;
        throw new ArmError(404, "RoleDefinitionDoesNotExist", message);
    }
    const principal = text(asked, "principalId") ?? "";
    if (!GUID.test(principal)) {
        throw new ArmError(
            400,
            "InvalidPrincipalId",
            `A valid principal ID must be provided for role assignment, got '${principal}'.`,
        );
    }
    const same = (resource: Resource): boolean => {
        const { principalId, roleDefinitionId } = child(resource, "properties");
        return (
            scopeOf(resource.id).toLowerCase() === scope.toLowerCase() &&
            principalId === principal &&
            String(roleDefinitionId).endsWith(guid)
        );
    };
    const twin = azure.store
        .list("", "Microsoft.Authorization/roleAssignments")
        .find((other) => other.id !== before?.id && same(other));
    if (twin !== undefined) {
        throw new ArmError(409, "RoleAssignmentExists", "The role assignment already exists.");
    }
    if (before !== undefined && !same(before)) {
        // A PUT on an existing assignment may not change who or what (Microsoft.Authorization, RoleAssignmentUpdateNotPermitted).
        const message = "Tenant ID, application ID, principal ID, and scope are not allowed to be updated.";
        throw new ArmError(400, "RoleAssignmentUpdateNotPermitted", message);
    }
}

function lockRoutes(azure: Azure): Route[] {
    const type = "Microsoft.Authorization/locks";
    return simpleRoutes(azure, {
        type,
        path: "/{+scope}/providers/Microsoft.Authorization/locks/{name}",
        grouped: false,
        make: ({ body }, id) => {
            const asked = child(body, "properties");
            const level = text(asked, "level") ?? "";
            if (!["CanNotDelete", "ReadOnly"].includes(level)) {
                throw new ArmError(
                    400,
                    "InvalidLockLevel",
                    `The lock level '${level}' is invalid: CanNotDelete or ReadOnly.`,
                );
            }
            return { id, name: partsOf(id).name, type, properties: asked };
        },
    });
}
