/** azure-native's calls, row by row of tests/rehearsal/azure-native/README.md. */
import { type Checked, InitFailed, type Log, type Provider } from "../plugin/provider";
import { isUnknown, type Properties, UNKNOWN } from "../plugin/values";
import type { ArmClient } from "./client";
import { AzureError } from "./client";
import { applyChanges, difference } from "./diff";
import { invoke } from "./functions";
import { nameInputs, type Naming } from "./names";
import { type Kind, kindOf } from "./resources";
import { VERSION } from "./schema";
import { bodyOf, idOf, inputProjection, inputsOfId, outputsOf, previewOutputs } from "./shape";
import { validate } from "./validate";

const HOURS_2 = 7200; // "Time-outs: 120 minutes unless customTimeouts says otherwise"
const GROUP_API = "2024-03-01";

/** What the provider is told by its environment. */
export interface Environment {
    client: ArmClient;
    /** From `azure-native:subscriptionId` or ARM_SUBSCRIPTION_ID. */
    subscription: string;
    location: string | undefined;
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const withoutNulls = (inputs: Properties): Properties =>
    Object.fromEntries(Object.entries(inputs).filter(([, value]) => value !== null));

/** The provider. @param connect makes the environment from the engine's configuration */
export function azureNative(connect: (config: Properties) => Environment): Provider {
    let azure: Environment | undefined;
    let log: Log = () => undefined;
    const configured = (): Environment => {
        if (azure === undefined) throw new Error("azure-native was not configured");
        return azure;
    };
    return {
        name: "azure-native",
        version: VERSION,
        handshake: false,
        // The provider leaves it to the engine to compare ("DiffConfig never reports a change").
        diffConfig: () => ({ changes: undefined }),
        configure: (args, line) => {
            azure = connect(args);
            log = line;
        },
        cancel: () => azure?.client.cancel(),
        check: ({ type, name, olds, news, seed, autonaming }) =>
            check(configured(), kindOf(type), withoutNulls(news), { name, seed, autonaming, olds }),
        diff: ({ type, olds, oldInputs, news }) => difference(kindOf(type), oldInputs, news, olds),
        create: async ({ urn, type, inputs, preview, timeout }) => {
            const kind = kindOf(type);
            if (preview) return { id: "", outputs: previewOutputs(inputs, kind.schema.outputs) };
            const { client, subscription } = configured();
            const id = idOf(kind, inputs, subscription);
            if (await client.exists(id, kind.schema.apiVersion)) {
                throw new Error(`cannot create already existing resource '${id}'`);
            }
            const response = await write(client, kind, id, inputs, timeout);
            const own = typeof response["id"] === "string" ? response["id"] : id;
            return {
                id: own,
                outputs: await readBack(client, kind, own, response, () => warn(log, urn, "Create")),
            };
        },
        update: async ({ urn, type, id, olds, inputs, preview, timeout }) => {
            const kind = kindOf(type);
            if (preview) return { outputs: previewUpdate(kind, inputs, olds) };
            const { client } = configured();
            const response = await write(client, kind, id, inputs, timeout);
            return { outputs: await readBack(client, kind, id, response, () => warn(log, urn, "Update")) };
        },
        read: async ({ type, id, inputs, outputs }) => {
            const kind = kindOf(type);
            const response = await get(configured().client, kind, id);
            if (response === undefined) return undefined;
            const now = outputsOf(kind, response);
            // No inputs: an import. They come from the id and the answer.
            if (Object.keys(inputs).length === 0) {
                return {
                    id,
                    outputs: now,
                    inputs: {
                        ...inputProjection(kind, now),
                        ...inputsOfId(kind, id),
                        azureApiVersion: kind.schema.apiVersion,
                    },
                };
            }
            const next = applyChanges(inputs, inputProjection(kind, outputs), inputProjection(kind, now));
            return { id, outputs: now, inputs: next };
        },
        delete: async ({ type, id, timeout }) => {
            const kind = kindOf(type);
            await configured().client.delete(id, kind.schema.apiVersion, timeout > 0 ? timeout : HOURS_2);
        },
        invoke: async (token, args) => {
            const { client, subscription } = configured();
            return { result: await invoke(token, args, client, subscription) };
        },
    };
}

function warn(log: Log, urn: string, when: string): void {
    log("warning", `Failed to read resource after ${when}. Please report this issue.`, urn);
}

async function check(azure: Environment, kind: Kind, news: Properties, naming: Naming): Promise<Checked> {
    const inputs: Properties = { ...news, ...nameInputs(kind, news, naming) };
    if (inputs["location"] === undefined && kind.schema.inputs.some(({ name }) => name === "location")) {
        const location = naming.olds["location"] ?? azure.location ?? (await groupLocation(azure, inputs));
        if (location !== undefined) inputs["location"] = location;
    }
    inputs["azureApiVersion"] ??= kind.schema.apiVersion;
    return { inputs, failures: validate(kind, inputs) };
}

/** The resource group's location: unknown while the group is, else asked for; a group that cannot be read gives none. */
async function groupLocation(
    { client, subscription }: Environment,
    inputs: Properties,
): Promise<string | undefined> {
    const group = inputs["resourceGroupName"];
    if (group === undefined) return undefined;
    if (isUnknown(group)) return UNKNOWN;
    const id = `/subscriptions/${subscription}/resourceGroups/${encodeURIComponent(String(group))}`;
    const found = await client.get(id, GROUP_API).catch(() => undefined);
    return found === undefined ? undefined : String(found["location"]);
}

/** In an update's preview only name and location are taken from the state; everything else that is no input is unknown. */
function previewUpdate(kind: Kind, inputs: Properties, olds: Properties): Properties {
    const outputs = previewOutputs(inputs, kind.schema.outputs);
    for (const key of ["name", "location"]) {
        const value = olds[key];
        if (value !== undefined) outputs[key] = value;
    }
    return outputs;
}

/** PUT. What ARM took and could not finish is a partial error: the resource is in the state, the next update repairs it. */
async function write(
    client: ArmClient,
    kind: Kind,
    id: string,
    inputs: Properties,
    timeout: number,
): Promise<Properties> {
    try {
        return await client.put(
            id,
            kind.schema.apiVersion,
            bodyOf(kind, inputs),
            timeout > 0 ? timeout : HOURS_2,
        );
    } catch (error) {
        if (!(error instanceof Error) || !("accepted" in error)) throw error;
        let now: Properties | undefined;
        try {
            now = await get(client, kind, id);
        } catch (unread) {
            // Nobody knows what is there: the id is kept, so that nothing is made twice.
            const message = `resource created but read failed ${messageOf(unread)}: ${error.message}`;
            throw new InitFailed(message, id, {}, inputs, [message]);
        }
        // The operation failed and nothing is there: the error alone, not a resource that never was.
        if (now === undefined) throw error;
        throw new InitFailed(error.message, id, outputsOf(kind, now), inputs, [error.message]);
    }
}

async function get(client: ArmClient, kind: Kind, id: string): Promise<Properties | undefined> {
    try {
        return await client.get(id, kind.schema.apiVersion);
    } catch (error) {
        if (error instanceof AzureError && error.gone) return undefined;
        throw error;
    }
}

/** GET after a write: its answer becomes the outputs. A failure here is only a warning. */
async function readBack(
    client: ArmClient,
    kind: Kind,
    id: string,
    response: Properties,
    failed: () => void,
): Promise<Properties> {
    try {
        return outputsOf(kind, await client.get(id, kind.schema.apiVersion));
    } catch {
        failed();
        return outputsOf(kind, response);
    }
}
