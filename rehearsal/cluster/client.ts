import * as fs from "node:fs";
import type { IncomingMessage } from "node:http";
import * as https from "node:https";

/** How to reach an API server that the rehearsal started. */
export interface Access {
    readonly server: string;
    readonly token: string;
    /** File of the certificate that the server shows, which is its own authority. */
    readonly certificate: string;
}

/** What the API server said no to. */
export class StatusError extends Error {
    constructor(
        readonly status: number,
        message: string,
    ) {
        super(message);
    }
}

/** A Kubernetes object as far as the rehearsal looks at it. */
export interface KubernetesObject {
    apiVersion: string;
    kind: string;
    metadata: {
        name: string;
        namespace?: string;
        labels?: Record<string, string>;
        annotations?: Record<string, string>;
        uid?: string;
        resourceVersion?: string;
        deletionTimestamp?: string;
        ownerReferences?: { kind: string; name: string; uid?: string }[];
    };
    [field: string]: unknown;
}

const TYPES = {
    json: "application/json",
    apply: "application/apply-patch+yaml",
    merge: "application/merge-patch+json",
    strategic: "application/strategic-merge-patch+json",
} as const;

/** The few calls that the cluster's stand-ins make, over one kept-alive connection pool. */
export class Client {
    private readonly agent: https.Agent;

    constructor(private readonly access: Access) {
        this.agent = new https.Agent({ keepAlive: true, ca: fs.readFileSync(access.certificate) });
    }

    /**
     * One request.
     * @throws StatusError with the server's own message from 400 on; a network error otherwise.
     */
    async call<T = KubernetesObject>(
        method: string,
        path: string,
        body?: unknown,
        type: keyof typeof TYPES = "json",
    ): Promise<T> {
        const response = await this.send(method, path, body, type);
        let text = "";
        for await (const chunk of response.setEncoding("utf8")) text += String(chunk);
        const status = response.statusCode ?? 0;
        if (status >= 400) throw new StatusError(status, messageOf(text, status));
        return (text.startsWith("{") ? JSON.parse(text) : text) as T;
    }

    /** Server-side apply as `fieldManager`, taking every field over. */
    async apply(path: string, object: unknown, fieldManager: string): Promise<void> {
        await this.call("PATCH", `${path}?fieldManager=${fieldManager}&force=true`, object, "apply");
    }

    /** Follows a collection: the objects that are there, then every change, until the connection ends. */
    async *watch(path: string): AsyncGenerator<{ type: string; object: KubernetesObject }> {
        const list = await this.call<{
            metadata: { resourceVersion: string };
            items: KubernetesObject[];
        }>("GET", path);
        for (const object of list.items) yield { type: "ADDED", object };
        const from = list.metadata.resourceVersion;
        const response = await this.send("GET", `${path}?watch=1&resourceVersion=${from}&timeoutSeconds=300`);
        let rest = "";
        for await (const chunk of response.setEncoding("utf8")) {
            const lines = (rest + String(chunk)).split("\n");
            rest = lines.pop() ?? "";
            for (const line of lines) {
                const event = JSON.parse(line) as { type: string; object: KubernetesObject };
                if (event.type === "ERROR") return;
                yield event;
            }
        }
    }

    private send(method: string, path: string, body?: unknown, type: keyof typeof TYPES = "json") {
        // Node frames no body for DELETE by itself: without a length the server reads it as the next request.
        const data = body === undefined ? undefined : Buffer.from(JSON.stringify(body));
        const headers: https.RequestOptions["headers"] = {
            authorization: `Bearer ${this.access.token}`,
            accept: "application/json",
            ...(data === undefined ? {} : { "content-type": TYPES[type], "content-length": data.length }),
        };
        return new Promise<IncomingMessage>((resolve, reject) => {
            const request = https.request(this.access.server + path, { method, agent: this.agent, headers });
            request.on("response", resolve).on("error", reject).end(data);
        });
    }
}

function messageOf(text: string, status: number): string {
    try {
        return (JSON.parse(text) as { message?: string }).message ?? `HTTP ${status}`;
    } catch {
        return text === "" ? `HTTP ${status}` : text;
    }
}
