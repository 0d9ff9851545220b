/** What AKS fills into an agent pool (aks.md 4.2, 4.3: recorded answers). */
import { child, type JsonObject, text } from "../arm";
import { resolveVersion } from "./versions";

const UBUNTU_2404_SINCE = 35; // aks.md 2.5: osSKU Ubuntu is 24.04 from Kubernetes 1.35 on

/** The image that a pool's nodes run; the date is the stand-in's, the form is AKS's. */
function image(sku: string, version: string): string {
    if (sku === "AzureLinux" || sku === "AzureLinux3") return "AKSAzureLinux-V3gen2-202607.20.0";
    const minor = Number(version.split(".")[1]);
    return minor >= UBUNTU_2404_SINCE
        ? "AKSUbuntu-2404gen2containerd-202607.20.0"
        : "AKSUbuntu-2204gen2containerd-202607.20.0";
}

/** Copies of an object without null properties: a null in a PUT means "not given". */
export function withoutNulls(value: JsonObject): JsonObject {
    return Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== null));
}

/**
 * An agent pool with AKS's defaults.
 * @param asked the pool as sent
 * @param current the pool as stored, when it exists
 * @param version the full Kubernetes version of the control plane
 */
export function poolDefaults(
    asked: JsonObject,
    current: JsonObject | undefined,
    version: string,
): JsonObject {
    const pool = withoutNulls(asked);
    const sku = text(pool, "osSKU") ?? "Ubuntu";
    // "" and "major.minor" both follow the control plane's patch (azure-cli 2.91, observed).
    const orchestrator = text(pool, "orchestratorVersion") ?? version;
    const full = version.startsWith(`${orchestrator}.`)
        ? version
        : (resolveVersion(orchestrator, true) ?? orchestrator);
    const scaled = pool["enableAutoScaling"] === true;
    return {
        osDiskSizeGB: 128,
        osDiskType: "Managed",
        kubeletDiskType: "OS",
        maxPods: 250,
        type: "VirtualMachineScaleSets",
        enableAutoScaling: false,
        scaleDownMode: "Delete",
        mode: "User",
        osType: "Linux",
        nodeLabels: {},
        enableNodePublicIP: false,
        enableEncryptionAtHost: false,
        enableUltraSSD: false,
        enableFIPS: false,
        ...pool,
        ...(pool["osDiskSizeGB"] === 0 ? { osDiskSizeGB: 128 } : {}),
        vmSize: text(pool, "vmSize") ?? "Standard_D4ads_v5",
        count: count(pool, current, scaled),
        osSKU: sku,
        orchestratorVersion: orchestrator,
        currentOrchestratorVersion: full,
        nodeImageVersion: image(sku, full),
        upgradeSettings: {
            maxSurge: "10%",
            maxUnavailable: "0",
            ...withoutNulls(child(pool, "upgradeSettings")),
        },
        securityProfile: {
            enableVTPM: false,
            enableSecureBoot: false,
            ...withoutNulls(child(pool, "securityProfile")),
        },
        powerState: { code: "Running" },
    };
}

/** The autoscaler's count is its own: a PUT sets it only where it lies outside the new bounds. */
function count(pool: JsonObject, current: JsonObject | undefined, scaled: boolean): number {
    const asked = typeof pool["count"] === "number" ? pool["count"] : undefined;
    if (!scaled) return asked ?? 3;
    const now =
        typeof current?.["count"] === "number" ? current["count"] : (asked ?? Number(pool["minCount"]));
    return Math.min(Math.max(now, Number(pool["minCount"])), Number(pool["maxCount"]));
}
