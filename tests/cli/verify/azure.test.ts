import { azureChecks, tierOf } from "../../../cli/verify/azure";
import { stackChecks } from "../../../cli/verify/stack";
import { check, cluster, LOOK, STACK, troubles } from "./fixtures";

const checks = (change: object = {}, stack: typeof STACK | undefined = STACK) =>
    azureChecks({ value: cluster(change) }, stack === undefined ? {} : { stack }, LOOK);
const network = (change: object) => ({ networkProfile: { ...cluster().networkProfile, ...change } });
const pool = (change: object) => ({
    agentPoolProfiles: [{ ...cluster().agentPoolProfiles?.[0], ...change }],
});

describe("verify, Azure |", () => {
    it("passes on the runbook's cluster, with and without a stack", () => {
        expect(troubles(checks())).toEqual([]);
        expect(troubles(azureChecks({ value: cluster() }, {}, LOOK))).toEqual([]);
    });

    it("compares as Azure does: ignoring case, a region with or without blanks", () => {
        expect(
            troubles(
                checks({
                    location: "West Europe",
                    ...network({ networkPlugin: "Azure", outboundType: "LoadBalancer" }),
                }),
            ),
        ).toEqual([]);
    });

    it.each<[string, object, string]>([
        ["a failed operation", { provisioningState: "Failed" }, "fail azure.provisioning"],
        ["an operation under way", { provisioningState: "Upgrading" }, "warn azure.provisioning"],
        ["a stopped cluster", { powerState: { code: "Stopped" } }, "fail azure.power"],
        ["another plugin", network({ networkPlugin: "kubenet" }), "fail azure.network-plugin"],
        ["no overlay", network({ networkPluginMode: undefined }), "fail azure.network-plugin-mode"],
        ["another data plane", network({ networkDataplane: "azure" }), "fail azure.network-dataplane"],
        ["no policy engine", network({ networkPolicy: "none" }), "fail azure.network-policy"],
        ["another pod range", network({ podCidr: "10.244.0.0/16" }), "fail azure.pod-cidr"],
        ["another service range", network({ serviceCidr: "10.1.0.0/16" }), "fail azure.service-cidr"],
        ["another DNS address", network({ dnsServiceIP: "10.0.0.11" }), "fail azure.dns-service-ip"],
        ["another way out", network({ outboundType: "managedNATGateway" }), "fail azure.outbound-type"],
        [
            "an upgrade behind Pulumi's back",
            { currentKubernetesVersion: "1.36.1" },
            "fail azure.kubernetes-version",
        ],
        [
            "a minor that only begins the same",
            { currentKubernetesVersion: "1.350.1" },
            "fail azure.kubernetes-version",
        ],
        ["another group for nodes", { nodeResourceGroup: "mine" }, "fail azure.node-resource-group"],
        ["no issuer", { oidcIssuerProfile: { enabled: false } }, "fail azure.oidc-issuer"],
        [
            "a tier more",
            network({
                advancedNetworking: {
                    enabled: true,
                    security: { enabled: true, advancedNetworkPolicies: "L7" },
                },
            }),
            "fail azure.advanced-networking",
        ],
        ["a failed pool", pool({ provisioningState: "Failed" }), "fail azure.pools"],
        ["a stopped pool", pool({ powerState: { code: "Stopped" } }), "fail azure.pools"],
        ["a pool of another size", pool({ vmSize: "Standard_D2s_v5" }), "fail azure.pools"],
        ["a pool that is gone", { agentPoolProfiles: [] }, "fail azure.pools"],
        ["a pool that scales", pool({ provisioningState: "Scaling" }), "warn azure.pools"],
        [
            "a pool of somebody else",
            {
                agentPoolProfiles: [
                    ...(cluster().agentPoolProfiles ?? []),
                    { name: "own", provisioningState: "Succeeded" },
                ],
            },
            "warn azure.pools",
        ],
    ])("tells %s", (_, change, expected) => {
        const found = checks(change);
        expect(troubles(found)).toEqual([expected]);
        const { advice, look, expected: wanted, found: seen } = check(found, expected.split(" ")[1] ?? "");
        expect(wanted).not.toBe(seen);
        expect(advice).not.toBe("");
        expect(look).toMatch(/^az aks show -g rgcni -n aks1 --subscription 0{8}-\S+ --query \S+ -o tsv$/);
    });

    it("makes everything unknown when Azure does not answer, with the reason", () => {
        const found = azureChecks(
            { problem: { what: "Azure failed", advice: "wait", status: 500 } },
            { stack: STACK },
            LOOK,
        );
        expect(
            new Set(found.map(({ verdict, found: seen, advice }) => [verdict, seen, advice].join())),
        ).toEqual(new Set(["unknown,Azure failed,wait"]));
    });

    it("fails when Azure does not know the stack's cluster; a typed one stays unknown", () => {
        const gone = { problem: { what: "there is none", advice: "look", status: 404 } };
        expect(check(azureChecks(gone, { stack: STACK }, LOOK), "azure.exists").verdict).toBe("fail");
        expect(azureChecks(gone, {}, LOOK).every(({ verdict }) => verdict === "unknown")).toBe(true);
    });

    it.each([
        [undefined, "off"],
        [{ enabled: false, security: { advancedNetworkPolicies: "L7" } }, "off"],
        [{ enabled: true }, "observability"],
        [{ enabled: true, security: { enabled: false, advancedNetworkPolicies: "FQDN" } }, "observability"],
        [{ enabled: true, security: { enabled: true, advancedNetworkPolicies: "FQDN" } }, "fqdn"],
        [{ enabled: true, security: { advancedNetworkPolicies: "L7" } }, "l7"],
    ])("reads the tier of %j", (advancedNetworking, tier) => {
        expect(tierOf(cluster(network({ advancedNetworking })))).toBe(tier);
    });
});

describe("verify, the stack |", () => {
    it("fails on operations that were cut off", () => {
        expect(troubles(stackChecks({ ...STACK, pendingOperations: 2 }))).toEqual(["fail stack.operations"]);
    });

    it("warns when the settings were edited since", () => {
        expect(
            troubles(stackChecks({ ...STACK, settings: { kubernetes: "1.35", podCidr: "192.168.0.0/16" } })),
        ).toEqual([]);
        const found = stackChecks({ ...STACK, settings: { kubernetes: "1.36" } });
        expect(check(found, "stack.settings")).toMatchObject({
            verdict: "warn",
            found: "kubernetesVersion: 1.36, applied 1.35",
        });
    });
});
