/** Create and update against the API server, dry or for real (README, tables a to d). */
import type { Properties } from "../plugin/values";
import { type Api, ApiError, type Mapping, pathOf } from "./api";
import { takeOver, untouched } from "./managed-fields";
import { annotation, MANAGER, nameOf } from "./objects";
import type { Options } from "./options";
import { conflict } from "./texts";

const APPLY = "application/apply-patch+yaml";
const DRY = { dryRun: "All" };

const forced = (inputs: Properties): boolean =>
    annotation(inputs, "pulumi.com/patchForce")?.toLowerCase() === "true";

/** One server-side apply; a conflict gets the provider's text. */
async function apply(
    api: Api,
    path: string,
    inputs: Properties,
    query: Record<string, string>,
): Promise<Properties> {
    try {
        return await api.call({ method: "PATCH", path, query, body: inputs, contentType: APPLY });
    } catch (error) {
        if (error instanceof ApiError && error.status === 409 && error.message.startsWith("Apply failed")) {
            throw new ApiError(409, error.reason, conflict(query["fieldManager"] ?? "", error.message));
        }
        throw error;
    }
}

/** POST, or with upsertExistingObjects a server-side apply. */
export function create(
    api: Api,
    mapping: Mapping,
    inputs: Properties,
    manager: string,
    options: Options,
    preview: boolean,
): Promise<Properties> {
    const { name, namespace } = nameOf(inputs);
    if (options.upsert) {
        const force = String(preview || forced(inputs));
        const query = { ...(preview ? DRY : {}), fieldManager: manager, fieldValidation: "Warn", force };
        return apply(api, pathOf(mapping, namespace, name), inputs, query);
    }
    const query = { ...(preview ? DRY : {}), fieldManager: MANAGER };
    return api.call({ method: "POST", path: pathOf(mapping, namespace), query, body: inputs });
}

/**
 * GET, move earlier managers' fields to this resource's own manager, server-side apply. A preview leaves the second step
 * out and forces its dry run while the object is as its plain create left it.
 */
export async function update(
    api: Api,
    mapping: Mapping,
    inputs: Properties,
    oldInputs: Properties,
    manager: string,
    options: Options,
    preview: boolean,
): Promise<Properties> {
    const { name, namespace } = nameOf(inputs);
    const path = pathOf(mapping, namespace, name);
    const live = await api.call({ method: "GET", path });
    if (!options.serverSideApply) {
        const query = { ...(preview ? DRY : {}), fieldManager: MANAGER };
        const body = mergePatch(oldInputs, inputs);
        return api.call({ method: "PATCH", path, query, body, contentType: "application/merge-patch+json" });
    }
    if (preview) {
        const force = String(forced(inputs) || untouched(live));
        return apply(api, path, inputs, { ...DRY, fieldManager: manager, force });
    }
    await api.call({
        method: "PATCH",
        path,
        body: takeOver(live, manager),
        contentType: "application/json-patch+json",
    });
    return apply(api, path, inputs, { fieldManager: manager, force: String(forced(inputs)) });
}

/** A JSON merge patch: null for what the program no longer sets. */
export function mergePatch(before: Properties, after: Properties): Properties {
    const patch: Properties = {};
    for (const key of Object.keys(before)) if (!(key in after)) patch[key] = null;
    for (const [key, value] of Object.entries(after)) {
        const old = before[key];
        const both = [old, value].every(
            (one) => typeof one === "object" && one !== null && !Array.isArray(one),
        );
        if (both) patch[key] = mergePatch(old as Properties, value as Properties);
        else if (JSON.stringify(old) !== JSON.stringify(value)) patch[key] = value;
    }
    return patch;
}
