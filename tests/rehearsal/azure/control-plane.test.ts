/** The control plane's ways: operations, conflicts, locks, roles, versions, state over a restart. */
import type { JsonObject } from "../../../rehearsal/azure/arm";
import { parse } from "yaml";
import { CLUSTER, clusterBody, errorOf, GROUP, harness, type Harness, SUBSCRIPTION } from "./harness";

let azure: Harness;
beforeEach(async () => {
    azure = harness();
    await azure.send("PUT", GROUP, { location: "West Europe" });
});
afterEach(() => azure.clean());

const pools = async (): Promise<JsonObject[]> => {
    const { body } = await azure.send("GET", CLUSTER);
    return ((body as JsonObject)["properties"] as JsonObject)["agentPoolProfiles"] as JsonObject[];
};
const POOL = { properties: { mode: "User", count: 2, vmSize: "Standard_D4s_v5" } };

describe("resource groups", () => {
    it("answer in ARM's way", async () => {
        expect(await azure.send("GET", GROUP)).toMatchObject({
            status: 200,
            body: { location: "westeurope", properties: { provisioningState: "Succeeded" } },
        });
        expect((await azure.send("PUT", GROUP, { location: "westeurope", tags: { a: "b" } })).status).toBe(
            200,
        );
        expect((await azure.send("HEAD", GROUP)).status).toBe(204);
        expect(errorOf(await azure.send("PUT", GROUP, { location: "eastus" }))).toMatchObject({
            status: 409,
            code: "InvalidResourceGroupLocation",
        });
        expect(errorOf(await azure.send("PUT", GROUP, {}))).toMatchObject({ code: "LocationRequired" });
    });

    it("ignore case in addresses", async () => {
        expect(
            (
                await azure.send(
                    "GET",
                    GROUP.replace("resourceGroups", "resourcegroups")
                        .toUpperCase()
                        .replace("/SUBSCRIPTIONS", "/subscriptions"),
                )
            ).status,
        ).toBe(200);
    });

    it("take everything inside along when they go", async () => {
        await azure.finish("PUT", CLUSTER, clusterBody());
        await azure.finish("DELETE", GROUP);
        expect(azure.told).toContain("remove aks");
        expect((await azure.send("GET", GROUP)).status).toBe(404);
        expect(errorOf(await azure.send("GET", CLUSTER))["code"]).toBe("ResourceGroupNotFound");
    });
});

describe("operations", () => {
    it("go on behind a 201 and end in Succeeded", async () => {
        const release = azure.hold();
        const created = await azure.send("PUT", CLUSTER, clusterBody());
        expect(created).toMatchObject({ status: 201, headers: { "Retry-After": "1" } });
        expect((created.body as JsonObject)["properties"]).toMatchObject({ provisioningState: "Creating" });
        const operation = new URL(created.headers?.["Azure-AsyncOperation"] ?? "").pathname;
        expect(await azure.send("GET", operation, {}, "2016-03-30")).toMatchObject({
            body: { status: "InProgress" },
        });
        release();
        await new Promise((resolve) => setTimeout(resolve, 20));
        expect(await azure.send("GET", operation, {}, "2016-03-30")).toMatchObject({
            body: { status: "Succeeded" },
        });
        expect((await azure.send("GET", CLUSTER)).body).toMatchObject({
            properties: { provisioningState: "Succeeded" },
        });
    });

    it("leave a failed cluster behind, which the next PUT repairs", async () => {
        azure.fail("no capacity");
        expect(await azure.finish("PUT", CLUSTER, clusterBody())).toMatchObject({
            status: "Failed",
            error: { code: "InternalOperationError", message: "no capacity" },
        });
        expect((await azure.send("GET", CLUSTER)).body).toMatchObject({
            properties: { provisioningState: "Failed" },
        });
        expect(await azure.finish("PUT", CLUSTER, clusterBody())).toMatchObject({
            first: 200,
            status: "Succeeded",
        });
    });

    it("go on in the next process when one was killed in between", async () => {
        azure.hold();
        await azure.send("PUT", CLUSTER, clusterBody());
        const next = azure.restart();
        expect((await next.send("GET", CLUSTER)).body).toMatchObject({
            properties: { provisioningState: "Creating" },
        });
        next.plane.operations.resume();
        await new Promise((resolve) => setTimeout(resolve, 20));
        expect(next.told).toEqual(["start aks"]);
        expect((await next.send("GET", CLUSTER)).body).toMatchObject({
            properties: { provisioningState: "Succeeded" },
        });
    });
});

describe("parallel writes", () => {
    it("are refused while the cluster changes (cilium/cilium#25944 and others quote the text)", async () => {
        azure.hold();
        await azure.send("PUT", CLUSTER, clusterBody());
        const message =
            "Operation is not allowed: Another operation (Creating) is in progress, please wait for it to finish before starting a new operation. See https://aka.ms/aks-pending-operation for more details";
        for (const [method, path, body] of [
            ["PUT", CLUSTER, clusterBody()],
            ["DELETE", CLUSTER, {}],
            ["PUT", `${CLUSTER}/agentPools/apps`, POOL],
        ] as const) {
            expect(errorOf(await azure.send(method, path, body))).toMatchObject({
                status: 409,
                code: "OperationNotAllowed",
                message,
            });
        }
    });

    it("let two pools change side by side, not one pool twice, nor the cluster meanwhile", async () => {
        await azure.finish("PUT", CLUSTER, clusterBody());
        azure.hold();
        expect((await azure.send("PUT", `${CLUSTER}/agentPools/apps`, POOL)).status).toBe(201);
        expect((await azure.send("PUT", `${CLUSTER}/agentPools/more`, POOL)).status).toBe(201);
        expect(errorOf(await azure.send("PUT", `${CLUSTER}/agentPools/apps`, POOL))["message"]).toContain(
            "Another agentpool operation (apps - Creating)",
        );
        expect((await azure.send("PUT", CLUSTER, clusterBody())).status).toBe(409);
    });
});

describe("agent pools", () => {
    beforeEach(() => azure.finish("PUT", CLUSTER, clusterBody()));

    it("come, change and go, and the cluster follows each time", async () => {
        expect(await azure.finish("PUT", `${CLUSTER}/agentPools/apps`, POOL)).toMatchObject({
            first: 201,
            status: "Succeeded",
        });
        expect(
            await azure.finish("PUT", `${CLUSTER}/agentPools/apps`, {
                properties: { ...POOL.properties, count: 3 },
            }),
        ).toMatchObject({ first: 200 });
        expect((await pools()).map(({ name, count }) => [name, count])).toEqual([
            ["system", 1],
            ["apps", 3],
        ]);
        await azure.finish("DELETE", `${CLUSTER}/agentPools/apps`);
        expect(await pools()).toHaveLength(1);
        expect(azure.told).toHaveLength(4);
        expect((await azure.send("DELETE", `${CLUSTER}/agentPools/apps`)).status).toBe(204);
    });

    it("survive a PUT of the cluster that does not name them (aks.md 3.4)", async () => {
        await azure.finish("PUT", `${CLUSTER}/agentPools/apps`, POOL);
        await azure.finish("PUT", CLUSTER, { ...clusterBody(), tags: { a: "b" } });
        expect((await pools()).map(({ name }) => name)).toEqual(["system", "apps"]);
    });

    it("change what may change in place only", async () => {
        await azure.finish("PUT", `${CLUSTER}/agentPools/apps`, POOL);
        const other = { properties: { ...POOL.properties, vmSize: "Standard_D8s_v5" } };
        expect(errorOf(await azure.send("PUT", `${CLUSTER}/agentPools/apps`, other))).toMatchObject({
            code: "PropertyChangeNotAllowed",
        });
    });
});

describe("API versions", () => {
    it("are required and known", async () => {
        expect(errorOf(await azure.send("GET", CLUSTER, {}, ""))["code"]).toBe("MissingApiVersionParameter");
        expect(errorOf(await azure.send("GET", CLUSTER, {}, "2019-01-01"))["code"]).toBe(
            "InvalidApiVersionParameter",
        );
    });

    it("before 2026-01-01 do not show what they do not know (aks.md 2.2)", async () => {
        await azure.finish(
            "PUT",
            CLUSTER,
            clusterBody({ advancedNetworking: { enabled: true } }),
            "2026-06-01",
        );
        const seen = async (version: string) => {
            const { body } = await azure.send("GET", CLUSTER, {}, version);
            return (((body as JsonObject)["properties"] as JsonObject)["networkProfile"] as JsonObject)[
                "advancedNetworking"
            ];
        };
        expect(await seen("2025-09-01")).not.toHaveProperty("performance");
        expect(await seen("2026-06-01")).toHaveProperty("performance");
    });
});

describe("credentials", () => {
    const read = async (kind: string) => {
        const { body } = await azure.send("POST", `${CLUSTER}/listCluster${kind}Credential`);
        const [first] = (body as { kubeconfigs: { value: string }[] }).kubeconfigs;
        return parse(Buffer.from(first?.value ?? "", "base64").toString()) as Record<string, never>;
    };

    it("have AKS's names and stand alone", async () => {
        await azure.finish("PUT", CLUSTER, clusterBody());
        expect(await read("User")).toMatchObject({
            "current-context": "aks",
            clusters: [
                {
                    name: "aks",
                    cluster: {
                        server: "https://127.0.0.1:1",
                        "certificate-authority-data": Buffer.from("not a certificate\n").toString("base64"),
                    },
                },
            ],
            users: [{ name: "clusterUser_rg_aks", user: { token: "abc" } }],
        });
        expect(await read("Admin")).toMatchObject({
            "current-context": "aks-admin",
            users: [{ name: "clusterAdmin_rg_aks" }],
        });
    });

    it("hold no secret with Entra sign-in: kubelogin gets the token", async () => {
        await azure.finish("PUT", CLUSTER, clusterBody({}, {}, { aadProfile: { managed: true } }));
        const config = await read("User");
        expect(JSON.stringify(config)).not.toContain("abc");
        expect(config).toMatchObject({ users: [{ user: { exec: { command: "kubelogin" } } }] });
    });
});

it("says where a cluster can go", async () => {
    await azure.finish("PUT", CLUSTER, clusterBody());
    const { body } = await azure.send("GET", `${CLUSTER}/upgradeProfiles/default`);
    expect(body).toMatchObject({
        properties: {
            controlPlaneProfile: { kubernetesVersion: "1.35.4", upgrades: [{ kubernetesVersion: "1.36.3" }] },
        },
    });
});

describe("locks", () => {
    const lock = (scope: string) => `${scope}/providers/Microsoft.Authorization/locks/keep`;

    it.each([GROUP, CLUSTER])("keep %s, what is in it and what it is in", async (scope) => {
        await azure.finish("PUT", CLUSTER, clusterBody());
        await azure.send("PUT", lock(scope), { properties: { level: "CanNotDelete" } });
        for (const path of [CLUSTER, GROUP]) {
            expect(errorOf(await azure.send("DELETE", path))).toMatchObject({
                status: 409,
                code: "ScopeLocked",
            });
        }
        expect((await azure.send("DELETE", lock(scope))).status).toBe(200);
        expect((await azure.send("DELETE", CLUSTER)).status).toBe(202);
    });
});

describe("roles", () => {
    const NETWORK = `${SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/4d97b98b-1d4f-4787-a291-c67834d212e7`;
    const assignment = (name: string) =>
        `${CLUSTER}/providers/Microsoft.Authorization/roleAssignments/${name}`;
    const A = "00000000-0000-0000-0000-00000000000a";
    const body = {
        properties: {
            roleDefinitionId: NETWORK,
            principalId: "00000000-0000-0000-0000-0000000000bb",
            principalType: "ServicePrincipal",
        },
    };

    it("are assigned once", async () => {
        expect((await azure.send("PUT", assignment(A), body)).status).toBe(201);
        expect((await azure.send("PUT", assignment(A), body)).status).toBe(200);
        expect(errorOf(await azure.send("PUT", assignment(A.replace(/a$/, "c")), body))).toMatchObject({
            status: 409,
            code: "RoleAssignmentExists",
        });
        expect((await azure.send("GET", assignment(A))).body).toMatchObject({
            properties: { scope: CLUSTER },
        });
        expect((await azure.send("DELETE", assignment(A))).status).toBe(200);
        expect((await azure.send("DELETE", assignment(A))).status).toBe(204);
    });

    it("need a GUID, a role and a principal", async () => {
        expect(errorOf(await azure.send("PUT", assignment("mine"), body))["code"]).toBe(
            "InvalidRoleAssignmentId",
        );
        const other = {
            properties: { ...body.properties, roleDefinitionId: NETWORK.replace("4d97", "0000") },
        };
        expect(errorOf(await azure.send("PUT", assignment(A), other))["code"]).toBe(
            "RoleDefinitionDoesNotExist",
        );
    });

    it("are found by name", async () => {
        const query = new URLSearchParams({ $filter: "roleName eq 'Network Contributor'" });
        const path = `${SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions`;
        const { body: list } = await azure.plane.answer({
            method: "GET",
            path,
            query,
            apiVersion: "2022-05-01-preview",
            body: {},
            params: {},
        });
        expect(list).toMatchObject({ value: [{ id: NETWORK }] });
    });
});

it("says so when it has no such address", async () => {
    expect(errorOf(await azure.send("GET", `${GROUP}/providers/Microsoft.Storage/x/y`))["code"]).toBe(
        "NotFound",
    );
    expect(errorOf(await azure.send("POST", GROUP))["code"]).toBe("MethodNotAllowed");
});
