import type { JsonObject, ManifestDocument } from "../../../cilium/manifest/document";
import type { CiliumMinor } from "../../../cilium/model/versions";
import { admitAll, buildReachability } from "../../../cilium/reachability";
import type {
    Endpoint,
    Reachability,
    ReachabilityInput,
    ServiceDefinition,
} from "../../../cilium/reachability/types";

/** A small cluster in a few words, for tests. */
export interface TestCluster {
    /** `NAMESPACE/NAME` → pod labels; more facts of an endpoint where a test needs them. */
    readonly pods: Readonly<Record<string, Readonly<Record<string, string>>>>;
    readonly more?: Readonly<Record<string, Partial<Endpoint>>>;
    readonly namespaces?: Readonly<Record<string, Readonly<Record<string, string>>>>;
    readonly policies: readonly JsonObject[];
    readonly services?: readonly ServiceDefinition[];
    readonly minor?: CiliumMinor;
    readonly input?: Partial<ReachabilityInput>;
}

export function build(cluster: TestCluster): Reachability {
    const { minor = "1.18" } = cluster;
    const endpoints = Object.entries(cluster.pods).map(([id, labels]): Endpoint => {
        const [namespace = "", name = ""] = id.split("/");
        return {
            id,
            name,
            namespace,
            kind: "Pod",
            labels,
            namespaceLabels: cluster.namespaces?.[namespace] ?? {},
            serviceAccount: "default",
            namedPorts: [],
            hostNetwork: false,
            ...cluster.more?.[id],
        };
    });
    return buildReachability(
        {
            documents: cluster.policies.map(documentOf),
            endpoints,
            services: cluster.services ?? [],
            cluster: { cilium: [minor], advancedNetworking: "l7" },
            minor,
            ...cluster.input,
        },
        admitAll,
    );
}

export function documentOf(value: JsonObject, index: number): ManifestDocument {
    const metadata = value.metadata as { name: string; namespace?: string };
    const file = `${metadata.name}.yaml`;
    return {
        file,
        index,
        apiVersion: String(value.apiVersion),
        kind: String(value.kind),
        name: metadata.name,
        namespace: metadata.namespace,
        value,
        locate: (path) => ({ file, line: path.length, column: 1 }),
    };
}

/** A CiliumNetworkPolicy, or a cluster-wide one without namespace. */
export function policy(name: string, namespace: string | undefined, spec: JsonObject): JsonObject {
    return {
        apiVersion: "cilium.io/v2",
        kind: namespace === undefined ? "CiliumClusterwideNetworkPolicy" : "CiliumNetworkPolicy",
        metadata: namespace === undefined ? { name } : { name, namespace },
        spec,
    };
}

export function tcp(port: number | string): JsonObject {
    return { ports: [{ port: String(port), protocol: "TCP" }] };
}
