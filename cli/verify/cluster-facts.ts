import type { ApiResource, KubernetesObject } from "../operations/kubernetes";
import type { Observed } from "./check";

/** A node, as far as it is looked at. */
export interface Node extends KubernetesObject {
    spec: { podCIDR?: string; taints?: { key: string; effect: string }[]; unschedulable?: boolean };
    status: {
        conditions?: Condition[];
        addresses?: { type: string; address: string }[];
        nodeInfo?: { kubeletVersion: string; operatingSystem?: string };
    };
}

export interface Condition {
    readonly type: string;
    readonly status: string;
    readonly reason?: string;
    readonly message?: string;
}

export interface Pod extends KubernetesObject {
    spec: {
        nodeName?: string;
        hostNetwork?: boolean;
        containers: { name: string; image: string }[];
    };
    status: {
        phase?: string;
        podIP?: string;
        conditions?: Condition[];
        containerStatuses?: { name: string; ready: boolean; state?: { waiting?: { reason?: string } } }[];
    };
}

/** DaemonSet or Deployment. */
export interface Workload extends KubernetesObject {
    spec: {
        replicas?: number;
        template: {
            metadata?: { labels?: Record<string, string> };
            spec: { containers: { name: string; image: string }[] };
        };
    };
    status: {
        observedGeneration?: number;
        desiredNumberScheduled?: number;
        numberReady?: number;
        updatedNumberScheduled?: number;
        replicas?: number;
        readyReplicas?: number;
        updatedReplicas?: number;
    };
}

export interface Crd extends KubernetesObject {
    spec: { versions: { name: string; served: boolean }[] };
    status: { conditions?: Condition[] };
}

/** What Azure's container networking gave a node (`nodenetworkconfigs.acn.azure.com`, aks.md 7.3). */
export interface NodeNetwork extends KubernetesObject {
    status?: { networkContainers?: { subnetAddressSpace?: string }[] };
}

/** What was seen of the cluster. */
export interface ClusterFacts {
    readonly nodes: Observed<readonly Node[]>;
    /** Pods of kube-system. */
    readonly systemPods: Observed<readonly Pod[]>;
    /** DaemonSet `cilium`. */
    readonly agents: Observed<Workload | undefined>;
    /** Deployment `cilium-operator`. */
    readonly operator: Observed<Workload | undefined>;
    /** CRDs by name; undefined where there is none. */
    readonly crds: Observed<Readonly<Record<string, Crd | undefined>>>;
    /** Resources of `cilium.io/v2`. */
    readonly resources: Observed<readonly ApiResource[]>;
    /** Data of the ConfigMap `cilium-config`. */
    readonly config: Observed<Readonly<Record<string, string>> | undefined>;
    /** Running pods with an address of their own, of all namespaces. */
    readonly pods: Observed<readonly Pod[]>;
    /** Empty where the cluster has no such resource. */
    readonly nodeNetworks: Observed<readonly NodeNetwork[]>;
    /** AKS's ValidatingAdmissionPolicy for DNS and L7 rules, and its binding. */
    readonly admission: Observed<{ readonly policy: boolean; readonly binding: boolean }>;
}

/** What is known of the cluster from Azure or the stack; undefined where neither says. */
export interface Expectations {
    /** `1.35` or `1.35.4` */
    readonly kubernetes?: string | undefined;
    readonly podCidr?: string | undefined;
    /** ACNS tier: off, observability, fqdn or l7. */
    readonly tier?: string | undefined;
}

export const isReady = (object: { status: { conditions?: Condition[] } }): boolean =>
    object.status.conditions?.some(({ type, status }) => type === "Ready" && status === "True") ?? false;

/** Nodes that run Cilium: AKS's managed Cilium is for Linux only (azure-cni-powered-by-cilium.md). */
export const isLinux = ({ metadata, status }: Node): boolean =>
    (metadata.labels?.["kubernetes.io/os"] ?? status.nodeInfo?.operatingSystem ?? "linux") === "linux";
