import { createHash } from "node:crypto";
import { StatusError, type Client, type KubernetesObject } from "./client";

/** A pod that runs, as far as its endpoint is made of it. */
export interface RunningPod extends KubernetesObject {
    spec: {
        nodeName?: string;
        hostNetwork?: boolean;
        serviceAccountName?: string;
        containers: { ports?: { name?: string; containerPort: number; protocol?: string }[] }[];
    };
    status: { phase?: string; podIP?: string; hostIP?: string };
}

/** Cilium's name of a cluster without cluster mesh. */
const CLUSTER = "default";

/**
 * Labels that Cilium's default filter keeps out of identities (cilium `pkg/labelsfilter/filter.go`, 1.18.11), the ones
 * that controllers and the API server put on pods.
 */
const IGNORED =
    /^(io\.kubernetes|kubernetes\.io|k8s\.io|.*beta\.kubernetes\.io|topology\.kubernetes\.io|pod-template-(generation|hash)|controller-(revision-hash|uid)|statefulset\.kubernetes\.io\/pod-name|apps\.kubernetes\.io\/pod-index|batch\.kubernetes\.io\/(job-completion-index|controller-uid)|annotation|etcd_node)/;

/**
 * Stand-in for what Cilium's agents tell the API server: a CiliumEndpoint for every running pod that is not on its node's
 * network, owned by the pod. Left out: identities as objects, endpoint slices, what policies do to an endpoint.
 */
export class Endpoints {
    private readonly waiting = new Map<string, RunningPod>();
    private readonly known = new Set<string>();
    private readonly leaving = new Map<string, RunningPod>();

    constructor(private readonly client: Client) {}

    /** Remembers a pod of an event, if it is one that gets an endpoint and has none yet. */
    see(pod: RunningPod): void {
        const uid = pod.metadata.uid ?? "";
        const runs = pod.status.phase === "Running" && pod.status.podIP !== undefined;
        if (!runs || pod.spec.hostNetwork === true || pod.metadata.deletionTimestamp !== undefined) return;
        if (!this.known.has(uid)) this.waiting.set(uid, pod);
    }

    /** Forgets a pod that was deleted: its agent takes the endpoint away at once, not only Kubernetes' collector later. */
    gone(pod: RunningPod): void {
        const uid = pod.metadata.uid ?? "";
        this.waiting.delete(uid);
        if (pod.spec.hostNetwork !== true) this.leaving.set(uid, pod);
    }

    /** Writes what is waiting and removes what is gone; where the CRD is not there yet it goes on waiting. */
    async write(): Promise<void> {
        for (const [uid, pod] of this.leaving) {
            await this.remove(pod);
            this.leaving.delete(uid);
            this.known.delete(uid);
        }
        for (const [uid, pod] of [...this.waiting]) {
            if (this.leaving.has(uid)) continue;
            const namespace = pod.metadata.namespace ?? "default";
            try {
                const { metadata } = await this.client.call("GET", `/api/v1/namespaces/${namespace}`);
                const endpoint = endpointOf(pod, metadata.labels ?? {});
                const at = `/apis/cilium.io/v2/namespaces/${namespace}/ciliumendpoints/${pod.metadata.name}`;
                await this.client.apply(at, endpoint, "cilium-agent");
            } catch (error) {
                if (error instanceof StatusError && error.status === 404 && !(await this.isGone(pod))) return;
                if (!(error instanceof StatusError)) throw error;
            }
            this.waiting.delete(uid);
            this.known.add(uid);
        }
    }

    /** A pod of a StatefulSet has the name of the one before it: only the endpoint that this very pod owns is its own. */
    private async remove({ metadata }: RunningPod): Promise<void> {
        const at = `/apis/cilium.io/v2/namespaces/${metadata.namespace ?? "default"}/ciliumendpoints/${metadata.name}`;
        try {
            const endpoint = await this.client.call("GET", at);
            const { ownerReferences, uid, resourceVersion } = endpoint.metadata;
            if (ownerReferences?.some((owner) => owner.uid === metadata.uid) !== true) return;
            const preconditions = { uid, resourceVersion };
            await this.client.call("DELETE", at, { apiVersion: "v1", kind: "DeleteOptions", preconditions });
        } catch (error) {
            if (!(error instanceof StatusError)) throw error;
        }
    }

    private async isGone({ metadata }: RunningPod): Promise<boolean> {
        try {
            await this.client.call("GET", `/api/v1/namespaces/${metadata.namespace}/pods/${metadata.name}`);
            return false;
        } catch (error) {
            if (error instanceof StatusError && error.status === 404) return true;
            throw error;
        }
    }
}

/** The CiliumEndpoint of a pod (cilium `pkg/k8s/watchers/endpoint`, `pkg/endpoint/endpoint_status.go`). */
export function endpointOf(pod: RunningPod, namespaceLabels: Readonly<Record<string, string>>) {
    const { name, namespace = "default", uid } = pod.metadata;
    const labels = identityLabels(pod, namespaceLabels);
    const ports = pod.spec.containers
        .flatMap((container) => container.ports ?? [])
        .filter((port) => port.name !== undefined);
    return {
        apiVersion: "cilium.io/v2",
        kind: "CiliumEndpoint",
        metadata: {
            name,
            namespace,
            labels: pod.metadata.labels ?? {},
            ownerReferences: [{ apiVersion: "v1", kind: "Pod", name, uid }],
        },
        status: {
            id: numberOf(`${namespace}/${name}`),
            "external-identifiers": {
                "k8s-namespace": namespace,
                "k8s-pod-name": name,
                "pod-name": `${namespace}/${name}`,
            },
            identity: { id: numberOf(labels.join()) + 256, labels },
            "named-ports": ports.map((port) => ({
                name: port.name,
                port: port.containerPort,
                protocol: port.protocol ?? "TCP",
            })),
            networking: { addressing: [{ ipv4: pod.status.podIP }], node: pod.status.hostIP },
            state: "ready",
        },
    };
}

function identityLabels(pod: RunningPod, namespaceLabels: Readonly<Record<string, string>>): string[] {
    const own = Object.entries(pod.metadata.labels ?? {}).filter(([key]) => !IGNORED.test(key));
    const ofNamespace = Object.entries(namespaceLabels).map(
        ([key, value]) => [`io.cilium.k8s.namespace.labels.${key}`, value] as const,
    );
    const added = [
        ["io.cilium.k8s.policy.cluster", CLUSTER],
        ["io.cilium.k8s.policy.serviceaccount", pod.spec.serviceAccountName ?? "default"],
        ["io.kubernetes.pod.namespace", pod.metadata.namespace ?? "default"],
    ] as const;
    return [...own, ...ofNamespace, ...added].map(([key, value]) => `k8s:${key}=${value}`).sort();
}

/** A number that stays the same for the same text; the agent counts up instead. */
const numberOf = (text: string): number =>
    createHash("sha256").update(text).digest().readUInt16BE(0) % 60_000;
