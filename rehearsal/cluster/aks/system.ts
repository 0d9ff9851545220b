import type { KubernetesObject } from "../client";
import { admissionObjects } from "./admission";
import { ciliumRelease } from "../crds";
import type { Specification } from "../specification";

/** What AKS runs in kube-system on a cluster of this description, in the order of its coming up. */
export function systemObjects(specification: Specification): KubernetesObject[] {
    const cilium =
        specification.dataplane === "cilium"
            ? [...admissionObjects(specification), ...ciliumObjects(specification)]
            : [];
    return [...cilium, ...addOns(specification)];
}

const DATAPLANE = { "kubernetes.azure.com/ebpf-dataplane": "cilium" };
const MANAGED = { "kubernetes.azure.com/managedby": "aks" };
/** Labels of the objects themselves since October 2025 (aks.md 7.2). */
const OBJECT = {
    "app.kubernetes.io/actually-managed-by": "Eno",
    "app.kubernetes.io/managed-by": "Helm",
    ...MANAGED,
};
/** Labels of their pods (aks.md 7.2). */
const TEMPLATE = { "app.kubernetes.io/managed-by": "Eno", ...DATAPLANE, ...MANAGED };

interface Workload {
    name: string;
    labels: Record<string, string>;
    /** Pods are selected by these; `podLabels` come on top. */
    selector: Record<string, string>;
    podLabels?: Record<string, string>;
    containers: { name: string; image: string }[];
    initContainers?: { name: string; image: string }[];
    replicas?: number;
    hostNetwork?: boolean;
    priorityClass?: string;
}

function workload(kind: "DaemonSet" | "Deployment", given: Workload): KubernetesObject {
    const labels = { ...given.podLabels, ...given.selector };
    return {
        apiVersion: "apps/v1",
        kind,
        metadata: { name: given.name, namespace: "kube-system", labels: given.labels },
        spec: {
            ...(kind === "Deployment" ? { replicas: given.replicas ?? 1 } : {}),
            selector: { matchLabels: given.selector },
            ...(kind === "DaemonSet"
                ? { updateStrategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 1 } } }
                : {}),
            template: {
                metadata: { labels },
                spec: {
                    ...(given.hostNetwork === true ? { hostNetwork: true } : {}),
                    priorityClassName: given.priorityClass ?? "system-cluster-critical",
                    automountServiceAccountToken: false,
                    tolerations: [{ operator: "Exists" }],
                    ...(given.initContainers === undefined ? {} : { initContainers: given.initContainers }),
                    containers: given.containers,
                },
            },
        },
    };
}

/** `cilium-config` as AKS sets it, the keys that decide what policies do (aks.md 1.4). */
export function ciliumConfig(specification: Specification): Record<string, string> {
    const acns = specification.advancedNetworkPolicies;
    const names = acns === "FQDN" || acns === "L7";
    return {
        "agent-not-ready-taint-key": "node.cilium.io/agent-not-ready",
        "bpf-policy-map-max": "16384",
        "disable-cnp-status-updates": "true",
        "enable-cilium-endpoint-slice": "true",
        "enable-hubble": String(specification.observability),
        "enable-l7-proxy": String(names),
        "enable-local-redirect-policy": "true",
        "enable-node-selector-labels": "false",
        "enable-non-default-deny-policies": "true",
        "enable-policy": "default",
        "enable-sctp": "false",
        ipam: "delegated-plugin",
        "kube-proxy-replacement": "true",
        "mesh-auth-enabled": "false",
        "routing-mode": "native",
        "tofqdns-min-ttl": "3600",
        ...(names ? { "tofqdns-proxy-port": "40046" } : {}),
    };
}

function ciliumObjects(specification: Specification): KubernetesObject[] {
    const release = ciliumRelease(specification.kubernetesVersion);
    const agent = `mcr.microsoft.com/containernetworking/cilium/cilium:${release}`;
    const operator = `mcr.microsoft.com/containernetworking/cilium/operator-generic:${release}`;
    const nodes = specification.pools.reduce((sum, pool) => sum + pool.count, 0);
    const acns = specification.advancedNetworkPolicies;
    const initial = [
        "install-cni-binaries",
        "mount-cgroup",
        "apply-sysctl-overwrites",
        "mount-bpf-fs",
        "clean-cilium-state",
        "block-wireserver",
    ];
    return [
        {
            apiVersion: "v1",
            kind: "ConfigMap",
            metadata: { name: "cilium-config", namespace: "kube-system", labels: OBJECT },
            data: ciliumConfig(specification),
        },
        workload("DaemonSet", {
            name: "cilium",
            labels: { ...OBJECT, "k8s-app": "cilium" },
            selector: { "k8s-app": "cilium" },
            podLabels: TEMPLATE,
            initContainers: initial.map((name) => ({ name, image: agent })),
            containers: [{ name: "cilium-agent", image: agent }],
            hostNetwork: true,
            priorityClass: "system-node-critical",
        }),
        workload("Deployment", {
            name: "cilium-operator",
            labels: { ...OBJECT, "io.cilium/app": "operator", name: "cilium-operator" },
            selector: { "io.cilium/app": "operator", name: "cilium-operator" },
            podLabels: TEMPLATE,
            containers: [{ name: "cilium-operator", image: operator }],
            // One replica on a one-node cluster, else two (aks.md 7.1).
            replicas: nodes > 1 ? 2 : 1,
            hostNetwork: true,
        }),
        ...(acns === "FQDN" || acns === "L7"
            ? [
                  workload("DaemonSet", {
                      name: "acns-security-agent",
                      labels: { ...OBJECT, "k8s-app": "acns-security-agent" },
                      selector: { "k8s-app": "acns-security-agent" },
                      podLabels: MANAGED,
                      containers: [
                          {
                              name: "fqdn-policy",
                              image: "mcr.microsoft.com/containernetworking/acns-security-agent",
                          },
                          ...(acns === "L7"
                              ? [
                                    {
                                        name: "cilium-envoy",
                                        image: "mcr.microsoft.com/containernetworking/cilium-envoy",
                                    },
                                ]
                              : []),
                      ],
                      hostNetwork: true,
                      priorityClass: "system-node-critical",
                  }),
              ]
            : []),
        ...(specification.observability
            ? [
                  workload("Deployment", {
                      name: "hubble-relay",
                      labels: { ...OBJECT, "k8s-app": "hubble-relay" },
                      selector: { "k8s-app": "hubble-relay" },
                      podLabels: MANAGED,
                      containers: [
                          {
                              name: "hubble-relay",
                              image: "mcr.microsoft.com/containernetworking/cilium/hubble-relay",
                          },
                      ],
                  }),
              ]
            : []),
    ];
}

/** The add-ons that policies must not cut off: DNS, the tunnel of the API server, metrics. */
function addOns(specification: Specification): KubernetesObject[] {
    const oss = "mcr.microsoft.com/oss/v2/kubernetes";
    return [
        {
            apiVersion: "v1",
            kind: "Service",
            metadata: {
                name: "kube-dns",
                namespace: "kube-system",
                labels: { ...MANAGED, "k8s-app": "kube-dns", "kubernetes.io/name": "CoreDNS" },
            },
            spec: {
                clusterIP: specification.dnsServiceIP,
                selector: { "k8s-app": "kube-dns" },
                ports: [
                    { name: "dns", port: 53, protocol: "UDP" },
                    { name: "dns-tcp", port: 53, protocol: "TCP" },
                ],
            },
        },
        workload("Deployment", {
            name: "coredns",
            labels: { ...MANAGED, "k8s-app": "kube-dns" },
            selector: { "k8s-app": "kube-dns" },
            podLabels: MANAGED,
            containers: [{ name: "coredns", image: `${oss}/coredns:v1.12.1` }],
            replicas: 2,
        }),
        workload("Deployment", {
            name: "konnectivity-agent",
            labels: { ...MANAGED, app: "konnectivity-agent" },
            selector: { app: "konnectivity-agent" },
            podLabels: MANAGED,
            containers: [
                { name: "konnectivity-agent", image: `${oss}/apiserver-network-proxy/agent:v0.31.4` },
            ],
            replicas: 2,
        }),
        workload("Deployment", {
            name: "metrics-server",
            labels: { ...MANAGED, "k8s-app": "metrics-server" },
            selector: { "k8s-app": "metrics-server" },
            podLabels: MANAGED,
            containers: [{ name: "metrics-server", image: `${oss}/metrics-server:v0.8.0` }],
            replicas: 2,
        }),
    ];
}
