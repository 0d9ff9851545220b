import type { Target } from "../operations/target";

/** The commands with which somebody looks oneself, for one cluster. */
export interface Look {
    /** `az aks show …` with a JMESPath query. */
    show(query: string): string;
    /** `az aks ARGUMENTS` for this cluster. */
    aks(command: string): string;
    /** `kubectl …` for this cluster. */
    kubectl(args: string): string;
}

/**
 * Commands for a target. kubectl's names the context that `az aks get-credentials` and `aks-cilium credentials` make, so
 * that it never asks another cluster; or the file given with --kubeconfig.
 */
export function lookAt({ subscription, resourceGroup, cluster, kubeconfig }: Target): Look {
    const aks = (command: string) =>
        `az aks ${command} -g ${word(resourceGroup)} -n ${word(cluster)} --subscription ${subscription}`;
    const where =
        kubeconfig === undefined ? `--context ${word(cluster)}` : `--kubeconfig ${word(kubeconfig)}`;
    return {
        aks,
        show: (query) => `${aks("show")} --query ${word(query)} -o tsv`,
        kubectl: (args) => `kubectl ${where} ${args}`,
    };
}

/** A word for a shell, quoted where it must be. */
export const word = (text: string): string =>
    /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
