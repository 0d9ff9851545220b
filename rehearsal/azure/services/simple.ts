/** Resources without an operation of their own: PUT, GET, DELETE and list, answered at once. */
import { type ArmRequest, type ArmResponse, notFound, type Resource } from "../arm";
import { type Azure, groupOf, listOf, refuseLocked } from "../azure";
import type { Route } from "../router";

/** One such kind. */
export interface Kind {
    /** As in `type`, `Microsoft.Network/virtualNetworks`. */
    type: string;
    /** The address of one resource. */
    path: string;
    versions?: readonly string[];
    /** Does it need its resource group? Scoped resources (locks, role assignments) do not. @default true */
    grouped?: boolean;
    /** The stored resource. @throws ArmError to refuse */
    make(request: ArmRequest, id: string, before: Resource | undefined): Resource;
    /** Looks at a delete. @throws ArmError to refuse */
    refuseDelete?(resource: Resource): void;
    /** Does DELETE answer with the resource, as Microsoft.Authorization does? */
    answersDelete?: boolean;
}

/** Routes of a kind. */
export function simpleRoutes(azure: Azure, kind: Kind): Route[] {
    const { path: pattern, type, versions } = kind;
    const found = (request: ArmRequest): Resource => {
        const resource = azure.store.get(request.path);
        if (resource === undefined) throw notFound(type, request.path);
        return resource;
    };
    const put = (request: ArmRequest): ArmResponse => {
        if (kind.grouped ?? true) groupOf(azure, request.path);
        const before = azure.store.get(request.path);
        const made = azure.store.put(kind.make(request, before?.id ?? request.path, before));
        return { status: before === undefined ? 201 : 200, body: made };
    };
    const remove = (request: ArmRequest): ArmResponse => {
        const resource = azure.store.get(request.path);
        if (resource === undefined) return { status: 204 };
        if (type !== "Microsoft.Authorization/locks") refuseLocked(azure, resource.id);
        kind.refuseDelete?.(resource);
        azure.store.remove(resource.id);
        return kind.answersDelete === true ? { status: 200, body: resource } : { status: 200 };
    };
    const collection = pattern.replace(/\/\{\w+\}$/, "");
    const list = (request: ArmRequest): ArmResponse =>
        listOf(azure.store.list(request.path.replace(/\/providers\/[^/]+\/\w+\/?$/, ""), type));
    return [
        { method: "PUT", pattern, handle: put, ...(versions && { versions }) },
        {
            method: "GET",
            pattern,
            handle: (request) => ({ status: 200, body: found(request) }),
            ...(versions && { versions }),
        },
        { method: "DELETE", pattern, handle: remove, ...(versions && { versions }) },
        { method: "GET", pattern: collection, handle: list, ...(versions && { versions }) },
    ];
}
