import { spawn } from "node:child_process";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { stringify } from "yaml";
import type { Run } from "./support";

/** A Kubernetes object, as loosely as a test writes it. */
export interface TestObject {
    apiVersion: string;
    kind: string;
    metadata: { name: string; namespace?: string; [field: string]: unknown };
    [field: string]: unknown;
}

/** A request that the server met. */
export interface Met {
    readonly method: string;
    readonly path: string;
    readonly body: unknown;
}

/** A small API server on 127.0.0.1: lists, objects, merge patches and watches of what a test put into it. */
export interface TestApiServer {
    readonly kubeconfig: string;
    readonly met: readonly Met[];
    objects: TestObject[];
    /** Tells those who watch. */
    change(type: "ADDED" | "MODIFIED" | "DELETED", object: TestObject): void;
    /** Answers paths that match with this status. */
    refuse(path: RegExp, status: number): void;
    /** Called after each merge patch: what controllers would do. */
    onPatch?: (object: TestObject) => void;
    close(): Promise<void>;
}

const PLURALS: Readonly<Record<string, string>> = { NetworkPolicy: "networkpolicies" };
const pluralOf = (kind: string): string => PLURALS[kind] ?? `${kind.toLowerCase().replace(/y$/, "ie")}s`;

/** @param token in the kubeconfig; a marked secret */
export async function apiServer(objects: readonly TestObject[], token = "token"): Promise<TestApiServer> {
    const watching: { response: ServerResponse; matches: (object: TestObject) => boolean }[] = [];
    const refused: [RegExp, number][] = [];
    const met: Met[] = [];
    const server = createServer((request, response) => void answer(request, response));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const self: TestApiServer = {
        kubeconfig: stringify({
            apiVersion: "v1",
            kind: "Config",
            clusters: [
                {
                    name: "c",
                    cluster: { server: `http://127.0.0.1:${port}`, "insecure-skip-tls-verify": true },
                },
            ],
            users: [{ name: "u", user: { token } }],
            contexts: [{ name: "x", context: { cluster: "c", user: "u" } }],
            "current-context": "x",
        }),
        met,
        objects: [...objects],
        change: (type, object) => {
            const same = (other: TestObject) => keyOf(other) === keyOf(object);
            self.objects = [
                ...self.objects.filter((other) => !same(other)),
                ...(type === "DELETED" ? [] : [object]),
            ];
            for (const { response, matches } of watching)
                if (matches(object)) response.write(`${JSON.stringify({ type, object })}\n`);
        },
        refuse: (path, status) => void refused.push([path, status]),
        close: () => {
            server.closeAllConnections();
            return new Promise((resolve) => server.close(() => resolve()));
        },
    };

    async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
        const url = new URL(request.url ?? "/", "http://x");
        let text = "";
        for await (const piece of request) text += String(piece);
        const body: unknown = text === "" ? undefined : JSON.parse(text);
        met.push({ method: request.method ?? "", path: request.url ?? "", body });
        const reply = (status: number, value: unknown) => {
            response.writeHead(status, { "content-type": "application/json" });
            response.end(JSON.stringify(value));
        };
        const refusal = refused.find(([path]) => path.test(request.url ?? ""));
        if (refusal !== undefined)
            return reply(refusal[1], { kind: "Status", message: "refused by the test" });
        const [, apiVersion = "", namespace, plural = "", name] =
            /^\/(?:api\/|apis\/)(v1|[^/]+\/[^/]+)(?:\/namespaces\/([^/]+)(?=\/))?\/([^/]+)(?:\/([^/]+))?$/.exec(
                url.pathname,
            ) ?? [];
        const selector = (url.searchParams.get("labelSelector") ?? "")
            .split(",")
            .filter((each) => each !== "");
        const matches = (object: TestObject): boolean =>
            object.apiVersion === apiVersion &&
            pluralOf(object.kind) === plural &&
            (namespace === undefined || object.metadata.namespace === namespace) &&
            (name === undefined || object.metadata.name === name) &&
            selector.every((each) => {
                const [key = "", value] = each.split("=");
                return (object.metadata["labels"] as Record<string, string> | undefined)?.[key] === value;
            });
        const found = self.objects.filter(matches);
        if (url.searchParams.get("watch") === "true") {
            response.writeHead(200, { "content-type": "application/json" });
            for (const object of found) response.write(`${JSON.stringify({ type: "ADDED", object })}\n`);
            watching.push({ response, matches });
            return;
        }
        if (name === undefined)
            return reply(200, { kind: "List", metadata: { resourceVersion: "1" }, items: found });
        const [object] = found;
        if (object === undefined) return reply(404, { kind: "Status", message: `${name} not found` });
        if (request.method === "PATCH") {
            merge(object, body as Record<string, unknown>);
            self.onPatch?.(object);
        }
        reply(200, object);
    }
    return self;
}

const keyOf = ({ kind, metadata }: TestObject): string =>
    `${kind} ${metadata.namespace ?? ""}/${metadata.name}`;

/** RFC 7396. */
function merge(target: Record<string, unknown>, patch: Record<string, unknown>): void {
    for (const [key, value] of Object.entries(patch)) {
        if (typeof value !== "object" || value === null || Array.isArray(value)) target[key] = value;
        else merge((target[key] ??= {}) as Record<string, unknown>, value as Record<string, unknown>);
    }
}

/** The built command line beside a server in this process: it must not be waited for synchronously. */
export function runBeside(
    folder: string,
    args: readonly string[],
    { env, onOutput }: { env?: NodeJS.ProcessEnv; onOutput?: (out: string, kill: () => void) => void } = {},
): Promise<Run> {
    const child = spawn(process.execPath, [join(folder, "cli", "bin", "aks-cilium.js"), ...args], {
        env: { ...process.env, ...env },
        stdio: ["ignore", "pipe", "pipe"],
    });
    let out = "";
    let err = "";
    // Once: a second Ctrl-C ends a program at once.
    let killed = false;
    const kill = () => {
        if (!killed) killed = child.kill("SIGINT");
    };
    const told = () => onOutput?.(out + err, kill);
    child.stdout.setEncoding("utf8").on("data", (piece: string) => ((out += piece), told()));
    child.stderr.setEncoding("utf8").on("data", (piece: string) => ((err += piece), told()));
    return new Promise((resolve) => child.on("close", (code) => resolve({ code: code ?? -1, out, err })));
}
