import fc from "fast-check";
import { accessProblems, type AccessPlan } from "../../components/access";
import { execKubeconfig } from "../../components/kubeconfig";
import { poolName, type ImmutablePoolProperties } from "../../components/pool-name";
import { prerequisites, rankOf, type OrderedObject } from "../../components/policy-order";
import { poolProblems, type PlainPool } from "../../components/pools";
import { upkeepProblems, type UpkeepPlan } from "../../components/upkeep";
import { ciliumVersionFor, versionProblems, type VersionPlan } from "../../components/versions";
import type { JsonObject } from "../../cilium/manifest/document";
import { parse } from "yaml";
import { KUBECONFIG } from "./support/recorder";

const brief = (problems: { code: string; severity: string; setting: string }[]) =>
    problems.map(
        ({ code, severity, setting }) => `${code} ${severity === "warning" ? "warning " : ""}${setting}`,
    );

describe("pool names |", () => {
    const SIZE: ImmutablePoolProperties = { vmSize: "Standard_D4s_v5" };

    test("keep within what AKS takes, whatever the pool is", () =>
        fc.assert(
            fc.property(
                fc.stringMatching(/^[a-z][a-z0-9]{0,7}$/),
                fc.record({
                    vmSize: fc.string(),
                    maxPods: fc.option(fc.nat(), { nil: undefined }),
                    zones: fc.option(fc.array(fc.string()), { nil: undefined }),
                }),
                (key, properties) => expect(poolName(key, properties)).toMatch(/^[a-z][a-z0-9]{4,11}$/),
            ),
        ));

    test.each<[string, Partial<ImmutablePoolProperties>]>([
        ["size", { vmSize: "Standard_D8s_v5" }],
        ["zones", { zones: ["1"] }],
        ["max pods", { maxPods: 50 }],
        ["disk type", { osDiskType: "Ephemeral" }],
        ["disk size", { osDiskSizeGB: 256 }],
        ["subnet", { subnetId: "/subscriptions/x" }],
    ])("another %s is another name", (_, change) =>
        expect(poolName("user", { ...SIZE, ...change })).not.toBe(poolName("user", SIZE)),
    );

    test("the order of zones, and what is not set, are no difference", () => {
        expect(poolName("user", { ...SIZE, zones: ["2", "1"] })).toBe(
            poolName("user", { ...SIZE, zones: ["1", "2"] }),
        );
        expect(poolName("user", { ...SIZE, maxPods: undefined })).toBe(poolName("user", SIZE));
    });

    /** A change of this value gives every pool of every stack a new name: a rolling replacement for everybody. */
    test("stay what they were", () => expect(poolName("user", SIZE)).toBe("user178c"));
});

describe("kubeconfig |", () => {
    const exec = execKubeconfig(KUBECONFIG, "aks1", "public");

    test("logs in by kubelogin and takes over nothing but where the cluster is", () => {
        expect(parse(exec)).toEqual({
            apiVersion: "v1",
            kind: "Config",
            "current-context": "aks1",
            clusters: [
                {
                    name: "aks1",
                    cluster: {
                        server: "https://aks-dev.hcp.westeurope.azmk8s.io:443",
                        "certificate-authority-data": "Q0E=",
                    },
                },
            ],
            contexts: [{ name: "aks1", context: { cluster: "aks1", user: "aks1" } }],
            users: [
                {
                    name: "aks1",
                    user: {
                        exec: expect.objectContaining({
                            command: "kubelogin",
                            args: [
                                "get-token",
                                "--environment",
                                "AzurePublicCloud",
                                "--server-id",
                                "6dae42f8-4368-4678-94ff-3960e28e3630",
                                "--login",
                                "azurecli",
                            ],
                        }),
                    },
                },
            ],
        });
        expect(exec).not.toContain("MARKED-SECRET");
    });

    test("has one form: spelling, order, user and format of AKS's answer are no difference", () => {
        const json = JSON.stringify(parse(KUBECONFIG));
        const other = json.replaceAll('"admin"', '"clusterUser_rg_aks"').replace("MARKED-SECRET", "another");
        expect(execKubeconfig(other, "aks1", "public")).toBe(exec);
        expect(execKubeconfig(execKubeconfig(KUBECONFIG, "x", "public"), "aks1", "public")).toBe(exec);
    });

    test.each([
        ["public", "AzurePublicCloud"],
        ["government", "AzureUSGovernmentCloud"],
        ["china", "AzureChinaCloud"],
    ] as const)("cloud %s asks %s", (cloud, environment) =>
        expect(execKubeconfig(KUBECONFIG, "a", cloud)).toContain(`--environment, ${environment},`),
    );

    test.each(["", "{}", "apiVersion: v1"])("%j has no cluster to take over", (text) =>
        expect(() => execKubeconfig(text, "a", "public")).toThrow("has no cluster in it"),
    );
});

describe("order of policies |", () => {
    const object = (kind: string, spec: JsonObject, namespace?: string): OrderedObject => ({
        kind,
        namespace,
        value: { spec },
    });
    const CNP = "CiliumNetworkPolicy";

    test.each<[string, OrderedObject, string]>([
        ["a namespace", object("Namespace", {}), "namespace"],
        ["a CIDR group", object("CiliumCIDRGroup", {}), "group"],
        ["an empty rule", object(CNP, { endpointSelector: {}, ingress: [{}] }), "deny"],
        [
            "deny rules",
            object(CNP, { endpointSelector: {}, ingressDeny: [{ fromEntities: ["world"] }] }),
            "deny",
        ],
        [
            "an allowing rule",
            object(CNP, { endpointSelector: {}, egress: [{ toEntities: ["world"] }] }),
            "allow",
        ],
        [
            "both",
            object(CNP, { endpointSelector: {}, ingress: [{}], egress: [{ toEntities: ["world"] }] }),
            "allow",
        ],
        [
            "no rule of a NetworkPolicy",
            object("NetworkPolicy", { podSelector: {}, policyTypes: ["Ingress"] }),
            "deny",
        ],
        [
            "an empty rule of a NetworkPolicy",
            object("NetworkPolicy", { podSelector: {}, ingress: [{}] }),
            "allow",
        ],
    ])("%s", (_, given, rank) => expect(rankOf(given)).toBe(rank));

    test("specs count too", () =>
        expect(
            rankOf({
                kind: CNP,
                namespace: "a",
                value: { specs: [{ ingress: [{}] }, { egress: [{ toEntities: ["host"] }] }] },
            }),
        ).toBe("allow"));

    test("never asks for a circle", () => {
        const kinds = fc.constantFrom(
            "Namespace",
            "CiliumCIDRGroup",
            CNP,
            "CiliumClusterwideNetworkPolicy",
            "NetworkPolicy",
        );
        const rules = fc.constantFrom<JsonObject[]>([], [{}], [{ toEntities: ["world"] }]);
        const any = fc.record({
            kind: kinds,
            namespace: fc.constantFrom("a", "b", undefined),
            egress: rules,
            deny: rules,
        });
        fc.assert(
            fc.property(fc.array(any, { maxLength: 12 }), (made) => {
                const all = made.map(({ kind, namespace, egress, deny }) =>
                    object(kind, { endpointSelector: {}, egress, egressDeny: deny }, namespace),
                );
                const visit = (one: OrderedObject, path: OrderedObject[]): void => {
                    expect(path).not.toContain(one);
                    for (const before of prerequisites(one, all, () => "a")) visit(before, [...path, one]);
                };
                all.forEach((one) => visit(one, []));
            }),
        );
    });
});

describe("versions and channels |", () => {
    const PLAN: VersionPlan = {
        kubernetesVersion: "1.35",
        tier: "standard",
        longTermSupport: false,
        advancedNetworking: "off",
        upgradeChannel: "patch",
        nodeOsUpgradeChannel: "NodeImage",
    };
    test.each<[string, Partial<VersionPlan>, string[]]>([
        ["as it is", {}, []],
        ["a patch", { kubernetesVersion: "1.35.4" }, ["VER01 kubernetesVersion"]],
        ["no version", { kubernetesVersion: "latest" }, ["VER01 kubernetesVersion"]],
        ["too old", { kubernetesVersion: "1.30" }, ["VER02 kubernetesVersion"]],
        ["newer than known", { kubernetesVersion: "1.38" }, ["VER02 warning kubernetesVersion"]],
        [
            "too old for the ACNS tier",
            { kubernetesVersion: "1.28", advancedNetworking: "fqdn" },
            ["VER02 kubernetesVersion", "VER03 advancedNetworking"],
        ],
        ["long-term only", { kubernetesVersion: "1.32" }, ["VER04 kubernetesVersion"]],
        ["long-term, with it", { kubernetesVersion: "1.32", longTermSupport: true, tier: "premium" }, []],
        ["long-term without premium", { longTermSupport: true }, ["VER04 longTermSupport"]],
        ["stable with a pinned minor", { upgradeChannel: "stable" }, ["VER05 upgradeChannel"]],
        ["rapid with a pinned minor", { upgradeChannel: "rapid" }, ["VER05 upgradeChannel"]],
        [
            "a window for nothing",
            { upgradeChannel: "none", upgradeWindow: {} },
            ["VER06 warning upgradeWindow"],
        ],
        [
            "a node window for nothing",
            { nodeOsUpgradeChannel: "None", nodeOsWindow: {} },
            ["VER06 warning nodeOsWindow"],
        ],
    ])("%s", (_, plan, expected) => expect(brief(versionProblems({ ...PLAN, ...plan }))).toEqual(expected));

    test("policies of a minor that came out later are checked for the newest known", () => {
        expect(ciliumVersionFor("1.36").ciliumMinors).toEqual(["1.18", "1.19"]);
        expect(ciliumVersionFor("1.99")).toBe(ciliumVersionFor("1.36"));
    });
});

describe("pools |", () => {
    const GOOD: PlainPool = { vmSize: "Standard_D4s_v5", count: 3 };
    const inSystem = (pool: Partial<PlainPool>, production = true) =>
        brief(poolProblems({ systemPool: { ...GOOD, ...pool }, pools: {}, production }));

    test.each<[string, Partial<PlainPool>, string[]]>([
        ["as it is", {}, []],
        ["a name with a dash", { name: "my-pool" }, ["POOL01 systemPool.name"]],
        ["no size", { vmSize: "large" }, ["POOL02 systemPool.vmSize"]],
        ["count and autoscaler", { autoscale: { min: 1, max: 2 } }, ["POOL03 systemPool.count"]],
        ["no System node", { count: 0 }, ["POOL03 systemPool.count"]],
        ["half a node", { count: 1.5 }, ["POOL03 systemPool.count"]],
        [
            "min above max",
            { count: undefined, autoscale: { min: 3, max: 2 } },
            ["POOL03 systemPool.autoscale"],
        ],
        ["too few pods", { maxPods: 9 }, ["POOL04 systemPool.maxPods"]],
        ["too many pods", { maxPods: 251 }, ["POOL04 systemPool.maxPods"]],
        ["no room for AKS's own", { maxPods: 10, count: 2 }, ["POOL04 systemPool.maxPods"]],
        ["Windows", { osSku: "Windows2022" }, ["POOL05 systemPool.osSku"]],
        ["burstable", { vmSize: "Standard_B4ms" }, ["POOL06 systemPool.vmSize"]],
        ["small", { vmSize: "Standard_D2s_v5" }, ["POOL06 systemPool.vmSize"]],
        ["zone four", { zones: ["1", "4"] }, ["POOL07 systemPool.zones"]],
        ["half a taint", { taints: ["dedicated"] }, ["POOL08 systemPool.taints"]],
        ["AKS's label", { labels: { "kubernetes.azure.com/mode": "x" } }, ["POOL08 systemPool.labels"]],
        ["a surge of nothing", { maxSurge: "0" }, ["POOL09 systemPool.maxSurge"]],
        ["a surge over all", { maxSurge: "101%" }, ["POOL09 systemPool.maxSurge"]],
        ["a tiny disk", { osDiskSizeGB: 8 }, ["POOL09 systemPool.osDiskSizeGB"]],
    ])("%s", (_, pool, expected) => expect(inSystem(pool)).toEqual(expected));

    test("small System pools are a warning in a trial", () =>
        expect(inSystem({ vmSize: "Standard_B2s" }, false)).toEqual(["POOL06 warning systemPool.vmSize"]));

    test("User pools may be empty, small and burstable, and have short names", () => {
        const pools = {
            user: { vmSize: "Standard_B2s", count: 0, maxPods: 10 },
            abcdefgh: GOOD,
            abcdefghi: GOOD,
            "9a": GOOD,
        };
        expect(brief(poolProblems({ systemPool: GOOD, pools, production: true }))).toEqual([
            "POOL01 pools.abcdefghi",
            "POOL01 pools.9a",
        ]);
    });
});

describe("access |", () => {
    const OPEN: AccessPlan = {
        entraLogin: false,
        entraAdminGroupIds: [],
        azureRbac: false,
        clusterAdminPrincipalIds: [],
        localAccounts: true,
        adminCredentials: false,
        authorizedIpRanges: [],
        privateCluster: false,
        oidcIssuer: true,
        workloadIdentity: true,
        production: true,
    };
    const ID = "aaaaaaaa-0000-0000-0000-000000000001";
    test.each<[string, Partial<AccessPlan>, string[]]>([
        ["local accounts only", {}, []],
        ["nobody", { localAccounts: false }, ["ACC01 localAccounts"]],
        ["roles without Entra", { azureRbac: true }, ["ACC02 azureRbac"]],
        ["groups without Entra", { entraAdminGroupIds: [ID] }, ["ACC02 entraAdminGroupIds"]],
        ["admins without roles", { clusterAdminPrincipalIds: [ID] }, ["ACC02 clusterAdminPrincipalIds"]],
        ["Entra for nobody", { entraLogin: true, localAccounts: false }, ["ACC03 entraLogin"]],
        [
            "credentials that AKS does not give",
            { entraLogin: true, azureRbac: true, localAccounts: false, adminCredentials: true },
            ["ACC04 adminCredentials"],
        ],
        [
            "static credentials in production",
            { entraLogin: true, azureRbac: true },
            ["ACC05 warning localAccounts"],
        ],
        [
            "a name for an id",
            { entraLogin: true, entraAdminGroupIds: ["admins"], production: false },
            ["ACC06 entraAdminGroupIds"],
        ],
        [
            "ranges of a private server",
            { privateCluster: true, authorizedIpRanges: ["198.51.100.0/24"] },
            ["ACC07 authorizedIpRanges"],
        ],
        ["a single address", { authorizedIpRanges: ["198.51.100.1"] }, ["ACC07 authorizedIpRanges[0]"]],
        ["workload identity without issuer", { oidcIssuer: false }, ["ACC08 workloadIdentity"]],
    ])("%s", (_, plan, expected) => expect(brief(accessProblems({ ...OPEN, ...plan }))).toEqual(expected));
});

describe("names, places and times |", () => {
    const PLAN: UpkeepPlan = { location: "westeurope", tags: {}, resourceGroupTags: {} };
    const window = { dayOfWeek: "Sunday", startTime: "01:00" };
    test.each<[string, Partial<UpkeepPlan>, string[]]>([
        ["as it is", { upgradeWindow: window, resourceGroupName: "rg-aks" }, []],
        ["a display name", { location: "West Europe" }, ["GEN01 location"]],
        ["a dot at the end", { resourceGroupName: "rg." }, ["GEN02 resourceGroupName"]],
        ["a tag with a slash", { tags: { "a/b": "c" } }, ["GEN03 tags.a/b"]],
        ["a long tag", { resourceGroupTags: { a: "b".repeat(257) } }, ["GEN03 resourceGroupTags.a"]],
        [
            "a day in German",
            { upgradeWindow: { ...window, dayOfWeek: "Sonntag" } },
            ["GEN04 upgradeWindow.dayOfWeek"],
        ],
        [
            "a time after midnight",
            { nodeOsWindow: { ...window, startTime: "24:30" } },
            ["GEN04 nodeOsWindow.startTime"],
        ],
        [
            "a zone by name",
            { nodeOsWindow: { ...window, utcOffset: "CET" } },
            ["GEN04 nodeOsWindow.utcOffset"],
        ],
        [
            "too short",
            { nodeOsWindow: { ...window, durationHours: 2 } },
            ["GEN04 nodeOsWindow.durationHours"],
        ],
    ])("%s", (_, plan, expected) => expect(brief(upkeepProblems({ ...PLAN, ...plan }))).toEqual(expected));
});
