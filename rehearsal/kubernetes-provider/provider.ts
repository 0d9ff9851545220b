/** pulumi-kubernetes' calls, as recorded (tests/rehearsal/kubernetes-provider/README.md, tables a to k). */
import { InitFailed, type Log, type Provider } from "../plugin/provider";
import { hasUnknown, type Properties } from "../plugin/values";
import { Api, ApiError, type Mapping, NoMatch, pathOf, type Transport } from "./api";
import { awaitReady, NotReady } from "./await";
import { check } from "./check";
import { configDifference } from "./config-diff";
import { remove } from "./delete";
import { difference } from "./diff";
import { type Connection, connectionOf, selectionOf } from "./kubeconfig";
import { idOf, kindOf, liveOf, newManager, partsOf, pruneLive, stateOf, text } from "./objects";
import { type Options, optionsOf } from "./options";
import { missing, type Sleep, withRetries } from "./retry";
import * as texts from "./texts";
import { create, update } from "./writes";

/** One configured run. */
interface Session {
    api: Api;
    options: Options;
    log: Log;
    /** Why the server cannot be reached; undefined when it can. */
    unreachable: string | undefined;
}

/** What tests replace. */
export interface Surroundings {
    transport(connection: Connection): Transport;
    wait: Sleep;
    now(): number;
    env: NodeJS.ProcessEnv;
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** The provider. */
export function kubernetes(around: Surroundings): Provider {
    let session: Session | undefined;
    let ended = false;
    const configured = (): Session => {
        if (session === undefined) throw new Error("the kubernetes provider was not configured");
        return session;
    };
    const reachable = (): Session => {
        const found = configured();
        if (found.unreachable !== undefined) throw new Error(texts.unreachable(found.unreachable));
        return found;
    };

    /** Waits for a written object; the error names the id for an update and the URN for a create. */
    const settle = async (
        mapping: Mapping,
        live: Properties,
        urn: string,
        timeout: number,
    ): Promise<Properties> => {
        const { api, log } = configured();
        const say = (severity: "info" | "warning", message: string): void =>
            log(severity, message, urn, true);
        return awaitReady({
            api,
            mapping,
            live,
            timeout,
            say,
            wait: around.wait,
            now: around.now,
            cancelled: () => ended,
        });
    };

    return {
        name: "kubernetes",
        version: "4.34.2",
        handshake: false,
        diffConfig: ({ oldInputs, news }) => configDifference(oldInputs, news),
        configure: async (args, log) => {
            const options = optionsOf(args, around.env);
            try {
                const connection = connectionOf(selectionOf(args));
                const api = new Api(around.transport(connection), options.namespace ?? connection.namespace);
                session = { api, options, log, unreachable: undefined };
                await api.ping();
            } catch (error) {
                // A login that fails counts as well: the released provider says "unreachable" with the cause.
                const api =
                    session?.api ?? new Api({ send: () => Promise.reject(error as Error) }, "default");
                session = { api, options, log, unreachable: messageOf(error) };
            }
        },
        cancel: () => {
            ended = true;
        },
        check: async ({ urn, type, name, news, olds, seed, autonaming }) => {
            const { api, options, unreachable, log } = configured();
            if (unreachable !== undefined && options.skipUpdateUnreachable && Object.keys(olds).length > 0) {
                // The old inputs come back, so that a changed resource shows as unchanged (recorded in g-unreachable).
                log("warning", texts.SKIPPED_UPDATE, urn);
                return { inputs: olds, failures: [] };
            }
            const { apiVersion, kind } = kindOf(type, news);
            const mapping =
                unreachable === undefined
                    ? await api.mapping(apiVersion, kind).catch(unlessNoMatch)
                    : undefined;
            const namespaced = mapping?.namespaced ?? !CLUSTER_SCOPED.has(kind);
            const { serverSideApply } = options;
            return check({
                type,
                name,
                news,
                olds,
                seed,
                autonaming,
                namespaced,
                namespace: api.namespace,
                serverSideApply,
            });
        },
        diff: ({ olds, oldInputs, news, ignoreChanges }) => {
            const inputs = Object.keys(oldInputs).length > 0 ? oldInputs : inputsOf(olds);
            return difference(inputs, liveOf(olds), news, configured().options, ignoreChanges);
        },
        create: async ({ urn, type, inputs, preview, timeout }) => {
            const { apiVersion, kind } = kindOf(type, inputs);
            if (preview && (hasUnknown(inputs) || configured().unreachable !== undefined))
                return { id: "", outputs: inputs };
            const { api, options, log } = reachable();
            const manager = newManager();
            let mapping: Mapping | undefined;
            const attempt = async (): Promise<Properties> => {
                mapping = await api.mapping(apiVersion, kind);
                return create(api, mapping, inputs, manager, options, preview);
            };
            const report = (line: string): void => log("info", line, urn, true);
            let live: Properties;
            try {
                live = await withRetries(attempt, report, () => !preview && !ended, around.wait);
            } catch (error) {
                const exists = error instanceof ApiError && error.reason === "AlreadyExists";
                // Namespace, kind or the object that stands in the way may be another one's business in this update.
                if (preview && (exists || missing(error))) return { id: "", outputs: inputs };
                if (error instanceof NoMatch)
                    throw new Error(texts.noKind(urn, apiVersion, kind, error.message), { cause: error });
                throw new Error(texts.notCreated(urn, messageOf(error), exists), { cause: error });
            }
            if (preview) return { id: "", outputs: stateOf(live, inputs, apiVersion, manager) };
            try {
                const settled = await settle(mapping as Mapping, live, urn, timeout);
                return { id: idOf(live), outputs: stateOf(settled, inputs, apiVersion, manager) };
            } catch (error) {
                // A malformed annotation: the object exists and is not in the state (README, table h).
                if (!(error instanceof NotReady))
                    throw new Error(texts.notCreated(urn, messageOf(error), false), { cause: error });
                const [first = "", ...more] = error.reasons;
                const outputs = stateOf(error.live, inputs, apiVersion, manager);
                const message = texts.notReady(urn, first);
                throw new InitFailed(message, idOf(live), outputs, inputs, [message, ...more]);
            }
        },
        update: async ({ urn, type, id, olds, oldInputs, inputs, preview, timeout }) => {
            if (preview && (hasUnknown(inputs) || configured().unreachable !== undefined))
                return { outputs: inputs };
            const { api, options } = reachable();
            const { apiVersion, kind } = kindOf(type, inputs);
            const manager = text(olds["__fieldManager"]) || newManager();
            const initial = text(olds["__initialApiVersion"]) || apiVersion;
            const mapping = await api.mapping(apiVersion, kind);
            const path = pathOf(mapping, partsOf(id).namespace, partsOf(id).name);
            try {
                const live = await update(api, mapping, inputs, inputsOf(olds), manager, options, preview);
                const settled = preview ? live : await settle(mapping, live, urn, timeout);
                return { outputs: stateOf(settled, inputs, initial, manager) };
            } catch (error) {
                const gone = error instanceof ApiError && error.status === 404;
                if (gone)
                    throw new Error(`update of resource "${urn}" failed: ${messageOf(error)}`, {
                        cause: error,
                    });
                const live = error instanceof NotReady ? error.live : await api.call({ method: "GET", path });
                const [first = "", ...more] = error instanceof NotReady ? error.reasons : [messageOf(error)];
                const message = texts.notLive(idOf(inputs), first);
                // The engine keeps the old inputs, so that the next run plans the same update (recorded in b-invalid).
                throw new InitFailed(message, id, stateOf(live, inputs, initial, manager), oldInputs, [
                    message,
                    ...more,
                ]);
            }
        },
        read: async ({ urn, type, id, inputs, outputs }) => {
            const { api, options, unreachable, log } = configured();
            if (unreachable !== undefined) {
                if (options.deleteUnreachable) return undefined;
                if (options.skipUpdateUnreachable) {
                    log("info", texts.SKIPPED_READ, urn);
                    return { id, inputs, outputs };
                }
                log("warning", texts.unreachable(unreachable), urn);
                throw new Error(texts.UNREACHABLE_READ);
            }
            const known = Object.keys(inputs).length > 0 ? inputs : inputsOf(outputs);
            const { apiVersion, kind } = kindOf(type, known);
            const live = await readLive(api, apiVersion, kind, id);
            if (live === undefined) return undefined;
            const { name, namespace } = partsOf(id);
            const imported = {
                apiVersion,
                kind,
                metadata: { name, ...(namespace === "" ? {} : { namespace }) },
            };
            const now = Object.keys(known).length > 0 ? pruneLive(live, known) : imported;
            const manager = text(outputs["__fieldManager"]) || newManager();
            const initial = text(outputs["__initialApiVersion"]) || apiVersion;
            return { id: idOf(live), inputs: now, outputs: stateOf(live, now, initial, manager) };
        },
        delete: async ({ urn, type, id, outputs, timeout }) => {
            const { api, options, unreachable, log } = configured();
            if (unreachable !== undefined) {
                if (!options.deleteUnreachable) throw new Error(texts.UNREACHABLE_DELETE);
                log("warning", texts.DELETED_UNREACHABLE, urn);
                return;
            }
            await remove({
                api,
                kind: kindOf(type, outputs),
                id,
                state: outputs,
                timeout,
                wait: around.wait,
                now: around.now,
                log: (line) => log("info", line, urn, true),
            });
        },
        invoke: async (token) => {
            throw new Error(
                `the kubernetes stand-in has no function ${token}: yaml, helm and kustomize need the released provider`,
            );
        },
    };
}

const inputsOf = (state: Properties): Properties => {
    const inputs = state["__inputs"];
    return typeof inputs === "object" && inputs !== null && !Array.isArray(inputs) ? inputs : {};
};

/** For Checks while the server cannot be asked. */
const CLUSTER_SCOPED = new Set([
    "Namespace",
    "Node",
    "PersistentVolume",
    "StorageClass",
    "ClusterRole",
    "ClusterRoleBinding",
    "CustomResourceDefinition",
    "PriorityClass",
    "CiliumClusterwideNetworkPolicy",
    "CiliumCIDRGroup",
]);

function unlessNoMatch(error: unknown): undefined {
    if (error instanceof NoMatch) return undefined;
    throw error;
}

async function readLive(
    api: Api,
    apiVersion: string,
    kind: string,
    id: string,
): Promise<Properties | undefined> {
    const { namespace, name } = partsOf(id);
    try {
        const mapping = await api.mapping(apiVersion, kind);
        return await api.call({ method: "GET", path: pathOf(mapping, namespace, name) });
    } catch (error) {
        if (missing(error)) return undefined;
        throw error;
    }
}
