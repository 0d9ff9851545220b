/** AKS's defaults against what azure-cli's recordings show (aks.md 4.2, 4.3). */
import { clusterDefaults, networkDefaults } from "../../../rehearsal/azure/aks/cluster-defaults";
import { poolDefaults } from "../../../rehearsal/azure/aks/pool-defaults";
import type { JsonObject } from "../../../rehearsal/azure/arm";
import { CLUSTER } from "./harness";

/** The body of `az aks create --network-dataplane cilium` (recorded request, 4.2; azure-cli 2.91 sends the same). */
const ASKED: JsonObject = {
    kubernetesVersion: "",
    dnsPrefix: "myCluster-myResourceGroup-000000",
    enableRBAC: true,
    disableLocalAccounts: false,
    addonProfiles: {},
    storageProfile: {},
    networkProfile: {
        networkPlugin: "azure",
        networkPluginMode: "overlay",
        networkDataplane: "cilium",
        podCidr: "10.244.0.0/16",
        outboundType: "loadBalancer",
        loadBalancerSku: "standard",
    },
};
const about = { id: CLUSTER, location: "westeurope", version: "1.35.4", uid: "0".repeat(24) };
const network = (profile: JsonObject) =>
    networkDefaults(profile, { nodeResourceGroup: "/subscriptions/s/resourceGroups/MC" });

describe("a cluster", () => {
    const made = clusterDefaults(ASKED, about);

    it("gets what the recorded answer shows", () => {
        expect(made).toMatchObject({
            kubernetesVersion: "1.35.4",
            currentKubernetesVersion: "1.35.4",
            nodeResourceGroup: "MC_rg_aks_westeurope",
            supportPlan: "KubernetesOfficial",
            maxAgentPools: 100,
            servicePrincipalProfile: { clientId: "msi" },
            windowsProfile: { adminUsername: "azureuser", enableCSIProxy: true },
            storageProfile: {
                diskCSIDriver: { enabled: true },
                fileCSIDriver: { enabled: true },
                snapshotController: { enabled: true },
            },
            autoUpgradeProfile: { nodeOSUpgradeChannel: "NodeImage" },
            metricsProfile: { costAnalysis: { enabled: false } },
        });
    });

    it("keeps a minor as it was asked for and says the patch beside it", () => {
        expect(clusterDefaults({ ...ASKED, kubernetesVersion: "1.35" }, about)).toMatchObject({
            kubernetesVersion: "1.35",
            currentKubernetesVersion: "1.35.4",
        });
    });

    it("has an OIDC issuer by default from 1.34 on", () => {
        expect(made["oidcIssuerProfile"]).toMatchObject({ enabled: true });
        expect(clusterDefaults(ASKED, { ...about, version: "1.33.5" })["oidcIssuerProfile"]).toEqual({
            enabled: false,
        });
    });
});

describe("a network profile", () => {
    it("gets what the recorded answer shows", () => {
        expect(network(ASKED["networkProfile"] as JsonObject)).toMatchObject({
            networkPolicy: "cilium",
            podCidrs: ["10.244.0.0/16"],
            serviceCidr: "10.0.0.0/16",
            serviceCidrs: ["10.0.0.0/16"],
            dnsServiceIP: "10.0.0.10",
            outboundType: "loadBalancer",
            ipFamilies: ["IPv4"],
            loadBalancerProfile: { managedOutboundIPs: { count: 1 }, backendPoolType: "nodeIPConfiguration" },
        });
    });

    it("says policy none where nothing else is asked for without the Cilium data plane", () => {
        expect(network({ networkPlugin: "azure" })).toMatchObject({
            networkDataplane: "azure",
            networkPolicy: "none",
        });
    });

    it("turns on observability with ACNS, and security only where it is asked for", () => {
        const acns = (asked: JsonObject) =>
            network({ networkDataplane: "cilium", advancedNetworking: asked })["advancedNetworking"];
        expect(acns({ enabled: true })).toEqual({
            enabled: true,
            observability: { enabled: true },
            security: { enabled: false, advancedNetworkPolicies: "None" },
            performance: { accelerationMode: "None" },
        });
        expect(
            acns({ enabled: true, security: { enabled: true, advancedNetworkPolicies: "L7" } }),
        ).toMatchObject({ security: { enabled: true, advancedNetworkPolicies: "L7" } });
        expect(
            acns({ enabled: false, security: { enabled: true, advancedNetworkPolicies: "L7" } }),
        ).toMatchObject({ security: { enabled: false } });
        expect(network({ networkDataplane: "cilium" })["advancedNetworking"]).toBeUndefined();
    });
});

describe("a pool", () => {
    it("gets what the recorded answer shows", () => {
        expect(
            poolDefaults(
                { name: "nodepool1", orchestratorVersion: "", osDiskSizeGB: 0, vmSize: "" },
                undefined,
                "1.35.4",
            ),
        ).toMatchObject({
            maxPods: 250,
            osDiskSizeGB: 128,
            osDiskType: "Managed",
            osSKU: "Ubuntu",
            count: 3,
            vmSize: "Standard_D4ads_v5",
            orchestratorVersion: "1.35.4",
            scaleDownMode: "Delete",
            upgradeSettings: { maxSurge: "10%", maxUnavailable: "0" },
            securityProfile: { enableVTPM: false, enableSecureBoot: false },
        });
    });

    it("runs Ubuntu 24.04 from 1.35 on", () => {
        const image = (version: string) =>
            poolDefaults({ name: "a" }, undefined, version)["nodeImageVersion"];
        expect(image("1.34.4")).toContain("2204");
        expect(image("1.35.4")).toContain("2404");
    });

    it("leaves an autoscaler's count alone inside its bounds", () => {
        const scaled = (count: number, now: number) =>
            poolDefaults(
                { name: "a", enableAutoScaling: true, minCount: 2, maxCount: 5, count },
                { count: now },
                "1.35.4",
            )["count"];
        expect(scaled(2, 4)).toBe(4);
        expect(scaled(2, 9)).toBe(5);
        expect(scaled(2, 1)).toBe(2);
    });

    it("keeps its own minor while the control plane is ahead", () => {
        expect(
            poolDefaults({ name: "a", orchestratorVersion: "1.34" }, undefined, "1.35.4")[
                "currentOrchestratorVersion"
            ],
        ).toBe("1.34.4");
    });
});
