import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import type { Azure } from "../../../cli/operations/azure";
import { kubernetesOf, type Kubernetes, type KubernetesOptions } from "../../../cli/operations/kubernetes";
import type { Target } from "../../../cli/operations/target";
import { folderWith } from "../support";

const NO_AZURE: Azure = {
    cluster: () => Promise.reject(new Error("not asked")),
    userCredential: () => Promise.reject(new Error("not asked")),
    adminCredential: () => Promise.reject(new Error("never asked")),
};
const TARGET: Target = { subscription: "s", resourceGroup: "rgcni", cluster: "aks", cloud: "public" };
const SECRET = "MARKED-SECRET-TOKEN";

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

describe("the API server |", () => {
    let server: Server;
    let url: string;
    let handler: Handler;
    let met: { line: string; authorization: string | undefined; body: string; type: string | undefined }[];
    let folder: ReturnType<typeof folderWith>;
    beforeAll(async () => {
        server = createServer((request, response) => {
            let body = "";
            request.on("data", (piece: Buffer) => (body += piece.toString()));
            request.on("end", () => {
                const { authorization, "content-type": type } = request.headers;
                met.push({ line: `${request.method} ${request.url}`, authorization, body, type });
                handler(request, response);
            });
        });
        await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
        url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    });
    afterAll(async () => {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
    });
    beforeEach(() => {
        met = [];
        folder = folderWith({});
    });
    afterEach(() => folder.remove());

    const json = (
        response: ServerResponse,
        body: unknown,
        status = 200,
        headers: Record<string, string> = {},
    ) => {
        response.writeHead(status, { "content-type": "application/json", ...headers });
        response.end(JSON.stringify(body));
    };
    const kubeconfig = (user: object = { token: SECRET }, at = url) =>
        stringify({
            apiVersion: "v1",
            kind: "Config",
            clusters: [{ name: "c", cluster: { server: at, "insecure-skip-tls-verify": true } }],
            users: [{ name: "u", user }],
            contexts: [{ name: "x", context: { cluster: "c", user: "u" } }],
            "current-context": "x",
        });
    const connect = (user?: object, options: KubernetesOptions = {}, at = url): Promise<Kubernetes> => {
        const file = join(folder.path, "kubeconfig");
        writeFileSync(file, kubeconfig(user, at));
        return kubernetesOf({ ...TARGET, kubeconfig: file }, NO_AZURE, { timeout: 5, ...options });
    };
    const program = (name: string, script: string) => {
        const file = join(folder.path, name);
        writeFileSync(file, `#!/bin/sh\n${script}\n`);
        chmodSync(file, 0o755);
        return file;
    };
    const failure = (work: Promise<unknown>) =>
        work.then(
            () => {
                throw new Error("it worked");
            },
            (error: unknown) => error as Error & { what: string; advice: string; status?: number },
        );

    it("lists all pages, with the kind that a list leaves out", async () => {
        handler = ({ url: asked }, response) =>
            json(response, {
                kind: "PodList",
                metadata: asked?.includes("continue=more") === true ? {} : { continue: "more" },
                items: [{ metadata: { name: asked?.includes("continue=more") === true ? "b" : "a" } }],
            });
        const api = await connect();
        const pods = await api.list("v1", "Pod", {
            namespace: "kube-system",
            labelSelector: "k8s-app=cilium",
        });
        expect(pods.map(({ kind, apiVersion, metadata }) => [kind, apiVersion, metadata.name])).toEqual([
            ["Pod", "v1", "a"],
            ["Pod", "v1", "b"],
        ]);
        expect(met.map(({ line }) => line)).toEqual([
            "GET /api/v1/namespaces/kube-system/pods?labelSelector=k8s-app%3Dcilium&limit=500",
            "GET /api/v1/namespaces/kube-system/pods?labelSelector=k8s-app%3Dcilium&limit=500&continue=more",
        ]);
        expect(met[0]?.authorization).toBe(`Bearer ${SECRET}`);
    });

    it("gets one object, nothing where there is none, and the resources of a group", async () => {
        handler = ({ url: asked }, response) => {
            if (asked === "/apis/cilium.io/v2")
                return json(response, {
                    resources: [
                        { name: "ciliumnodes", kind: "CiliumNode", namespaced: false },
                        { name: "ciliumnodes/status" },
                    ],
                });
            if (asked?.endsWith("/there") === true) return json(response, { metadata: { name: "there" } });
            json(response, { message: "not found" }, 404);
        };
        const api = await connect();
        expect((await api.get("cilium.io/v2", "CiliumNetworkPolicy", "there", "shop"))?.metadata.name).toBe(
            "there",
        );
        expect(met[0]?.line).toBe("GET /apis/cilium.io/v2/namespaces/shop/ciliumnetworkpolicies/there");
        expect(await api.get("v1", "configmaps", "absent", "shop")).toBeUndefined();
        expect((await api.resources("cilium.io/v2")).map(({ name }) => name)).toEqual(["ciliumnodes"]);
        expect(await api.resources("acn.azure.com/v1alpha")).toEqual([]);
    });

    it("patches by merging", async () => {
        handler = (_, response) => json(response, { metadata: { name: "cilium" } });
        await (
            await connect()
        ).mergePatch("apps/v1", "daemonsets", "cilium", { spec: { a: null } }, "kube-system");
        expect(met[0]).toMatchObject({
            line: "PATCH /apis/apps/v1/namespaces/kube-system/daemonsets/cilium",
            body: '{"spec":{"a":null}}',
            type: "application/merge-patch+json",
        });
    });

    it("asks again while the server is overloaded, not when it refuses", async () => {
        handler = (_, response) =>
            met.length < 3
                ? json(response, { message: "later" }, met.length === 1 ? 503 : 429, { "retry-after": "0" })
                : json(response, { kind: "PodList", metadata: {}, items: [] });
        expect(await (await connect()).list("v1", "pods")).toEqual([]);
        expect(met).toHaveLength(3);
    });

    it.each([
        [
            401,
            { message: "Unauthorized" },
            /does not accept the credentials \(401: Unauthorized\)/,
            /az aks get-credentials -g rgcni -n aks --overwrite-existing -f /,
        ],
        [
            403,
            { message: 'pods is forbidden: User "x" cannot list' },
            /may not list pods \(403: pods is forbidden/,
            /ClusterRole/,
        ],
        [
            404,
            { message: "the server could not find the requested resource" },
            /could not list pods: not found/,
            /api-resources/,
        ],
        [500, { message: "etcdserver: no leader" }, /answered 500 \(etcdserver: no leader\)/, /readyz/],
        [400, "<html>proxy</html>", /answered 400/, /message/],
    ])("says what %i means", async (status, body, what, advice) => {
        handler = (_, response) => json(response, body, status);
        const error = await failure((await connect()).list("v1", "pods"));
        expect([error.what, error.advice]).toEqual([
            expect.stringMatching(what),
            expect.stringMatching(advice),
        ]);
        expect(error.status).toBe(status);
        expect(error.message).not.toContain(SECRET);
    });

    it("says that nothing listens, that nothing is answered, and that the answer is no JSON", async () => {
        expect((await failure((await connect({}, {}, "http://127.0.0.1:1")).list("v1", "pods"))).what).toBe(
            "the API server http://127.0.0.1:1 cannot be reached: nothing listens there",
        );
        handler = () => undefined;
        const start = performance.now();
        const slow = await failure((await connect({}, { timeout: 1 })).list("v1", "pods"));
        expect(slow.what).toContain("no answer in 1 s");
        expect(performance.now() - start).toBeLessThan(4000);
        handler = (_, response) => response.end("hello");
        expect((await failure((await connect()).list("v1", "pods"))).what).toContain("is no JSON");
    });

    it("watches: reconnects where it stopped, starts over when the server has forgotten, ends on the signal", async () => {
        const event = (type: string, name: string, resourceVersion: string) =>
            `${JSON.stringify({ type, object: { metadata: { name, resourceVersion } } })}\n`;
        const rounds = [
            [event("ADDED", "a", "1"), event("BOOKMARK", "", "7")],
            [event("MODIFIED", "a", "8")],
            [`${JSON.stringify({ type: "ERROR", object: { code: 410 } })}\n`],
            [event("ADDED", "a", "9")],
        ];
        handler = (_, response) => {
            const lines = rounds.shift();
            for (const line of lines ?? []) response.write(line);
            if (lines !== undefined && rounds.length > 0) response.end();
        };
        const controller = new AbortController();
        const seen: string[] = [];
        for await (const { type, object } of (await connect()).watch("v1", "pods", {
            signal: controller.signal,
        })) {
            seen.push(`${type} ${object.metadata.name} ${object.metadata.resourceVersion}`);
            if (seen.length === 3) controller.abort();
        }
        expect(seen).toEqual(["ADDED a 1", "MODIFIED a 8", "ADDED a 9"]);
        expect(met.map(({ line }) => /resourceVersion=(\d+)/.exec(line)?.[1])).toEqual([
            undefined,
            "7",
            "8",
            undefined,
        ]);
    });

    it("ends at once when it is interrupted", async () => {
        handler = () => undefined;
        const controller = new AbortController();
        setTimeout(() => controller.abort(), 50);
        const api = await connect({}, { signal: controller.signal });
        expect(await failure(api.list("v1", "pods"))).toMatchObject({ name: "Interrupted" });
    });

    describe("with a login program |", () => {
        const ok: Handler = (_, response) => json(response, { kind: "PodList", metadata: {}, items: [] });
        const credential = (token: string) =>
            `{"apiVersion":"client.authentication.k8s.io/v1beta1","kind":"ExecCredential","status":{"token":"${token}"}}`;

        it("runs it once, as kubectl does, and uses its token", async () => {
            handler = ok;
            const command = program(
                "login",
                `echo x >> ${folder.path}/runs; echo "$KUBERNETES_EXEC_INFO" > ${folder.path}/info; echo '${credential("t1")}'`,
            );
            const api = await connect({
                exec: {
                    apiVersion: "client.authentication.k8s.io/v1beta1",
                    command,
                    env: [{ name: "A", value: "b" }],
                },
            });
            await Promise.all([api.list("v1", "pods"), api.list("v1", "nodes")]);
            expect(met.map(({ authorization }) => authorization)).toEqual(["Bearer t1", "Bearer t1"]);
        });

        it("logs in again when the token is withdrawn", async () => {
            const command = program(
                "login",
                `n=$(cat ${folder.path}/n 2>/dev/null || echo 0); n=$((n+1)); echo $n > ${folder.path}/n; echo '${credential("T")}' | sed "s/T/t$n/"`,
            );
            handler = ({ headers }, response) =>
                headers.authorization === "Bearer t2"
                    ? ok({} as IncomingMessage, response)
                    : json(response, {}, 401);
            expect(await (await connect({ exec: { command, apiVersion: "v" } })).list("v1", "pods")).toEqual(
                [],
            );
        });

        it.each([
            [
                "that is missing",
                "kubelogin",
                undefined,
                /logs in with .*kubelogin, which is not on PATH \(kubelogin is not installed\)/,
                /az aks install-cli/,
            ],
            [
                "that fails",
                "login",
                "echo 'AADSTS70043: expired' >&2; exit 1",
                /failed \(exit code 1: AADSTS70043: expired\)/,
                /az login/,
            ],
            ["that prints something else", "login", "echo hello", /printed no JSON/, /by hand/],
            ["that gives nothing", "login", "echo '{}'", /neither a token nor a certificate/, /by hand/],
        ])("says what is wrong with one %s", async (_, name, script, what, advice) => {
            handler = ok;
            const command = script === undefined ? name : program(name, script);
            const api = await connect(
                { exec: { command, apiVersion: "v", installHint: "\nkubelogin is not installed\n" } },
                { env: { PATH: `${folder.path}/nothing` } },
            );
            const error = await failure(api.list("v1", "pods"));
            expect([error.what, error.advice]).toEqual([
                expect.stringMatching(what),
                expect.stringMatching(advice),
            ]);
        });
    });

    it("takes the user's credentials from Azure, and changes a device code to the login that there is", async () => {
        handler = (_, response) => json(response, { kind: "PodList", metadata: {}, items: [] });
        const command = program(
            "kubelogin",
            `echo "$@" > ${folder.path}/args; echo '{"status":{"token":"t"}}'`,
        );
        const exec = {
            command,
            apiVersion: "v",
            args: ["get-token", "--login", "devicecode", "--server-id", "S"],
        };
        const azure = { ...NO_AZURE, userCredential: () => Promise.resolve(kubeconfig({ exec })) };
        await (
            await kubernetesOf(TARGET, azure, { env: { PATH: process.env["PATH"], HOME: folder.path } })
        ).list("v1", "pods");
        const { readFileSync } = await import("node:fs");
        expect(readFileSync(join(folder.path, "args"), "utf8").trim()).toBe(
            "get-token --login azurecli --server-id S",
        );
    });

    it.each([
        ["broken YAML", "a: [", /no kubeconfig that can be read/],
        [
            "no context",
            "apiVersion: v1\nkind: Config\nclusters: []\nusers: []\ncontexts: []\n",
            /no current context/,
        ],
    ])("refuses a kubeconfig with %s", async (_, text, message) => {
        const file = join(folder.path, "bad");
        writeFileSync(file, text);
        await expect(kubernetesOf({ ...TARGET, kubeconfig: file }, NO_AZURE)).rejects.toMatchObject({
            name: "UsageError",
            message: expect.stringMatching(message) as string,
        });
    });
});
