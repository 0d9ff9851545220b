import { readDeployment } from "../../../cli/operations/stack";
import { deployment, outputs, policy, secret } from "./deployment";

const read = (change: Parameters<typeof deployment>[0] = {}) =>
    readDeployment("dev", JSON.stringify(deployment(change)));

describe("a stack's record |", () => {
    it("has the outputs, without what is kept as a secret", () => {
        const record = read();
        expect(record.outputs.clusterName).toBe("aks1");
        expect("adminKubeconfig" in record.outputs).toBe(false);
        expect(JSON.stringify(record)).not.toContain("hidden");
    });

    it("has the policies as they were applied, and no more", () => {
        const record = read({
            resources: [
                policy("dns", { endpointSelector: {} }),
                policy("old", {}, { delete: true }),
                policy("hidden", { description: secret("words") }),
                {
                    type: "kubernetes:networking.k8s.io/v1:NetworkPolicy",
                    inputs: {
                        apiVersion: "networking.k8s.io/v1",
                        kind: "NetworkPolicy",
                        metadata: { name: "np", namespace: "shop" },
                    },
                },
                {
                    type: "kubernetes:cilium.io/v2:CiliumClusterwideNetworkPolicy",
                    inputs: {
                        apiVersion: "cilium.io/v2",
                        kind: "CiliumClusterwideNetworkPolicy",
                        metadata: { name: "wide" },
                    },
                },
                {
                    type: "kubernetes:v1:Namespace",
                    inputs: { kind: "Namespace", metadata: { name: "shop" } },
                },
                {
                    type: "kubernetes:apps/v1:Deployment",
                    inputs: { kind: "Deployment", metadata: { name: "front" } },
                },
            ],
        });
        expect(record.policies.map(({ kind, namespace, name }) => [kind, namespace, name])).toEqual([
            ["CiliumNetworkPolicy", "shop", "dns"],
            ["CiliumNetworkPolicy", "shop", "hidden"],
            ["NetworkPolicy", "shop", "np"],
            ["CiliumClusterwideNetworkPolicy", "", "wide"],
        ]);
        expect(record.policies.map(({ manifest }) => manifest !== undefined)).toEqual([
            true,
            false,
            true,
            true,
        ]);
    });

    it("has the pools: those in the cluster and those of their own", () => {
        const { pools } = read({
            resources: [
                {
                    type: "azure-native:containerservice:ManagedCluster",
                    inputs: {
                        agentPoolProfiles: [{ name: "system", mode: "System", vmSize: "Standard_B2s" }],
                    },
                },
                {
                    type: "azure-native:containerservice:AgentPool",
                    inputs: { agentPoolName: "work", vmSize: "Standard_D4ads_v5" },
                },
            ],
        });
        expect(pools).toEqual([
            { name: "system", mode: "System", vmSize: "Standard_B2s" },
            { name: "work", mode: "User", vmSize: "Standard_D4ads_v5" },
        ]);
    });

    it("counts what was cut off", () => {
        expect(read().pendingOperations).toBe(0);
        expect(read({ pending: [{}, {}] }).pendingOperations).toBe(2);
    });

    it.each([
        ["no outputs", { outputs: {} }, /has no outputs; run `pulumi up --stack dev`/],
        ["outputs of another program", { outputs: { url: "x" } }, /no `version`/],
        [
            "another version",
            { outputs: { ...outputs, version: 2 } },
            /have version 2, this aks-cilium reads version 1/,
        ],
        [
            "outputs that are missing",
            { outputs: { ...outputs, location: undefined, ranges: undefined } },
            /outputs are missing \(location, ranges\)/,
        ],
        [
            "outputs that became secret",
            { outputs: { ...outputs, location: secret("x") } },
            /marked secret \(location\)/,
        ],
    ])("refuses %s", (_, change, message) => {
        expect(() => read(change)).toThrow(
            expect.objectContaining({
                name: "UsageError",
                message: expect.stringMatching(message) as string,
            }),
        );
    });

    it.each(["", "nonsense", "[]", '{"version":3}'])("refuses what is no export: %j", (text) => {
        expect(() => readDeployment("dev", text)).toThrow(/printed no (JSON|deployment)/);
    });
});
