import * as http from "node:http";
import * as https from "node:https";
import type { KubeConfig } from "@kubernetes/client-node" with { "resolution-mode": "import" };
import { execLogin, type ExecLogin, type ExecOptions } from "./exec-login";
import { requestError, statusError, type Access, type KubernetesError } from "./kubernetes-errors";

/** One request to the API server. */
export interface ApiRequest {
    readonly method: "GET" | "PATCH";
    /** Path and query. */
    readonly path: string;
    /** JSON, with its media type. */
    readonly body?: { readonly text: string; readonly type: string };
    /** For messages: `list pods`. */
    readonly what: string;
    /** Seconds without an answer. */
    readonly timeout: number;
    readonly signal?: AbortSignal | undefined;
}

/**
 * Connection to the API server of a kubeconfig. The Kubernetes client decides address, TLS, proxy and credentials;
 * the requests are plain: objects go through as the JSON they are, whatever their kind.
 */
export class ApiServer {
    private credential: Promise<void> | undefined;
    private expires = Infinity;
    /** The `exec` of the kubeconfig's user; its answer takes its place. */
    private readonly login: ExecLogin | undefined;

    constructor(
        private readonly config: KubeConfig,
        private readonly access: Access,
        private readonly exec: ExecOptions,
    ) {
        this.login = config.getCurrentUser()?.exec as ExecLogin | undefined;
    }

    /**
     * Sends a request; the answer's head has arrived when this settles, its body may still come.
     * @throws KubernetesError for every answer but 2xx, and for none; OperationError when the login fails
     */
    async send(request: ApiRequest): Promise<http.IncomingMessage> {
        await this.loggedIn();
        try {
            return await this.attempt(request);
        } catch (error) {
            // A token may be withdrawn before its time: once more with a new one, as client-go does.
            if ((error as KubernetesError).status !== 401 || this.login === undefined) throw error;
            this.credential = undefined;
            await this.loggedIn();
            return this.attempt(request);
        }
    }

    private async attempt({
        method,
        path,
        body,
        what,
        timeout,
        signal,
    }: ApiRequest): Promise<http.IncomingMessage> {
        const url = new URL(this.access.server.replace(/\/+$/, "") + path);
        const options: https.RequestOptions = {
            method,
            headers: {
                Accept: "application/json",
                "User-Agent": "aks-cilium",
                ...(body === undefined ? {} : { "Content-Type": body.type }),
            },
        };
        await this.config.applyToHTTPSOptions(options);
        const limit = AbortSignal.timeout(timeout * 1000);
        const answer = await new Promise<http.IncomingMessage>((resolve, reject) => {
            const sent = (url.protocol === "http:" ? http : https).request(url, options, resolve);
            const stop = () =>
                sent.destroy(new Error(limit.aborted ? `no answer in ${timeout} s` : "interrupted"));
            limit.addEventListener("abort", stop, { once: true });
            signal?.addEventListener("abort", stop, { once: true });
            sent.on("response", () => limit.removeEventListener("abort", stop));
            sent.on("close", () => signal?.removeEventListener("abort", stop));
            sent.on("error", reject);
            if (signal?.aborted === true) stop();
            sent.end(body?.text);
        }).catch((error: unknown) => {
            throw requestError(error, what, this.access);
        });
        const status = answer.statusCode ?? 0;
        if (status >= 200 && status < 300) return answer;
        const text = await bodyOf(answer, timeout).catch(() => "");
        throw statusError(status, text, answer.headers["retry-after"], what, this.access);
    }

    private async loggedIn(): Promise<void> {
        if (this.login === undefined) return;
        if (this.credential !== undefined && Date.now() > this.expires - 60_000) this.credential = undefined;
        this.credential ??= this.logIn(this.login);
        await this.credential;
    }

    private async logIn(login: ExecLogin): Promise<void> {
        const { token, clientCertificateData, clientKeyData, expires } = await execLogin(login, this.exec);
        const user = this.config.getCurrentUser();
        const base64 = (pem: string) => Buffer.from(pem).toString("base64");
        this.config.users = [
            {
                name: user?.name ?? "user",
                ...(token === undefined ? {} : { token }),
                ...(clientCertificateData === undefined ? {} : { certData: base64(clientCertificateData) }),
                ...(clientKeyData === undefined ? {} : { keyData: base64(clientKeyData) }),
            },
        ];
        this.expires = expires ?? Infinity;
    }
}

/**
 * The whole body as text.
 * @param timeout seconds without a byte after which it is given up
 */
export function bodyOf(answer: http.IncomingMessage, timeout: number): Promise<string> {
    return new Promise((resolve, reject) => {
        const pieces: Buffer[] = [];
        answer.setTimeout(timeout * 1000, () =>
            answer.destroy(new Error(`the answer stopped for ${timeout} s`)),
        );
        answer.on("data", (piece: Buffer) => pieces.push(piece));
        answer.on("end", () => resolve(Buffer.concat(pieces).toString("utf8")));
        answer.on("error", reject);
        answer.on("close", () => reject(new Error("the connection was cut")));
    });
}

/** The lines of a body, as they come; ends when the connection does. */
export async function* linesOf(answer: http.IncomingMessage): AsyncGenerator<string> {
    let rest = "";
    answer.setEncoding("utf8");
    for await (const piece of answer as AsyncIterable<string>) {
        const lines = (rest + piece).split("\n");
        rest = lines.pop() ?? "";
        yield* lines.filter((line) => line !== "");
    }
    if (rest !== "") yield rest;
}
