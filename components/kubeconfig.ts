import { parse } from "yaml";

/** The part of a kubeconfig that says where a cluster is and how to trust it. */
interface ClusterEntry {
    readonly server: string;
    readonly "certificate-authority-data"?: string;
    readonly [key: string]: unknown;
}

/** Entra environment names of kubelogin, by our own cloud names (kubelogin `--environment`). */
const ENVIRONMENTS = {
    public: "AzurePublicCloud",
    government: "AzureUSGovernmentCloud",
    china: "AzureChinaCloud",
} as const;

/** Application id of the AKS Entra server, the same in every tenant and cloud (aks-managed Entra integration). */
const AKS_ENTRA_SERVER = "6dae42f8-4368-4678-94ff-3960e28e3630";

/**
 * A kubeconfig with an exec login (kubelogin) and no secret, always in one and the same form: two machines, or two
 * answers of AKS that differ in spelling, must not become two inputs of the Kubernetes provider.
 *
 * The login method is the Azure CLI's; kubelogin's own variable `AAD_LOGIN_METHOD` overrides it where a pipeline logs
 * in differently, so that the text need not.
 * @param kubeconfig YAML or JSON as `listClusterUserCredential` answers
 * @param cluster name for the entries and the context, as `az aks get-credentials` names them
 * @param cloud Azure cloud, see `cloudEnvironment`
 * @throws Error when there is no cluster entry to take over
 */
export function execKubeconfig(
    kubeconfig: string,
    cluster: string,
    cloud: keyof typeof ENVIRONMENTS,
): string {
    const entry = activeCluster(kubeconfig);
    const authority = entry["certificate-authority-data"];
    const args = ["get-token", "--environment", ENVIRONMENTS[cloud], "--server-id", AKS_ENTRA_SERVER];
    return `apiVersion: v1
kind: Config
current-context: ${cluster}
clusters:
  - name: ${cluster}
    cluster:
      server: ${entry.server}
${authority === undefined ? "" : `      certificate-authority-data: ${authority}\n`}contexts:
  - name: ${cluster}
    context:
      cluster: ${cluster}
      user: ${cluster}
users:
  - name: ${cluster}
    user:
      exec:
        apiVersion: client.authentication.k8s.io/v1beta1
        command: kubelogin
        args: [${[...args, "--login", "azurecli"].join(", ")}]
        installHint: kubelogin is not installed; see https://azure.github.io/kubelogin/install.html
        interactiveMode: IfAvailable
        provideClusterInfo: false
`;
}

/** The cluster entry that the current context points at. */
function activeCluster(kubeconfig: string): ClusterEntry {
    const config = parse(kubeconfig) as {
        "current-context"?: string;
        contexts?: { name: string; context: { cluster: string } }[];
        clusters?: { name: string; cluster: ClusterEntry }[];
    } | null;
    const context = config?.contexts?.find(({ name }) => name === config["current-context"]);
    const clusters = config?.clusters ?? [];
    const entry = clusters.find(({ name }) => name === context?.context.cluster) ?? clusters[0];
    if (entry === undefined)
        throw new Error(
            "The kubeconfig that AKS answered with has no cluster in it: cannot tell where the API server is.",
        );
    return entry.cluster;
}
