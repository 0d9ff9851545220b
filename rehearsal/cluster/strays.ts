import { kill, processes } from "../process-table";

/** Servers of clusters, by their command line. */
const SERVERS = /\/kubestack (etcd|kube-)|aks-cilium\/rehearsal\/kubelet-/;

/**
 * Ends servers that nobody wrote down: who started them was killed between the start and the note of it.
 * @param folder of one cluster, or of all of them: it stands in the arguments of each of their servers
 */
export function endStrays(folder: string): void {
    for (const one of processes().values()) {
        const own = one.command.includes(`${folder}/`) || one.command.includes(`${folder} `);
        if (own && SERVERS.test(one.command)) kill(one);
    }
}
