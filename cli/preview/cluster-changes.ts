import type { ResourceChange, StackPreview } from "./preview";

const CLUSTER = /:containerservice[^:]*:ManagedCluster$/;

/** A value of the cluster before and after an update. */
export interface Move {
    readonly from: string;
    readonly to: string;
}

/** The Kubernetes minors between which a preview moves its cluster; undefined when the minor stays. */
export function kubernetesChange(preview: StackPreview): Move | undefined {
    return move(
        preview,
        ({ kubernetesVersion }) => /^\d+\.\d+/.exec(String(kubernetesVersion))?.[0] ?? undefined,
    );
}

/** The ACNS tiers between which a preview moves its cluster, as settings call them; undefined when the tier stays. */
export function tierChange(preview: StackPreview): Move | undefined {
    return move(preview, ({ networkProfile }) => tierOf(networkProfile));
}

function tierOf(networkProfile: unknown): string | undefined {
    const acns = (networkProfile as { advancedNetworking?: Record<string, unknown> } | undefined)
        ?.advancedNetworking;
    if (acns === undefined) return undefined;
    if (acns["enabled"] !== true) return "off";
    const policies = (acns["security"] as { advancedNetworkPolicies?: unknown } | undefined)
        ?.advancedNetworkPolicies;
    return policies === "L7" ? "l7" : policies === "FQDN" ? "fqdn" : "observability";
}

function move(
    { changes }: StackPreview,
    read: (inputs: ResourceChange["oldInputs"]) => string | undefined,
): Move | undefined {
    const cluster = changes.find(({ type, action }) => CLUSTER.test(type) && action !== "create");
    if (cluster === undefined) return undefined;
    const [from, to] = [read(cluster.oldInputs), read(cluster.newInputs)];
    return from === undefined || to === undefined || from === to ? undefined : { from, to };
}
