/** The words of Azure Resource Manager: requests, answers, errors, resource ids. */

/** JSON as it travels. */
export type Json = null | boolean | number | string | Json[] | JsonObject;
/** A JSON object. */
export interface JsonObject {
    [key: string]: Json;
}

/** A resource as ARM stores and returns it. */
export interface Resource extends JsonObject {
    id: string;
    name: string;
    type: string;
}

/** A request after its address was taken apart. */
export interface ArmRequest {
    method: string;
    /** Decoded path without the query. */
    path: string;
    query: URLSearchParams;
    apiVersion: string;
    body: JsonObject;
    /** Values of the route's `{names}`. */
    params: Record<string, string>;
}

/** An answer; `body` undefined sends none. */
export interface ArmResponse {
    status: number;
    body?: Json;
    headers?: Record<string, string>;
}

/**
 * A refusal. `service` errors are written by AKS, without an envelope and with `details`, `subcode` and `target`
 * (hashicorp/terraform-provider-azurerm and microsoft/tyger#121 quote them so); others by ARM, inside `error`.
 */
export class ArmError extends Error {
    constructor(
        readonly status: number,
        readonly code: string,
        message: string,
        readonly service?: { target?: string; subcode?: string },
        readonly headers: Record<string, string> = {},
    ) {
        super(message);
    }

    /** The answer that carries this refusal. */
    response(): ArmResponse {
        return { status: this.status, body: this.body(), headers: this.headers };
    }

    private body(): JsonObject {
        const { code, message } = this;
        if (this.service === undefined) return { error: { code, message } };
        const { target, subcode } = this.service;
        return {
            code,
            details: null,
            message,
            subcode: subcode ?? "",
            ...(target === undefined ? {} : { target }),
        };
    }
}

/** Is this a JSON object? */
export const isObject = (value: Json | undefined): value is JsonObject =>
    typeof value === "object" && value !== null && !Array.isArray(value);

/** The object behind a key, empty when there is none. */
export function child(value: JsonObject, key: string): JsonObject {
    const inner = value[key];
    return isObject(inner) ? inner : {};
}

/** The list of objects behind a key, empty when there is none. */
export function items(value: JsonObject, key: string): JsonObject[] {
    const inner = value[key];
    return Array.isArray(inner) ? inner.filter(isObject) : [];
}

/** The text behind a key. Empty text counts as not given: azure-cli sends `""` for versions (azure-cli 2.91, observed). */
export function text(value: JsonObject, key: string): string | undefined {
    const inner = value[key];
    return typeof inner === "string" && inner !== "" ? inner : undefined;
}

/** The resource group and the last name of an id. */
export function partsOf(id: string): { subscription: string; group: string; name: string } {
    const parts = id.split("/");
    const after = (word: string): string => {
        const at = parts.findIndex((part) => part.toLowerCase() === word);
        return at < 0 ? "" : (parts[at + 1] ?? "");
    };
    return { subscription: after("subscriptions"), group: after("resourcegroups"), name: parts.at(-1) ?? "" };
}

/** ARM's text for a resource that is not there; `kind` like `Microsoft.ContainerService/managedClusters`. */
export function notFound(kind: string, id: string): ArmError {
    const { group, name } = partsOf(id);
    const where = `The Resource '${kind}/${name}' under resource group '${group}' was not found.`;
    return new ArmError(
        404,
        "ResourceNotFound",
        `${where} For more details please go to https://aka.ms/ARMResourceNotFoundFix`,
    );
}

/** ARM's text for a resource group that is not there. */
export const groupNotFound = (group: string): ArmError =>
    new ArmError(404, "ResourceGroupNotFound", `Resource group '${group}' could not be found.`);
