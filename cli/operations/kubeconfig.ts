import { readFileSync } from "node:fs";
import type { KubeConfig } from "@kubernetes/client-node" with { "resolution-mode": "import" };
import { UsageError } from "../exit";
import type { Azure } from "./azure";
import { clients } from "./clients";
import { kubeloginArgs } from "./kubelogin";
import { loginsOf } from "./login";
import type { Target } from "./target";

/**
 * The kubeconfig of a target: the file of `--kubeconfig`, else what Azure gives, with a login by device code replaced by the
 * one that there is.
 * @throws UsageError for one that cannot be used, OperationError when Azure gives none
 */
export async function kubeConfig(
    target: Target,
    azure: Azure,
    admin: boolean,
    env: NodeJS.ProcessEnv,
): Promise<KubeConfig> {
    const { kubeconfig } = target;
    const config = new (clients().KubeConfig)();
    if (kubeconfig === undefined) {
        config.loadFromString(await (admin ? azure.adminCredential() : azure.userCredential()));
        for (const user of config.users) withLogin(user.exec as { command?: string; args?: string[] }, env);
    } else {
        try {
            readFileSync(kubeconfig);
            config.loadFromFile(kubeconfig);
        } catch (error) {
            throw new UsageError(
                `--kubeconfig ${kubeconfig}: no kubeconfig that can be read (${firstLine(error)})`,
            );
        }
    }
    if (config.getCurrentCluster() === null || config.getCurrentUser() === null)
        throw new UsageError(
            kubeconfig === undefined
                ? "the kubeconfig from Azure has no current context with cluster and user"
                : `--kubeconfig ${kubeconfig}: it has no current context with cluster and user; \`kubectl config use-context NAME --kubeconfig FILE\` sets one`,
        );
    return config;
}

function withLogin(
    exec: { command?: string; args?: string[] } | undefined | null,
    env: NodeJS.ProcessEnv,
): void {
    if (exec?.command === undefined || !/(^|\/)kubelogin(\.exe)?$/.test(exec.command)) return;
    exec.args = [...kubeloginArgs(exec.args ?? [], loginsOf(env))];
}

/** How credentials that work are got, for advice. */
export function renewal({ kubeconfig, resourceGroup, cluster }: Target, admin: boolean): string {
    const command = `az aks get-credentials -g ${resourceGroup} -n ${cluster}${admin ? " --admin" : ""}`;
    return kubeconfig === undefined
        ? "log in to Azure again (`az login`) and repeat the command"
        : `renew the file: ${command} --overwrite-existing -f ${kubeconfig}`;
}

const firstLine = (error: unknown) => (error as Error).message.split("\n")[0] ?? "";
