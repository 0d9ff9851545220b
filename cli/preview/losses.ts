import type { ResourceChange } from "./preview";

/** What goes with a resource when it is replaced or deleted, and how to get the change without that. */
export interface Loss {
    /** One sentence: what is gone. */
    readonly lost: string;
    /** The way around; undefined where there is none but doing without. */
    readonly wayAround?: string | undefined;
}

interface Row {
    readonly type: RegExp;
    readonly property?: RegExp;
    readonly lost?: string;
    readonly wayAround?: string;
}

const CLUSTER = /^azure-native:containerservice[^:]*:ManagedCluster$/;
const POOL = /^azure-native:containerservice[^:]*:AgentPool$/;
const GROUP = /^azure-native:resources[^:]*:ResourceGroup$/;

/** `az` migrates in place; a refresh takes the new value into the state; then the program follows. */
const migrate = (command: string): string =>
    [
        "AKS can do this in place. Instead of merging:",
        "",
        "```sh",
        command,
        "pulumi refresh --stack STACK",
        "```",
        "",
        "then change the setting; the preview must then show no change to the cluster.",
    ].join("\n");

const lostWithCluster =
    "every workload, volume claim and secret in the cluster, its identity and role assignments, its OIDC issuer (federated credentials), its outbound and ingress addresses";

/**
 * Read from top to bottom, first match wins for each field. Source of the migrations: MicrosoftDocs/azure-aks-docs
 * `azure-cni-overlay-pod-expand.md`, `update-azure-cni.md`, `egress-outboundtype.md`.
 */
const rows: readonly Row[] = [
    {
        type: CLUSTER,
        property: /^networkProfile\.podCidrs?\b/,
        wayAround: migrate(
            "az aks update -g GROUP -n CLUSTER --pod-cidr NEW_RANGE   # only a range that contains the old one",
        ),
    },
    {
        type: CLUSTER,
        property: /^networkProfile\.(networkPlugin|networkPluginMode)\b/,
        wayAround: migrate(
            "az aks update -g GROUP -n CLUSTER --network-plugin-mode overlay --pod-cidr RANGE   # one way; every node is reimaged",
        ),
    },
    {
        type: CLUSTER,
        property: /^networkProfile\.(networkDataplane|networkPolicy)\b/,
        wayAround: migrate(
            "az aks update -g GROUP -n CLUSTER --network-dataplane cilium   # every node is reimaged; policies hold only after the last one",
        ),
    },
    {
        type: CLUSTER,
        property: /^networkProfile\.outboundType\b/,
        wayAround: migrate(
            "az aks update -g GROUP -n CLUSTER --outbound-type TYPE   # which moves are possible: AKS docs, egress-outboundtype",
        ),
    },
    {
        type: CLUSTER,
        property: /^networkProfile\.serviceCidrs?\b/,
        wayAround:
            "The range cannot be changed in place. From Kubernetes 1.33 on, `ServiceCIDR` objects in the cluster can extend it.",
    },
    {
        type: CLUSTER,
        lost: lostWithCluster,
        wayAround:
            "There is no way in place: bring the new cluster up beside the old one (another stack), move the workloads, then remove the old one (docs/replacing.md).",
    },
    {
        type: POOL,
        lost: "every node of the pool and what lives on their disks (emptyDir, hostPath); pods move if another pool can take them",
        wayAround:
            "Add a pool with the new shape, drain the old one, then remove it. The components do this by themselves when the pool's name carries the suffix.",
    },
    { type: GROUP, lost: "everything in the resource group, the cluster and what others put there included" },
    { type: /^kubernetes:core\/v1:Namespace$/, lost: "every object in the namespace, foreign ones included" },
    {
        type: /^kubernetes:core\/v1:PersistentVolumeClaim$/,
        lost: "the data of the volume, unless its reclaim policy is Retain",
    },
    {
        type: /^azure-native:managedidentity[^:]*:UserAssignedIdentity$/,
        lost: "the identity and every role it holds",
    },
    {
        type: /^random:index\/random[A-Za-z]+:Random/,
        lost: "the random value, and with it every name made of it: what carries such a name is replaced too",
    },
];

/** Types whose replacement or delete needs an unlock ({@link guard}), and which lead the comment. */
export function holdsDataOrIdentity(type: string): boolean {
    return rows.some((row) => row.lost !== undefined && row.type.test(type));
}

/** What a replacement or delete of this resource costs; undefined when nothing of value goes. */
export function lossOf(change: ResourceChange): Loss | undefined {
    const own = rows.filter((row) => row.type.test(change.type));
    const lost = own.find((row) => row.lost !== undefined)?.lost;
    if (lost === undefined) return undefined;
    const byCause = own.find(
        (row) => row.property !== undefined && change.causes.some((cause) => row.property?.test(cause)),
    );
    const wayAround =
        change.action === "delete"
            ? undefined
            : (byCause ?? own.find((row) => row.property === undefined))?.wayAround;
    return { lost, wayAround };
}
