/**
 * What the cluster's stand-ins need to know of a managed cluster, read from ARM's answer to `GET managedClusters/NAME`
 * (facts: aks.md 4.2).
 */
export interface Specification {
    /** Patch version, as nodes report it: `1.35.4`. */
    readonly kubernetesVersion: string;
    readonly location: string;
    readonly nodeResourceGroup: string;
    readonly podCidr: string;
    readonly serviceCidr: string;
    readonly dnsServiceIP: string;
    readonly dataplane: string;
    /** `None`, `FQDN` or `L7`; undefined when Advanced Container Networking Services are off. */
    readonly advancedNetworkPolicies: string | undefined;
    /** Hubble: `advancedNetworking.observability.enabled`. */
    readonly observability: boolean;
    readonly pools: readonly Pool[];
}

export interface Pool {
    readonly name: string;
    readonly count: number;
    readonly mode: string;
    readonly vmSize: string;
    readonly osSku: string;
    readonly maxPods: number;
    readonly kubernetesVersion: string;
    readonly zones: readonly string[];
    readonly labels: Readonly<Record<string, string>>;
    readonly taints: readonly string[];
}

type Json = Record<string, unknown>;
const object = (value: unknown): Json => (value !== null && typeof value === "object" ? (value as Json) : {});
const text = (value: unknown, otherwise: string): string =>
    typeof value === "string" && value !== "" ? value : otherwise;
const list = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);

/** Reads ARM's managed cluster; what is absent gets AKS's default (aks.md 4.2, 4.3). */
export function read(cluster: unknown): Specification {
    const arm = object(cluster);
    const properties = object(arm["properties"]);
    const network = object(properties["networkProfile"]);
    const acns = object(network["advancedNetworking"]);
    const version = full(
        text(properties["currentKubernetesVersion"], text(properties["kubernetesVersion"], "1.35")),
    );
    const pools = Array.isArray(properties["agentPoolProfiles"]) ? properties["agentPoolProfiles"] : [];
    return {
        kubernetesVersion: version,
        location: text(arm["location"], "local"),
        nodeResourceGroup: text(properties["nodeResourceGroup"], "MC_rehearsal"),
        podCidr: text(network["podCidr"], "10.244.0.0/16"),
        serviceCidr: text(network["serviceCidr"], "10.0.0.0/16"),
        dnsServiceIP: text(network["dnsServiceIP"], "10.0.0.10"),
        dataplane: text(network["networkDataplane"], "azure"),
        advancedNetworkPolicies:
            acns["enabled"] === true
                ? text(object(acns["security"])["advancedNetworkPolicies"], "None")
                : undefined,
        observability: acns["enabled"] === true && object(acns["observability"])["enabled"] !== false,
        pools: pools.map((pool) => readPool(object(pool), version)),
    };
}

function readPool(pool: Json, clusterVersion: string): Pool {
    return {
        name: text(pool["name"], "nodepool1"),
        count: typeof pool["count"] === "number" ? pool["count"] : Number(pool["minCount"] ?? 1),
        mode: text(pool["mode"], "User"),
        vmSize: text(pool["vmSize"], "Standard_D4ads_v5"),
        osSku: text(pool["osSKU"], "Ubuntu"),
        maxPods: typeof pool["maxPods"] === "number" ? pool["maxPods"] : 250,
        kubernetesVersion: full(
            text(pool["currentOrchestratorVersion"], text(pool["orchestratorVersion"], clusterVersion)),
        ),
        zones: list(pool["availabilityZones"]),
        labels: object(pool["nodeLabels"]) as Record<string, string>,
        taints: [...list(pool["nodeTaints"]), ...list(pool["nodeInitializationTaints"])],
    };
}

/** A pinned minor runs some patch of it; nodes report all three numbers. */
const full = (version: string): string => (/^\d+\.\d+$/.test(version) ? `${version}.4` : version);

/** `1.35.4` → `1.35`. */
export const minorOf = (version: string): string => version.split(".").slice(0, 2).join(".");

/** The cluster before Azure was asked for one: AKS's defaults (aks.md 4.2) and no nodes. */
export const EMPTY: Specification = read({});
