/** AKS's refusals: codes and texts as quoted in public issues (aks.md 4.4, 5), and the documented rules. */
import type { JsonObject } from "../../../rehearsal/azure/arm";
import { CLUSTER, clusterBody, errorOf, GROUP, harness, type Harness } from "./harness";

let azure: Harness;
beforeEach(async () => {
    azure = harness();
    await azure.send("PUT", GROUP, { location: "westeurope" });
});
afterEach(() => azure.clean());

const refused = async (body: JsonObject, path = CLUSTER): Promise<JsonObject> =>
    errorOf(await azure.send("PUT", path, body));

describe("a new cluster", () => {
    it.each<[string, JsonObject, JsonObject]>([
        [
            "Cilium data plane without its policy (AKS-Construction#535)",
            clusterBody({ networkPolicy: "azure" }),
            {
                status: 400,
                code: "BadRequest",
                subcode: "CiliumDataplaneRequiresNetworkPolicyCilium",
                message: "Cilium dataplane requires network policy cilium.",
                target: "networkProfile.networkPolicy",
            },
        ],
        [
            "Cilium policy without its data plane",
            clusterBody({ networkDataplane: "azure" }),
            {
                code: "NetworkPolicyNotSupported",
                subcode: "NetworkPolicyCiliumRequiresCiliumDataplane",
                message: "Network Policy cilium requires NetworkDataplane cilium",
            },
        ],
        [
            "part of advancedNetworking (PAN#4206)",
            clusterBody({ advancedNetworking: { observability: { enabled: true } } }),
            {
                code: "BadRequest",
                message: "Missing required field networkProfile.advancedNetworking.enabled",
            },
        ],
        [
            "more nodes than the pod range holds (AKS-Construction#701)",
            clusterBody(
                { podCidr: "10.240.100.0/22" },
                { enableAutoScaling: true, minCount: 1, maxCount: 4 },
            ),
            {
                code: "InsufficientSubnetSize",
                target: "networkProfile.podCIDR",
                message: expect.stringContaining(
                    "Pre-allocated IPs 1280 exceeds IPs available 1024 in Subnet Cidr 10.240.100.0/22, Subnet Name networkProfile.podCIDR.",
                ) as unknown as string,
            },
        ],
        [
            "a reserved range",
            clusterBody({ podCidr: "172.30.0.0/16" }),
            {
                target: "networkProfile.podCIDR",
                message: expect.stringContaining("reserved CIDR 172.30.0.0/16") as unknown as string,
            },
        ],
        ["overlapping ranges", clusterBody({ podCidr: "10.0.0.0/15" }), { target: "networkProfile.podCIDR" }],
        [
            "a DNS address outside the services",
            clusterBody({ dnsServiceIP: "10.1.0.10" }),
            { target: "networkProfile.dnsServiceIP" },
        ],
        [
            "the first address as DNS address",
            clusterBody({ dnsServiceIP: "10.0.0.1" }),
            { target: "networkProfile.dnsServiceIP" },
        ],
        [
            "a service range that is too large",
            clusterBody({ serviceCidr: "10.0.0.0/12" }),
            { target: "networkProfile.serviceCIDR" },
        ],
        [
            "a version that is not offered",
            clusterBody({}, {}, { kubernetesVersion: "1.29" }),
            { code: "K8sVersionNotSupported" },
        ],
        [
            "a version of long-term support without it",
            clusterBody({}, {}, { kubernetesVersion: "1.32" }),
            { code: "K8sVersionNotSupported" },
        ],
        [
            "no pool",
            clusterBody({}, {}, { agentPoolProfiles: [] }),
            { message: "Required parameter agentPoolProfiles is missing (null)." },
        ],
        [
            "no System pool",
            clusterBody({}, { mode: "User" }),
            { message: "There has to be at least one agent pool with mode System." },
        ],
        ["a Windows pool", clusterBody({}, { osType: "Windows" }), { target: "agentPoolProfile.osType" }],
        ["a pool's name", clusterBody({}, { name: "System_1" }), { target: "agentPoolProfile.name" }],
        ["too many pods", clusterBody({}, { maxPods: 251 }), { target: "agentPoolProfile.maxPods" }],
    ])("%s", async (_, body, expected) => {
        expect(await refused(body)).toMatchObject({ status: 400, ...expected });
        expect((await azure.send("GET", CLUSTER)).status).toBe(404);
        expect(azure.told).toEqual([]);
    });

    it("is accepted where nothing is wrong, and with a range that just fits", async () => {
        // 3 nodes and one of surge are 4 x 256 addresses.
        expect(
            await azure.finish("PUT", CLUSTER, clusterBody({ podCidr: "10.240.100.0/22" }, { count: 3 })),
        ).toMatchObject({ first: 201, status: "Succeeded" });
    });

    it("needs its group", async () => {
        const path = CLUSTER.replace("/rg/", "/other/");
        expect(await refused(clusterBody(), path)).toEqual({
            status: 404,
            code: "ResourceGroupNotFound",
            message: "Resource group 'other' could not be found.",
        });
    });
});

describe("an existing cluster", () => {
    beforeEach(() => azure.finish("PUT", CLUSTER, clusterBody()));

    it.each<[string, JsonObject, string]>([
        ["the pod range", clusterBody({ podCidr: "192.168.0.0/15" }), "networkProfile.podCidr"],
        [
            "the service range",
            clusterBody({ serviceCidr: "10.1.0.0/16", dnsServiceIP: "10.1.0.10" }),
            "networkProfile.serviceCidr",
        ],
        ["the DNS prefix", clusterBody({}, {}, { dnsPrefix: "other" }), "dnsPrefix"],
        ["a pool's size", clusterBody({}, { vmSize: "Standard_D8s_v5" }), "properties.vmSize"],
    ])("does not change %s", async (_, body, property) => {
        expect(await refused(body)).toMatchObject({
            code: "PropertyChangeNotAllowed",
            message: `Changing property '${property}' is not allowed.`,
        });
    });

    it("takes no new pool through its own PUT (pulumi-azure-native#579)", async () => {
        const body = clusterBody();
        const properties = body["properties"] as JsonObject;
        properties["agentPoolProfiles"] = [
            ...(properties["agentPoolProfiles"] as JsonObject[]),
            { name: "more", mode: "User", count: 1, vmSize: "Standard_D4s_v5" },
        ];
        expect(await refused(body)).toMatchObject({
            message: expect.stringMatching(/^A new agent pool was introduced\./) as unknown as string,
        });
    });

    it("goes one minor up, not two and not back", async () => {
        const to = (kubernetesVersion: string) => clusterBody({}, {}, { kubernetesVersion });
        expect(await azure.finish("PUT", CLUSTER, to("1.36"))).toMatchObject({ status: "Succeeded" });
        expect(await refused(to("1.35"))).toMatchObject({
            code: "OperationNotAllowed",
            message: expect.stringContaining("Downgrading") as unknown as string,
        });
    });

    it("keeps its location", async () => {
        expect(await refused({ ...clusterBody(), location: "eastus" })).toMatchObject({
            status: 409,
            code: "InvalidResourceLocation",
        });
        expect((await azure.send("PUT", CLUSTER, { ...clusterBody(), location: "West Europe" })).status).toBe(
            200,
        );
    });

    it("gives no admin credentials with local accounts off", async () => {
        await azure.finish(
            "PUT",
            CLUSTER,
            clusterBody({}, {}, { disableLocalAccounts: true, aadProfile: { managed: true } }),
        );
        expect(errorOf(await azure.send("POST", `${CLUSTER}/listClusterAdminCredential`))).toMatchObject({
            status: 400,
            message:
                "Getting static credential is not allowed because this cluster is set to disable local accounts.",
        });
    });

    it("cannot lose its last System pool", async () => {
        expect(errorOf(await azure.send("DELETE", `${CLUSTER}/agentPools/system`))).toMatchObject({
            status: 400,
            code: "OperationNotAllowed",
        });
    });

    it("takes no pool that is newer than itself", async () => {
        const body = {
            properties: { mode: "User", count: 1, vmSize: "Standard_D4s_v5", orchestratorVersion: "1.36" },
        };
        expect(errorOf(await azure.send("PUT", `${CLUSTER}/agentPools/apps`, body))).toMatchObject({
            code: "NodePoolMcVersionIncompatible",
        });
    });
});
