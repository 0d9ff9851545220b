import * as path from "node:path";
import { Addresses } from "./addresses";
import { nodeObject, nodesOf, type NodeIdentity } from "./aks/nodes";
import { Client, StatusError, type KubernetesObject } from "./client";
import { isNamed, readFaults } from "./faults";
import { readRuntime } from "../runtime";
import { Endpoints, type RunningPod } from "./endpoints";
import { accessOf, readSpecification } from "./folder";
import { keepConditions, PLURALS } from "./operator";
import type { Specification } from "./specification";

/**
 * Stand-in for the machines of a cluster: registers its nodes, reports every pod bound to one of them as running and
 * ready, gives load balancers an address. Modelled: what controllers, `kubectl rollout` and policies look at. Not
 * modelled: containers, images, probes, volumes, traffic.
 */

interface Pod extends KubernetesObject {
    spec: { nodeName?: string; hostNetwork?: boolean; containers: { name: string; image: string }[] };
    status: {
        phase?: string;
        podIP?: string;
        startTime?: string;
        conditions?: { type: string; status: string }[];
    };
}

const HEARTBEAT = 10_000;
const now = () => new Date().toISOString().replace(/\.\d+Z$/, "Z");
const sleep = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Does `work`, and says nothing when the object has gone or changed meanwhile: the next event tells the rest. */
async function tolerant(work: Promise<unknown>): Promise<void> {
    try {
        await work;
    } catch (error) {
        if (!(error instanceof StatusError && [404, 409].includes(error.status))) throw error;
    }
}

/** Registers missing nodes, refreshes labels and leases, removes nodes that the cluster no longer has. */
async function keepNodes(
    client: Client,
    specification: Specification,
    wanted: ReadonlyMap<string, NodeIdentity>,
): Promise<void> {
    const { items } = await client.call<{ items: KubernetesObject[] }>("GET", "/api/v1/nodes");
    for (const { metadata } of items) {
        if (wanted.has(metadata.name)) continue;
        await tolerant(client.call("DELETE", `/api/v1/nodes/${metadata.name}`));
    }
    const there = new Map(items.map((item) => [item.metadata.name, item]));
    for (const node of wanted.values()) await keepNode(client, specification, node, there.get(node.name));
}

async function keepNode(
    client: Client,
    specification: Specification,
    node: NodeIdentity,
    live: KubernetesObject | undefined,
): Promise<void> {
    const { object, status } = nodeObject(node, specification, now());
    const labels = live?.metadata.labels ?? {};
    const stale = Object.entries(object.metadata.labels).some(([key, value]) => labels[key] !== value);
    if (live === undefined) await tolerant(client.call("POST", "/api/v1/nodes", object));
    else if (stale)
        await tolerant(
            client.call("PATCH", `/api/v1/nodes/${node.name}`, { metadata: object.metadata }, "strategic"),
        );
    await tolerant(client.call("PATCH", `/api/v1/nodes/${node.name}/status`, { status }, "strategic"));
    const lease = {
        apiVersion: "coordination.k8s.io/v1",
        kind: "Lease",
        metadata: { name: node.name },
        spec: {
            holderIdentity: node.name,
            leaseDurationSeconds: 40,
            renewTime: now().replace("Z", ".000000Z"),
        },
    };
    const at = `/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/${node.name}`;
    await tolerant(client.apply(at, lease, "kubelet"));
}

const keyOf = ({ metadata }: Pod): string => `${metadata.namespace ?? "default"}/${metadata.name}`;

/** @param sound whether its containers are well; see `notReady` of {@link readFaults} */
async function reportPod(
    client: Client,
    pod: Pod,
    node: NodeIdentity,
    addresses: Addresses,
    sound: boolean,
): Promise<void> {
    const at = `/api/v1/namespaces/${pod.metadata.namespace ?? "default"}/pods/${pod.metadata.name}`;
    if (pod.metadata.deletionTimestamp !== undefined) {
        // A kubelet confirms that the containers are gone by deleting with no grace left.
        const options = { apiVersion: "v1", kind: "DeleteOptions", gracePeriodSeconds: 0 };
        return tolerant(client.call("DELETE", at, options));
    }
    const job = pod.metadata.ownerReferences?.some((owner) => owner.kind === "Job") ?? false;
    const phase = job ? "Succeeded" : "Running";
    const ready = !job && sound;
    const holds = (type: string) =>
        pod.status.conditions?.find((one) => one.type === type)?.status === "True";
    if (pod.status.phase === phase && holds("Ready") === ready) return;
    const address =
        pod.status.podIP ??
        (pod.spec.hostNetwork === true ? node.address : addresses.take(keyOf(pod), node.podCidr));
    const startTime = pod.status.startTime ?? now();
    const state = job
        ? { terminated: { exitCode: 0, reason: "Completed", startedAt: startTime, finishedAt: now() } }
        : { running: { startedAt: startTime } };
    const status = {
        phase,
        startTime,
        hostIP: node.address,
        podIP: address,
        podIPs: [{ ip: address }],
        conditions: ["Initialized", "Ready", "ContainersReady", "PodScheduled"].map((type) => ({
            type,
            status: ready || type === "Initialized" || type === "PodScheduled" ? "True" : "False",
            lastTransitionTime: now(),
        })),
        containerStatuses: pod.spec.containers.map(({ name, image }) => ({
            name,
            image,
            imageID: image,
            ready,
            started: !job,
            restartCount: 0,
            state,
        })),
    };
    await tolerant(client.call("PATCH", `${at}/status`, { status }, "strategic"));
}

/** Azure's load balancer: every service that asks for one gets an address of the range kept for documentation. */
async function balance(client: Client, service: KubernetesObject): Promise<void> {
    const spec = service["spec"] as { type?: string };
    const status = service["status"] as { loadBalancer?: { ingress?: unknown[] } } | undefined;
    if (spec.type !== "LoadBalancer" || (status?.loadBalancer?.ingress?.length ?? 0) > 0) return;
    const digits = Number.parseInt((service.metadata.uid ?? "00").slice(0, 2), 16);
    const ingress = [{ ip: `203.0.113.${1 + (digits % 254)}`, ipMode: "VIP" }];
    const at = `/api/v1/namespaces/${service.metadata.namespace ?? "default"}/services/${service.metadata.name}`;
    await tolerant(
        client.call("PATCH", `${at}/status`, { status: { loadBalancer: { ingress } } }, "strategic"),
    );
}

/** Runs `work` for ever; a server that is away or restarting is waited for. */
async function forever(work: () => Promise<void>): Promise<never> {
    for (;;) {
        try {
            await work();
        } catch (error) {
            process.stderr.write(`${now()} ${String(error)}\n`);
            await sleep(1000);
        }
    }
}

/** Runs the stand-in for the cluster in `folder` until the process ends. */
export async function run(folder: string): Promise<never> {
    const client = new Client(accessOf(folder));
    const addresses = new Addresses();
    let nodes: ReadonlyMap<string, NodeIdentity> = new Map();
    const keep = (specification: Specification) => {
        // Known before they are registered: the scheduler may bind a pod at once, and its event comes only once.
        nodes = new Map(nodesOf(specification).map((node) => [node.name, node]));
        return keepNodes(client, specification, nodes);
    };
    const nodesLoop = forever(async () => {
        let specification = readSpecification(folder);
        await keep(specification);
        for (const end = Date.now() + HEARTBEAT; Date.now() < end; await sleep(200)) {
            const current = readSpecification(folder);
            if (JSON.stringify(current) === JSON.stringify(specification)) continue;
            specification = current;
            await keep(specification);
        }
    });
    const state = path.dirname(path.dirname(folder));
    let unsound: readonly string[] = [];
    const report = async (pod: Pod) => {
        const node = nodes.get(pod.spec.nodeName ?? "");
        if (node !== undefined) await reportPod(client, pod, node, addresses, !isNamed(unsound, keyOf(pod)));
    };
    const endpoints = new Endpoints(client);
    const podsLoop = forever(async () => {
        // All that are there first: one without an address must not get that of a pod which comes later in the list.
        const { items } = await client.call<{ items: Pod[] }>("GET", "/api/v1/pods");
        for (const pod of items)
            if (pod.status.podIP !== undefined) addresses.has(keyOf(pod), pod.status.podIP);
        for await (const { type, object } of client.watch("/api/v1/pods")) {
            const pod = object as Pod;
            if (type === "DELETED") {
                addresses.release(keyOf(pod), pod.status.podIP ?? "");
                endpoints.gone(object as RunningPod);
                continue;
            }
            if (readSpecification(folder).dataplane === "cilium") endpoints.see(object as RunningPod);
            await report(pod);
        }
    });
    const endpointsLoop = forever(async () => {
        for (; ; await sleep(300)) await endpoints.write();
    });
    const faultsLoop = forever(async () => {
        for (; ; await sleep(500)) {
            const { notReady } = readFaults(state);
            if (notReady.join() === unsound.join()) continue;
            unsound = notReady;
            const { items } = await client.call<{ items: Pod[] }>("GET", "/api/v1/pods");
            for (const pod of items) await report(pod);
        }
    });
    const servicesLoop = forever(async () => {
        for await (const { type, object } of client.watch("/api/v1/services"))
            if (type !== "DELETED") await balance(client, object);
    });
    const { root } = readRuntime(state);
    const operatorLoops = PLURALS.map((plural) =>
        forever(() => keepConditions(client, root, () => readSpecification(folder), plural)),
    );
    return Promise.race([nodesLoop, podsLoop, endpointsLoop, faultsLoop, servicesLoop, ...operatorLoops]);
}

if (require.main === module) void run(process.argv[2] ?? ".");
