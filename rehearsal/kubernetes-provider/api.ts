/** Requests to an API server, and which address a kind has there. */
import { Agent as HttpAgent, request as httpRequest } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import { isObject, type Properties } from "../plugin/values";
import type { Connection } from "./kubeconfig";

/** A refusal by the API server: its `Status` object. */
export class ApiError extends Error {
    constructor(
        readonly status: number,
        readonly reason: string,
        message: string,
    ) {
        super(message);
    }
}

/** The server knows no such kind, now. */
export class NoMatch extends Error {
    constructor(apiVersion: string, kind: string) {
        super(`no matches for kind "${kind}" in version "${apiVersion}"`);
    }
}

/** The server does not answer at all. */
export class Unreachable extends Error {}

/** Where a kind lives. */
export interface Mapping {
    /** `/apis/cilium.io/v2` */
    base: string;
    plural: string;
    namespaced: boolean;
}

/** `/apis/GROUP/VERSION`, or `/api/v1` for the core group. */
export const baseOf = (apiVersion: string): string =>
    apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;

/** The address of a kind's objects, or of one object. */
export function pathOf({ base, plural, namespaced }: Mapping, namespace: string, name?: string): string {
    const collection = namespaced ? `${base}/namespaces/${namespace}/${plural}` : `${base}/${plural}`;
    return name === undefined ? collection : `${collection}/${name}`;
}

/** One request. */
export interface Call {
    method: string;
    path: string;
    query?: Record<string, string>;
    body?: unknown;
    contentType?: string;
}

/** Anything that answers requests: the API server, or a recording of one. */
export interface Transport {
    send(call: Call): Promise<{ status: number; body: Properties }>;
}

/** Over HTTP(S), with the connection's certificates and token. */
export function httpTransport(connection: Connection): Transport {
    const url = new URL(connection.server);
    const { ca, cert, key, verify } = connection;
    const tls = { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }), rejectUnauthorized: verify };
    const secure = url.protocol === "https:";
    const agent = secure ? new HttpsAgent({ keepAlive: true, ...tls }) : new HttpAgent({ keepAlive: true });
    return {
        send: async ({ method, path, query, body, contentType }) => {
            const token = await connection.token();
            const at = new URL(path, url);
            for (const [name, value] of Object.entries(query ?? {})) at.searchParams.set(name, value);
            const data = body === undefined ? undefined : JSON.stringify(body);
            const headers = {
                accept: "application/json",
                "user-agent": "pulumi-kubernetes/4.34.2 (rehearsal)",
                ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
                // Node frames no body for DELETE by itself: the server would read it as the next request.
                ...(data === undefined
                    ? {}
                    : {
                          "content-type": contentType ?? "application/json",
                          "content-length": Buffer.byteLength(data),
                      }),
            };
            return new Promise((resolve, reject) => {
                const request = (secure ? httpsRequest : httpRequest)(
                    at,
                    { method, agent, headers },
                    (response) => {
                        const parts: Buffer[] = [];
                        response.on("data", (part: Buffer) => parts.push(part));
                        response.on("error", reject);
                        response.on("end", () =>
                            resolve({
                                status: response.statusCode ?? 0,
                                body: parse(Buffer.concat(parts).toString()),
                            }),
                        );
                    },
                );
                request.on("error", (error: NodeJS.ErrnoException) =>
                    reject(unreachable(error, connection.server)),
                );
                request.end(data);
            });
        },
    };
}

const UNREACHABLE = ["ECONNREFUSED", "ENOTFOUND", "EHOSTUNREACH", "ETIMEDOUT", "ECONNRESET", "EAI_AGAIN"];

/** The text of Go's client: the first thing that the provider asks a server for is its schema (README, table g). */
function unreachable(
    error: NodeJS.ErrnoException & { address?: string; port?: number },
    server: string,
): Error {
    if (!UNREACHABLE.includes(error.code ?? "")) return error;
    const host = error.address === undefined ? new URL(server).host : `${error.address}:${error.port}`;
    const cause = error.code === "ECONNREFUSED" ? "connect: connection refused" : error.message;
    return new Unreachable(
        `unable to load schema information from the API server: Get "${server}/openapi/v2?timeout=32s": dial tcp ${host}: ${cause}`,
    );
}

function parse(text: string): Properties {
    try {
        const body: unknown = text === "" ? {} : JSON.parse(text);
        return isObject(body as Properties) ? (body as Properties) : {};
    } catch {
        return { message: text };
    }
}

/** Objects of an API server. */
export class Api {
    private readonly mappings = new Map<string, Mapping>();

    constructor(
        private readonly transport: Transport,
        readonly namespace: string,
    ) {}

    /** Sends and throws what the server refuses. */
    async call(call: Call): Promise<Properties> {
        const { status, body } = await this.transport.send(call);
        if (status < 400) return body;
        throw new ApiError(status, String(body["reason"] ?? ""), String(body["message"] ?? `HTTP ${status}`));
    }

    /** Does the server answer? @throws Unreachable */
    async ping(): Promise<void> {
        await this.transport.send({ method: "GET", path: "/version" });
    }

    /**
     * Where a kind lives. Absent kinds are asked for again each time, so that a CRD may arrive late.
     * @throws NoMatch
     */
    async mapping(apiVersion: string, kind: string): Promise<Mapping> {
        const key = `${apiVersion}/${kind}`;
        const known = this.mappings.get(key);
        if (known !== undefined) return known;
        const { status, body } = await this.transport.send({ method: "GET", path: baseOf(apiVersion) });
        const list =
            status === 200 && Array.isArray(body["resources"]) ? body["resources"].filter(isObject) : [];
        const found = list.find((one) => one["kind"] === kind && !String(one["name"]).includes("/"));
        if (found === undefined) throw new NoMatch(apiVersion, kind);
        const mapping = {
            base: baseOf(apiVersion),
            plural: String(found["name"]),
            namespaced: found["namespaced"] === true,
        };
        this.mappings.set(key, mapping);
        return mapping;
    }
}
