import type { Azure, ManagedCluster } from "../operations/azure";
import { Interrupted, OperationError } from "../operations/failure";
import { kubernetesOf, type Kubernetes, type KubernetesObject } from "../operations/kubernetes";
import type { Progress } from "../operations/progress";
import type { RecordedPolicy } from "../operations/stack";
import type { Target } from "../operations/target";
import { observe, type Observed } from "./check";
import type { ClusterFacts, Crd, Node, NodeNetwork, Pod, Workload } from "./cluster-facts";
import { REQUIRED_CRD_NAMES } from "./crds";
import type { LivePolicy } from "./policies";

/** Everything that was seen, each by itself. */
export interface Facts {
    readonly azure: Observed<ManagedCluster>;
    readonly cluster: ClusterFacts;
    readonly policies: Observed<readonly LivePolicy[]>;
}

/** How to look. */
export interface GatherOptions {
    readonly signal: AbortSignal;
    /** Seconds for each request. */
    readonly timeout: number;
    readonly progress: Progress;
    /** Policies that must be there: their kinds are listed too. */
    readonly wanted: readonly Pick<RecordedPolicy, "kind" | "manifest">[];
}

/** Looks at Azure and at the cluster at once. A source that cannot be asked leaves its facts unobserved, no more. */
export async function gather(target: Target, azure: Azure, options: GatherOptions): Promise<Facts> {
    const { signal, timeout, progress } = options;
    progress.update(`asking Azure and the API server of ${target.cluster} …`);
    const [managed, api] = await Promise.all([
        observe(() => azure.cluster()),
        observe(() => connect(target, azure, { signal, timeout })),
    ]);
    const look = seen(api);
    const [cluster, policies] = await Promise.all([
        clusterFacts(look),
        look((kubernetes) => livePolicies(kubernetes, options.wanted)),
    ]);
    progress.done();
    return { azure: managed, cluster, policies };
}

/**
 * The API server with credentials from Azure; where Azure gives none, with the exec login that the stack's outputs hold,
 * so that the cluster can be looked at while Azure is down.
 */
async function connect(
    target: Target,
    azure: Azure,
    options: { signal: AbortSignal; timeout: number },
): Promise<Kubernetes> {
    try {
        return await kubernetesOf(target, azure, options);
    } catch (error) {
        const outputs = target.stack?.outputs;
        if (error instanceof Interrupted || !(error instanceof OperationError)) throw error;
        if (target.kubeconfig !== undefined) throw error;
        if (outputs?.entraLogin !== true)
            throw new OperationError(
                `no credentials for the cluster: ${error.what}`,
                `${error.advice}; or give --kubeconfig FILE, which needs no Azure`,
            );
        const recorded: Azure = { ...azure, userCredential: () => Promise.resolve(outputs.kubeconfig) };
        return kubernetesOf(target, recorded, options);
    }
}

type Seen = <T>(work: (kubernetes: Kubernetes) => Promise<T>) => Promise<Observed<T>>;

/** Looks through a connection that may not be there. */
function seen(api: Observed<Kubernetes>): Seen {
    return (work) => ("problem" in api ? Promise.resolve(api) : observe(() => work(api.value)));
}

const SYSTEM = "kube-system";

async function clusterFacts(look: Seen): Promise<ClusterFacts> {
    const [nodes, systemPods, agents, operator, crds, resources, config, pods, nodeNetworks, admission] =
        await Promise.all([
            look((api) => api.list<Node>("v1", "nodes")),
            look((api) => api.list<Pod>("v1", "pods", { namespace: SYSTEM })),
            look((api) => api.get<Workload>("apps/v1", "daemonsets", "cilium", SYSTEM)),
            look((api) => api.get<Workload>("apps/v1", "deployments", "cilium-operator", SYSTEM)),
            look(requiredCrds),
            look((api) => api.resources("cilium.io/v2")),
            look(async (api) => {
                const found = await api.get("v1", "configmaps", "cilium-config", SYSTEM);
                return found === undefined ? undefined : ((found["data"] ?? {}) as Record<string, string>);
            }),
            look((api) => api.list<Pod>("v1", "pods", { fieldSelector: "status.phase=Running" })),
            look(networks),
            look(admissionPolicy),
        ]);
    return { nodes, systemPods, agents, operator, crds, resources, config, pods, nodeNetworks, admission };
}

async function requiredCrds(api: Kubernetes): Promise<Record<string, Crd | undefined>> {
    const found = await Promise.all(
        REQUIRED_CRD_NAMES.map((name) =>
            api.get<Crd>("apiextensions.k8s.io/v1", "customresourcedefinitions", name),
        ),
    );
    return Object.fromEntries(REQUIRED_CRD_NAMES.map((name, index) => [name, found[index]]));
}

/** `nodenetworkconfigs.acn.azure.com` is v1alpha and not on every cluster. */
async function networks(api: Kubernetes): Promise<readonly NodeNetwork[]> {
    const version = "acn.azure.com/v1alpha";
    const served = await api.resources(version);
    return served.some(({ name }) => name === "nodenetworkconfigs")
        ? api.list<NodeNetwork>(version, "nodenetworkconfigs", { namespace: SYSTEM })
        : [];
}

/** Names from Azure/AKS#4663 and #3797 (aks.md 1.6). */
async function admissionPolicy(api: Kubernetes): Promise<{ policy: boolean; binding: boolean }> {
    const version = "admissionregistration.k8s.io/v1";
    const [policy, binding] = await Promise.all([
        api.get(version, "validatingadmissionpolicies", "advanced-networking-validating-policy"),
        api.get(version, "validatingadmissionpolicybindings", "advanced-networking-cilium-l7-binding"),
    ]);
    return { policy: policy !== undefined, binding: binding !== undefined };
}

/** Kinds that take part in decisions, and the version they are asked for in. */
const POLICY_KINDS: Readonly<Record<string, string>> = {
    CiliumNetworkPolicy: "cilium.io/v2",
    CiliumClusterwideNetworkPolicy: "cilium.io/v2",
    NetworkPolicy: "networking.k8s.io/v1",
};

async function livePolicies(
    api: Kubernetes,
    wanted: GatherOptions["wanted"],
): Promise<readonly LivePolicy[]> {
    const versions = new Map(Object.entries(POLICY_KINDS));
    for (const { kind, manifest } of wanted)
        if (manifest !== undefined) versions.set(kind, manifest.apiVersion);
    const lists = await Promise.all(
        [...versions].map(([kind, version]) => listed<LivePolicy>(api, version, kind)),
    );
    return lists.flat();
}

/** A kind that the cluster does not have has no objects: its CRD is a check of its own. */
async function listed<T extends KubernetesObject>(
    api: Kubernetes,
    version: string,
    kind: string,
): Promise<T[]> {
    try {
        return await api.list<T>(version, kind);
    } catch (error) {
        if ((error as { status?: number }).status === 404) return [];
        throw error;
    }
}
