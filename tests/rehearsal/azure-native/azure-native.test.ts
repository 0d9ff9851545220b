/** The azure-native stand-in, row by row of what was read in the released provider's source, over the ARM stand-in. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { certificate } from "../../../rehearsal/azure/certificate";
import { type AzureServer, startAzure } from "../../../rehearsal/azure/server";
import { ArmClient } from "../../../rehearsal/azure-native/client";
import { CREATE_BEFORE_DELETE } from "../../../rehearsal/azure-native/names";
import { azureNative } from "../../../rehearsal/azure-native/provider";
import { type Autonaming, InitFailed, type Provider } from "../../../rehearsal/plugin/provider";
import { type Properties, UNKNOWN } from "../../../rehearsal/plugin/values";

const GROUP = "azure-native:resources:ResourceGroup";
const CLUSTER = "azure-native:containerservice:ManagedCluster";
const POOL = "azure-native:containerservice:AgentPool";
const ROLE = "azure-native:authorization:RoleAssignment";
const LOCK = "azure-native:authorization:ManagementLockByScope";
const SUBSCRIPTION = "/subscriptions/00000000-0000-0000-0000-000000000001";

let state: string;
let server: AzureServer;
let provider: Provider;
const log: string[] = [];
let fail: string | undefined;

beforeAll(async () => {
    state = mkdtempSync(join(tmpdir(), "azure-native-"));
    const tls = await certificate(join(state, "azure"));
    const start = (): Promise<string> => {
        const message = fail;
        fail = undefined;
        return message === undefined
            ? Promise.resolve(join(__dirname, "../azure/kubeconfig.yaml"))
            : Promise.reject(new Error(message));
    };
    server = await startAzure(state, 0, tls, { start, remove: () => Promise.resolve() });
    provider = azureNative((config) => ({
        client: new ArmClient({ endpoint: server.endpoint, certificate: tls.file, retrySeconds: 0.01 }),
        subscription: "00000000-0000-0000-0000-000000000001",
        location: typeof config["location"] === "string" ? config["location"] : undefined,
    }));
    await provider.configure({}, (severity, message) => void log.push(`${severity}: ${message}`));
});
afterAll(async () => {
    await server.close();
    rmSync(state, { recursive: true, force: true });
});
const faults = (list: unknown[]) => writeFileSync(join(state, "azure", "faults.json"), JSON.stringify(list));

const call = (type: string, name = "x") => ({
    urn: `urn:pulumi:dev::p::${type}::${name}`,
    type,
    name,
    timeout: 0,
});
const check = async (type: string, news: Properties, olds: Properties = {}, autonaming?: Autonaming) =>
    provider.check({ ...call(type), news, olds, seed: new Uint8Array([1, 2, 3]), autonaming });
const inputsOf = async (type: string, news: Properties, olds?: Properties) =>
    (await check(type, news, olds)).inputs;
const reasons = async (type: string, news: Properties) =>
    (await check(type, news)).failures.map(({ reason }) => reason);
const diff = async (type: string, oldInputs: Properties, news: Properties, olds: Properties = {}) =>
    provider.diff({ ...call(type), id: "", olds, oldInputs, news, ignoreChanges: [] });
const create = (type: string, inputs: Properties, preview = false) =>
    provider.create({ ...call(type), inputs, preview });
const update = (type: string, id: string, inputs: Properties, olds: Properties, preview = false) =>
    provider.update({ ...call(type), id, olds, oldInputs: {}, inputs, preview, ignoreChanges: [] });
const read = (type: string, id: string, inputs: Properties, outputs: Properties) =>
    provider.read({ ...call(type), id, inputs, outputs });

const NETWORK: Properties = {
    networkPlugin: "azure",
    networkPluginMode: "overlay",
    networkDataplane: "cilium",
    networkPolicy: "cilium",
    podCidr: "192.168.0.0/16",
    serviceCidr: "10.0.0.0/16",
    dnsServiceIP: "10.0.0.10",
};
const cluster = (resourceGroupName: string, more: Properties = {}): Properties => ({
    resourceGroupName,
    dnsPrefix: "aks",
    kubernetesVersion: "1.35",
    identity: { type: "SystemAssigned" },
    agentPoolProfiles: [{ name: "system", mode: "System", vmSize: "Standard_D4s_v5", count: 1 }],
    networkProfile: NETWORK,
    ...more,
});
let groups = 0;
/** A resource group of its own for each test. */
async function group(): Promise<string> {
    const resourceGroupName = `rg${groups++}`;
    await create(GROUP, await inputsOf(GROUP, { resourceGroupName, location: "westeurope" }));
    return resourceGroupName;
}
async function made(more: Properties = {}) {
    const inputs = await inputsOf(CLUSTER, cluster(await group(), more));
    return { inputs, ...(await create(CLUSTER, inputs)) };
}

describe("Check, names", () => {
    it("makes URN name and eight hex characters, the same for the same seed, with the create-before-delete flag", async () => {
        const inputs = await inputsOf(GROUP, { location: "westeurope" });
        expect(inputs["resourceGroupName"]).toMatch(/^x[0-9a-f]{8}$/);
        expect(inputs[CREATE_BEFORE_DELETE]).toBe(true);
        expect(await inputsOf(GROUP, { location: "westeurope" })).toEqual(inputs);
    });

    it("keeps an old name, and the flag with it", async () => {
        const old = { resourceGroupName: "xabc", [CREATE_BEFORE_DELETE]: true };
        expect(await inputsOf(GROUP, { location: "westeurope" }, old)).toMatchObject(old);
        expect(
            await inputsOf(GROUP, { location: "westeurope" }, { resourceGroupName: "mine" }),
        ).not.toHaveProperty(CREATE_BEFORE_DELETE);
    });

    it("leaves a given name alone", async () => {
        expect(
            await inputsOf(GROUP, { resourceGroupName: "mine", location: "westeurope" }),
        ).not.toHaveProperty(CREATE_BEFORE_DELETE);
    });

    it("makes a UUID for a role assignment", async () => {
        const news = { scope: `${SUBSCRIPTION}/resourceGroups/rg`, roleDefinitionId: "r", principalId: "p" };
        expect((await inputsOf(ROLE, news))["roleAssignmentName"]).toMatch(
            /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
        );
    });

    it("honours the engine's autonaming", async () => {
        const named = async (type: string, mode: Autonaming["mode"]) =>
            check(
                type,
                { location: "westeurope", scope: "/s", roleDefinitionId: "r", principalId: "p" },
                {},
                { mode, proposedName: "proposed" },
            );
        expect((await named(GROUP, "enforce")).inputs["resourceGroupName"]).toBe("proposed");
        expect((await named(GROUP, "propose")).inputs["resourceGroupName"]).toBe("proposed");
        expect((await named(ROLE, "propose")).inputs["roleAssignmentName"]).not.toBe("proposed");
        expect((await named(GROUP, "disable")).failures).toEqual([
            { property: "", reason: "missing required property 'resourceGroupName'" },
        ]);
    });
});

describe("Check, location and version", () => {
    it("takes the old location, else the resource group's, which is unknown while the group is", async () => {
        expect((await inputsOf(CLUSTER, cluster(await group())))["location"]).toBe("westeurope");
        expect((await inputsOf(CLUSTER, cluster(UNKNOWN)))["location"]).toBe(UNKNOWN);
        expect((await inputsOf(CLUSTER, cluster("none"), { location: "eastus" }))["location"]).toBe("eastus");
        expect(await reasons(CLUSTER, cluster("none"))).toEqual([
            "missing required property 'location'. Either set it explicitly or configure it with 'pulumi config set azure-native:location <value>'.",
        ]);
    });

    it("adds the API version", async () => {
        expect((await inputsOf(GROUP, { location: "x" }))["azureApiVersion"]).toBe("2024-03-01");
        expect((await inputsOf(CLUSTER, cluster("a", { location: "x" })))["azureApiVersion"]).toBe(
            "2025-09-01",
        );
    });
});

describe("Check, validation", () => {
    const wrong = async (more: Properties) =>
        reasons(CLUSTER, cluster("rg", { location: "westeurope", ...more }));

    it("finds missing, mistyped and misformed values, at any depth", async () => {
        expect(await wrong({ agentPoolProfiles: [{ mode: "System" }] })).toEqual([
            "missing required property 'agentPoolProfiles[0].name'",
        ]);
        expect(await wrong({ dnsPrefix: 3 })).toEqual([
            "'dnsPrefix' should be of type 'string' but got a number",
        ]);
        expect(await wrong({ agentPoolProfiles: [{ name: "a", count: "3" }] })).toEqual([
            "'agentPoolProfiles[0].count' should be of type 'integer' but got a string",
        ]);
        expect(await wrong({ agentPoolProfiles: [{ name: "a", count: 1.5 }] })).toEqual([
            "'agentPoolProfiles[0].count' must be an integer but got 1.500000",
        ]);
        expect(await wrong({ agentPoolProfiles: [{ name: "a", osDiskSizeGB: 4096 }] })).toEqual([
            "'agentPoolProfiles[0].osDiskSizeGB' is too high (4096.000000 > 2048.000000)",
        ]);
        expect((await wrong({ networkProfile: { podCidr: "not-a-cidr" } }))[0]).toMatch(
            /^'networkProfile.podCidr' does not match expression/,
        );
        expect((await wrong({ resourceName: "a".repeat(64) }))[0]).toBe(
            "'resourceName' is too long (64): at most 63 characters allowed",
        );
        expect(await wrong({ tags: ["a"] })).toEqual(["'tags' should be of type 'object' but got an array"]);
    });

    it("says nothing about unknown values, enums and properties that the schema does not know", async () => {
        expect(
            await wrong({ dnsPrefix: UNKNOWN, networkProfile: { networkPlugin: "bogus" }, nonsense: true }),
        ).toEqual([]);
    });
});

describe("Diff", () => {
    it.each([
        ["a tag", { tags: { a: "1" } }, { tags: { a: "2" } }, []],
        [
            "the pod range",
            { networkProfile: { podCidr: "a" } },
            { networkProfile: { podCidr: "b" } },
            ["networkProfile.podCidr"],
        ],
        [
            "the policy engine gone",
            { networkProfile: { networkPolicy: "a", podCidr: "a" } },
            { networkProfile: { podCidr: "a" } },
            ["networkProfile.networkPolicy"],
        ],
        [
            "ACNS",
            { networkProfile: { advancedNetworking: { enabled: false } } },
            { networkProfile: { advancedNetworking: { enabled: true } } },
            [],
        ],
        ["a pool's count", { agentPoolProfiles: [{ count: 1 }] }, { agentPoolProfiles: [{ count: 2 }] }, []],
        [
            "a Windows profile's user, below a force-new object",
            { windowsProfile: { adminUsername: "a" } },
            { windowsProfile: { adminUsername: "b" } },
            ["windowsProfile.adminUsername"],
        ],
        ["the name", { resourceName: "a" }, { resourceName: "b" }, ["resourceName"]],
        ["the group", { resourceGroupName: "a" }, { resourceGroupName: "b" }, ["resourceGroupName"]],
        ["the version", { kubernetesVersion: "1.35" }, { kubernetesVersion: "1.36" }, []],
    ] as [string, Properties, Properties, string[]][])(
        "%s of a cluster",
        async (_, before, after, replaces) => {
            const found = await diff(CLUSTER, before, after);
            expect(found).toMatchObject({
                changes: true,
                replaces,
                deleteBeforeReplace: replaces.length > 0,
            });
        },
    );

    it("names places in arrays, and never replaces for elements that come or go", async () => {
        const pools = (...names: string[]): Properties => ({
            agentPoolProfiles: names.map((name) => ({ name })),
        });
        expect((await diff(CLUSTER, pools("a"), pools("b"))).detailed).toEqual({
            "agentPoolProfiles[0].name": { kind: "update", inputDiff: true },
        });
        expect(await diff(CLUSTER, pools("a"), pools("a", "b"))).toMatchObject({
            replaces: [],
            detailed: { "agentPoolProfiles[1]": { kind: "add" } },
        });
    });

    it("ignores case and blanks of a location, and old names of a SKU", async () => {
        expect(await diff(CLUSTER, { location: "West Europe" }, { location: "westeurope" })).toEqual({
            changes: false,
        });
        expect(await diff(CLUSTER, { location: "westeurope" }, { location: "eastus" })).toMatchObject({
            replaces: ["location"],
        });
        expect(
            await diff(
                CLUSTER,
                { sku: { name: "Basic", tier: "Paid" } },
                { sku: { name: "Base", tier: "Standard" } },
            ),
        ).toEqual({ changes: false });
    });

    it("deletes first unless the name was made at random", async () => {
        const before = { dnsPrefix: "a", [CREATE_BEFORE_DELETE]: true };
        expect(await diff(CLUSTER, before, { ...before, dnsPrefix: "b" })).toMatchObject({
            deleteBeforeReplace: false,
            replaces: ["dnsPrefix"],
        });
    });

    it("does not replace for a new input that is already true", async () => {
        expect(await diff(CLUSTER, {}, { dnsPrefix: "a" }, { dnsPrefix: "a" })).toMatchObject({
            replaces: [],
        });
        expect(await diff(CLUSTER, {}, { dnsPrefix: "a" }, { dnsPrefix: "b" })).toMatchObject({
            replaces: ["dnsPrefix"],
        });
    });

    it("replaces a pool for its size and its name", async () => {
        expect(await diff(POOL, { vmSize: "a" }, { vmSize: "b" })).toMatchObject({ replaces: ["vmSize"] });
        expect(await diff(POOL, { agentPoolName: "a" }, { agentPoolName: "b" })).toMatchObject({
            replaces: ["agentPoolName"],
        });
        expect(await diff(POOL, { count: 1 }, { count: 2 })).toMatchObject({ replaces: [] });
    });

    it("says nothing of its own configuration", () => {
        expect(provider.diffConfig({ olds: {}, oldInputs: {}, news: { location: "x" } })).toEqual({
            changes: undefined,
        });
    });
});

describe("preview", () => {
    it("of a create knows the inputs and nothing else", async () => {
        const { outputs } = await create(CLUSTER, cluster("rg", { location: "westeurope" }), true);
        expect(outputs).toMatchObject({
            dnsPrefix: "aks",
            location: "westeurope",
            name: UNKNOWN,
            fqdn: UNKNOWN,
            resourceUID: UNKNOWN,
            oidcIssuerProfile: UNKNOWN,
        });
        expect(outputs["networkProfile"]).toMatchObject({
            podCidr: "192.168.0.0/16",
            loadBalancerProfile: UNKNOWN,
        });
    });

    it("of an update keeps name and location from the state, and only those", async () => {
        const olds = {
            name: "aks1",
            location: "westeurope",
            fqdn: "host",
            resourceUID: "1",
            nodeResourceGroup: "MC",
        };
        const { outputs } = await update(CLUSTER, "id", cluster("rg"), olds, true);
        expect(outputs).toMatchObject({
            name: "aks1",
            location: "westeurope",
            fqdn: UNKNOWN,
            resourceUID: UNKNOWN,
            nodeResourceGroup: UNKNOWN,
            currentKubernetesVersion: UNKNOWN,
        });
    });
});

describe("Create", () => {
    it("answers with what a GET says, without nulls and without what the SDK does not know", async () => {
        const { id, outputs, inputs } = await made();
        expect(id).toBe(
            `${SUBSCRIPTION}/resourceGroups/${String(inputs["resourceGroupName"])}/providers/Microsoft.ContainerService/managedClusters/${String(inputs["resourceName"])}`,
        );
        expect(outputs).toMatchObject({
            name: inputs["resourceName"],
            provisioningState: "Succeeded",
            azureApiVersion: "2025-09-01",
            currentKubernetesVersion: "1.35.4",
            networkProfile: { serviceCidrs: ["10.0.0.0/16"] },
        });
        expect(outputs).not.toHaveProperty(CREATE_BEFORE_DELETE);
        expect(outputs).not.toHaveProperty("properties");
    });

    it("refuses what exists already", async () => {
        const { inputs, id } = await made();
        await expect(create(CLUSTER, inputs)).rejects.toThrow(
            `cannot create already existing resource '${id}'`,
        );
    });

    it("gives AKS's refusal as the provider prints it", async () => {
        const inputs = await inputsOf(
            CLUSTER,
            cluster(await group(), { networkProfile: { ...NETWORK, networkPolicy: "azure" } }),
        );
        await expect(create(CLUSTER, inputs)).rejects.toThrow(
            'Status=400 Code="BadRequest" Message="Cilium dataplane requires network policy cilium."',
        );
    });

    it("stores a resource that ARM accepted and could not finish, and repairs it", async () => {
        const inputs = await inputsOf(CLUSTER, cluster(await group()));
        fail = "no capacity";
        const error = (await create(CLUSTER, inputs).catch((thrown: unknown) => thrown)) as InitFailed;
        expect(error).toBeInstanceOf(InitFailed);
        expect(error.message).toContain('Code="InternalOperationError" Message="no capacity"');
        expect(error.outputs["provisioningState"]).toBe("Failed");
        expect((await update(CLUSTER, error.id, inputs, error.outputs)).outputs["provisioningState"]).toBe(
            "Succeeded",
        );
    });

    it("tries again after 429 and 503", async () => {
        faults([
            { method: "PUT", action: "fail", status: 429, retryAfter: 0 },
            { method: "GET", nth: 1, action: "fail", status: 503 },
        ]);
        await expect(group()).resolves.toMatch(/^rg/);
        faults([]);
    });

    it("gives up after four tries with what ARM last said", async () => {
        faults([{ method: "PUT", times: 4, action: "fail", status: 500 }]);
        await expect(group()).rejects.toThrow('Status=500 Code="InternalServerError"');
        faults([]);
    });

    it("keeps the id when nobody can say what became of an accepted request", async () => {
        const inputs = await inputsOf(CLUSTER, cluster(await group()));
        const path = "managedClusters/[^/]+$";
        faults([
            { method: "PUT", path, action: "fail-operation", code: "QuotaExceeded", message: "no cores" },
            { method: "GET", path, nth: 2, times: 9, action: "fail", status: 500 },
        ]);
        const error = (await create(CLUSTER, inputs).catch((thrown: unknown) => thrown)) as InitFailed;
        faults([]);
        expect(error).toBeInstanceOf(InitFailed);
        expect(error.id).toContain(String(inputs["resourceName"]));
        expect(error.message).toMatch(
            /^resource created but read failed Status=500 .*: Status=\d+ Code="QuotaExceeded"/,
        );
    });

    it("follows an accepted operation to its end when the engine is interrupted, and tries nothing again", async () => {
        const tls = await certificate(join(state, "azure"));
        const client = new ArmClient({ endpoint: server.endpoint, certificate: tls.file, retrySeconds: 100 });
        const inputs = await inputsOf(CLUSTER, cluster(await group()));
        const interrupted = azureNative(() => ({
            client,
            subscription: SUBSCRIPTION.split("/")[2] ?? "",
            location: undefined,
        }));
        await interrupted.configure({}, () => undefined);
        const creating = interrupted.create({ ...call(CLUSTER), inputs, preview: false });
        setTimeout(() => interrupted.cancel?.(), 50);
        expect((await creating).outputs["provisioningState"]).toBe("Succeeded");
        faults([{ method: "GET", action: "fail", status: 503 }]);
        await expect(interrupted.create({ ...call(CLUSTER), inputs, preview: false })).rejects.toThrow(
            "status code 503",
        );
        faults([]);
    });

    it("turns a set of identities into an object and back", async () => {
        const identity = `${SUBSCRIPTION}/resourceGroups/a/providers/Microsoft.ManagedIdentity/userAssignedIdentities/me`;
        const asked = { identity: { type: "UserAssigned", userAssignedIdentities: [identity] } };
        const { id, inputs, outputs } = await made(asked);
        expect(outputs["identity"]).toMatchObject({
            userAssignedIdentities: { [identity]: { clientId: expect.any(String) as unknown } },
        });
        expect((await read(CLUSTER, id, inputs, outputs))?.inputs).toEqual(inputs);
    });
});

describe("Read", () => {
    it("finds nothing new after a create: defaults do not become inputs", async () => {
        const { id, inputs, outputs } = await made();
        expect(await read(CLUSTER, id, inputs, outputs)).toEqual({ id, inputs, outputs });
    });

    it("shows what the service changed", async () => {
        const { id, inputs, outputs } = await made();
        const next = { ...inputs, tags: { by: "hand" } };
        await update(CLUSTER, id, next, outputs);
        const found = await read(CLUSTER, id, inputs, outputs);
        expect(found?.inputs["tags"]).toEqual({ by: "hand" });
        expect(found?.inputs["agentPoolProfiles"]).toEqual(inputs["agentPoolProfiles"]);
    });

    it("says that a deleted resource is gone, and one in a deleted group too", async () => {
        const { id, inputs, outputs } = await made();
        await provider.delete({ ...call(CLUSTER), id, outputs, oldInputs: inputs });
        expect(await read(CLUSTER, id, inputs, outputs)).toBeUndefined();
        expect(
            await read(CLUSTER, id.replace(/resourceGroups\/\w+/, "resourceGroups/none"), inputs, outputs),
        ).toBeUndefined();
        await expect(
            provider.delete({ ...call(CLUSTER), id, outputs, oldInputs: inputs }),
        ).resolves.toBeUndefined();
    });

    it("imports from an id alone", async () => {
        const { id, inputs } = await made();
        const found = await read(CLUSTER, id, {}, {});
        expect(found?.inputs).toMatchObject({
            resourceGroupName: inputs["resourceGroupName"],
            resourceName: inputs["resourceName"],
            dnsPrefix: "aks",
            location: "westeurope",
        });
        expect(found?.inputs).not.toHaveProperty("fqdn");
    });
});

describe("the other resources", () => {
    it("pools, windows, roles, locks and identities come and go", async () => {
        const {
            id,
            inputs: { resourceGroupName = "", resourceName = "" },
        } = await made();
        const inCluster = { resourceGroupName, resourceName };
        const principal = "00000000-0000-0000-0000-0000000000bb";
        const role = `${SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/b1ff04bb-8a4e-4dc4-8eb5-8693973ce19b`;
        const rows: [string, Properties, Properties][] = [
            [
                POOL,
                {
                    ...inCluster,
                    agentPoolName: "apps",
                    count: 2,
                    vmSize: "Standard_D4s_v5",
                    mode: "User",
                    type: "VirtualMachineScaleSets",
                },
                { name: "apps", count: 2, provisioningState: "Succeeded" },
            ],
            [
                "azure-native:containerservice:MaintenanceConfiguration",
                {
                    ...inCluster,
                    configName: "aksManagedAutoUpgradeSchedule",
                    maintenanceWindow: {
                        startTime: "02:00",
                        durationHours: 4,
                        schedule: { weekly: { dayOfWeek: "Sunday", intervalWeeks: 1 } },
                    },
                },
                { name: "aksManagedAutoUpgradeSchedule" },
            ],
            [
                ROLE,
                { scope: id, roleDefinitionId: role, principalId: principal },
                { scope: id, principalId: principal, roleDefinitionId: role },
            ],
            [
                "azure-native:managedidentity:UserAssignedIdentity",
                { resourceGroupName, location: "westeurope" },
                { tenantId: expect.any(String) as unknown as string },
            ],
            [
                LOCK,
                {
                    scope: `${SUBSCRIPTION}/resourceGroups/${String(resourceGroupName)}`,
                    level: "CanNotDelete",
                },
                { level: "CanNotDelete" },
            ],
        ];
        for (const [type, news, expected] of rows) {
            const inputs = await inputsOf(type, news);
            const { id: own, outputs } = await create(type, inputs);
            expect(outputs).toMatchObject(expected);
            expect(await read(type, own, inputs, outputs)).toMatchObject({ inputs });
            await provider.delete({ ...call(type), id: own, outputs, oldInputs: inputs });
            expect(await read(type, own, inputs, outputs)).toBeUndefined();
        }
    });

    it("are named when a program asks for another one", async () => {
        await expect(check("azure-native:storage:StorageAccount", {})).rejects.toThrow(
            "StorageAccount is not among them",
        );
    });
});

describe("functions", () => {
    it("list credentials, marking nothing as secret", async () => {
        const {
            inputs: { resourceGroupName = "", resourceName = "" },
        } = await made();
        const { result } = await provider.invoke(
            "azure-native:containerservice:listManagedClusterUserCredentials",
            { resourceGroupName, resourceName },
        );
        const [first] = result["kubeconfigs"] as { name: string; value: string }[];
        expect(first?.name).toBe("clusterUser");
        expect(Buffer.from(first?.value ?? "", "base64").toString()).toContain(
            `current-context: ${String(resourceName)}`,
        );
    });

    it("give a cluster as Azure has it now", async () => {
        const {
            inputs: { resourceGroupName = "", resourceName = "" },
        } = await made();
        const { result } = await provider.invoke("azure-native:containerservice:getManagedCluster", {
            resourceGroupName,
            resourceName,
        });
        expect(result).toMatchObject({
            id: expect.stringMatching(/managedClusters/) as unknown,
            name: resourceName,
            provisioningState: "Succeeded",
        });
        expect(result["properties"]).toBeUndefined();
    });

    it("say who is calling", async () => {
        expect(
            (await provider.invoke("azure-native:authorization:getClientConfig", {})).result,
        ).toMatchObject({
            subscriptionId: "00000000-0000-0000-0000-000000000001",
            objectId: expect.any(String) as unknown,
        });
    });

    it("name the function that failed", async () => {
        const args = { resourceGroupName: "none", resourceName: "none" };
        await expect(
            provider.invoke("azure-native:containerservice:listManagedClusterUserCredentials", args),
        ).rejects.toThrow(/^request failed listManagedClusterUserCredentials: Status=404/);
    });
});
