import {
    isSystemNamespace,
    type Endpoint,
    type JsonObject,
    type ServiceDefinition,
    type Workloads,
} from "../../cilium";

/**
 * Manifests for `check -w` and `reach -w` out of what the library read from a cluster.
 *
 * Every object is built anew, field by field, out of the library's own model, which has no place for environment
 * variables, volumes, commands, annotations or images: what a model does not hold cannot get into a file.
 */

/** What one namespace holds. */
export interface NamespaceInventory {
    readonly namespace: string;
    /** The Namespace itself, its workloads, its Services: each `{apiVersion, kind, metadata, spec}`. */
    readonly objects: readonly JsonObject[];
    readonly workloads: number;
    readonly services: number;
}

/** Where each kind that `reach -w` reads keeps its pod template. */
const API_VERSIONS: Readonly<Record<string, string>> = {
    Pod: "v1",
    Deployment: "apps/v1",
    StatefulSet: "apps/v1",
    DaemonSet: "apps/v1",
    ReplicaSet: "apps/v1",
    Job: "batch/v1",
    CronJob: "batch/v1",
};

/**
 * One inventory for each namespace, in alphabetical order.
 * @param options `system`: with the namespaces that AKS manages; `namespaces`: only these, all where undefined
 */
export function inventoryOf(
    { endpoints, services, namespaces }: Workloads,
    options: { readonly system: boolean; readonly namespaces?: readonly string[] | undefined },
): readonly NamespaceInventory[] {
    const wanted = (name: string): boolean =>
        (options.namespaces?.includes(name) ?? true) && (options.system || !isSystemNamespace(name));
    return [...namespaces.keys()]
        .filter(wanted)
        .sort()
        .map((namespace) => {
            const workloads = endpoints.filter((endpoint) => endpoint.namespace === namespace);
            const offered = services.filter((service) => service.namespace === namespace);
            return {
                namespace,
                objects: [
                    namespaceManifest(namespace, namespaces.get(namespace) ?? {}),
                    ...workloads.map(workloadManifest),
                    ...offered.map(serviceManifest),
                ],
                workloads: workloads.length,
                services: offered.length,
            };
        });
}

function namespaceManifest(name: string, labels: Readonly<Record<string, string>>): JsonObject {
    return { apiVersion: "v1", kind: "Namespace", metadata: { name, labels: { ...labels } } };
}

/**
 * A workload of a kind that nobody reads (an operator's own, such as Rollout) becomes the Pod that stands for its pods:
 * policies do not look at kinds.
 */
export function workloadManifest(endpoint: Endpoint): JsonObject {
    const known = endpoint.kind !== undefined && endpoint.kind in API_VERSIONS;
    const kind = known ? (endpoint.kind ?? "Pod") : "Pod";
    const metadata = { name: endpoint.name, namespace: endpoint.namespace ?? "default" };
    const template = podTemplate(endpoint);
    const base = { apiVersion: API_VERSIONS[kind] ?? "v1", kind };
    if (kind === "Pod") {
        const address: JsonObject = endpoint.ip === undefined ? {} : { status: { podIP: endpoint.ip } };
        return {
            ...base,
            metadata: { ...metadata, labels: { ...endpoint.labels } },
            spec: podSpec(endpoint),
            ...address,
        };
    }
    if (kind === "CronJob") return { ...base, metadata, spec: { jobTemplate: { spec: { template } } } };
    return { ...base, metadata, spec: { template } };
}

function podTemplate(endpoint: Endpoint): JsonObject {
    return { metadata: { labels: { ...endpoint.labels } }, spec: podSpec(endpoint) };
}

function podSpec({ serviceAccount, hostNetwork, namedPorts }: Endpoint): JsonObject {
    const ports = namedPorts.map(({ name, port, protocol }) => ({ name, containerPort: port, protocol }));
    return {
        ...(serviceAccount === undefined ? {} : { serviceAccountName: serviceAccount }),
        ...(hostNetwork ? { hostNetwork: true } : {}),
        containers: [{ name: "main", ...(ports.length === 0 ? {} : { ports }) }],
    };
}

function serviceManifest(service: ServiceDefinition): JsonObject {
    const { name, namespace, labels, selector, type, externalTrafficPolicy } = service;
    const ports = service.ports.map((port): JsonObject => ({
        ...(port.name === undefined ? {} : { name: port.name }),
        port: port.port,
        targetPort: port.targetPort,
        protocol: port.protocol,
    }));
    return {
        apiVersion: "v1",
        kind: "Service",
        metadata: { name, namespace, labels: { ...labels } },
        spec: {
            type,
            ...(selector === undefined ? {} : { selector: { ...selector } }),
            // Only these have it, and the API server refuses it elsewhere.
            ...(type === "NodePort" || type === "LoadBalancer" ? { externalTrafficPolicy } : {}),
            ...(ports.length === 0 ? {} : { ports }),
        },
    };
}
