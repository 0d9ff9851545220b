import { fieldReader } from "./fields";
import type { ManifestDocument } from "../manifest/document";
import type { PodFacts } from "./pods";

/** The workload that an object belongs to. */
export interface Owner {
    readonly kind: string;
    readonly name: string;
}

/** `metadata.ownerReferences`: the controller, else the first; a static pod (owned by its Node) stands by itself. */
export function ownerOf(document: ManifestDocument): Owner | undefined {
    const fields = fieldReader(document, []);
    const references = fields.list(["metadata", "ownerReferences"]);
    if (references.length === 0) return undefined;
    const controller = references.findIndex(
        (_, index) => fields.at(["metadata", "ownerReferences", index, "controller"]) === true,
    );
    const path = ["metadata", "ownerReferences", Math.max(0, controller)];
    const kind = fields.string([...path, "kind"]);
    const name = fields.string([...path, "name"]);
    return kind === undefined || name === undefined || kind === "Node" ? undefined : { kind, name };
}

/**
 * The Deployment behind a ReplicaSet that a dump does not contain: only the Deployment controller sets
 * `pod-template-hash`, and it names the ReplicaSet `DEPLOYMENT-HASH`.
 */
export function deploymentOf(owner: Owner, labels: Readonly<Record<string, string>>): Owner {
    const hash = labels["pod-template-hash"];
    return owner.kind === "ReplicaSet" && hash !== undefined && owner.name.endsWith(`-${hash}`)
        ? { kind: "Deployment", name: owner.name.slice(0, -hash.length - 1) }
        : owner;
}

/**
 * Labels that controllers give every pod or every generation of pods anew. Cilium's label filter drops all of these
 * (`pkg/labelsfilter/filter.go`), so pods that differ in nothing else have one identity.
 */
const PER_POD_LABELS = new Set([
    "pod-template-hash",
    "pod-template-generation",
    "controller-revision-hash",
    "controller-uid",
    "statefulset.kubernetes.io/pod-name",
    "apps.kubernetes.io/pod-index",
    "batch.kubernetes.io/job-completion-index",
    "batch.kubernetes.io/controller-uid",
    // Since Kubernetes 1.35 the API server copies these from the node (admission plug-in PodTopologyLabels); pods of one
    // workload in two zones are alike to Cilium all the same, which leaves them out since 1.18.11.
    "topology.kubernetes.io/region",
    "topology.kubernetes.io/zone",
]);

/** Set by the Job controller on its pods; they are part of Cilium's identity, unlike the ones above. */
const JOB_NAME_LABELS = ["batch.kubernetes.io/job-name", "job-name"] as const;

/** Adds the labels that a pod gets from its controller and that policies can select. */
export function controllerLabels(owner: Owner, facts: PodFacts): PodFacts {
    if (owner.kind !== "Job" && owner.kind !== "CronJob") return facts;
    // A CronJob names each Job after its minute: that the label exists is certain, its value is not.
    const job = owner.kind === "Job" ? owner.name : `${owner.name}-*`;
    const added = Object.fromEntries(JOB_NAME_LABELS.map((key) => [key, job]));
    return { ...facts, labels: { ...facts.labels, ...added } };
}

/** A pod's facts without what only tells it from its siblings. */
export function asMember(owner: Owner, facts: PodFacts): PodFacts {
    const shared = Object.entries(facts.labels).filter(([key]) => !PER_POD_LABELS.has(key));
    return controllerLabels(owner, { ...facts, labels: Object.fromEntries(shared) });
}

/** Equal for pods that Cilium cannot tell apart. */
export function factsKey(facts: PodFacts): string {
    return JSON.stringify([
        Object.entries(facts.labels).sort(([a], [b]) => (a < b ? -1 : 1)),
        facts.namedPorts.map(({ name, port, protocol }) => `${name} ${port} ${protocol}`).sort(),
        facts.hostNetwork,
        facts.serviceAccount,
    ]);
}
