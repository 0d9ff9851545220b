import type { TestApiServer, TestObject } from "../api-server";
import { commandLine, MARK } from "../command-line";

jest.setTimeout(60_000);

const cli = commandLine();
let server: TestApiServer;

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
        server = await cli.serve(dataPlane(), MARK);
        controllers(server);
        const { code, out, err } = await cli.run(["restart", "--yes"]);
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
        server = await cli.serve(dataPlane());
        const { code, err } = await cli.run(["restart", "cilium"]);
        expect([code, patches()]).toEqual([2, []]);
        expect(err).toContain("--yes confirms");
        expect(err).toContain("new pods on its node wait");
    });

    it("says in time what is not ready and how to look; run again it follows, --again restarts", async () => {
        server = await cli.serve(dataPlane());
        controllers(server, true);
        const late = await cli.run(["restart", "cilium", "--yes", "--timeout", "2"]);
        expect([late.code, patches()]).toEqual([1, ["cilium"]]);
        for (const text of [
            "cilium is not restarted after 2 s: 0 of 2 pods are new and ready",
            "cilium-n1-b on n1: cilium-agent: CrashLoopBackOff",
            "kubectl logs cilium-n1-b -n kube-system",
            "kubectl rollout undo ds/cilium",
        ])
            expect(late.err).toContain(text);
        const again = await cli.run(["restart", "cilium", "--yes", "--timeout", "2", "--format", "json"]);
        expect([again.code, patches()]).toEqual([1, ["cilium"]]);
        expect(JSON.parse(again.out)).toMatchObject({
            restarted: [{ name: "cilium", action: "follow", done: false }],
        });
        await cli.run(["restart", "cilium", "--yes", "--again", "--timeout", "1"]);
        expect(patches()).toEqual(["cilium", "cilium"]);
    });

    it("interrupted it says what goes on, and a second run does not restart the operator again", async () => {
        server = await cli.serve(dataPlane());
        controllers(server, true);
        const cut = await cli.run(["restart", "--yes"], {
            onOutput: (text, kill) => {
                if (text.includes("Restarting cilium:")) kill();
            },
        });
        expect([cut.code, patches()]).toEqual([2, ["cilium-operator", "cilium"]]);
        expect(cut.err).toContain("The restart of cilium goes on in the cluster by itself.");
        const { err } = await cli.run(["restart", "--yes", "--timeout", "1"]);
        expect(patches()).toEqual(["cilium-operator", "cilium"]);
        expect(err).toContain("Deployment cilium-operator: restarted already by the run that is on its way");
        expect(err).toContain("DaemonSet cilium: a restart is on its way: follow it");
    });

    it("refuses where a restart would do nothing, and where there is no Cilium", async () => {
        server = await cli.serve(dataPlane());
        for (const object of server.objects) {
            if (object.kind === "Deployment")
                object["spec"] = { ...(object["spec"] as object), paused: true };
            if (object.kind === "DaemonSet")
                object["spec"] = { template: {}, updateStrategy: { type: "OnDelete" } };
        }
        const { code, err } = await cli.run(["restart", "--yes"]);
        expect([code, patches()]).toEqual([2, []]);
        expect(err).toMatch(/cilium-operator is paused.*cilium has the update strategy OnDelete/s);
        server.objects = [];
        const none = await cli.run(["restart", "cilium", "--yes"]);
        expect([none.code, none.err]).toEqual([
            2,
            expect.stringContaining("there is no DaemonSet cilium in kube-system"),
        ]);
    });

    it("an agent that keeps falling over is a finding, though the rollout is complete", async () => {
        server = await cli.serve(dataPlane());
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
        const { code, out } = await cli.run(["restart", "cilium", "--yes", "--timeout", "5"]);
        expect([code, out]).toEqual([
            1,
            expect.stringContaining(
                "FAIL  no container of an agent fell over: 1 of 2; not: cilium-n2-b cilium-agent 3 times",
            ),
        ]);
    });
});
