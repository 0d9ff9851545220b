import type { Endpoint, NamedPort } from "../reachability/types";
import { endpointIds } from "./names";

/** Namespaces that AKS and its add-ons manage; what breaks there is not the user's workload but the cluster. */
const SYSTEM_NAMESPACES = new Set([
    "kube-system",
    "kube-public",
    "kube-node-lease",
    "gatekeeper-system",
    "app-routing-system",
    "aks-istio-system",
    "aks-istio-ingress",
    "aks-istio-egress",
    "flux-system",
    "dapr-system",
    "calico-system",
    "tigera-operator",
]);

/** Whether a namespace belongs to AKS or one of its add-ons (AKS documentation, "Core AKS concepts" and add-on pages). */
export function isSystemNamespace(namespace: string): boolean {
    return SYSTEM_NAMESPACES.has(namespace);
}

/** What AKS puts on the namespace; `kubernetes.io/metadata.name` is added for every namespace by the engine. */
const KUBE_SYSTEM_LABELS = {
    "addonmanager.kubernetes.io/mode": "Reconcile",
    "control-plane": "true",
    "kubernetes.azure.com/managedby": "aks",
    "kubernetes.io/cluster-service": "true",
};

/** Documented for the pods of all managed components (AKS documentation, `core-aks-concepts.md`). */
const MANAGED = { "kubernetes.azure.com/managedby": "aks" };

interface SystemWorkload {
    readonly kind: "Deployment" | "DaemonSet";
    readonly name: string;
    readonly labels: Readonly<Record<string, string>>;
    /** @default the workload's name */
    readonly serviceAccount?: string;
    readonly ports?: readonly NamedPort[];
    /** @default false */
    readonly hostNetwork?: boolean;
}

const tcp = (name: string, port: number): NamedPort => ({ name, port, protocol: "TCP" });
const udp = (name: string, port: number): NamedPort => ({ name, port, protocol: "UDP" });

/**
 * What runs in `kube-system` of an AKS cluster with Azure CNI Powered by Cilium. Selectors are those that AKS keeps
 * stable over versions (AKS documentation and release notes); further labels differ from build to
 * build and are left out.
 */
const KUBE_SYSTEM: readonly SystemWorkload[] = [
    {
        kind: "Deployment",
        name: "coredns",
        labels: { "k8s-app": "kube-dns", "kubernetes.io/cluster-service": "true" },
        ports: [udp("dns", 53), tcp("dns-tcp", 53), tcp("metrics", 9153)],
    },
    { kind: "Deployment", name: "coredns-autoscaler", labels: { "k8s-app": "coredns-autoscaler" } },
    { kind: "Deployment", name: "konnectivity-agent", labels: { app: "konnectivity-agent" } },
    {
        kind: "Deployment",
        name: "metrics-server",
        labels: { "k8s-app": "metrics-server" },
        ports: [tcp("https", 4443)],
    },
    // Azure Monitor: an add-on, but on by default in the portal and the first to go quiet under a default deny.
    { kind: "DaemonSet", name: "ama-logs", labels: { component: "ama-logs-agent", tier: "node" } },
    {
        kind: "Deployment",
        name: "ama-logs-rs",
        labels: { rsName: "ama-logs-rs" },
        serviceAccount: "ama-logs",
    },
    {
        kind: "Deployment",
        name: "ama-metrics",
        labels: { rsName: "ama-metrics" },
        serviceAccount: "ama-metrics-serviceaccount",
    },
    {
        kind: "DaemonSet",
        name: "ama-metrics-node",
        labels: { dsName: "ama-metrics-node" },
        serviceAccount: "ama-metrics-serviceaccount",
    },
    { kind: "Deployment", name: "ama-metrics-ksm", labels: { "app.kubernetes.io/name": "ama-metrics-ksm" } },
    // From here on pods share the node's network: no policy applies to them, they appear as host or remote-node.
    { kind: "DaemonSet", name: "cilium", labels: { "k8s-app": "cilium" }, hostNetwork: true },
    {
        kind: "Deployment",
        name: "cilium-operator",
        labels: { "io.cilium/app": "operator", name: "cilium-operator" },
        hostNetwork: true,
    },
    { kind: "DaemonSet", name: "azure-cns", labels: { "k8s-app": "azure-cns" }, hostNetwork: true },
    {
        kind: "DaemonSet",
        name: "azure-ip-masq-agent",
        labels: { "k8s-app": "azure-ip-masq-agent" },
        hostNetwork: true,
    },
    {
        kind: "DaemonSet",
        name: "cloud-node-manager",
        labels: { "k8s-app": "cloud-node-manager" },
        hostNetwork: true,
    },
    {
        kind: "DaemonSet",
        name: "csi-azuredisk-node",
        labels: { app: "csi-azuredisk-node" },
        hostNetwork: true,
    },
    {
        kind: "DaemonSet",
        name: "csi-azurefile-node",
        labels: { app: "csi-azurefile-node" },
        hostNetwork: true,
    },
];

/**
 * The system workloads of an AKS cluster, so that a cluster-wide policy that breaks `kube-system` shows without a dump
 * of it. A dump of the real ones (`kubectl get deploy,ds -n kube-system -o json`) is better and replaces these.
 * @param namespaceLabels labels of the `kube-system` Namespace, where the user declares it
 */
export function systemEndpoints(namespaceLabels?: Readonly<Record<string, string>>): readonly Endpoint[] {
    const namespace = "kube-system";
    const ids = endpointIds(KUBE_SYSTEM.map(({ kind, name }) => ({ namespace, kind, name })));
    return KUBE_SYSTEM.map(({ kind, name, labels, serviceAccount, ports, hostNetwork }, index): Endpoint => ({
        id: ids[index] ?? `${namespace}/${name}`,
        name,
        namespace,
        kind,
        labels: { ...labels, ...MANAGED },
        namespaceLabels: { ...KUBE_SYSTEM_LABELS, ...namespaceLabels },
        serviceAccount: serviceAccount ?? name,
        namedPorts: ports ?? [],
        hostNetwork: hostNetwork ?? false,
        system: true,
    }));
}

/**
 * The system workloads to analyse together with a user's: the built-in ones, unless the user gave workloads of
 * `kube-system`.
 * @param workloads the user's endpoints
 * @param namespaces labels of declared namespaces
 */
export function withSystemEndpoints(
    workloads: readonly Endpoint[],
    namespaces: ReadonlyMap<string, Readonly<Record<string, string>>>,
): readonly Endpoint[] {
    const given = workloads.some(({ namespace }) => namespace === "kube-system");
    return given ? workloads : [...workloads, ...systemEndpoints(namespaces.get("kube-system"))];
}
