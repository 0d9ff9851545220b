import { countSelected, policySubjects, type IdentityLabels, type JsonObject } from "../../cilium";

/** The kinds that are listed, in this order, with the name kubectl calls them by. */
export const LISTED_KINDS = [
    { kind: "CiliumClusterwideNetworkPolicy", short: "ccnp", apiVersion: "cilium.io/v2" },
    { kind: "CiliumNetworkPolicy", short: "cnp", apiVersion: "cilium.io/v2" },
    { kind: "NetworkPolicy", short: "netpol", apiVersion: "networking.k8s.io/v1" },
] as const;
export type ListedKind = (typeof LISTED_KINDS)[number]["kind"];

/** A policy of the cluster, as far as the list looks at it. */
export interface LivePolicy {
    readonly kind: ListedKind;
    readonly metadata: {
        readonly name: string;
        readonly namespace?: string;
        readonly uid?: string;
        readonly creationTimestamp?: string | Date;
        readonly labels?: Readonly<Record<string, string>>;
        readonly managedFields?: readonly {
            readonly manager?: string;
            readonly operation?: string;
            readonly subresource?: string;
        }[];
    };
    readonly status?: {
        readonly conditions?: readonly {
            readonly type?: string;
            readonly status?: string;
            readonly message?: string;
        }[];
    };
    readonly [field: string]: unknown;
}

/** What the list is made of. */
export interface PolicyFacts {
    readonly policies: readonly LivePolicy[];
    /** Identity of every CiliumEndpoint; undefined where they may not be listed. */
    readonly endpoints: readonly IdentityLabels[] | undefined;
    /** Policies that the stack says it applied; undefined without `--stack`. */
    readonly recorded:
        readonly { readonly kind: string; readonly namespace: string; readonly name: string }[] | undefined;
}

/** `stack`: in the state of `--stack`; `aks`: AKS made it; `foreign`: somebody else; `unknown`: no stack was named. */
export type Owner = "stack" | "aks" | "foreign" | "unknown";

/**
 * `True` and `False`: what Cilium's operator says; `unreported`: it has said nothing yet; `missing`: the stack applied
 * it, the cluster does not have it; `n/a`: a NetworkPolicy, which has no such condition.
 */
export type Validity = "True" | "False" | "unreported" | "missing" | "n/a";

/** One line of the list. */
export interface PolicyRow {
    readonly kind: ListedKind;
    /** The empty string for cluster scope. */
    readonly namespace: string;
    readonly name: string;
    readonly valid: Validity;
    /** The operator's words, where it says False. */
    readonly message?: string;
    /** RFC 3339; undefined for a missing one. */
    readonly created?: string;
    /** How many endpoints it applies to now; undefined for a missing one, a host policy, or where endpoints are unknown. */
    readonly endpoints?: number;
    readonly owner: Owner;
    /** The field manager that wrote it first, e.g. `kubectl-client-side-apply` or `pulumi-kubernetes`. */
    readonly writer?: string;
}

/** The list: cluster scope first, then by namespace and name, as R13 and R14 of the runbook would print it. */
export function policyRows({ policies, endpoints, recorded }: PolicyFacts): readonly PolicyRow[] {
    const ours = new Set(recorded?.map(keyOf));
    const rows = policies.map((policy): PolicyRow => {
        const { kind, metadata } = policy;
        const namespace = metadata.namespace ?? "";
        const writer = writerOf(policy);
        const { valid, message } = validityOf(policy);
        const subjects = policySubjects(
            { kind, namespace: metadata.namespace, value: policy as unknown as JsonObject },
            // Minors differ only in how they read a selector with an overlong key.
            "1.18",
        );
        return {
            kind,
            namespace,
            name: metadata.name,
            valid,
            ...(message === undefined ? {} : { message }),
            ...(metadata.creationTimestamp === undefined
                ? {}
                : { created: new Date(metadata.creationTimestamp).toISOString() }),
            ...(subjects.length === 0 || endpoints === undefined
                ? {}
                : { endpoints: countSelected(subjects, endpoints) }),
            owner: ours.has(keyOf({ kind, namespace, name: metadata.name }))
                ? "stack"
                : isAks(policy)
                  ? "aks"
                  : recorded === undefined
                    ? "unknown"
                    : "foreign",
            ...(writer === undefined ? {} : { writer }),
        };
    });
    const there = new Set(rows.map(keyOf));
    const missing = (recorded ?? []).flatMap((policy): PolicyRow[] => {
        const listed = LISTED_KINDS.find(({ kind }) => kind === policy.kind);
        if (listed === undefined || there.has(keyOf(policy))) return [];
        const { namespace, name } = policy;
        return [{ kind: listed.kind, namespace, name, valid: "missing", owner: "stack" }];
    });
    return [...rows, ...missing].sort(byPlace);
}

/** Whether the command has found something wrong: exit code 1. */
export const isWrong = ({ valid }: PolicyRow): boolean => valid === "False" || valid === "missing";

/** Names a policy among all. */
export function keyOf(policy: {
    readonly kind: string;
    readonly namespace: string;
    readonly name: string;
}): string {
    return `${policy.kind} ${policy.namespace}/${policy.name}`;
}

/** The condition that Cilium's operator writes; agents write none on AKS (`disable-cnp-status-updates`). */
function validityOf({ kind, status }: LivePolicy): Pick<PolicyRow, "valid" | "message"> {
    if (kind === "NetworkPolicy") return { valid: "n/a" };
    const condition = status?.conditions?.find(({ type }) => type === "Valid");
    if (condition?.status === "True") return { valid: "True" };
    if (condition?.status === "False") {
        const { message } = condition;
        return message === undefined ? { valid: "False" } : { valid: "False", message };
    }
    return { valid: "unreported" };
}

/**
 * Policies that AKS itself puts into clusters: `block-azure-destinations` where eBPF host routing is on
 * (Azure/azure-container-networking test/integration/manifests/cilium/v1.19/ebpf/common/ccnps.yaml), and what carries the
 * label of managed components or of the add-on manager (AKS documentation, core-aks-concepts).
 */
function isAks({ kind, metadata }: LivePolicy): boolean {
    const labels = metadata.labels ?? {};
    return (
        labels["kubernetes.azure.com/managedby"] === "aks" ||
        "addonmanager.kubernetes.io/mode" in labels ||
        (kind === "CiliumClusterwideNetworkPolicy" && metadata.name === "block-azure-destinations")
    );
}

/** Who wrote the object itself; writers of its status are Cilium's. */
function writerOf({ metadata }: LivePolicy): string | undefined {
    return metadata.managedFields?.find(({ subresource }) => subresource === undefined)?.manager;
}

function byPlace(a: PolicyRow, b: PolicyRow): number {
    const place = ({ namespace, kind, name }: PolicyRow): string =>
        [namespace, LISTED_KINDS.findIndex((each) => each.kind === kind), name].join("\u0000");
    return place(a) < place(b) ? -1 : 1;
}
