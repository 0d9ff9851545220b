import { readWorkloads, type JsonObject, type ManifestDocument, type Workloads } from "../../cilium";
import type { Kubernetes, KubernetesObject } from "../operations/kubernetes";
import type { Progress } from "../operations/progress";

/**
 * What is read: all that decides which pods there are and what is said of them. Secrets, ConfigMaps and everything else
 * are not asked for.
 */
const RESOURCES = [
    { apiVersion: "v1", kind: "Namespace" },
    { apiVersion: "v1", kind: "Service" },
    { apiVersion: "v1", kind: "Pod" },
    { apiVersion: "apps/v1", kind: "Deployment" },
    { apiVersion: "apps/v1", kind: "StatefulSet" },
    { apiVersion: "apps/v1", kind: "DaemonSet" },
    { apiVersion: "apps/v1", kind: "ReplicaSet" },
    { apiVersion: "batch/v1", kind: "Job" },
    { apiVersion: "batch/v1", kind: "CronJob" },
] as const;

/**
 * Reads a live cluster as `reach -w` reads a dump of one: pods fold into the workload that owns them, and their labels
 * outrank its template's, because admission webhooks add some.
 * @param progress told what is being read: on a terminal only, for it takes a moment
 */
export async function readCluster(kubernetes: Kubernetes, progress: Progress): Promise<Workloads> {
    const documents: ManifestDocument[] = [];
    for (const { apiVersion, kind } of RESOURCES) {
        if (process.stderr.isTTY) progress.update(`reading the cluster: ${kind}`);
        for (const object of await kubernetes.list(apiVersion, kind))
            documents.push(documentOf(object, documents.length));
    }
    progress.done();
    return readWorkloads(documents);
}

function documentOf(object: KubernetesObject, index: number): ManifestDocument {
    const { apiVersion, kind, metadata } = object;
    const file = "(the cluster)";
    return {
        file,
        index,
        apiVersion,
        kind,
        name: metadata.name,
        namespace: metadata.namespace,
        value: object as unknown as JsonObject,
        locate: () => ({ file, line: 1, column: 1 }),
    };
}
