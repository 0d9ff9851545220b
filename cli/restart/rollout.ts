/** What `kubectl rollout restart` writes into a pod template to make it another one. */
export const RESTARTED_AT = "kubectl.kubernetes.io/restartedAt";

/** Namespace of AKS's objects. */
export const NAMESPACE = "kube-system";

/** The two workloads that can be restarted, as AKS calls them (AKS documentation; names and `k8s-app` are stable). */
export const WORKLOADS = {
    operator: {
        kind: "Deployment",
        plural: "deployments",
        name: "cilium-operator",
        selector: "io.cilium/app=operator",
        /** For a line that somebody types. */
        short: "deploy/cilium-operator",
    },
    cilium: {
        kind: "DaemonSet",
        plural: "daemonsets",
        name: "cilium",
        selector: "k8s-app=cilium",
        short: "ds/cilium",
    },
} as const;
export type WorkloadName = keyof typeof WORKLOADS;

interface Metadata {
    readonly name?: string;
    readonly namespace?: string;
    readonly uid?: string;
    readonly generation?: number;
    readonly creationTimestamp?: string | Date;
    readonly deletionTimestamp?: string | Date;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly ownerReferences?: readonly { readonly uid?: string }[];
}

/** A DaemonSet or Deployment, as far as its rollout goes. */
export interface Workload {
    readonly metadata: Metadata;
    readonly spec: {
        readonly replicas?: number;
        readonly paused?: boolean;
        readonly template: { readonly metadata?: Metadata };
        /** Of a DaemonSet. */
        readonly updateStrategy?: {
            readonly type?: string;
            readonly rollingUpdate?: { readonly maxUnavailable?: number | string };
        };
    };
    readonly status?: {
        readonly observedGeneration?: number;
        readonly desiredNumberScheduled?: number;
        readonly updatedNumberScheduled?: number;
        readonly numberAvailable?: number;
        readonly replicas?: number;
        readonly updatedReplicas?: number;
        readonly availableReplicas?: number;
        readonly conditions?: readonly {
            readonly type?: string;
            readonly status?: string;
            readonly reason?: string;
            readonly message?: string;
        }[];
    };
}

/** A pod, as far as a rollout goes. */
export interface Pod {
    readonly metadata: Metadata;
    readonly spec?: { readonly nodeName?: string; readonly hostNetwork?: boolean };
    readonly status?: {
        readonly phase?: string;
        readonly conditions?: readonly {
            readonly type?: string;
            readonly status?: string;
            readonly message?: string;
        }[];
        readonly containerStatuses?: readonly {
            readonly name?: string;
            readonly ready?: boolean;
            readonly restartCount?: number;
            readonly state?: { readonly waiting?: { readonly reason?: string } };
        }[];
    };
}

/** A ControllerRevision of a DaemonSet, or a ReplicaSet of a Deployment. */
export interface Revision {
    readonly metadata: Metadata;
    /** Of a ControllerRevision. */
    readonly revision?: number;
}

/** One pod in a rollout. */
export interface PodState {
    readonly name: string;
    /** The empty string while it is not bound. */
    readonly node: string;
    /** Of the newest template. */
    readonly current: boolean;
    readonly ready: boolean;
    /** Why it is not ready; undefined for a ready one. */
    readonly reason: string | undefined;
}

/** How far a rollout is. */
export interface Progress {
    readonly desired: number;
    /** Pods of the newest template that are ready. */
    readonly ready: number;
    readonly pods: readonly PodState[];
    /** Nothing is left to do: all new ones are available, no old one is left. */
    readonly done: boolean;
    /** Why the controller gave up; it goes on trying all the same. */
    readonly failed?: string;
}

/**
 * How far a rollout is. Stricter than `kubectl rollout status`, which is content while old pods still end: their agent
 * may still hold the node.
 * @param revisions all there are, of this workload and of others
 */
export function progressOf(
    workload: Workload,
    pods: readonly Pod[],
    revisions: readonly Revision[],
): Progress {
    const { status = {}, spec, metadata } = workload;
    const hash = currentHash(workload, revisions);
    const observed = (status.observedGeneration ?? 0) >= (metadata.generation ?? 0);
    const states = pods.map((pod) => stateOf(pod, observed ? hash : undefined));
    const daemonSet = spec.updateStrategy !== undefined || status.desiredNumberScheduled !== undefined;
    const desired = daemonSet ? (status.desiredNumberScheduled ?? 0) : (spec.replicas ?? 1);
    const updated = (daemonSet ? status.updatedNumberScheduled : status.updatedReplicas) ?? 0;
    const available = (daemonSet ? status.numberAvailable : status.availableReplicas) ?? 0;
    const gaveUp = status.conditions?.find(
        ({ type, reason }) => type === "Progressing" && reason === "ProgressDeadlineExceeded",
    );
    const done =
        observed &&
        updated >= desired &&
        available >= desired &&
        states.every(({ current }) => current) &&
        states.filter(({ ready }) => ready).length >= desired;
    return {
        desired,
        ready: states.filter(({ current, ready }) => current && ready).length,
        pods: states,
        done,
        ...(gaveUp === undefined ? {} : { failed: gaveUp.message ?? "its progress deadline is over" }),
    };
}

/** Pods that come up may take so long before a new restart is the better idea than waiting. */
const RECENT = 10 * 60_000;

/**
 * Whether a restart is on its way, so that running the command again follows it and does not start another: the
 * controller has pods left to replace, or replaced the last one a moment ago.
 * @param now milliseconds
 */
export function isUnderWay(workload: Workload, progress: Progress, now: number): boolean {
    const restarted = restartedAt(workload);
    if (restarted === undefined || progress.done) return false;
    const observed = (workload.status?.observedGeneration ?? 0) >= (workload.metadata.generation ?? 0);
    const old = progress.pods.some(({ current }) => !current);
    return !observed || old || now - Date.parse(restarted) < RECENT;
}

/** When the workload was last restarted, as the one who did it wrote it. */
export function restartedAt({ spec }: Workload): string | undefined {
    return spec.template.metadata?.annotations?.[RESTARTED_AT];
}

/** The merge patch that restarts a workload. @param time RFC 3339 */
export function restartPatch(time: string) {
    return { spec: { template: { metadata: { annotations: { [RESTARTED_AT]: time } } } } };
}

/** Why a restart would do nothing, and what to do; undefined where it would. */
export function refusal({ metadata, spec }: Workload): string | undefined {
    if (spec.paused === true)
        return `${metadata.name} is paused, a restart would have no effect; \`kubectl rollout resume deploy/${metadata.name} -n ${NAMESPACE}\` first`;
    if (spec.updateStrategy?.type === "OnDelete")
        return `${metadata.name} has the update strategy OnDelete, a restart would have no effect; delete its pods one by one`;
    return undefined;
}

/** Label value that the newest template's pods carry; undefined while nobody can tell. */
function currentHash({ metadata }: Workload, revisions: readonly Revision[]): string | undefined {
    const own = revisions.filter((revision) =>
        revision.metadata.ownerReferences?.some(({ uid }) => uid !== undefined && uid === metadata.uid),
    );
    const number = (revision: Revision): number =>
        revision.revision ??
        Number(revision.metadata.annotations?.["deployment.kubernetes.io/revision"] ?? 0);
    const newest = own.reduce<Revision | undefined>(
        (best, each) => (best === undefined || number(each) > number(best) ? each : best),
        undefined,
    );
    return newest === undefined ? undefined : hashOf(newest.metadata.labels);
}

function hashOf(labels: Metadata["labels"]): string | undefined {
    return labels?.["controller-revision-hash"] ?? labels?.["pod-template-hash"];
}

function stateOf(pod: Pod, hash: string | undefined): PodState {
    const { metadata, spec, status } = pod;
    const leaving = metadata.deletionTimestamp !== undefined;
    const condition = status?.conditions?.find(({ type }) => type === "Ready");
    const ready = !leaving && condition?.status === "True";
    return {
        name: metadata.name ?? "",
        node: spec?.nodeName ?? "",
        current: !leaving && hash !== undefined && hashOf(metadata.labels) === hash,
        ready,
        reason: ready ? undefined : leaving ? "is ending" : reasonOf(pod),
    };
}

function reasonOf({ status, spec }: Pod): string {
    const waiting = status?.containerStatuses?.find(({ state }) => state?.waiting?.reason !== undefined);
    if (waiting !== undefined) return `${waiting.name ?? "a container"}: ${waiting.state?.waiting?.reason}`;
    const unscheduled = status?.conditions?.find(
        ({ type, status: is }) => type === "PodScheduled" && is === "False",
    );
    if (unscheduled !== undefined) return `not scheduled: ${unscheduled.message ?? "no reason given"}`;
    const missing = status?.containerStatuses?.filter(({ ready }) => ready === false).map(({ name }) => name);
    if (missing !== undefined && missing.length > 0) return `${missing.join(", ")} not ready`;
    return spec?.nodeName === undefined ? "waits for a node" : "starts";
}
