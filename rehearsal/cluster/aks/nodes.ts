import { createHash } from "node:crypto";
import type { Pool, Specification } from "../specification";

/** A node as the rehearsal registers it. */
export interface NodeIdentity {
    readonly name: string;
    readonly pool: Pool;
    /** Position among all nodes of the cluster: decides addresses. */
    readonly index: number;
    /** The /24 of the pod range that AKS gives every overlay node (aks.md 5). */
    readonly podCidr: string;
    readonly address: string;
}

/** Cores and GiB of the sizes that the samples use; other sizes are read from their name. */
const SIZES: Readonly<Record<string, readonly [number, number]>> = {
    Standard_B2s: [2, 4],
    Standard_B2ms: [2, 8],
    Standard_B4ms: [4, 16],
};

/** Cores and memory of a VM size: its first number is the core count; 4 GiB a core is the general purpose ratio. */
export function sizeOf(vmSize: string): { cores: number; gibibytes: number } {
    const known = SIZES[vmSize];
    if (known !== undefined) return { cores: known[0], gibibytes: known[1] };
    const cores = Number(/\d+/.exec(vmSize.replace(/^(Standard|Basic)_/, ""))?.[0] ?? 2);
    return { cores, gibibytes: cores * 4 };
}

const toNumber = (address: string): number =>
    address.split(".").reduce((sum, octet) => sum * 256 + Number(octet), 0);
const toAddress = (value: number): string =>
    [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join(".");

/**
 * The nodes of a cluster: `aks-POOL-DIGITS-vmssNNNNNN`, digits fixed for a cluster, the instance in base 36
 * (as scale sets number their instances).
 */
export function nodesOf(specification: Specification): readonly NodeIdentity[] {
    const digest = createHash("sha256").update(specification.nodeResourceGroup).digest();
    const digits = String(10_000_000 + (digest.readUInt32BE(0) % 90_000_000));
    const base = toNumber(specification.podCidr.split("/")[0] as string);
    // AKS's own virtual network, used when no subnet is given, is 10.224.0.0/12; Azure keeps the first four addresses.
    const first = toNumber("10.224.0.4");
    return specification.pools
        .flatMap((pool) =>
            Array.from({ length: pool.count }, (_, instance) => ({
                pool,
                name: `aks-${pool.name}-${digits}-vmss${instance.toString(36).padStart(6, "0")}`,
            })),
        )
        .map((node, index) => ({
            ...node,
            index,
            podCidr: `${toAddress(base + index * 256)}/24`,
            address: toAddress(first + index),
        }));
}

/** Labels of a node (aks.md 7.3; the rest as `kubectl get nodes --show-labels` prints them on AKS). */
export function labelsOf(node: NodeIdentity, specification: Specification): Record<string, string> {
    const { pool } = node;
    const zone = pool.zones[node.index % Math.max(1, pool.zones.length)];
    const azure = {
        "kubernetes.azure.com/agentpool": pool.name,
        "kubernetes.azure.com/cluster": specification.nodeResourceGroup,
        "kubernetes.azure.com/mode": pool.mode.toLowerCase(),
        "kubernetes.azure.com/os-sku": pool.osSku,
        "kubernetes.azure.com/role": "agent",
        "kubernetes.azure.com/azure-cni-overlay": "true",
        "kubernetes.azure.com/podnetwork-type": "overlay",
        ...(specification.dataplane === "cilium" ? { "kubernetes.azure.com/ebpf-dataplane": "cilium" } : {}),
    };
    return {
        ...pool.labels,
        ...azure,
        agentpool: pool.name,
        "kubernetes.io/arch": "amd64",
        "kubernetes.io/hostname": node.name,
        "kubernetes.io/os": "linux",
        "node.kubernetes.io/instance-type": pool.vmSize,
        "topology.kubernetes.io/region": specification.location,
        // Without zones Azure gives the fault domain, a bare number.
        "topology.kubernetes.io/zone": zone === undefined ? "0" : `${specification.location}-${zone}`,
    };
}

/** `key=value:Effect` as Kubernetes writes it in a node's spec. */
export function taintOf(text: string): { key: string; value?: string; effect: string } {
    const [rest = "", effect = "NoSchedule"] = text.split(":");
    const [key = "", value] = rest.split("=");
    return { key, ...(value === undefined ? {} : { value }), effect };
}

/** The node object's parts that are written once (metadata, spec) and the part that its kubelet reports (status). */
export function nodeObject(node: NodeIdentity, specification: Specification, now: string) {
    const { cores, gibibytes } = sizeOf(node.pool.vmSize);
    const scaleSet = node.name.replace(/vmss.*$/, "vmss");
    const resources = (millicores: number, mebibytes: number) => ({
        cpu: `${millicores}m`,
        memory: `${mebibytes}Mi`,
        pods: String(node.pool.maxPods),
        "ephemeral-storage": "129886128Ki",
    });
    return {
        object: {
            apiVersion: "v1",
            kind: "Node",
            metadata: { name: node.name, labels: labelsOf(node, specification) },
            spec: {
                podCIDR: node.podCidr,
                podCIDRs: [node.podCidr],
                providerID:
                    `azure:///subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/` +
                    `${specification.nodeResourceGroup.toLowerCase()}/providers/Microsoft.Compute/` +
                    `virtualMachineScaleSets/${scaleSet}/virtualMachines/${node.index}`,
                taints: node.pool.taints.map(taintOf),
            },
        },
        status: {
            capacity: resources(cores * 1000, gibibytes * 1024),
            // AKS keeps some of both back for the system; the exact shares are its own and depend on the version.
            allocatable: resources(cores * 1000 - 100, Math.floor(gibibytes * 1024 * 0.75)),
            addresses: [
                { type: "InternalIP", address: node.address },
                { type: "Hostname", address: node.name },
            ],
            conditions: [
                {
                    type: "Ready",
                    status: "True",
                    reason: "KubeletReady",
                    message: "kubelet is posting ready status",
                    lastHeartbeatTime: now,
                    lastTransitionTime: now,
                },
            ],
            nodeInfo: {
                architecture: "amd64",
                operatingSystem: "linux",
                osImage: `${node.pool.osSku} (rehearsal)`,
                kernelVersion: "6.8.0-azure",
                containerRuntimeVersion: "containerd://2.0.0",
                kubeletVersion: `v${node.pool.kubernetesVersion}`,
                kubeProxyVersion: "",
                bootID: "",
                machineID: "",
                systemUUID: "",
            },
        },
    };
}
