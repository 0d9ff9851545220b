import * as pulumi from "@pulumi/pulumi";
import { AksCiliumCluster } from "../../components/aks-cilium-cluster";
import type { AksCiliumClusterArgs } from "../../components/aks-cilium-cluster-args";
import { KUBECONFIG, record, SUBSCRIPTION, type Recorded, type Recording } from "./support/recorder";

const CLUSTER = "azure-native:containerservice:ManagedCluster";
const SUBNET = `${SUBSCRIPTION}/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/hub/subnets/nodes`;

const DEV: AksCiliumClusterArgs = {
    location: "westeurope",
    kubernetesVersion: "1.35",
    tier: "free",
    systemPool: { vmSize: "Standard_D4s_v5", count: 1 },
};

/** Everything that can be asked for at once. */
const FULL: AksCiliumClusterArgs = {
    ...DEV,
    tier: "standard",
    advancedNetworking: "l7",
    nodeSubnet: { id: SUBNET, cidr: "10.240.0.0/16" },
    systemPool: { vmSize: "Standard_D4s_v5", autoscale: { min: 3, max: 5 }, name: "sys" },
    pools: {
        user: { vmSize: "Standard_D8s_v5", autoscale: { min: 1, max: 9 }, zones: ["1", "2"] },
        batch: {
            vmSize: "Standard_D8s_v5",
            count: 2,
            labels: { job: "batch" },
            taints: ["job=batch:NoSchedule"],
        },
    },
    upgradeChannel: "patch",
    upgradeWindow: { dayOfWeek: "Sunday", startTime: "01:00" },
    nodeOsWindow: { dayOfWeek: "Saturday", startTime: "01:00", utcOffset: "+01:00", durationHours: 6 },
    entraLogin: true,
    azureRbac: true,
    localAccounts: false,
    deleteLock: true,
    tags: { team: "net" },
};

const run = (args: AksCiliumClusterArgs, preview: boolean) =>
    record(() => {
        new AksCiliumCluster("aks", args);
    }, preview);

/** A recording is only read, so the same arguments are run once. */
const recordings = new Map<string, Promise<Recording>>();
function make(args: AksCiliumClusterArgs, preview: boolean): Promise<Recording> {
    const key = JSON.stringify([args, preview]);
    const known = recordings.get(key) ?? run(args, preview);
    recordings.set(key, known);
    return known;
}

const brief = ({ type, name, parent }: Recorded) => `${parent === "" ? "-" : parent} > ${type} ${name}`;

/** Renaming, retyping or moving any of these replaces resources of every stack: it needs an alias and a new major. */
const GOLDEN_DEV = [
    "- > aks-cilium:index:AksCiliumCluster aks",
    `aks > ${CLUSTER} aks`,
    "aks > azure-native:resources:ResourceGroup aks-group",
    "aks > pulumi:providers:kubernetes aks-kubernetes",
    "aks > random:index/randomString:RandomString aks-suffix",
];
const GOLDEN_FULL = [
    ...GOLDEN_DEV,
    "aks > azure-native:authorization:ManagementLockByScope aks-lock",
    "aks > azure-native:authorization:RoleAssignment aks-admin-deployer",
    "aks > azure-native:authorization:RoleAssignment aks-subnet-contributor",
    "aks > azure-native:containerservice:AgentPool aks-batch",
    "aks > azure-native:containerservice:AgentPool aks-user",
    "aks > azure-native:containerservice:MaintenanceConfiguration aks-node-os-window",
    "aks > azure-native:containerservice:MaintenanceConfiguration aks-upgrade-window",
    "aks > azure-native:managedidentity:UserAssignedIdentity aks-identity",
];

jest.setTimeout(60_000);

describe.each([true, false])("AksCiliumCluster | preview %s |", (preview) => {
    test("makes exactly these, with these names, types and parents", async () => {
        expect((await make(DEV, preview)).resources.map(brief).sort()).toEqual([...GOLDEN_DEV].sort());
        expect((await make(FULL, preview)).resources.map(brief).sort()).toEqual([...GOLDEN_FULL].sort());
    });

    test("sends the whole network profile, whatever the settings leave out", async () => {
        const { find } = await make(DEV, preview);
        expect(find("aks", CLUSTER).inputs.networkProfile).toEqual({
            networkPlugin: "azure",
            networkPluginMode: "overlay",
            networkDataplane: "cilium",
            networkPolicy: "cilium",
            loadBalancerSku: "standard",
            outboundType: "loadBalancer",
            podCidr: "192.168.0.0/16",
            serviceCidr: "10.0.0.0/16",
            dnsServiceIP: "10.0.0.10",
            advancedNetworking: {
                enabled: false,
                observability: { enabled: false },
                security: { enabled: false, advancedNetworkPolicies: "None" },
            },
        });
    });

    test("protects resource group and cluster, and nothing else", async () => {
        const protectedOnes = async (args: AksCiliumClusterArgs) =>
            (await make(args, preview)).resources
                .filter(({ protect }) => protect)
                .map(({ type, name }) => `${type} ${name}`);
        expect((await protectedOnes(FULL)).sort()).toEqual([
            `${CLUSTER} aks`,
            "azure-native:resources:ResourceGroup aks-group",
        ]);
        expect(await protectedOnes({ ...FULL, protectFromDeletion: false })).toEqual([]);
    });

    test("names neither group nor cluster, so that a replaced one gets another name", async () => {
        const { find } = await make(FULL, preview);
        expect(find("aks", CLUSTER).inputs).not.toHaveProperty("resourceName");
        expect(find("aks-group").inputs).not.toHaveProperty("resourceGroupName");
        const named = await make({ ...FULL, resourceGroupName: "rg-x" }, preview);
        expect(named.find("aks-group").inputs.resourceGroupName).toBe("rg-x");
    });

    test("never deletes cluster or pools before their replacement is up", async () => {
        const { find } = await make(FULL, preview);
        for (const found of [find("aks", CLUSTER), find("aks-user"), find("aks-batch")])
            expect(found.deleteBeforeReplace).toBe(false);
    });

    test("leaves Azure what Azure moves: counts under the autoscaler, nothing else", async () => {
        const { find } = await make(FULL, preview);
        expect(find("aks", CLUSTER).ignoreChanges).toEqual(["agentPoolProfiles[0].count"]);
        expect(find("aks-user").ignoreChanges).toEqual(["count"]);
        expect(find("aks-batch").ignoreChanges).toEqual([]);
        expect((await make(DEV, preview)).find("aks", CLUSTER).ignoreChanges).toEqual([]);
    });

    test("sends the minor as it is set, to the pools too", async () => {
        const { find } = await make(FULL, preview);
        const cluster = find("aks", CLUSTER).inputs;
        expect(cluster.kubernetesVersion).toBe("1.35");
        expect(cluster.agentPoolProfiles[0].orchestratorVersion).toBe("1.35");
        expect(find("aks-user").inputs.orchestratorVersion).toBe("1.35");
    });

    test("has one System pool inside, every other one beside", async () => {
        const { find } = await make(FULL, preview);
        const profiles = find("aks", CLUSTER).inputs.agentPoolProfiles;
        expect(profiles).toHaveLength(1);
        expect(profiles[0]).toMatchObject({
            name: "sys",
            mode: "System",
            enableAutoScaling: true,
            minCount: 3,
            maxCount: 5,
            count: 3,
            vnetSubnetID: SUBNET,
        });
        expect(find("aks-user").inputs).toMatchObject({
            mode: "User",
            minCount: 1,
            maxCount: 9,
            availabilityZones: ["1", "2"],
            vnetSubnetID: SUBNET,
        });
        expect(find("aks-user").inputs.agentPoolName).toMatch(/^user[0-9a-f]{4}$/);
        expect(find("aks-batch").inputs).toMatchObject({
            count: 2,
            enableAutoScaling: false,
            nodeTaints: ["job=batch:NoSchedule"],
        });
        expect(find("aks-batch").inputs).not.toHaveProperty("maxCount");
    });

    test("what lives in the cluster goes with it", async () => {
        const { find } = await make(FULL, preview);
        for (const name of ["aks-user", "aks-batch", "aks-upgrade-window", "aks-admin-deployer"])
            expect(find(name).deletedWith).toBe("aks");
    });

    test("the Kubernetes provider is the cluster's, with a secret kubeconfig, after pools and roles", async () => {
        const { find } = await make(FULL, preview);
        const provider = find("aks-kubernetes");
        expect(provider.inputs.clusterIdentifier).toBe(`${SUBSCRIPTION}/x/ManagedCluster/aks`);
        expect(Object.keys(provider.inputs.kubeconfig)).toContain("4dabf18193072939515e22adb298388d"); // a secret
        expect(provider.dependsOn).toEqual(
            expect.arrayContaining(["aks-batch", "aks-user", "aks-admin-deployer"]),
        );
        expect(provider.inputs).not.toHaveProperty("resourceUID");
    });

    test("an existing subnet: an identity with Network Contributor on it, before the cluster", async () => {
        const { find } = await make(FULL, preview);
        expect(find("aks", CLUSTER).dependsOn).toContain("aks-subnet-contributor");
        expect(find("aks", CLUSTER).inputs.identity.type).toBe("UserAssigned");
        expect(find("aks-subnet-contributor").inputs).toMatchObject({
            scope: SUBNET,
            principalType: "ServicePrincipal",
            roleDefinitionId: `${SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/4d97b98b-1d4f-4787-a291-c67834d212e7`,
        });
        expect((await make(DEV, preview)).find("aks", CLUSTER).inputs.identity).toEqual({
            type: "SystemAssigned",
        });
    });

    test("Azure RBAC: whoever deploys is cluster admin, or those who are named", async () => {
        const { find } = await make(FULL, preview);
        expect(find("aks-admin-deployer").inputs).toMatchObject({
            scope: `${SUBSCRIPTION}/x/ManagedCluster/aks`,
            roleDefinitionId: expect.stringContaining("b1ff04bb-8a4e-4dc4-8eb5-8693973ce19b"),
            principalId: "11111111-2222-3333-4444-555555555555",
        });
        const id = "aaaaaaaa-0000-0000-0000-000000000001";
        const named = await make({ ...FULL, clusterAdminPrincipalIds: [id] }, preview);
        expect(named.find("aks-admin-aaaaaaaa").inputs.principalId).toBe(id);
        expect(named.calls.map(({ token }) => token)).not.toContain(
            "azure-native:authorization:getClientConfig",
        );
    });

    test("the lock is on the group and the last to come, so the first to go", async () => {
        const { find } = await make(FULL, preview);
        const lock = find("aks-lock");
        expect(lock.inputs).toMatchObject({
            level: "CanNotDelete",
            scope: `${SUBSCRIPTION}/x/ResourceGroup/aks-group`,
        });
        expect(lock.dependsOn).toEqual(expect.arrayContaining(["aks", "aks-user", "aks-batch"]));
    });

    test("without Entra login there is no aadProfile at all", async () => {
        expect((await make(DEV, preview)).find("aks", CLUSTER).inputs).not.toHaveProperty("aadProfile");
        expect((await make(FULL, preview)).find("aks", CLUSTER).inputs).toMatchObject({
            aadProfile: { managed: true, enableAzureRBAC: true, adminGroupObjectIDs: [] },
            disableLocalAccounts: true,
        });
    });

    test("never sends the profiles whose every change replaces the cluster", async () => {
        const { inputs } = (await make(FULL, preview)).find("aks", CLUSTER);
        for (const key of ["linuxProfile", "windowsProfile", "fqdnSubdomain", "nodeResourceGroup"])
            expect(inputs).not.toHaveProperty(key);
    });

    test("a change of tags is a change of the cluster and of nothing else", async () => {
        const [before, after] = [
            await make(FULL, preview),
            await make({ ...FULL, tags: { team: "x" } }, preview),
        ];
        const changed = before.resources.filter(
            (one, index) => JSON.stringify(one.inputs) !== JSON.stringify(after.resources[index]?.inputs),
        );
        expect(changed.map(({ name, type }) => `${type} ${name}`)).toEqual([`${CLUSTER} aks`]);
    });

    test("inputs may be outputs of other resources", async () => {
        const known = await run({ ...DEV, podCidr: pulumi.output("10.64.0.0/16") }, preview);
        expect(known.find("aks", CLUSTER).inputs.networkProfile.podCidr).toBe("10.64.0.0/16");
    });
});

describe("AksCiliumCluster |", () => {
    test("refuses with every problem, before anything is registered", async () => {
        const recording = record(() => {
            expect(
                () => new AksCiliumCluster("aks", { ...DEV, podCidr: "10.0.0.0/8", dnsServiceIP: "1.2.3.4" }),
            ).toThrow(/3 settings of AksCiliumCluster "aks"[^]*NET02[^]*NET02[^]*NET04/);
        }, false);
        expect((await recording).resources).toEqual([]);
    });

    test("asks for credentials by names only, and only once they are known", async () => {
        const { calls } = await make(DEV, false);
        expect(calls).toEqual([
            {
                token: "azure-native:containerservice:listManagedClusterUserCredentials",
                inputs: { resourceGroupName: "aks-group1a2b3c4d", resourceName: "aks5e6f7a8b" },
            },
        ]);
        expect((await make(DEV, true)).calls).toEqual([]);
    });

    test("says when it has a tier: at once where Azure has it already, else after the change; asked once", async () => {
        const known: string[] = [];
        const { calls } = await record(() => {
            const aks = new AksCiliumCluster("aks", DEV);
            for (const tier of ["fqdn", "l7"] as const)
                void aks.enforces(tier).apply((value) => known.push(value));
        }, false);
        expect(known.sort()).toEqual(["fqdn", "l7"]);
        const asked = calls.filter(({ token }) => token.endsWith(":getManagedCluster"));
        expect(asked.map(({ inputs }) => inputs)).toEqual([
            { resourceGroupName: "aks-group1a2b3c4d", resourceName: "aks5e6f7a8b" },
        ]);
    });

    test("the kubeconfig output has no secret in it; the provider's has; admin credentials are a secret", async () => {
        let plain:
            | { kubeconfig: string; isSecret: boolean; admin: string | undefined; adminSecret: boolean }
            | undefined;
        const { find } = await record(async () => {
            const aks = new AksCiliumCluster("aks", { ...DEV, adminCredentials: true });
            plain = {
                kubeconfig: await value(aks.kubeconfig),
                isSecret: await pulumi.isSecret(aks.kubeconfig),
                admin: aks.adminKubeconfig && (await value(aks.adminKubeconfig)),
                adminSecret:
                    aks.adminKubeconfig !== undefined && (await pulumi.isSecret(aks.adminKubeconfig)),
            };
        }, false);
        expect(plain).toMatchObject({ isSecret: false, adminSecret: true, admin: KUBECONFIG });
        expect(plain?.kubeconfig).toContain("command: kubelogin");
        expect(plain?.kubeconfig).not.toContain("MARKED-SECRET");
        expect(find("aks-kubernetes").inputs.kubeconfig.value).toBe(KUBECONFIG);
    });

    test("with Entra login the provider logs in by exec too", async () => {
        const { find } = await make(FULL, false);
        const { value: kubeconfig } = find("aks-kubernetes").inputs.kubeconfig;
        expect(kubeconfig).toContain("command: kubelogin");
        expect(kubeconfig).not.toContain("MARKED-SECRET");
    });
});

function value<T>(output: pulumi.Output<T>): Promise<T> {
    return new Promise((resolve) => output.apply(resolve));
}
