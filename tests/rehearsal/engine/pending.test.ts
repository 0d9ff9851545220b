import { cutOffCreations, placeOf, settle, type StateResource } from "../../../rehearsal/engine/pending";

const resource = (name: string, type: string, more: Partial<StateResource> = {}): StateResource => ({
    urn: `urn:pulumi:dev::aks-cilium::${type}::${name}`,
    type,
    custom: true,
    ...more,
});
const NAMESPACE = "kubernetes:core/v1:Namespace";
const GROUP = "azure-native:resources:ResourceGroup";

describe("where a cut-off creation is looked for", () => {
    test.each([
        [GROUP, { resourceGroupName: "rg1" }, "/subscriptions/S/resourceGroups/rg1"],
        [
            "azure-native:containerservice:AgentPool",
            { resourceGroupName: "rg1", resourceName: "aks1", agentPoolName: "user" },
            "/subscriptions/S/resourceGroups/rg1/providers/Microsoft.ContainerService/managedClusters/aks1/agentPools/user",
        ],
        [
            "azure-native:authorization:RoleAssignment",
            { scope: "/subscriptions/S/resourceGroups/rg1", roleAssignmentName: "r" },
            "/subscriptions/S/resourceGroups/rg1/providers/Microsoft.Authorization/roleAssignments/r",
        ],
        [
            "azure-native:authorization:ManagementLockAtResourceGroupLevel",
            { resourceGroupName: "rg1", lockName: "l" },
            "/subscriptions/S/resourceGroups/rg1/providers/Microsoft.Authorization/locks/l",
        ],
    ])("%s", (type, inputs, id) => {
        expect(placeOf(resource("x", type, { inputs }), "S")).toMatchObject({ kind: "azure", id });
    });

    test("a Kubernetes object by kind, namespace and name", () => {
        const inputs = {
            apiVersion: "cilium.io/v2",
            kind: "CiliumNetworkPolicy",
            metadata: { name: "front", namespace: "shop" },
        };
        expect(
            placeOf(resource("x", "kubernetes:cilium.io/v2:CiliumNetworkPolicy", { inputs }), "S"),
        ).toEqual({
            kind: "kubernetes",
            id: "shop/front",
            apiVersion: "cilium.io/v2",
            what: "CiliumNetworkPolicy",
        });
    });

    test("random values exist nowhere else", () => {
        expect(placeOf(resource("x", "random:index/randomString:RandomString"), "S")).toBeUndefined();
    });
});

describe("settling", () => {
    const group = resource("group", GROUP, { id: "/g", inputs: { location: "westeurope" } });
    const fresh = resource("shop", NAMESPACE, { inputs: { metadata: { name: "shop" } } });

    test("what was created becomes a resource with its inputs, what was not is forgotten", () => {
        const deployment = {
            manifest: {},
            resources: [group],
            pending_operations: [
                { type: "creating", resource: fresh },
                { type: "creating", resource: resource("other", NAMESPACE) },
                { type: "updating", resource: group },
            ],
        };
        expect(cutOffCreations(deployment).map(({ urn }) => urn)).toHaveLength(2);
        const settled = settle(deployment, new Map([[fresh.urn, "shop"]]));
        expect(settled.pending_operations).toEqual([]);
        expect(settled.resources).toEqual([group, { ...fresh, id: "shop", outputs: fresh.inputs }]);
    });

    test("a replacement marks the old one for deletion, in front of which the new one stands", () => {
        const old = resource("shop", NAMESPACE, { id: "shop-1" });
        const deployment = {
            resources: [group, old],
            pending_operations: [{ type: "creating", resource: fresh }],
        };
        const settled = settle(deployment, new Map([[fresh.urn, "shop-2"]]));
        expect(settled.resources?.map(({ id, delete: gone }) => [id, gone])).toEqual([
            ["/g", undefined],
            ["shop-2", undefined],
            ["shop-1", true],
        ]);
    });

    test("a creation that is in the state already is not put there twice", () => {
        const there = { ...fresh, id: "shop" };
        const deployment = {
            resources: [there],
            pending_operations: [{ type: "creating", resource: fresh }],
        };
        expect(settle(deployment, new Map([[fresh.urn, "shop"]])).resources).toEqual([there]);
    });
});
