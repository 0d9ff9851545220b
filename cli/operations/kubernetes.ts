import { ApiServer, bodyOf, linesOf } from "./api-server";
import type { Azure } from "./azure";
import { Interrupted, OperationError } from "./failure";
import type { ExecLogin } from "./exec-login";
import { judgeKubernetes, KubernetesError, requestError, type Access } from "./kubernetes-errors";
import { kubeConfig, renewal } from "./kubeconfig";
import { kubeloginEnvironment } from "./kubelogin";
import { resourcePath } from "./resource-path";
import { withRetries } from "./retry";
import type { Target } from "./target";

/** An object of the Kubernetes API, as JSON; times are texts. */
export interface KubernetesObject {
    apiVersion: string;
    kind: string;
    metadata: {
        name: string;
        namespace?: string;
        uid?: string;
        generation?: number;
        resourceVersion?: string;
        creationTimestamp?: string;
        deletionTimestamp?: string;
        labels?: Record<string, string>;
        annotations?: Record<string, string>;
        ownerReferences?: { apiVersion: string; kind: string; name: string; controller?: boolean }[];
    };
    [field: string]: unknown;
}

/** Which objects of a collection. */
export interface Selection {
    /** All namespaces when left out. */
    readonly namespace?: string | undefined;
    /** As `kubectl -l` takes it. */
    readonly labelSelector?: string | undefined;
    /** As `kubectl --field-selector` takes it. */
    readonly fieldSelector?: string | undefined;
}

/** A change that a watch tells. */
export interface WatchEvent<T extends KubernetesObject = KubernetesObject> {
    readonly type: "ADDED" | "MODIFIED" | "DELETED";
    readonly object: T;
}

/** A resource as `kubectl api-resources` lists it. */
export interface ApiResource {
    readonly name: string;
    readonly kind: string;
    readonly namespaced: boolean;
    readonly shortNames?: readonly string[];
}

/**
 * The API of one cluster. `resource` is a plural (`pods`) or a kind (`Pod`). Every method throws `KubernetesError` (an
 * `OperationError`), and `Interrupted` when the signal ended it.
 */
export interface Kubernetes {
    /** URL of the API server. */
    readonly server: string;
    /** Objects of a collection, all pages of it. */
    list<T extends KubernetesObject = KubernetesObject>(
        apiVersion: string,
        resource: string,
        selection?: Selection,
    ): Promise<T[]>;
    /** One object; undefined where there is none of that name (or no such resource). */
    get<T extends KubernetesObject = KubernetesObject>(
        apiVersion: string,
        resource: string,
        name: string,
        namespace?: string,
    ): Promise<T | undefined>;
    /** Changes an object by a JSON merge patch (RFC 7396) and returns it. */
    mergePatch<T extends KubernetesObject = KubernetesObject>(
        apiVersion: string,
        resource: string,
        name: string,
        patch: object,
        namespace?: string,
    ): Promise<T>;
    /**
     * Every object as ADDED, then what changes, until the signal ends it (then it just ends). A connection that is
     * closed is opened again where it stopped; where the server no longer knows that place, all are told as ADDED again.
     */
    watch<T extends KubernetesObject = KubernetesObject>(
        apiVersion: string,
        resource: string,
        selection?: Selection & { readonly signal?: AbortSignal | undefined },
    ): AsyncGenerator<WatchEvent<T>, void, undefined>;
    /** The resources of a group version, subresources left out; empty where it is not served. */
    resources(apiVersion: string): Promise<readonly ApiResource[]>;
}

/** How to ask. */
export interface KubernetesOptions {
    /** Ends what is under way. */
    readonly signal?: AbortSignal | undefined;
    /** Seconds for each request. @default 30 */
    readonly timeout?: number | undefined;
    /** Static admin credentials instead of the user's; never tried unless asked. @default false */
    readonly admin?: boolean;
    readonly env?: NodeJS.ProcessEnv;
}

/** Objects a page, as kubectl asks for them. */
const PAGE = 500;
/** Seconds that a login program may take: a person may have to type a code. */
const LOGIN = 300;

/**
 * The API server of a target: with the file of `--kubeconfig`, else with credentials from Azure.
 * @throws UsageError for a kubeconfig that cannot be used, OperationError when Azure gives none
 */
export async function kubernetesOf(
    target: Target,
    azure: Azure,
    options: KubernetesOptions = {},
): Promise<Kubernetes> {
    const { signal, timeout = 30, admin = false, env = process.env } = options;
    const config = await kubeConfig(target, azure, admin, env);
    const access = { server: config.getCurrentCluster()?.server ?? "", renew: renewal(target, admin) };
    const login = config.getCurrentUser()?.exec as ExecLogin | undefined;
    const spn = login?.args?.includes("spn") ?? false;
    const interactive = process.stdin.isTTY;
    const server = new ApiServer(config, access, {
        env: spn ? kubeloginEnvironment(env) : env,
        signal,
        timeout: interactive ? LOGIN : Math.max(60, timeout),
    });
    return new Api(server, access, timeout, signal);
}

class Api implements Kubernetes {
    readonly server: string;

    constructor(
        private readonly connection: ApiServer,
        private readonly access: Access,
        private readonly timeout: number,
        private readonly signal: AbortSignal | undefined,
    ) {
        this.server = access.server;
    }

    async list<T extends KubernetesObject>(
        apiVersion: string,
        resource: string,
        selection: Selection = {},
    ): Promise<T[]> {
        const path = resourcePath({ apiVersion, resource, namespace: selection.namespace });
        const found: T[] = [];
        let next: string | undefined;
        do {
            const query = { ...selectors(selection), limit: String(PAGE), continue: next };
            const page = (await this.json("GET", `${path}${queryOf(query)}`, `list ${resource}`)) as {
                kind: string;
                items: T[];
                metadata: { continue?: string };
            };
            // Only custom resources name their kind in a list.
            const kind = page.kind.replace(/List$/, "");
            for (const item of page.items) found.push({ ...item, apiVersion, kind: item.kind ?? kind });
            next = page.metadata.continue;
        } while (next !== undefined && next !== "");
        return found;
    }

    async get<T extends KubernetesObject>(
        apiVersion: string,
        resource: string,
        name: string,
        namespace?: string,
    ): Promise<T | undefined> {
        const path = resourcePath({ apiVersion, resource, name, namespace });
        try {
            return (await this.json("GET", path, `get ${resource} ${name}`)) as T;
        } catch (error) {
            if (error instanceof KubernetesError && error.status === 404) return undefined;
            throw error;
        }
    }

    async mergePatch<T extends KubernetesObject>(
        apiVersion: string,
        resource: string,
        name: string,
        patch: object,
        namespace?: string,
    ): Promise<T> {
        const path = resourcePath({ apiVersion, resource, name, namespace });
        const body = { text: JSON.stringify(patch), type: "application/merge-patch+json" };
        return (await this.json("PATCH", path, `change ${resource} ${name}`, body)) as T;
    }

    async *watch<T extends KubernetesObject>(
        apiVersion: string,
        resource: string,
        selection: Selection & { readonly signal?: AbortSignal | undefined } = {},
    ): AsyncGenerator<WatchEvent<T>, void, undefined> {
        const path = resourcePath({ apiVersion, resource, namespace: selection.namespace });
        const signal = anyOf(this.signal, selection.signal);
        const what = `watch ${resource}`;
        let resourceVersion: string | undefined;
        const ended = () => signal?.aborted ?? false;
        while (!ended()) {
            const query = {
                ...selectors(selection),
                watch: "true",
                allowWatchBookmarks: "true",
                resourceVersion,
            };
            try {
                const request = { method: "GET" as const, path: `${path}${queryOf(query)}`, what, signal };
                const answer = await this.retried(
                    () => this.connection.send({ ...request, timeout: this.timeout }),
                    signal,
                );
                for await (const line of linesOf(answer)) {
                    const { type, object } = JSON.parse(line) as { type: string; object: T };
                    if (type === "ERROR") {
                        // 410: the server has forgotten that place (or it wants a new connection): all of it again.
                        resourceVersion = undefined;
                        break;
                    }
                    resourceVersion = object.metadata.resourceVersion;
                    if (type !== "BOOKMARK") yield { type, object } as WatchEvent<T>;
                }
            } catch (error) {
                if (ended()) return;
                if (error instanceof OperationError) throw error;
                // The connection was cut while it was open: the next one says whether the server is still there.
            }
        }
    }

    async resources(apiVersion: string): Promise<readonly ApiResource[]> {
        const path = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
        try {
            const { resources = [] } = (await this.json(
                "GET",
                path,
                `list the resources of ${apiVersion}`,
            )) as {
                resources?: ApiResource[];
            };
            return resources.filter(({ name }) => !name.includes("/"));
        } catch (error) {
            if (error instanceof KubernetesError && error.status === 404) return [];
            throw error;
        }
    }

    private async json(
        method: "GET" | "PATCH",
        path: string,
        what: string,
        body?: { text: string; type: string },
    ): Promise<unknown> {
        const { timeout, signal } = this;
        const text = await this.retried(async () => {
            const answer = await this.connection.send({
                ...{ method, path, what, timeout, signal },
                ...(body === undefined ? {} : { body }),
            });
            return bodyOf(answer, timeout).catch((error: unknown) => {
                throw requestError(error, what, this.access);
            });
        }, signal);
        try {
            return JSON.parse(text) as unknown;
        } catch {
            throw requestError(new Error("the answer is no JSON; is it an API server?"), what, this.access);
        }
    }

    private async retried<T>(work: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
        const deadline = Date.now() + this.timeout * 1000;
        try {
            return await withRetries(work, {
                signal: signal ?? new AbortController().signal,
                deadline,
                retries: 2,
                judge: judgeKubernetes,
            });
        } catch (error) {
            if (this.signal?.aborted === true) throw new Interrupted();
            throw error;
        }
    }
}

function selectors({ labelSelector, fieldSelector }: Selection): Record<string, string | undefined> {
    return { labelSelector, fieldSelector };
}

function queryOf(query: Readonly<Record<string, string | undefined>>): string {
    const given = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined);
    return given.length === 0 ? "" : `?${new URLSearchParams(given).toString()}`;
}

function anyOf(...signals: readonly (AbortSignal | undefined)[]): AbortSignal | undefined {
    const given = signals.filter((signal) => signal !== undefined);
    return given.length > 1 ? AbortSignal.any(given) : given[0];
}
