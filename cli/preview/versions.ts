import type { StackPreview } from "./preview";

const CLUSTER = /:containerservice[^:]*:ManagedCluster$/;

/** The Kubernetes minors between which a preview moves its cluster; undefined when the minor stays. */
export function kubernetesChange({
    changes,
}: StackPreview): { readonly from: string; readonly to: string } | undefined {
    const cluster = changes.find(({ type, action }) => CLUSTER.test(type) && action !== "create");
    const minor = (inputs: Readonly<Record<string, unknown>> | undefined): string | undefined =>
        /^\d+\.\d+/.exec(String(inputs?.["kubernetesVersion"]))?.[0];
    const [from, to] = [minor(cluster?.oldInputs), minor(cluster?.newInputs)];
    return from === undefined || to === undefined || from === to ? undefined : { from, to };
}
