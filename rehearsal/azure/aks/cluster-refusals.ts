/** What AKS refuses about a managed cluster as a whole, on create and on update. */
import type { ArmError } from "../arm";
import { child, items, type JsonObject, text } from "../arm";
import { refuseNetwork, refusal } from "./network-refusals";
import { refuseCapacity, refusePool } from "./pool-refusals";
import { minorOf, offered, resolveVersion } from "./versions";

/** Has the cluster Long-Term Support? */
export const longTerm = (properties: JsonObject): boolean =>
    text(properties, "supportPlan") === "AKSLongTermSupport";

/** What must be there before anything else is looked at. */
export function refuseMissing(properties: JsonObject, isNew: boolean): ArmError[] {
    const missing = (key: string): ArmError[] =>
        // "Required parameter agentPoolProfiles is missing (null)." (Azure/ARO-HCP#629)
        isNew ? [refusal("InvalidParameter", `Required parameter ${key} is missing (null).`, key)] : [];
    return [
        ...(items(properties, "agentPoolProfiles").length === 0 ? missing("agentPoolProfiles") : []),
        ...(text(properties, "dnsPrefix") === undefined && text(properties, "fqdnSubdomain") === undefined
            ? missing("dnsPrefix")
            : []),
    ];
}

/** Is the version offered, and may the cluster go there from where it is? Texts are the stand-in's own, rules are aks.md 1.1. */
export function refuseVersion(wanted: string, current: string | undefined, lts: boolean): ArmError[] {
    const at = "properties.kubernetesVersion";
    if (resolveVersion(wanted, lts) === undefined) {
        const list = offered(lts).join(", ");
        const message = `Version ${wanted} is not supported in this region. Supported versions: ${list}. For more information, please check https://aka.ms/supported-version-list`;
        return [refusal("K8sVersionNotSupported", message, at)];
    }
    if (current === undefined) return [];
    const step = minorOf(wanted) - minorOf(current);
    if (step < 0)
        return [
            refusal(
                "OperationNotAllowed",
                `Downgrading Kubernetes version ${current} to ${wanted} is not allowed.`,
                at,
            ),
        ];
    if (step > 1)
        return [
            refusal(
                "OperationNotAllowed",
                `Upgrading Kubernetes version ${current} to ${wanted} is not allowed: minor versions cannot be skipped.`,
                at,
            ),
        ];
    return [];
}

/** Create-only properties (aks.md 3.1, 3.3). podCidr may grow to a superset; only ARM's own migrations, which the CLI drives, may do so. */
const FIXED_NETWORK = [
    "podCidr",
    "serviceCidr",
    "dnsServiceIP",
    "networkPlugin",
    "networkPluginMode",
    "networkDataplane",
    "ipFamilies",
];
const FIXED_CLUSTER = ["dnsPrefix", "fqdnSubdomain", "nodeResourceGroup", "diskEncryptionSetID"];

/** "Changing property 'x' is not allowed." (Azure/azure-cli#19471). */
function refuseChanges(before: JsonObject, after: JsonObject): ArmError[] {
    const changed = (old: JsonObject, now: JsonObject, keys: string[]): string[] =>
        keys.filter((key) => JSON.stringify(now[key]) !== JSON.stringify(old[key]));
    const network = changed(child(before, "networkProfile"), child(after, "networkProfile"), FIXED_NETWORK);
    return [...changed(before, after, FIXED_CLUSTER), ...network.map((key) => `networkProfile.${key}`)].map(
        (key) => refusal("PropertyChangeNotAllowed", `Changing property '${key}' is not allowed.`, key),
    );
}

/** A pool that the cluster does not have yet (pulumi-azure-native#579, microsoft/tyger#121). */
function refuseNewPools(before: JsonObject, asked: JsonObject): ArmError[] {
    const known = new Set(items(before, "agentPoolProfiles").map((pool) => text(pool, "name")));
    if (items(asked, "agentPoolProfiles").every((pool) => known.has(text(pool, "name")))) return [];
    const message =
        "A new agent pool was introduced. Adding agent pools to an existing cluster is not allowed through managed cluster operations. " +
        "For agent pool specific change, please use per agent pool operations: https://aka.ms/agent-pool-rest-api";
    return [refusal("BadRequest", message, "agentPoolProfiles")];
}

/**
 * Everything wrong with a PUT.
 * @param asked the properties as sent
 * @param after the properties with defaults, all pools among them
 * @param before the stored properties, when the cluster exists
 */
export function refuseCluster(
    asked: JsonObject,
    after: JsonObject,
    before: JsonObject | undefined,
): ArmError[] {
    const network = child(after, "networkProfile");
    const pools = items(after, "agentPoolProfiles");
    const cilium = text(network, "networkDataplane") === "cilium";
    const old = (pool: JsonObject): JsonObject | undefined =>
        before && items(before, "agentPoolProfiles").find((one) => one["name"] === pool["name"]);
    const found = [
        ...refuseNetwork({ ...network, ...advanced(asked) }, before === undefined),
        ...pools.flatMap((pool) => refusePool(pool, old(pool), cilium)),
        ...refuseCapacity(network, pools),
    ];
    if (!pools.some((pool) => text(pool, "mode") === "System")) {
        found.push(
            refusal(
                "InvalidParameter",
                "There has to be at least one agent pool with mode System.",
                "agentPoolProfiles",
            ),
        );
    }
    if (longTerm(after) && text(child(after, "sku"), "tier") !== "Premium") {
        found.push(
            refusal("BadRequest", "Support plan AKSLongTermSupport requires tier Premium.", "supportPlan"),
        );
    }
    return before === undefined
        ? found
        : [...refuseNewPools(before, asked), ...refuseChanges(before, after), ...found];
}

/** The object as it was sent: defaults would hide that `enabled` is missing. */
function advanced(asked: JsonObject): JsonObject {
    const sent = child(asked, "networkProfile")["advancedNetworking"];
    return sent === undefined || sent === null ? {} : { advancedNetworking: sent };
}
