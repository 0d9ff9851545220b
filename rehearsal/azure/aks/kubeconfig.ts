/** The kubeconfigs that AKS lists, made from that of the API server behind the cluster. */
import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { parse, stringify } from "yaml";
import { TENANT } from "../token";

/** What the answer depends on. */
export interface Access {
    group: string;
    cluster: string;
    kind: "clusterUser" | "clusterAdmin";
    /** Entra sign-in: the user entry runs kubelogin instead of holding a credential. */
    entra: boolean;
    cloud: string;
}

interface Named {
    name: string;
}
interface Kubeconfig {
    clusters: (Named & { cluster: Record<string, unknown> })[];
    users: (Named & { user: Record<string, unknown> })[];
    contexts: (Named & { context: { cluster: string; user: string } })[];
    "current-context": string;
}

/** AKS's Entra applications: server and client (Azure/kubelogin documentation). */
const SERVER_APP = "6dae42f8-4368-4678-94ff-3960e28e3630";
const CLIENT_APP = "80faf920-1908-4b52-b5ef-a8e7bedfc67a";

/** Files named by a kubeconfig, put into it, so that the text stands alone. */
function embed(entry: Record<string, unknown>, folder: string): Record<string, unknown> {
    return Object.fromEntries(
        Object.entries(entry).map(([key, value]) => {
            if (!["certificate-authority", "client-certificate", "client-key"].includes(key))
                return [key, value];
            return [`${key}-data`, readFileSync(resolve(folder, String(value))).toString("base64")];
        }),
    );
}

/** The user entry of a cluster with Entra sign-in, as AKS writes it for Kubernetes 1.24 and later. */
const execUser = (cloud: string): Record<string, unknown> => ({
    exec: {
        apiVersion: "client.authentication.k8s.io/v1beta1",
        args: [
            "get-token",
            "--environment",
            cloud,
            "--server-id",
            SERVER_APP,
            "--client-id",
            CLIENT_APP,
            "--tenant-id",
            TENANT,
            "--login",
            "devicecode",
        ],
        command: "kubelogin",
        env: null,
        installHint:
            "\nkubelogin is not installed which is required to connect to AAD enabled cluster.\n\nTo learn more, please go to https://aka.ms/aks/kubelogin\n",
        provideClusterInfo: false,
    },
});

/**
 * The kubeconfig of an answer to listClusterUserCredential or listClusterAdminCredential.
 * @param file the kubeconfig of the API server
 * @throws Error when the file holds no current context
 */
export function kubeconfig(file: string, access: Access): string {
    const source = parse(readFileSync(file, "utf8")) as Kubeconfig;
    const context = source.contexts.find(({ name }) => name === source["current-context"])?.context;
    const cluster = source.clusters.find(({ name }) => name === context?.cluster)?.cluster;
    const user = source.users.find(({ name }) => name === context?.user)?.user;
    if (cluster === undefined || user === undefined)
        throw new Error(`${file} holds no current context with cluster and user`);
    const userName = `${access.kind}_${access.group}_${access.cluster}`;
    const contextName = access.kind === "clusterAdmin" ? `${access.cluster}-admin` : access.cluster;
    return stringify({
        apiVersion: "v1",
        clusters: [{ cluster: embed(cluster, dirname(file)), name: access.cluster }],
        contexts: [{ context: { cluster: access.cluster, user: userName }, name: contextName }],
        "current-context": contextName,
        kind: "Config",
        preferences: {},
        users: [{ name: userName, user: access.entra ? execUser(access.cloud) : embed(user, dirname(file)) }],
    });
}
