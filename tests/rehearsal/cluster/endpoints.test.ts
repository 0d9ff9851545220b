import { endpointOf, Endpoints, type RunningPod } from "../../../rehearsal/cluster/endpoints";
import { StatusError, type Client } from "../../../rehearsal/cluster/client";

const pod = (more: Partial<RunningPod["spec"]> = {}, phase = "Running"): RunningPod => ({
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
        name: "front-1",
        namespace: "shop",
        uid: "u1",
        labels: { app: "front", "pod-template-hash": "abc", "topology.kubernetes.io/zone": "1" },
    },
    spec: {
        serviceAccountName: "web",
        containers: [{ ports: [{ name: "http", containerPort: 8080 }, { containerPort: 9 }] }],
        ...more,
    },
    status: { phase, podIP: "192.168.0.7", hostIP: "10.224.0.4" },
});

describe("endpoints as agents write them |", () => {
    it("an identity is the pod's labels after the filter, and what Cilium adds", () => {
        const { metadata, status } = endpointOf(pod(), { team: "web" });
        expect(status.identity.labels).toEqual([
            "k8s:app=front",
            "k8s:io.cilium.k8s.namespace.labels.team=web",
            "k8s:io.cilium.k8s.policy.cluster=default",
            "k8s:io.cilium.k8s.policy.serviceaccount=web",
            "k8s:io.kubernetes.pod.namespace=shop",
        ]);
        expect(metadata.ownerReferences).toEqual([
            { apiVersion: "v1", kind: "Pod", name: "front-1", uid: "u1" },
        ]);
        expect([status["named-ports"], status.networking.addressing, status.state]).toEqual([
            [{ name: "http", port: 8080, protocol: "TCP" }],
            [{ ipv4: "192.168.0.7" }],
            "ready",
        ]);
    });

    it("pods of the same labels have the same identity", () => {
        const of = (each: RunningPod) => endpointOf(each, {}).status.identity.id;
        const sibling = { ...pod(), metadata: { ...pod().metadata, name: "front-2", uid: "u2" } };
        expect(of(sibling)).toBe(of(pod()));
        expect(of({ ...pod(), metadata: { ...pod().metadata, labels: { app: "back" } } })).not.toBe(
            of(pod()),
        );
    });

    it("waits for the CRD, writes each pod once, and none for the node's network or a finished pod", async () => {
        const applied: string[] = [];
        let served = false;
        const client = {
            call: async () => ({ metadata: { labels: {} } }),
            apply: async (path: string) => {
                if (!served) throw new StatusError(404, "no such resource");
                applied.push(path);
            },
        } as unknown as Client;
        const endpoints = new Endpoints(client);
        endpoints.see(pod());
        endpoints.see({ ...pod({ hostNetwork: true }), metadata: { name: "agent", uid: "u3" } });
        endpoints.see({ ...pod({}, "Succeeded"), metadata: { name: "job", uid: "u4" } });
        await endpoints.write();
        expect(applied).toEqual([]);
        served = true;
        await endpoints.write();
        endpoints.see(pod());
        await endpoints.write();
        expect(applied).toEqual(["/apis/cilium.io/v2/namespaces/shop/ciliumendpoints/front-1"]);
    });

    it("goes with its pod at once, and is left to a newer pod of the same name", async () => {
        const calls: string[] = [];
        let owner = "u1";
        const client = {
            call: async (method: string, path: string) => {
                calls.push(`${method} ${path.split("/").at(-1)}`);
                return { metadata: { ownerReferences: [{ uid: owner }] } };
            },
            apply: async (path: string) => calls.push(`APPLY ${path.split("/").at(-1)}`),
        } as unknown as Client;
        const endpoints = new Endpoints(client);
        endpoints.see(pod());
        endpoints.gone(pod());
        await endpoints.write();
        expect(calls).toEqual(["GET front-1", "DELETE front-1"]);
        // It may be written at the very moment that its pod goes: the next round takes it away.
        endpoints.see(pod());
        const writing = endpoints.write();
        endpoints.gone(pod());
        await writing;
        calls.length = 0;
        await endpoints.write();
        expect(calls).toEqual(["GET front-1", "DELETE front-1"]);
        owner = "u2";
        calls.length = 0;
        endpoints.gone(pod());
        await endpoints.write();
        expect(calls).toEqual(["GET front-1"]);
    });
});
