/** Invokes. Nothing is marked as secret: the released provider marks nothing either (tests/rehearsal/azure-native/README.md, "Secrets"). */
import { isObject, type Properties, type Value } from "../plugin/values";
import type { ArmClient } from "./client";
import { kindOf } from "./resources";
import { idOf, outputsOf } from "./shape";

const CLUSTER_API = "2025-09-01";

/** A function: arguments, client and subscription to result. */
type Function = (args: Properties, client: ArmClient, subscription: string) => Promise<Properties>;

const credentials =
    (action: string): Function =>
    async (args, client, subscription) => {
        const group = encodeURIComponent(String(args["resourceGroupName"]));
        const name = encodeURIComponent(String(args["resourceName"]));
        const id = `/subscriptions/${subscription}/resourceGroups/${group}/providers/Microsoft.ContainerService/managedClusters/${name}/${action}`;
        const { kubeconfigs } = await client.post(id, CLUSTER_API);
        const list: Value[] = Array.isArray(kubeconfigs) ? kubeconfigs : [];
        return {
            kubeconfigs: list
                .filter(isObject)
                .map(({ name: own, value }) => ({ name: own ?? "", value: value ?? "" })),
        };
    };

const FUNCTIONS: Record<string, Function> = {
    "azure-native:containerservice:listManagedClusterUserCredentials":
        credentials("listClusterUserCredential"),
    "azure-native:containerservice:listManagedClusterAdminCredentials": credentials(
        "listClusterAdminCredential",
    ),
    "azure-native:containerservice:getManagedCluster": async (args, client, subscription) => {
        const kind = kindOf("azure-native:containerservice:ManagedCluster");
        const id = idOf(kind, args, subscription);
        return { id, ...outputsOf(kind, await client.get(id, CLUSTER_API)) };
    },
    "azure-native:authorization:getClientConfig": async (_, client, subscriptionId) => {
        const { appid, oid, tid } = await client.claims();
        return { clientId: appid ?? "", objectId: oid ?? "", subscriptionId, tenantId: tid ?? "" };
    },
    "azure-native:authorization:getClientToken": async () => {
        throw new Error("the azure-native stand-in gives out no tokens");
    },
};

/**
 * Runs a function.
 * @throws Error for a function that the stand-in does not know, or what ARM answers
 */
export async function invoke(
    token: string,
    args: Properties,
    client: ArmClient,
    subscription: string,
): Promise<Properties> {
    const found = FUNCTIONS[token];
    if (found === undefined) {
        throw new Error(
            `the azure-native stand-in knows ${Object.keys(FUNCTIONS).join(", ")}; ${token} is not among them`,
        );
    }
    try {
        return await found(args, client, subscription);
    } catch (error) {
        throw new Error(
            `request failed ${token.split(":").at(-1)}: ${error instanceof Error ? error.message : String(error)}`,
            { cause: error },
        );
    }
}
