/** The ARM client: token, retries, polling (azure-native's azcore client, read in its public source). */
import { readFileSync } from "node:fs";
import { Agent, request as httpsRequest } from "node:https";
import type { Properties } from "../plugin/values";

/** An answer. */
export interface Reply {
    status: number;
    headers: Record<string, string | string[] | undefined>;
    body: Properties;
}

/** ARM said no; the text is azure-native's. */
export class AzureError extends Error {
    constructor(
        readonly status: number,
        readonly code: string,
        reason: string,
    ) {
        super(`Status=${status} Code=${JSON.stringify(code)} Message=${JSON.stringify(reason)}`);
    }

    /** 404 counts as "gone" only with one of ARM's codes: a proxy's 404 does not. */
    get gone(): boolean {
        return (
            this.status === 404 &&
            ["NotFound", "ResourceNotFound", "ResourceGroupNotFound"].includes(this.code)
        );
    }
}

/** Where ARM is and how patient to be. */
export interface ClientOptions {
    endpoint: string;
    /** File of the certificate to trust. */
    certificate: string | undefined;
    /** Seconds between polls where the service names none. @default 10 */
    pollSeconds?: number;
    /** First delay in seconds between tries where the service names none; the next are three and seven times it. @default 20 */
    retrySeconds?: number;
}

const RETRIED = [408, 429, 500, 502, 503, 504]; // azcore's default policy
const TRIES = 4;
const sleep = (seconds: number): Promise<void> =>
    new Promise((resolve) => setTimeout(resolve, seconds * 1000));

function errorOf({ status, body }: Reply): AzureError {
    const inner = (
        typeof body["error"] === "object" && body["error"] !== null ? body["error"] : body
    ) as Properties;
    return new AzureError(status, String(inner["code"] ?? ""), String(inner["message"] ?? ""));
}

function retryAfter({ headers }: Reply): number | undefined {
    const seconds = Number(headers["retry-after"]);
    return Number.isFinite(seconds) ? seconds : undefined;
}

/** A client for one run. */
export class ArmClient {
    private readonly agent: Agent;
    private token: Promise<string> | undefined;
    private ending = false;

    constructor(private readonly options: ClientOptions) {
        const ca = options.certificate === undefined ? undefined : readFileSync(options.certificate);
        this.agent = new Agent({ keepAlive: true, ...(ca && { ca }) });
    }

    /**
     * The engine is going away: no further tries. Operations that ARM accepted are still followed to their end, where the
     * released provider stops at once and leaves them behind: here they take seconds, and the state stays whole.
     */
    cancel(): void {
        this.ending = true;
    }

    /** The token's claims: who is calling. */
    async claims(): Promise<Properties> {
        const token = await this.bearer();
        return JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString()) as Properties;
    }

    async get(id: string, apiVersion: string): Promise<Properties> {
        const reply = await this.send("GET", id, apiVersion);
        if (reply.status !== 200) throw errorOf(reply);
        return reply.body;
    }

    async post(id: string, apiVersion: string): Promise<Properties> {
        const reply = await this.send("POST", id, apiVersion, {});
        if (reply.status !== 200 && reply.status !== 201) throw errorOf(reply);
        return reply.body;
    }

    /**
     * PUT, polled to its end.
     * @throws Error with `accepted` when ARM took the request and its operation failed: the resource may exist
     */
    async put(id: string, apiVersion: string, body: Properties, timeoutSeconds: number): Promise<Properties> {
        const reply = await this.send("PUT", id, apiVersion, body);
        if (![200, 201, 202].includes(reply.status)) throw errorOf(reply);
        try {
            await this.poll(reply, timeoutSeconds);
        } catch (error) {
            throw Object.assign(error instanceof Error ? error : new Error(String(error)), {
                accepted: true,
            });
        }
        return reply.body;
    }

    /** DELETE, polled to its end; a resource that is gone already is a success. */
    async delete(id: string, apiVersion: string, timeoutSeconds: number): Promise<void> {
        const reply = await this.send("DELETE", id, apiVersion);
        if (reply.status === 404 || reply.status === 204) return;
        if (reply.status !== 200 && reply.status !== 202) throw errorOf(reply);
        await this.poll(reply, timeoutSeconds);
    }

    /** Does a resource exist? Anything but yes and no is an error, with the provider's text. */
    async exists(id: string, apiVersion: string): Promise<boolean> {
        const reply = await this.send("GET", id, apiVersion);
        if (reply.status === 200) return Object.keys(reply.body).length > 0;
        if (reply.status === 404 || reply.status === 204) return false;
        const body = JSON.stringify(reply.body);
        throw new Error(`cannot check existence of resource '${id}': status code ${reply.status}, ${body}`);
    }

    private async poll(first: Reply, timeoutSeconds: number): Promise<void> {
        const status = first.headers["azure-asyncoperation"];
        const location = first.headers["location"];
        const url = typeof status === "string" ? status : typeof location === "string" ? location : undefined;
        if (url === undefined) return;
        const end = Date.now() + timeoutSeconds * 1000;
        for (let reply = first; ;) {
            await sleep(retryAfter(reply) ?? this.options.pollSeconds ?? 10);
            if (Date.now() > end) throw new Error("operation timed out");
            const at = new URL(url);
            reply = await this.send("GET", at.pathname, at.searchParams.get("api-version") ?? "");
            if (reply.status >= 400) throw errorOf(reply);
            if (typeof status !== "string" ? reply.status !== 202 : this.ended(reply)) return;
        }
    }

    private ended(reply: Reply): boolean {
        const state = String(reply.body["status"]);
        if (state === "Failed" || state === "Canceled") throw errorOf(reply);
        return state === "Succeeded";
    }

    private async send(method: string, id: string, apiVersion: string, body?: Properties): Promise<Reply> {
        const url = new URL(id.startsWith("/") ? id : `/${id}`, this.options.endpoint);
        url.searchParams.set("api-version", apiVersion);
        const authorization = `Bearer ${await this.bearer()}`;
        for (let attempt = 1; ; attempt++) {
            let failed: unknown;
            const reply = await this.once(method, url, { authorization }, body).catch(
                (error: unknown) => void (failed = error),
            );
            if (reply !== undefined && !RETRIED.includes(reply.status)) return reply;
            if (attempt === TRIES || this.ending) {
                if (reply !== undefined) return reply;
                throw failed;
            }
            // azcore's backoff: 20, 60, 120 s.
            const backoff = (this.options.retrySeconds ?? 20) * (2 ** attempt - 1);
            await sleep((reply && retryAfter(reply)) ?? Math.min(backoff, 120));
        }
    }

    private bearer(): Promise<string> {
        this.token ??= this.once(
            "GET",
            new URL("/msi/token?resource=https://management.azure.com/", this.options.endpoint),
            {},
        ).then(({ body }) => String(body["access_token"]));
        return this.token;
    }

    private once(
        method: string,
        url: URL,
        headers: Record<string, string>,
        body?: Properties,
    ): Promise<Reply> {
        const data = body === undefined ? undefined : JSON.stringify(body);
        const sent =
            data === undefined
                ? {}
                : {
                      "content-type": "application/json; charset=utf-8",
                      "content-length": String(Buffer.byteLength(data)),
                  };
        return new Promise((resolve, reject) => {
            const request = httpsRequest(
                url,
                {
                    method,
                    agent: this.agent,
                    headers: { accept: "application/json", ...headers, ...sent },
                },
                (response) => {
                    const parts: Buffer[] = [];
                    response.on("data", (part: Buffer) => parts.push(part));
                    response.on("error", reject);
                    response.on("end", () => {
                        const text = Buffer.concat(parts).toString();
                        resolve({
                            status: response.statusCode ?? 0,
                            headers: response.headers,
                            body: parse(text),
                        });
                    });
                },
            );
            request.on("error", reject);
            request.end(data);
        });
    }
}

function parse(text: string): Properties {
    try {
        return text === "" ? {} : (JSON.parse(text) as Properties);
    } catch {
        return { message: text };
    }
}
