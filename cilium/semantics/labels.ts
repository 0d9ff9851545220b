import type { CiliumMinor } from "../model/versions";
import type { Prefix } from "./addresses";

/**
 * The labels of one security identity, by source. Two endpoints with equal identities are the same to every policy.
 * Source: cilium `pkg/identity`, `pkg/labels`.
 */
export interface IdentityLabels {
    /** Labels of source `k8s`: pod labels after the filter, namespace, namespace labels, service account, cluster. */
    readonly k8s: ReadonlyMap<string, string>;
    /** Names of source `reserved`, e.g. `host`, `world`. */
    readonly reserved: readonly string[];
    /** The one `cidr` label of an address: the longest prefix in use that covers it. */
    readonly cidr?: Prefix | undefined;
    /** FQDN selectors (as written) whose names resolved to this address. */
    readonly fqdn?: readonly string[] | undefined;
    /** CIDR groups (by name) that hold this address. */
    readonly cidrGroups?: readonly string[] | undefined;
}

export const POD_NAMESPACE = "io.kubernetes.pod.namespace";
export const NAMESPACE_LABELS = "io.cilium.k8s.namespace.labels.";
export const POLICY_CLUSTER = "io.cilium.k8s.policy.cluster";
export const POLICY_SERVICE_ACCOUNT = "io.cilium.k8s.policy.serviceaccount";
/** Set by the API server on every Namespace. */
export const METADATA_NAME = "kubernetes.io/metadata.name";
/** Cilium's name of a cluster without cluster mesh. */
export const CLUSTER_NAME = "default";

/** Labels with this prefix on a pod are dropped before Cilium adds its own (`k8s/utils.RemoveCiliumLabels`). */
const CILIUM_PREFIX = "io.cilium.k8s";

const INCLUDED = [
    POD_NAMESPACE,
    "io.cilium.k8s.namespace.labels",
    "app.kubernetes.io",
    POLICY_CLUSTER,
    POLICY_SERVICE_ACCOUNT,
];

/** Anchored at the start of the key, as `parseLabelPrefix` does. */
const IGNORED = [
    /^io\.kubernetes/,
    /^kubernetes\.io/,
    /^statefulset\.kubernetes\.io\/pod-name/,
    /^apps\.kubernetes\.io\/pod-index/,
    /^batch\.kubernetes\.io\/job-completion-index/,
    /^batch\.kubernetes\.io\/controller-uid/,
    /^.*beta\.kubernetes\.io/,
    /^k8s\.io/,
    /^pod-template-generation/,
    /^pod-template-hash/,
    /^controller-revision-hash/,
    /^controller-uid/,
    /^annotation.*/,
    /^etcd_node/,
];
const TOPOLOGY = /^topology\.kubernetes\.io/;

/**
 * Whether a label key takes part in the identity. Labels that do not can never be matched by a selector.
 * Source: `pkg/labelsfilter/filter.go` (defaultLabelPrefixCfg, filterLabels): ignored keys are dropped unless an
 * included prefix matches a longer part. `topology.kubernetes.io` is ignored since v1.18.11 (facts 3.6).
 */
export function isIdentityLabel(key: string, minor: CiliumMinor): boolean {
    let ignored = 0;
    const rules = minor === "1.16" || minor === "1.17" ? IGNORED : [...IGNORED, TOPOLOGY];
    for (const rule of rules) {
        const length = rule.exec(key)?.[0].length ?? 0;
        if (length > 0 && (ignored === 0 || length < ignored)) ignored = length;
    }
    if (ignored === 0) return true;
    return INCLUDED.some((prefix) => prefix.length > ignored && key.startsWith(prefix));
}

/** What the identity of a pod is made of. */
export interface PodFacts {
    readonly namespace: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly namespaceLabels: Readonly<Record<string, string>>;
    /** Undefined or empty leaves the label out. */
    readonly serviceAccount?: string | undefined;
}

/** Remembers verdicts of the label filter: clusters use few keys on many pods. */
export type LabelFilter = (key: string) => boolean;

/** @returns {@link isIdentityLabel} for one minor, remembering its answers */
export function labelFilter(minor: CiliumMinor): LabelFilter {
    const known = new Map<string, boolean>();
    return (key) => {
        const seen = known.get(key);
        if (seen !== undefined) return seen;
        const answer = isIdentityLabel(key, minor);
        known.set(key, answer);
        return answer;
    };
}

/**
 * The identity labels of a pod.
 * Source: `k8s/utils.SanitizePodLabels`, then the identity label filter. `kubernetes.io/metadata.name` is added to the
 * namespace's labels as the API server does.
 */
export function podIdentity(pod: PodFacts, filter: LabelFilter): IdentityLabels {
    const k8s = new Map<string, string>();
    const add = (key: string, value: string): void => {
        if (filter(key)) k8s.set(key, value);
    };
    for (const [key, value] of Object.entries(pod.labels)) {
        if (!key.startsWith(CILIUM_PREFIX)) add(key, value);
    }
    add(NAMESPACE_LABELS + METADATA_NAME, pod.namespace);
    for (const [key, value] of Object.entries(pod.namespaceLabels)) add(NAMESPACE_LABELS + key, value);
    k8s.set(POD_NAMESPACE, pod.namespace);
    if (pod.serviceAccount !== undefined && pod.serviceAccount !== "") {
        k8s.set(POLICY_SERVICE_ACCOUNT, pod.serviceAccount);
    }
    k8s.set(POLICY_CLUSTER, CLUSTER_NAME);
    return { k8s, reserved: [] };
}

const NO_LABELS: ReadonlyMap<string, string> = new Map();

/** An identity of reserved labels only, e.g. `reservedIdentity("host")`. */
export function reservedIdentity(...names: string[]): IdentityLabels {
    return { k8s: NO_LABELS, reserved: names };
}
