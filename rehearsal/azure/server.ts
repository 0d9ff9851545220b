/** The HTTPS server around the control plane: addresses, tokens, throttling, faults, the log of requests. */
import { createServer as createHttp, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createHttps } from "node:https";
import type { AddressInfo, Server } from "node:net";
import { join } from "node:path";
import { ArmError, type ArmRequest, type ArmResponse, isObject, type Json } from "./arm";
import type { Certificate } from "./certificate";
import { cloudMetadata, METADATA } from "./cloud-metadata";
import type { Clusters } from "./clusters";
import { controlPlane, type ControlPlane } from "./control-plane";
import { type Fault, Faults } from "./faults";
import { mergePatch, refusalOf } from "./fault-answers";
import { requestLog } from "./requests";
import { Throttle } from "./throttle";
import { authenticate, issueToken } from "./token";

/** A running control plane. */
export interface AzureServer {
    /** `https://127.0.0.1:PORT` */
    endpoint: string;
    /** `http://127.0.0.1:PORT/msi/token`, for `IDENTITY_ENDPOINT`. */
    identityEndpoint: string;
    close(): Promise<void>;
}

async function readBody(request: IncomingMessage): Promise<Json> {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const raw = Buffer.concat(parts).toString();
    if (raw === "") return null;
    try {
        return JSON.parse(raw) as Json;
    } catch {
        throw new ArmError(
            400,
            "InvalidRequestContent",
            "The request content was invalid and could not be deserialized.",
        );
    }
}

function send(response: ServerResponse, { status, body, headers }: ArmResponse, method: string): void {
    const text = body === undefined || method === "HEAD" ? "" : JSON.stringify(body);
    response.writeHead(status, {
        ...(text === "" ? {} : { "Content-Type": "application/json; charset=utf-8" }),
        "Content-Length": Buffer.byteLength(text),
        ...headers,
    });
    response.end(text);
}

const IDENTITY = "/msi/token";
const pause = (seconds: number) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));

class Handler {
    private readonly faults: Faults;
    private readonly throttle = new Throttle();
    private readonly log: ReturnType<typeof requestLog>;

    constructor(
        private readonly plane: ControlPlane,
        private readonly endpoint: () => string,
        state: string,
    ) {
        this.faults = new Faults(join(state, "azure", "faults.json"));
        this.log = requestLog(join(state, "requests.jsonl"));
    }

    async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
        const url = new URL(request.url ?? "/", "https://127.0.0.1");
        if (url.pathname === IDENTITY) return this.identity(url, response);
        if (url.pathname === METADATA)
            return send(response, { status: 200, body: cloudMetadata(this.endpoint()) }, "GET");
        const method = request.method ?? "GET";
        const path = decodeURIComponent(url.pathname);
        const apiVersion = url.searchParams.get("api-version") ?? "";
        let body: Json = null;
        let answer: ArmResponse;
        let fault: Fault | undefined;
        try {
            body = await readBody(request);
            fault = this.faults.next(method, path);
            authenticate(request.headers.authorization);
            this.throttle.take(method, path);
            const asked = {
                method,
                path,
                query: url.searchParams,
                apiVersion,
                body: isObject(body) ? body : {},
                params: {},
            };
            answer = await this.answer(asked, fault);
        } catch (error) {
            const internal = new ArmError(
                500,
                "InternalServerError",
                error instanceof Error ? error.message : String(error),
            );
            answer = (error instanceof ArmError ? error : internal).response();
        }
        this.log({ method, path, apiVersion, status: answer.status, body });
        if (fault?.action === "drop") return void response.destroy();
        send(response, answer, method);
    }

    /** The identity endpoint; it answers on both servers, so that plug-ins need one address only. */
    async identity(url: URL, response: ServerResponse): Promise<void> {
        const fault = this.faults.next("GET", IDENTITY);
        if (fault?.action === "delay") await pause(fault.seconds ?? 1);
        if (fault?.action === "drop") return void response.destroy();
        const resource = url.searchParams.get("resource") ?? "";
        const answer: ArmResponse =
            fault?.action === "fail"
                ? {
                      status: fault.status ?? 400,
                      // Not ARM's form: OAuth's, as the managed identity endpoints answer.
                      body: {
                          error: fault.code ?? "invalid_request",
                          error_description: fault.message ?? "Identity not found",
                      },
                  }
                : { status: 200, body: mergePatch(issueToken(resource), fault?.merge ?? {}) };
        send(response, answer, "GET");
    }

    private async answer(request: ArmRequest, fault: Fault | undefined): Promise<ArmResponse> {
        if (fault?.action === "fail") throw refusalOf(fault, request.path);
        if (fault?.action === "delay") await pause(fault.seconds ?? 1);
        if (fault?.action === "fail-operation") {
            const { code = "InternalOperationError", message = "A fault on demand: the operation failed." } =
                fault;
            this.plane.operations.planned.push({ code, message });
        }
        const answer = await this.plane.answer(request);
        return fault?.action === "change"
            ? { ...answer, body: mergePatch(answer.body ?? null, fault.merge ?? {}) }
            : answer;
    }
}

function listen(server: Server, port: number): Promise<number> {
    return new Promise((resolve, reject) => {
        server.once("error", reject);
        server.listen(port, "127.0.0.1", () => resolve((server.address() as AddressInfo).port));
    });
}

/**
 * Starts the control plane.
 * @param state the rehearsal's state folder; Azure's part is `azure/` below it
 * @param port of the HTTPS server, 0 for any free one
 */
export async function startAzure(
    state: string,
    port: number,
    tls: Certificate,
    clusters: Clusters,
): Promise<AzureServer> {
    let endpoint = "";
    const plane = controlPlane(join(state, "azure"), clusters, () => endpoint);
    const handler = new Handler(plane, () => endpoint, state);
    const https = createHttps({ key: tls.key, cert: tls.cert }, (request, response) => {
        handler.handle(request, response).catch(() => response.destroy());
    });
    const http = createHttp((request, response) => {
        const url = new URL(request.url ?? "/", "http://127.0.0.1");
        if (url.pathname !== IDENTITY) return send(response, { status: 404 }, "GET");
        handler.identity(url, response).catch(() => response.destroy());
    });
    endpoint = `https://127.0.0.1:${await listen(https, port)}`;
    const identityEndpoint = `http://127.0.0.1:${await listen(http, 0)}/msi/token`;
    plane.operations.resume();
    const close = async (): Promise<void> => {
        https.closeAllConnections();
        http.closeAllConnections();
        await Promise.all([https, http].map((server) => new Promise((resolve) => server.close(resolve))));
    };
    return { endpoint, identityEndpoint, close };
}
