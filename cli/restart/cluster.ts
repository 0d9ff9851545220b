import { OperationError } from "../operations/failure";
import type { Kubernetes } from "../operations/kubernetes";
import type { CiliumEndpoint, DataPlaneFacts, Node } from "./after";
import type { Found } from "./plan";
import {
    NAMESPACE,
    progressOf,
    WORKLOADS,
    type Pod,
    type Revision,
    type Workload,
    type WorkloadName,
} from "./rollout";

const APPS = "apps/v1";

/**
 * A workload with its pods, as they are now.
 * @throws OperationError where the cluster has no such workload
 */
export async function findWorkload(kubernetes: Kubernetes, name: WorkloadName): Promise<Found> {
    const { kind, name: called, selector } = WORKLOADS[name];
    const selection = { namespace: NAMESPACE, labelSelector: selector };
    const revisions = kind === "DaemonSet" ? "ControllerRevision" : "ReplicaSet";
    const [workload, pods, all] = await Promise.all([
        kubernetes.get(APPS, kind, called, NAMESPACE),
        kubernetes.list("v1", "Pod", selection),
        kubernetes.list(APPS, revisions, selection),
    ]);
    if (workload === undefined)
        throw new OperationError(
            `there is no ${kind} ${called} in ${NAMESPACE}`,
            "check that the cluster has the Cilium data plane: `az aks show --query networkProfile.networkDataplane`",
        );
    const found = workload as unknown as Workload;
    const progress = progressOf(found, pods as unknown as Pod[], all as unknown as Revision[]);
    return { name, workload: found, progress };
}

/** What the data plane check looks at. */
export async function dataPlaneFacts(kubernetes: Kubernetes): Promise<DataPlaneFacts> {
    const [nodes, pods, endpoints] = await Promise.all([
        kubernetes.list("v1", "Node"),
        kubernetes.list("v1", "Pod"),
        kubernetes.list("cilium.io/v2", "CiliumEndpoint"),
    ]);
    const agents = pods.filter(
        ({ metadata }) => metadata.namespace === NAMESPACE && metadata.labels?.["k8s-app"] === "cilium",
    );
    return {
        nodes: nodes as unknown as Node[],
        agents: agents as unknown as Pod[],
        pods: pods as unknown as Pod[],
        endpoints: endpoints as unknown as CiliumEndpoint[],
    };
}
