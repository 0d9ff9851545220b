/** What AKS fills into a managed cluster (aks.md 4.2, 4.3: recorded answers). */
import { createHash } from "node:crypto";
import { child, type Json, type JsonObject, partsOf, type Resource, text } from "../arm";
import { OBJECT_ID, TENANT } from "../token";
import { withoutNulls } from "./pool-defaults";
import { minorOf } from "./versions";

const OIDC_DEFAULT_SINCE = 34; // aks.md 2.4: the OIDC issuer is on by default from Kubernetes 1.34 on

/** A UUID that is always the same for the same text: identities keep their ids over restarts. */
export function uuidOf(seed: string): string {
    const hex = createHash("sha256").update(seed).digest("hex");
    return [
        hex.slice(0, 8),
        hex.slice(8, 12),
        `5${hex.slice(13, 16)}`,
        `8${hex.slice(17, 20)}`,
        hex.slice(20, 32),
    ].join("-");
}

/** The network profile with AKS's defaults (recorded GET of a cluster with the Cilium data plane). */
export function networkDefaults(asked: JsonObject, api: { nodeResourceGroup: string }): JsonObject {
    const profile = withoutNulls(asked);
    const cilium = profile["networkDataplane"] === "cilium";
    const overlay = profile["networkPluginMode"] === "overlay";
    const podCidr = text(profile, "podCidr") ?? (overlay ? "10.244.0.0/16" : undefined);
    const serviceCidr = text(profile, "serviceCidr") ?? "10.0.0.0/16";
    const outbound = text(profile, "outboundType") ?? "loadBalancer";
    return {
        networkPlugin: "azure",
        networkDataplane: "azure",
        loadBalancerSku: "standard",
        dnsServiceIP: "10.0.0.10",
        ipFamilies: ["IPv4"],
        ...profile,
        networkPolicy: text(profile, "networkPolicy") ?? (cilium ? "cilium" : "none"),
        serviceCidr,
        serviceCidrs: profile["serviceCidrs"] ?? [serviceCidr],
        ...(podCidr === undefined ? {} : { podCidr, podCidrs: profile["podCidrs"] ?? [podCidr] }),
        outboundType: outbound,
        ...(outbound === "loadBalancer"
            ? { loadBalancerProfile: loadBalancer(profile, api.nodeResourceGroup) }
            : {}),
        ...("advancedNetworking" in profile
            ? { advancedNetworking: acns(child(profile, "advancedNetworking")) }
            : {}),
    };
}

function loadBalancer(profile: JsonObject, group: string): JsonObject {
    const asked = withoutNulls(child(profile, "loadBalancerProfile"));
    const name = uuidOf(group);
    return {
        managedOutboundIPs: { count: 1 },
        effectiveOutboundIPs: [{ id: `${group}/providers/Microsoft.Network/publicIPAddresses/${name}` }],
        ...asked,
        // AKS echoes the casing of its own code (PAN#4772), which azure-native compares ignoring case.
        backendPoolType: "nodeIPConfiguration",
    };
}

/** Advanced Container Networking Services: a parent that is on turns on what is not said, off turns all off. */
function acns(asked: JsonObject): JsonObject {
    const enabled = asked["enabled"] === true;
    const security = withoutNulls(child(asked, "security"));
    const observability = withoutNulls(child(asked, "observability"));
    const policies = text(security, "advancedNetworkPolicies");
    const secured = enabled && (security["enabled"] ?? policies !== undefined) === true;
    return {
        enabled,
        observability: { enabled: enabled && (observability["enabled"] ?? true) === true },
        security: {
            enabled: secured,
            advancedNetworkPolicies: secured ? (policies ?? "FQDN") : "None",
            ...("transitEncryption" in security
                ? { transitEncryption: security["transitEncryption"] as Json }
                : {}),
        },
        performance: { accelerationMode: text(child(asked, "performance"), "accelerationMode") ?? "None" },
    };
}

/** The identity that a cluster answers with. */
export function identityOf(
    asked: JsonObject,
    id: string,
    find: (id: string) => Resource | undefined,
): JsonObject {
    const type = text(asked, "type") ?? "SystemAssigned";
    if (type !== "UserAssigned") return { type, principalId: uuidOf(`${id}/identity`), tenantId: TENANT };
    const identities = Object.keys(child(asked, "userAssignedIdentities")).map((identity): [string, Json] => {
        const properties = child(find(identity) ?? {}, "properties");
        const { clientId, principalId } = properties;
        return [identity, { clientId: clientId ?? uuidOf(identity), principalId: principalId ?? OBJECT_ID }];
    });
    return { type, userAssignedIdentities: Object.fromEntries(identities) };
}

/**
 * The properties of a cluster with AKS's defaults, its pools left out.
 * @param id the cluster's resource id
 * @param location normalized, as in the node resource group's name
 * @param version the full Kubernetes version
 * @param uid 24 hex characters, new with every creation
 */
export function clusterDefaults(
    asked: JsonObject,
    { id, location, version, uid }: { id: string; location: string; version: string; uid: string },
): JsonObject {
    const { subscription, group, name } = partsOf(id);
    const own = withoutNulls(asked);
    const nodeResourceGroup = text(own, "nodeResourceGroup") ?? `MC_${group}_${name}_${location}`;
    const groupId = `/subscriptions/${subscription}/resourceGroups/${nodeResourceGroup}`;
    const prefix = text(own, "dnsPrefix") ?? text(own, "fqdnSubdomain") ?? name;
    const host = `${prefix}-${uuidOf(id).slice(0, 8)}`;
    const csi = { enabled: true };
    const issuer = child(own, "oidcIssuerProfile");
    const oidc = (issuer["enabled"] ?? minorOf(version) >= OIDC_DEFAULT_SINCE) === true;
    const kubelet = `${groupId}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/${name}-agentpool`;
    return {
        enableRBAC: true,
        disableLocalAccounts: false,
        supportPlan: "KubernetesOfficial",
        maxAgentPools: 100,
        powerState: { code: "Running" },
        windowsProfile: { adminUsername: "azureuser", enableCSIProxy: true },
        servicePrincipalProfile: { clientId: "msi" },
        metricsProfile: { costAnalysis: { enabled: false } },
        bootstrapProfile: { artifactSource: "Direct" },
        workloadAutoScalerProfile: {},
        ...own,
        kubernetesVersion: text(own, "kubernetesVersion") ?? version,
        currentKubernetesVersion: version,
        fqdn: `${host}.hcp.${location}.azmk8s.io`,
        azurePortalFQDN: `${host}.portal.hcp.${location}.azmk8s.io`,
        nodeResourceGroup,
        resourceUID: uid,
        autoUpgradeProfile: {
            nodeOSUpgradeChannel: "NodeImage",
            ...withoutNulls(child(own, "autoUpgradeProfile")),
        },
        storageProfile: {
            diskCSIDriver: csi,
            fileCSIDriver: csi,
            snapshotController: csi,
            ...withoutNulls(child(own, "storageProfile")),
        },
        oidcIssuerProfile: {
            enabled: oidc,
            ...(oidc
                ? { issuerURL: `https://${location}.oic.prod-aks.azure.com/${TENANT}/${uuidOf(uid)}/` }
                : {}),
        },
        ...("aadProfile" in own
            ? { aadProfile: { tenantID: TENANT, ...withoutNulls(child(own, "aadProfile")) } }
            : {}),
        identityProfile: {
            kubeletidentity: {
                resourceId: kubelet,
                clientId: uuidOf(`${kubelet}/client`),
                objectId: uuidOf(`${kubelet}/object`),
            },
        },
        networkProfile: networkDefaults(child(own, "networkProfile"), { nodeResourceGroup: groupId }),
    };
}

/** `West Europe` is `westeurope`. */
export const normalLocation = (location: string): string => location.toLowerCase().replaceAll(" ", "");
