import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { apiServer, runBeside, type TestApiServer, type TestObject } from "./api-server";
import { bundle, folderWith, type Bundle, type Run } from "./support";

jest.setTimeout(60_000);

const MARK = "MARKED-SECRET";
const TARGET = [
    ...["--resource-group", "rg", "--cluster", "aks"],
    ...["--subscription", "00000000-0000-0000-0000-000000000001"],
];
const CREATED = "2026-11-20T10:00:00Z";

const policy = (
    name: string,
    more: Partial<TestObject> & { labels?: object; manager?: string } = {},
): TestObject => ({
    apiVersion: "cilium.io/v2",
    kind: "CiliumNetworkPolicy",
    metadata: {
        name,
        namespace: "shop",
        creationTimestamp: CREATED,
        uid: name,
        labels: more.labels ?? {},
        annotations: { token: MARK },
        managedFields: [
            { manager: "cilium-operator-generic", subresource: "status" },
            { manager: more.manager ?? "kubectl-client-side-apply" },
        ],
    },
    spec: more["spec"] ?? { endpointSelector: { matchLabels: { app: "front" } }, ingress: [{}] },
    ...(more["status"] === undefined ? {} : { status: more["status"] }),
});
const valid = (status: "True" | "False", message?: string) => ({
    conditions: [{ type: "Valid", status, message }],
});
const endpoint = (app: string): TestObject => ({
    apiVersion: "cilium.io/v2",
    kind: "CiliumEndpoint",
    metadata: { name: `${app}-1`, namespace: "shop" },
    status: {
        state: "ready",
        identity: { labels: [`k8s:app=${app}`, "k8s:io.kubernetes.pod.namespace=shop"] },
    },
});

let built: Bundle;
beforeAll(() => {
    built = bundle();
});
afterAll(() => built.remove());

let server: TestApiServer;
const folders: ReturnType<typeof folderWith>[] = [];
afterEach(async () => {
    await server.close();
    for (const folder of folders.splice(0)) folder.remove();
});

/** Runs a command against the server; nothing that it prints may hold a secret. */
async function run(args: readonly string[], more: Parameters<typeof runBeside>[2] = {}): Promise<Run> {
    const folder = folderWith({ kubeconfig: server.kubeconfig });
    folders.push(folder);
    const result = await runBeside(
        built.folder,
        [...args, ...TARGET, "--kubeconfig", join(folder.path, "kubeconfig")],
        more,
    );
    expect(result.out + result.err).not.toContain(MARK);
    return result;
}

describe("policies |", () => {
    const objects = [
        policy("front", { status: valid("True") }),
        policy("broken", { status: valid("False", "unknown entity: shops"), manager: "helm" }),
        policy("idle", { spec: { endpointSelector: { matchLabels: { app: "nobody" } } } }),
        {
            ...policy("block-azure-destinations", { spec: { endpointSelector: {} }, status: valid("True") }),
            kind: "CiliumClusterwideNetworkPolicy",
            metadata: { name: "block-azure-destinations", creationTimestamp: CREATED },
        },
        {
            ...policy("metrics", { spec: { podSelector: {} } }),
            apiVersion: "networking.k8s.io/v1",
            kind: "NetworkPolicy",
        },
        endpoint("front"),
        endpoint("orders"),
    ];

    it("lists what is valid, selected and whose, and exits 1 for one that is not valid", async () => {
        server = await apiServer(objects, MARK);
        const { code, out } = await run(["policies", "--format", "json"]);
        const { endpoints, policies } = JSON.parse(out) as {
            endpoints: number;
            policies: Record<string, unknown>[];
        };
        expect([code, endpoints]).toEqual([1, 2]);
        expect(
            policies.map(({ name, valid: is, endpoints: n, owner, writer }) => [name, is, n, owner, writer]),
        ).toEqual([
            ["block-azure-destinations", "True", 2, "aks", undefined],
            ["broken", "False", 1, "unknown", "helm"],
            ["front", "True", 1, "unknown", "kubectl-client-side-apply"],
            ["idle", "unreported", 0, "unknown", "kubectl-client-side-apply"],
            ["metrics", "n/a", 2, "unknown", "kubectl-client-side-apply"],
        ]);
    });

    it("prints a table with the operator's words below", async () => {
        server = await apiServer(objects);
        const { out } = await run(["policies"]);
        const lines = out.split("\n");
        expect(lines[0]).toMatch(/^NAMESPACE +KIND +NAME +VALID +AGE +ENDPOINTS +OWNER$/);
        expect(lines[2]).toMatch(/^shop +cnp +broken +False +\d+d?\w* +1 +helm$/);
        expect(lines[3]).toBe("    unknown entity: shops");
        expect(out).toContain(
            "5 policies · 1 NOT VALID · 1 not judged by the operator yet · 1 without an endpoint · 2 endpoints in all",
        );
        expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(110);
    });

    it("goes without endpoints where they may not be listed, and stops where policies may not", async () => {
        server = await apiServer(objects.slice(0, 1));
        server.refuse(/ciliumendpoints/, 403);
        const { code, out } = await run(["policies"]);
        expect([code, out]).toEqual([0, expect.stringContaining("endpoints unknown")]);
        server.refuse(/ciliumnetworkpolicies/, 403);
        const { code: stopped, err } = await run(["policies"]);
        expect([stopped, err]).toEqual([2, expect.stringContaining("403")]);
    });

    it("follows changes, one line each, and ends well on Ctrl-C", async () => {
        server = await apiServer(objects.filter(({ metadata }) => metadata.name !== "broken"));
        let step = 0;
        const { code, out } = await run(["policies", "--watch"], {
            onOutput: (text, kill) => {
                if (step === 0 && text.includes("endpoints in all")) {
                    step = 1;
                    setTimeout(() => server.change("ADDED", policy("new")), 500);
                } else if (
                    step === 1 &&
                    / added +cnp shop\/new: validity not reported yet, 1 endpoint/.test(text)
                ) {
                    step = 2;
                    server.change("MODIFIED", policy("new", { status: valid("False", "bad port") }));
                } else if (step === 2 && / changed cnp shop\/new: not valid, .*\(bad port\)/.test(text)) {
                    step = 3;
                    server.change("ADDED", {
                        ...endpoint("front"),
                        metadata: { name: "front-2", namespace: "shop" },
                    });
                } else if (step === 3 && / changed cnp shop\/new: not valid, 2 endpoints/.test(text)) {
                    step = 4;
                    server.change("DELETED", policy("new"));
                } else if (step === 4 && / removed cnp shop\/new/.test(text)) {
                    step = 5;
                    kill();
                }
            },
        });
        expect([code, step]).toEqual([0, 5]);
        // What did not change is not told again.
        expect(out).not.toMatch(/changed cnp shop\/idle/);
    });

    it("--watch ends after --timeout with what holds then", async () => {
        server = await apiServer(objects);
        const { code, out } = await run(["policies", "--watch", "--timeout", "1", "--format", "json"]);
        const lines = out
            .trim()
            .split("\n")
            .map((line) => JSON.parse(line) as { change: string });
        expect([code, lines.map(({ change }) => change)]).toEqual([1, Array(5).fill("present")]);
    });

    it.each([
        [["--timeout", "5m"], "--timeout: only with --watch"],
        [["--watch", "--timeout", "soon"], "--timeout soon: expected a duration"],
    ])("%j is refused", async (args, message) => {
        server = await apiServer([]);
        const { code, err } = await run(["policies", ...args]);
        expect([code, err]).toEqual([2, expect.stringContaining(message)]);
    });
});

/** A cluster of two nodes whose controllers replace pods at once. */
function dataPlane(): TestObject[] {
    const meta = { namespace: "kube-system", generation: 1, annotations: { "x/token": MARK } };
    const nodes = ["n1", "n2"].map((name): TestObject => ({
        apiVersion: "v1",
        kind: "Node",
        metadata: { name, labels: { "kubernetes.io/os": "linux" } },
        status: { conditions: [{ type: "Ready", status: "True" }] },
    }));
    const revision = (
        kind: string,
        uid: string,
        labels: object,
        number: number,
        hash: string,
    ): TestObject => ({
        apiVersion: "apps/v1",
        kind,
        metadata: {
            name: `${uid}-${hash}`,
            namespace: "kube-system",
            labels: {
                ...labels,
                [kind === "ReplicaSet" ? "pod-template-hash" : "controller-revision-hash"]: hash,
            },
            annotations: { "deployment.kubernetes.io/revision": String(number) },
            ownerReferences: [{ uid }],
        },
        revision: number,
    });
    return [
        ...nodes,
        {
            apiVersion: "apps/v1",
            kind: "DaemonSet",
            metadata: { ...meta, name: "cilium", uid: "ds" },
            spec: {
                updateStrategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 1 } },
                template: { metadata: {} },
            },
            status: {
                observedGeneration: 1,
                desiredNumberScheduled: 2,
                updatedNumberScheduled: 2,
                numberAvailable: 2,
            },
        },
        {
            apiVersion: "apps/v1",
            kind: "Deployment",
            metadata: { ...meta, name: "cilium-operator", uid: "dep" },
            spec: { replicas: 1, template: { metadata: {} } },
            status: { observedGeneration: 1, replicas: 1, updatedReplicas: 1, availableReplicas: 1 },
        },
        revision("ControllerRevision", "ds", { "k8s-app": "cilium" }, 1, "a"),
        revision("ReplicaSet", "dep", { "io.cilium/app": "operator" }, 1, "a"),
        agent("n1", "a"),
        agent("n2", "a"),
        operator("a"),
    ];
}
const pod = (name: string, node: string, labels: Record<string, string>, ready = true): TestObject => ({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace: "kube-system", labels },
    spec: {
        nodeName: node,
        hostNetwork: true,
        containers: [{ name: "c", env: [{ name: "T", value: MARK }] }],
    },
    status: {
        phase: "Running",
        conditions: [{ type: "Ready", status: ready ? "True" : "False" }],
        containerStatuses: [
            {
                name: "cilium-agent",
                ready,
                restartCount: 0,
                ...(ready ? {} : { state: { waiting: { reason: "CrashLoopBackOff" } } }),
            },
        ],
    },
});
const agent = (node: string, hash: string, ready = true): TestObject =>
    pod(`cilium-${node}-${hash}`, node, { "k8s-app": "cilium", "controller-revision-hash": hash }, ready);
const operator = (hash: string): TestObject =>
    pod(`operator-${hash}`, "n1", { "io.cilium/app": "operator", "pod-template-hash": hash });

/** What controllers do after a restart was asked for; `stuck` agents never become ready. */
function controllers(api: TestApiServer, stuck = false): void {
    const find = (kind: string, uid: string) =>
        api.objects.find((each) => each.kind === kind && each.metadata["uid"] === uid);
    api.onPatch = (object) => {
        object.metadata["generation"] = 2;
        const daemonSet = object.kind === "DaemonSet";
        const old = api.objects.find(
            ({ kind }) => kind === (daemonSet ? "ControllerRevision" : "ReplicaSet"),
        );
        const labels = { ...(old?.metadata["labels"] as Record<string, string>) };
        for (const key of Object.keys(labels)) if (key.endsWith("hash")) labels[key] = "b";
        const next = JSON.parse(JSON.stringify(old)) as TestObject;
        next.metadata = {
            ...next.metadata,
            name: "next",
            labels,
            annotations: { "deployment.kubernetes.io/revision": "2" },
        };
        next["revision"] = 2;
        api.objects.push(next);
        setTimeout(() => {
            const gone = daemonSet
                ? stuck
                    ? ["cilium-n1-a"]
                    : ["cilium-n1-a", "cilium-n2-a"]
                : ["operator-a"];
            api.objects = api.objects.filter(({ metadata }) => !gone.includes(metadata.name));
            if (daemonSet) api.objects.push(agent("n1", "b", !stuck), ...(stuck ? [] : [agent("n2", "b")]));
            else api.objects.push(operator("b"));
            const workload = find(object.kind, daemonSet ? "ds" : "dep");
            const status = workload?.["status"] as Record<string, number>;
            Object.assign(status, {
                observedGeneration: 2,
                ...(stuck && daemonSet ? { updatedNumberScheduled: 1, numberAvailable: 1 } : {}),
            });
        }, 300);
    };
}

const patches = () =>
    server.met.filter(({ method }) => method === "PATCH").map(({ path }) => path.split("/").at(-1));

describe("restart |", () => {
    it("restarts the operator, then the agents, pod by pod, and asks the data plane", async () => {
        server = await apiServer(dataPlane(), MARK);
        controllers(server);
        const { code, out, err } = await run(["restart", "--yes"]);
        expect([code, patches()]).toEqual([0, ["cilium-operator", "cilium"]]);
        expect(server.met.find(({ method }) => method === "PATCH")?.body).toEqual({
            spec: {
                template: {
                    metadata: {
                        annotations: {
                            "kubectl.kubernetes.io/restartedAt": expect.stringMatching(/^\d{4}-.*:\d\dZ$/),
                        },
                    },
                },
            },
        });
        expect(err.indexOf("belong to AKS")).toBeLessThan(err.indexOf("Restarting cilium-operator"));
        expect(err).toContain("cilium-n2-b on n2 is ready (2 of 2)");
        expect(out).toContain("ok    a ready agent on every node: 2 of 2");
    });

    it("asks first: without a terminal and without --yes nothing is done", async () => {
        server = await apiServer(dataPlane());
        const { code, err } = await run(["restart", "cilium"]);
        expect([code, patches()]).toEqual([2, []]);
        expect(err).toContain("--yes confirms");
        expect(err).toContain("new pods on its node wait");
    });

    it("says in time what is not ready and how to look; run again it follows, --again restarts", async () => {
        server = await apiServer(dataPlane());
        controllers(server, true);
        const late = await run(["restart", "cilium", "--yes", "--timeout", "2"]);
        expect([late.code, patches()]).toEqual([1, ["cilium"]]);
        for (const text of [
            "cilium is not restarted after 2 s: 0 of 2 pods are new and ready",
            "cilium-n1-b on n1: cilium-agent: CrashLoopBackOff",
            "kubectl logs cilium-n1-b -n kube-system",
            "kubectl rollout undo ds/cilium",
        ])
            expect(late.err).toContain(text);
        const again = await run(["restart", "cilium", "--yes", "--timeout", "2", "--format", "json"]);
        expect([again.code, patches()]).toEqual([1, ["cilium"]]);
        expect(JSON.parse(again.out)).toMatchObject({
            restarted: [{ name: "cilium", action: "follow", done: false }],
        });
        await run(["restart", "cilium", "--yes", "--again", "--timeout", "1"]);
        expect(patches()).toEqual(["cilium", "cilium"]);
    });

    it("interrupted it says what goes on, and a second run does not restart the operator again", async () => {
        server = await apiServer(dataPlane());
        controllers(server, true);
        const cut = await run(["restart", "--yes"], {
            onOutput: (text, kill) => {
                if (text.includes("Restarting cilium:")) kill();
            },
        });
        expect([cut.code, patches()]).toEqual([2, ["cilium-operator", "cilium"]]);
        expect(cut.err).toContain("The restart of cilium goes on in the cluster by itself.");
        const { err } = await run(["restart", "--yes", "--timeout", "1"]);
        expect(patches()).toEqual(["cilium-operator", "cilium"]);
        expect(err).toContain("Deployment cilium-operator: restarted already by the run that is on its way");
        expect(err).toContain("DaemonSet cilium: a restart is on its way: follow it");
    });

    it("refuses where a restart would do nothing, and where there is no Cilium", async () => {
        server = await apiServer(dataPlane());
        for (const object of server.objects) {
            if (object.kind === "Deployment")
                object["spec"] = { ...(object["spec"] as object), paused: true };
            if (object.kind === "DaemonSet")
                object["spec"] = { template: {}, updateStrategy: { type: "OnDelete" } };
        }
        const { code, err } = await run(["restart", "--yes"]);
        expect([code, patches()]).toEqual([2, []]);
        expect(err).toMatch(/cilium-operator is paused.*cilium has the update strategy OnDelete/s);
        server.objects = [];
        const none = await run(["restart", "cilium", "--yes"]);
        expect([none.code, none.err]).toEqual([
            2,
            expect.stringContaining("there is no DaemonSet cilium in kube-system"),
        ]);
    });

    it("an agent that keeps falling over is a finding, though the rollout is complete", async () => {
        server = await apiServer(dataPlane());
        controllers(server);
        const patched = server.onPatch;
        server.onPatch = (object) => {
            patched?.(object);
            setTimeout(() => {
                for (const each of server.objects) {
                    const status = each["status"] as
                        { containerStatuses?: { restartCount: number }[] } | undefined;
                    if (each.metadata.name === "cilium-n2-b") status!.containerStatuses![0]!.restartCount = 3;
                }
            }, 400);
        };
        const { code, out } = await run(["restart", "cilium", "--yes", "--timeout", "5"]);
        expect([code, out]).toEqual([
            1,
            expect.stringContaining(
                "FAIL  no container of an agent fell over: 1 of 2; not: cilium-n2-b cilium-agent 3 times",
            ),
        ]);
    });
});

describe("inventory |", () => {
    const deployment = (name: string): TestObject => ({
        apiVersion: "apps/v1",
        kind: "Deployment",
        metadata: {
            name,
            namespace: "shop",
            annotations: { "kubectl.kubernetes.io/last-applied-configuration": MARK },
        },
        spec: {
            template: {
                metadata: { labels: { app: name }, annotations: { vault: MARK } },
                spec: {
                    serviceAccountName: "web",
                    volumes: [{ name: "v", secret: { secretName: MARK } }],
                    containers: [
                        {
                            name: "c",
                            image: `registry/${MARK}`,
                            command: ["run", MARK],
                            args: [`--password=${MARK}`],
                            env: [{ name: "PASSWORD", value: MARK }],
                            ports: [{ name: "http", containerPort: 8080 }],
                        },
                    ],
                },
            },
        },
    });
    const objects: TestObject[] = [
        {
            apiVersion: "v1",
            kind: "Namespace",
            metadata: { name: "shop", labels: { team: "web" }, annotations: { a: MARK } },
        },
        { apiVersion: "v1", kind: "Namespace", metadata: { name: "kube-system" } },
        { apiVersion: "v1", kind: "Secret", metadata: { name: "s", namespace: "shop" }, data: { k: MARK } },
        {
            apiVersion: "v1",
            kind: "ConfigMap",
            metadata: { name: "s", namespace: "shop" },
            data: { k: MARK },
        },
        deployment("front"),
        deployment("orders"),
        {
            apiVersion: "v1",
            kind: "Service",
            metadata: { name: "front", namespace: "shop", annotations: { a: MARK } },
            spec: {
                type: "LoadBalancer",
                selector: { app: "front" },
                ports: [{ port: 80, targetPort: "http" }],
            },
        },
        policy("front", {
            spec: {
                endpointSelector: { matchLabels: { app: "front" } },
                ingress: [
                    {
                        fromEndpoints: [{ matchLabels: { app: "orders" } }],
                        toPorts: [
                            {
                                ports: [{ port: "8080", protocol: "TCP" }],
                                rules: {
                                    http: [
                                        {
                                            method: "GET",
                                            headers: [`X-Token: ${MARK}`],
                                            headerMatches: [{ name: "Authorization", value: MARK }],
                                        },
                                    ],
                                },
                            },
                        ],
                    },
                ],
            },
        }),
    ];
    const texts = (folder: string): string =>
        readdirSync(folder, { recursive: true, withFileTypes: true })
            .filter((entry) => entry.isFile())
            .map((entry) => readFileSync(join(entry.parentPath, entry.name), "utf8"))
            .join("\n");

    it.each(["yaml", "json"])("writes %s that reach reads, without any secret", async (format) => {
        server = await apiServer(objects, MARK);
        const folder = folderWith({});
        folders.push(folder);
        const out = join(folder.path, "dump");
        const { code, out: said } = await run([
            "inventory",
            "--out",
            out,
            "--with-policies",
            "--format",
            format,
        ]);
        expect([code, said]).toEqual([
            0,
            expect.stringContaining("Wrote 2 namespaces, 2 workloads, 1 Service, 1 policy to"),
        ]);
        expect(readdirSync(folder.path)).toEqual(["dump"]);
        expect(texts(out)).not.toContain(MARK);
        expect(texts(out)).toContain("REDACTED");
        expect(server.met.map(({ path }) => path).filter((path) => /secrets|configmaps/.test(path))).toEqual(
            [],
        );
        const reach = built.run(["reach", out, "--from", "shop/orders", "--to", "shop/front"]);
        expect([reach.code, reach.out]).toEqual([0, expect.stringContaining("TCP 8080")]);
    });

    it("keeps folders of others, replaces its own, and the folder of before when something fails", async () => {
        server = await apiServer(objects);
        const folder = folderWith({ "mine/notes.txt": "x" });
        folders.push(folder);
        const [mine, dump] = [join(folder.path, "mine"), join(folder.path, "dump")];
        const refused = await run(["inventory", "--out", mine]);
        expect([refused.code, refused.err]).toEqual([
            2,
            expect.stringContaining("1 file that inventory did not write (notes.txt)"),
        ]);
        expect((await run(["inventory", "--out", dump])).code).toBe(0);
        server.objects = server.objects.filter(({ metadata }) => metadata.name !== "orders");
        expect((await run(["inventory", "--out", dump])).code).toBe(0);
        expect(texts(dump)).not.toContain("name: orders");
        const before = texts(dump);
        server.refuse(/cronjobs/, 403);
        expect((await run(["inventory", "--out", dump])).code).toBe(2);
        expect([texts(dump), readdirSync(folder.path).sort()]).toEqual([before, ["dump", "mine"]]);
    });

    it("--force replaces other files, but not a working tree or the current folder", async () => {
        server = await apiServer(objects);
        const folder = folderWith({ "mine/notes.txt": "x", "tree/.git/HEAD": "x" });
        folders.push(folder);
        expect((await run(["inventory", "--out", join(folder.path, "mine"), "--force"])).code).toBe(0);
        expect(existsSync(join(folder.path, "mine", "notes.txt"))).toBe(false);
        for (const out of [join(folder.path, "tree"), process.cwd()])
            expect((await run(["inventory", "--out", out, "--force"])).code).toBe(2);
    });

    it("takes only the namespaces asked for, and names those it does not know", async () => {
        server = await apiServer(objects);
        const folder = folderWith({});
        folders.push(folder);
        const out = join(folder.path, "dump");
        expect((await run(["inventory", "--out", out, "--no-system"])).code).toBe(0);
        expect(readdirSync(join(out, "workloads"))).toEqual(["shop.yaml"]);
        const { code, err } = await run(["inventory", "--out", out, "--namespace", "shops"]);
        expect([code, err]).toEqual([
            2,
            expect.stringContaining(
                "--namespace shops: no such namespace; the cluster has kube-system, shop",
            ),
        ]);
    });
});
