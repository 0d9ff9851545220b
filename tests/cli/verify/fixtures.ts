import type { ManagedCluster } from "../../../cli/operations/azure";
import type { StackRecord } from "../../../cli/operations/stack";
import type { Target } from "../../../cli/operations/target";
import type { Check, Verdict } from "../../../cli/verify/check";
import type { ClusterFacts, Node, Pod, Workload } from "../../../cli/verify/cluster-facts";
import { REQUIRED_CRDS, REQUIRED_CRD_NAMES } from "../../../cli/verify/crds";
import { lookAt } from "../../../cli/verify/look";
import { outputs, SUBSCRIPTION } from "../operations/deployment";

export const TARGET: Target = {
    subscription: SUBSCRIPTION,
    resourceGroup: "rgcni",
    cluster: "aks1",
    cloud: "public",
};
export const LOOK = lookAt(TARGET);

export const STACK = {
    name: "dev",
    outputs,
    policies: [],
    pools: [{ name: "system", mode: "System", vmSize: "Standard_B2s" }],
    pendingOperations: 0,
    settings: undefined,
} as unknown as StackRecord;

/** As ARM answers for the runbook's cluster (aks.md 4.2). */
export function cluster(change: object = {}): ManagedCluster {
    return {
        name: "aks1",
        location: "westeurope",
        provisioningState: "Succeeded",
        powerState: { code: "Running" },
        currentKubernetesVersion: "1.35.4",
        nodeResourceGroup: "MC_rgcni_aks1_westeurope",
        networkProfile: {
            networkPlugin: "azure",
            networkPluginMode: "overlay",
            networkDataplane: "cilium",
            networkPolicy: "cilium",
            podCidr: "192.168.0.0/16",
            serviceCidr: "10.0.0.0/16",
            dnsServiceIP: "10.0.0.10",
            outboundType: "loadBalancer",
        },
        oidcIssuerProfile: { enabled: true, issuerURL: "https://oidc.example/1/" },
        agentPoolProfiles: [
            {
                name: "system",
                count: 2,
                vmSize: "Standard_B2s",
                provisioningState: "Succeeded",
                powerState: { code: "Running" },
            },
        ],
        ...change,
    } as ManagedCluster;
}

export const node = (index: number, change: Partial<Node> = {}): Node => ({
    apiVersion: "v1",
    kind: "Node",
    metadata: {
        name: `node${index}`,
        labels: { "kubernetes.io/os": "linux", "kubernetes.azure.com/ebpf-dataplane": "cilium" },
    },
    spec: { podCIDR: `192.168.${index}.0/24` },
    status: {
        conditions: [{ type: "Ready", status: "True" }],
        addresses: [{ type: "InternalIP", address: `10.224.0.${4 + index}` }],
    },
    ...change,
});

const AKS = { "kubernetes.azure.com/ebpf-dataplane": "cilium", "kubernetes.azure.com/managedby": "aks" };
const ready = (status: string) => [{ type: "Ready", status }];

export function pod(
    name: string,
    nodeName: string,
    labels: Record<string, string>,
    container: string,
    image: string,
): Pod {
    return {
        apiVersion: "v1",
        kind: "Pod",
        metadata: { name, namespace: "kube-system", labels: { ...AKS, ...labels } },
        spec: { nodeName, hostNetwork: true, containers: [{ name: container, image }] },
        status: {
            phase: "Running",
            podIP: "10.224.0.4",
            conditions: ready("True"),
            containerStatuses: [{ name: container, ready: true }],
        },
    };
}

const IMAGE = "mcr.microsoft.com/containernetworking/cilium/cilium:v1.18.11-260622";
export const agent = (index: number, image = IMAGE): Pod =>
    pod(`cilium-${index}`, `node${index}`, { "k8s-app": "cilium" }, "cilium-agent", image);
export const operatorPod = (index: number): Pod =>
    pod(
        `cilium-operator-${index}`,
        `node${index}`,
        { "io.cilium/app": "operator", name: "cilium-operator" },
        "cilium-operator",
        IMAGE.replace("/cilium:", "/operator-generic:"),
    );

export const notReady = (given: Pod, reason?: string): Pod => ({
    ...given,
    status: {
        ...given.status,
        conditions: ready("False"),
        containerStatuses: [
            {
                name: given.spec.containers[0]?.name ?? "",
                ready: false,
                ...(reason === undefined ? {} : { state: { waiting: { reason } } }),
            },
        ],
    },
});

export function workload(
    kind: "DaemonSet" | "Deployment",
    status: object,
    labels: Record<string, string> = {},
): Workload {
    return {
        apiVersion: "apps/v1",
        kind,
        metadata: {
            name: kind === "DaemonSet" ? "cilium" : "cilium-operator",
            namespace: "kube-system",
            generation: 3,
            labels: {
                "k8s-app": "cilium",
                "app.kubernetes.io/managed-by": "Helm",
                "kubernetes.azure.com/managedby": "aks",
                ...labels,
            },
        },
        spec: { replicas: 2, template: { spec: { containers: [] } } },
        status: { observedGeneration: 3, ...status },
    };
}

export const CONFIG = {
    "kube-proxy-replacement": "true",
    ipam: "delegated-plugin",
    "routing-mode": "native",
    "enable-policy": "default",
    "enable-l7-proxy": "false",
    "enable-hubble": "false",
    "mesh-auth-enabled": "false",
};

const crds = Object.fromEntries(
    REQUIRED_CRD_NAMES.map((name) => [
        name,
        {
            apiVersion: "apiextensions.k8s.io/v1",
            kind: "CustomResourceDefinition",
            metadata: { name },
            spec: { versions: [{ name: "v2", served: true }] },
            status: { conditions: [{ type: "Established", status: "True" }] },
        },
    ]),
);
export const CRDS = crds;

/** A healthy cluster of two nodes; each fact may be replaced by another value. */
export function facts(change: { [K in keyof ClusterFacts]?: unknown } = {}): ClusterFacts {
    const healthy = {
        nodes: [node(0), node(1)],
        systemPods: [agent(0), agent(1), operatorPod(0), operatorPod(1)],
        agents: workload("DaemonSet", {
            desiredNumberScheduled: 2,
            numberReady: 2,
            updatedNumberScheduled: 2,
        }),
        operator: workload("Deployment", { replicas: 2, readyReplicas: 2, updatedReplicas: 2 }),
        crds,
        resources: Object.entries(REQUIRED_CRDS).map(([name, shortNames]) => ({
            name,
            kind: name,
            namespaced: true,
            shortNames,
        })),
        config: CONFIG,
        pods: [{ ...agent(0), spec: { containers: [] }, status: { podIP: "192.168.0.7" } }],
        nodeNetworks: [],
        admission: { policy: true, binding: true },
        ...change,
    };
    return Object.fromEntries(
        Object.entries(healthy).map(([key, value]) => [
            key,
            value instanceof Error ? { problem: { what: value.message, advice: "do" } } : { value },
        ]),
    ) as unknown as ClusterFacts;
}

/** Ids of checks that are not passes, with verdict. */
export const troubles = (checks: readonly Check[]): string[] =>
    checks.filter(({ verdict }) => verdict !== "pass").map(({ id, verdict }) => `${verdict} ${id}`);

export function check(checks: readonly Check[], id: string): Check {
    const found = checks.find((each) => each.id === id);
    if (found === undefined)
        throw new Error(`no check ${id} among ${checks.map((each) => each.id).join(", ")}`);
    return found;
}

export type { Verdict };
