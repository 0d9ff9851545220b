import { migrationOf } from "./migrations";
import type { ResourceChange } from "./preview";

/** What goes with a resource when it is replaced or deleted, and how to get the change without that. */
export interface Loss {
    /** What the resource is, in a word: `cluster`. */
    readonly what: string;
    /** What is gone. */
    readonly lost: string;
    /** The way around, as Markdown; undefined where there is none but doing without. */
    readonly wayAround?: string | undefined;
}

interface Row {
    readonly type: RegExp;
    readonly what: string;
    readonly lost: string;
    readonly wayAround?: (change: ResourceChange, stack: string) => string;
    /** Properties that only change because what holds the resource is replaced, and then it is made anew there. */
    readonly goesWith?: RegExp;
}

const rows: readonly Row[] = [
    {
        type: /^azure-native:containerservice[^:]*:ManagedCluster$/,
        what: "cluster",
        lost: "every workload, volume claim and secret in the cluster, its identity and role assignments, its OIDC issuer (federated credentials), its outbound and ingress addresses",
        wayAround: aroundCluster,
        goesWith: /^resourceGroupName$/,
    },
    {
        type: /^azure-native:containerservice[^:]*:AgentPool$/,
        what: "node pool",
        lost: "every node of the pool and what lives on their disks (emptyDir, hostPath); pods move if another pool can take them",
        wayAround: aroundPool,
        goesWith: /^(resourceName|resourceGroupName)$/,
    },
    {
        type: /^azure-native:resources[^:]*:ResourceGroup$/,
        what: "resource group",
        lost: "everything in the resource group, the cluster and what others put there included",
    },
    {
        // Without `core` it is one that was made from a manifest (kubernetes.apiextensions.CustomResource).
        type: /^kubernetes:(core\/)?v1:Namespace$/,
        what: "namespace",
        lost: "every object in the namespace, foreign ones included",
        goesWith: /^provider$/,
    },
    {
        type: /^kubernetes:(core\/)?v1:PersistentVolumeClaim$/,
        what: "volume claim",
        lost: "the data of the volume, unless its reclaim policy is Retain",
        goesWith: /^provider$/,
    },
    {
        type: /^azure-native:managedidentity[^:]*:UserAssignedIdentity$/,
        what: "identity",
        lost: "the identity and every role it holds",
        goesWith: /^resourceGroupName$/,
    },
    {
        type: /^random:index\/random[A-Za-z]+:Random/,
        what: "random value",
        lost: "the random value, and with it every name made of it: what carries such a name is replaced too",
    },
];

const rowOf = ({ type }: Pick<ResourceChange, "type">): Row | undefined =>
    rows.find((row) => row.type.test(type));

/** Types whose replacement or delete needs an unlock ({@link guard}), and which lead the comment. */
export function holdsDataOrIdentity(type: string): boolean {
    return rowOf({ type }) !== undefined;
}

/** What a replacement or delete of this resource costs; undefined when nothing of value goes. */
export function lossOf(change: ResourceChange, stack = "STACK"): Loss | undefined {
    const row = rowOf(change);
    if (row === undefined) return undefined;
    const { what, lost } = row;
    return { what, lost, wayAround: change.action === "delete" ? undefined : row.wayAround?.(change, stack) };
}

/**
 * Whether a resource is replaced only because of another: a pool of a new cluster, a namespace in it. It is lost with
 * that one, and made anew with it.
 */
export function goesWithAnother(change: ResourceChange): boolean {
    const references = rowOf(change)?.goesWith ?? /^(provider|resourceName|resourceGroupName|scope)$/;
    return (
        change.action === "replace" &&
        change.causes.length > 0 &&
        change.causes.every((cause) => references.test(cause))
    );
}

const NO_WAY =
    "There is no way in place: bring a second cluster up beside this one (another stack), move the workloads, then remove this one (docs/replacing.md).";

function aroundCluster(change: ResourceChange, stack: string): string {
    const migrations = change.causes.flatMap((cause) => migrationOf(cause, change) ?? []);
    const commands = [...new Set(migrations.flatMap(({ command }) => command ?? []))];
    const says = [...new Set(migrations.map((migration) => migration.says))].join(" ");
    // One property without a way in place, and the cluster is replaced whatever the others are.
    const possible =
        migrations.length === change.causes.length &&
        migrations.every(({ command }) => command !== undefined);
    if (!possible) return [says, NO_WAY].filter((part) => part !== "").join(" ");
    return [
        `${says} Before this is merged:`,
        "",
        "```sh",
        ...commands,
        `pulumi refresh --stack ${stack}`,
        "```",
        "",
        "Then run this preview again: it must show no change to the cluster.",
    ].join("\n");
}

function aroundPool({ causes }: ResourceChange): string {
    // The program names pools after what cannot change in them, so that the new one comes up beside the old one.
    if (causes.includes("agentPoolName"))
        return "The new pool comes up first, under a name of its own; then AKS drains the old one and deletes it. To move at your own pace add a pool under another key in `pools`, move the workloads, and remove this one in a later pull request.";
    return "Add a pool under another key in `pools`, move the workloads, then remove this one in a later pull request.";
}
