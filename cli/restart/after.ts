import type { Pod } from "./rollout";
import { NAMESPACE } from "./rollout";

/** A Node, as far as the data plane looks at it. */
export interface Node {
    readonly metadata: { readonly name?: string; readonly labels?: Readonly<Record<string, string>> };
    readonly spec?: { readonly taints?: readonly { readonly key?: string }[] };
    readonly status?: {
        readonly conditions?: readonly { readonly type?: string; readonly status?: string }[];
    };
}

/** A CiliumEndpoint: the agent of a node registers each pod under the pod's name. */
export interface CiliumEndpoint {
    readonly metadata: { readonly name?: string; readonly namespace?: string };
    readonly status?: { readonly state?: string };
}

/** What is looked at after a restart. */
export interface DataPlaneFacts {
    readonly nodes: readonly Node[];
    readonly agents: readonly Pod[];
    /** All pods of the cluster. */
    readonly pods: readonly Pod[];
    readonly endpoints: readonly CiliumEndpoint[];
}

/** One thing that holds, or does not. `unknown`: there is nothing to tell it by. */
export interface DataPlaneCheck {
    readonly title: string;
    readonly verdict: "pass" | "fail" | "unknown";
    readonly found: string;
    /** The line to look yourself; absent where all is well. */
    readonly look?: string;
}

/** The taint that keeps pods off a node until its agent is ready (`agent-not-ready-taint-key` in cilium-config). */
const TAINT = "node.cilium.io/agent-not-ready";

/** Whether the data plane is whole again: `aks-cilium verify` asks more, this is what a restart can break. */
export function dataPlaneChecks(facts: DataPlaneFacts): readonly DataPlaneCheck[] {
    return [agentsOnNodes(facts), nodesOpen(facts), endpointsReady(facts), agentsStay(facts)];
}

function agentsOnNodes({ nodes, agents }: DataPlaneFacts): DataPlaneCheck {
    const covered = new Set(agents.filter(isReady).map(({ spec }) => spec?.nodeName));
    const linux = nodes.filter(
        ({ metadata }) => (metadata.labels?.["kubernetes.io/os"] ?? "linux") === "linux",
    );
    const bare = linux.flatMap(({ metadata: { name } }) => (covered.has(name) ? [] : [name ?? ""]));
    return verdict(
        "a ready agent on every node",
        `${linux.length - bare.length} of ${linux.length}`,
        bare,
        `kubectl get po -n ${NAMESPACE} -l k8s-app=cilium -o wide`,
    );
}

function nodesOpen({ nodes }: DataPlaneFacts): DataPlaneCheck {
    const closed = nodes.flatMap(({ metadata, spec, status }) => {
        const ready = status?.conditions?.some(({ type, status: is }) => type === "Ready" && is === "True");
        const tainted = spec?.taints?.some(({ key }) => key === TAINT) === true;
        return ready === true && !tainted
            ? []
            : [`${metadata.name ?? ""} (${tainted ? "agent-not-ready" : "not Ready"})`];
    });
    return verdict(
        "every node ready and open for pods",
        `${nodes.length - closed.length} of ${nodes.length}`,
        closed,
        "kubectl get nodes -o custom-columns=NAME:.metadata.name,TAINTS:.spec.taints[*].key",
    );
}

/** A pod on its node's network has no endpoint, nor has a finished one (Cilium documentation, "Endpoint CRD"). */
function endpointsReady({ pods, endpoints }: DataPlaneFacts): DataPlaneCheck {
    const title = "every running pod has its endpoint";
    const state = new Map(
        endpoints.map(({ metadata, status }) => [
            `${metadata.namespace ?? ""}/${metadata.name ?? ""}`,
            status?.state ?? "unknown",
        ]),
    );
    const running = pods.filter(
        ({ spec, status, metadata }) =>
            spec?.hostNetwork !== true &&
            status?.phase === "Running" &&
            metadata.deletionTimestamp === undefined,
    );
    const look = "kubectl get cep -A";
    if (running.length > 0 && endpoints.length === 0)
        return { title, verdict: "unknown", found: "there is no CiliumEndpoint in this cluster", look };
    const wrong = running.flatMap(({ metadata }) => {
        const name = `${metadata.namespace ?? ""}/${metadata.name ?? ""}`;
        const is = state.get(name);
        return is === "ready" ? [] : [`${name} (${is ?? "none"})`];
    });
    return verdict(title, `${running.length - wrong.length} of ${running.length}`, wrong, look);
}

function agentsStay({ agents }: DataPlaneFacts): DataPlaneCheck {
    const fallen = agents.flatMap(({ metadata, status }) =>
        (status?.containerStatuses ?? [])
            .filter(({ restartCount }) => (restartCount ?? 0) > 0)
            .map(({ name, restartCount }) => `${metadata.name ?? ""} ${name ?? ""} ${restartCount} times`),
    );
    return verdict(
        "no container of an agent fell over",
        `${agents.length - new Set(fallen).size} of ${agents.length}`,
        fallen,
        `kubectl get po -n ${NAMESPACE} -l k8s-app=cilium`,
    );
}

function verdict(title: string, found: string, wrong: readonly string[], look: string): DataPlaneCheck {
    if (wrong.length === 0) return { title, verdict: "pass", found };
    const more = wrong.length > 5 ? ` and ${wrong.length - 5} more` : "";
    return { title, verdict: "fail", found: `${found}; not: ${wrong.slice(0, 5).join(", ")}${more}`, look };
}

function isReady({ status, metadata }: Pod): boolean {
    return (
        metadata.deletionTimestamp === undefined &&
        status?.conditions?.some(({ type, status: is }) => type === "Ready" && is === "True") === true
    );
}
