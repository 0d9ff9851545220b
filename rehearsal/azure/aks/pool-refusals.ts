/** What AKS refuses about agent pools (aks.md 2.5, 3, 4.4, 5). Texts without a source in a comment are the stand-in's own. */
import { type ArmError, child, type JsonObject, text } from "../arm";
import { rangeOf } from "./addresses";
import { refusal } from "./network-refusals";

/** What a PUT may not change (aks.md 3.4 and the pool table of the design: size, disk, zones, max pods, subnet). */
const FIXED = [
    "vmSize",
    "osDiskSizeGB",
    "osDiskType",
    "maxPods",
    "osType",
    "type",
    "vnetSubnetID",
    "podSubnetID",
    "availabilityZones",
];

/** Everything wrong with one pool. `cilium`: the cluster has the Cilium data plane. */
export function refusePool(pool: JsonObject, current: JsonObject | undefined, cilium: boolean): ArmError[] {
    const name = text(pool, "name") ?? "";
    const at = "agentPoolProfile";
    const found: ArmError[] = [];
    if (!/^[a-z][a-z0-9]{0,11}$/.test(name)) {
        const rule = "Linux pools: 1 to 12 lowercase letters and digits, a letter first";
        found.push(
            refusal(
                "InvalidParameter",
                `The value of parameter ${at}.name is invalid: '${name}'. ${rule}.`,
                `${at}.name`,
            ),
        );
    }
    if (cilium && text(pool, "osType") === "Windows") {
        found.push(
            refusal(
                "BadRequest",
                "Windows agent pools are not supported with network dataplane cilium.",
                `${at}.osType`,
            ),
        );
    }
    const least = text(pool, "mode") === "System" ? 1 : 0;
    const count = Number(pool["count"]);
    if (!(count >= least && count <= 1000)) {
        found.push(
            refusal(
                "InvalidParameter",
                `The value of parameter ${at}.count is invalid: ${count} is not within ${least} to 1000.`,
                `${at}.count`,
            ),
        );
    }
    const maxPods = Number(pool["maxPods"]);
    if (!(maxPods >= 10 && maxPods <= 250)) {
        found.push(
            refusal(
                "InvalidParameter",
                `The value of parameter ${at}.maxPods is invalid: ${maxPods} is not within 10 to 250.`,
                `${at}.maxPods`,
            ),
        );
    }
    if (pool["enableAutoScaling"] === true && !(Number(pool["minCount"]) <= Number(pool["maxCount"]))) {
        found.push(
            refusal(
                "InvalidParameter",
                "minCount and maxCount are required with enableAutoScaling, and minCount must not be larger.",
                `${at}.minCount`,
            ),
        );
    }
    return [...found, ...(current === undefined ? [] : fixed(pool, current))];
}

/** "Changing property 'x' is not allowed." (Azure/azure-cli#19471). */
function fixed(pool: JsonObject, current: JsonObject): ArmError[] {
    return FIXED.filter(
        (key) => key in pool && JSON.stringify(pool[key]) !== JSON.stringify(current[key]),
    ).map((key) =>
        refusal(
            "PropertyChangeNotAllowed",
            `Changing property 'properties.${key}' is not allowed.`,
            `properties.${key}`,
        ),
    );
}

const ADDRESSES_PER_NODE = 256;

/** Extra nodes during an upgrade: a share of the count, at least one. */
function surge(pool: JsonObject, nodes: number): number {
    const given = text(child(pool, "upgradeSettings"), "maxSurge") ?? "10%";
    const wanted = given.endsWith("%") ? (nodes * Number.parseFloat(given)) / 100 : Number(given);
    return nodes === 0 ? 0 : Math.max(1, Math.ceil(wanted));
}

/** A /24 a node must fit into the pod CIDR; code, text and target as quoted in Azure/AKS-Construction#701. */
export function refuseCapacity(network: JsonObject, pools: JsonObject[]): ArmError[] {
    const range =
        text(network, "networkPluginMode") === "overlay"
            ? rangeOf(text(network, "podCidr") ?? "")
            : undefined;
    if (range === undefined) return [];
    const nodes = pools.reduce((sum, pool) => {
        const own = Number(pool["enableAutoScaling"] === true ? pool["maxCount"] : pool["count"]);
        return sum + own + surge(pool, own);
    }, 0);
    const wanted = nodes * ADDRESSES_PER_NODE;
    const available = range.last - range.first + 1;
    if (wanted <= available) return [];
    const message =
        `Pre-allocated IPs ${wanted} exceeds IPs available ${available} in Subnet Cidr ${range.text}, Subnet Name networkProfile.podCIDR. ` +
        "If Autoscaler is enabled, the max-count from each nodepool is counted towards this total (which means that pre-allocated IPs count " +
        "represents a theoretical max value, not the actual number of IPs requested). http://aka.ms/aks/insufficientsubnetsize";
    return [refusal("InsufficientSubnetSize", message, "networkProfile.podCIDR")];
}
