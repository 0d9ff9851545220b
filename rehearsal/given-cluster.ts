import * as path from "node:path";
import type { Deployment, StateResource } from "./engine/pending";
import { Api, httpTransport } from "./kubernetes-provider/api";
import { remove } from "./kubernetes-provider/delete";
import { connectionOf } from "./kubernetes-provider/kubeconfig";
import { sleep } from "./process";
import { say } from "./say";

/**
 * What a stack had in a cluster before `destroy` and has no longer in its state. The engine does not delete it: such
 * objects go with their cluster (`deletedWith`). The cluster of `--kubeconfig` stays, so they are still in it.
 */
export function leftInCluster(
    before: Deployment | undefined,
    after: Deployment | undefined,
): StateResource[] {
    const kept = new Set((after?.resources ?? []).map(({ urn }) => urn));
    return (before?.resources ?? []).filter(
        ({ urn, type, id }) => type.startsWith("kubernetes:") && id !== undefined && !kept.has(urn),
    );
}

/**
 * Deletes a destroyed stack's objects from the cluster of `--kubeconfig`, so that the next `up` finds it as the first
 * one did. Last made goes first; namespaces are waited for.
 * @param kubeconfig its file
 */
export async function emptyGivenCluster(
    kubeconfig: string,
    objects: readonly StateResource[],
): Promise<void> {
    if (objects.length === 0) return;
    const connection = connectionOf({ kubeconfig, context: undefined, cluster: undefined });
    const api = new Api(httpTransport(connection), connection.namespace);
    for (const { id = "", outputs = {} } of [...objects].reverse())
        await remove({
            api,
            kind: { apiVersion: String(outputs["apiVersion"]), kind: String(outputs["kind"]) },
            id,
            state: {},
            timeout: 120,
            wait: (seconds) => sleep(seconds * 1000),
            now: Date.now,
            log: () => undefined,
        });
    say(`Deleted ${objects.length} objects of the stack from the cluster of ${path.basename(kubeconfig)}.`);
}
