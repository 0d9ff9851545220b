import { readdirSync } from "node:fs";
import { join } from "node:path";
import {
    unknownCheckingProxy,
    UnknownValueError,
    type PolicyResource,
    type ResourceValidationPolicy,
    type StackValidationPolicy,
} from "@pulumi/policy";
import { rules } from "../../guardrails/rules";
import { stackModel } from "../../guardrails/stack-model";

type Rule = ResourceValidationPolicy | StackValidationPolicy;
interface Given {
    type: string;
    name?: string;
    stack?: string;
    props: Record<string, unknown>;
    protect?: boolean;
}

const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const urnOf = ({ stack = "prod", type, name = "aks" }: Given): string =>
    `urn:pulumi:${stack}::aks-cilium::${type}::${name}`;

/** Runs a rule as the engine does: properties behind the proxy that throws on values unknown at preview. */
function run(
    rule: Rule,
    given: Given[],
    config: Record<string, unknown> = {},
    found: string[] = [],
): string[] {
    const report = (message: string): void => void found.push(message);
    const wrapped = given.map((one) => ({
        type: one.type,
        name: one.name ?? "aks",
        urn: urnOf(one),
        props: unknownCheckingProxy(one.props) as Record<string, unknown>,
        opts: {
            protect: one.protect ?? false,
            ignoreChanges: [],
            aliases: [],
            customTimeouts: {},
            additionalSecretOutputs: [],
        },
    }));
    const shared = {
        stackTags: new Map<string, string>(),
        getConfig: () => config,
        notApplicable: (): never => fail("not used"),
    };
    if ("validateStack" in rule)
        void rule.validateStack(
            { resources: wrapped as unknown as PolicyResource[], ...shared } as never,
            report,
        );
    else
        for (const one of wrapped)
            void (rule.validateResource as (args: unknown, report: unknown) => void)(
                { ...one, ...shared },
                report,
            );
    return found;
}

const named = (name: string): Rule => rules.find((rule) => rule.name === name) as Rule;

const cluster = (props: Record<string, unknown>, more: Partial<Given> = {}): Given => ({
    type: "azure-native:containerservice:ManagedCluster",
    props,
    ...more,
});
const group: Given = { type: "azure-native:resources:ResourceGroup", name: "rg", props: {} };
const lock: Given = {
    type: "azure-native:authorization:ManagementLockByScope",
    name: "lock",
    props: { level: "CanNotDelete" },
};
const object = (type: string, props: Record<string, unknown>): Given => ({
    type: `kubernetes:${type}`,
    name: "o",
    props,
});
const policy = (spec: unknown, name = "p"): Given =>
    object("cilium.io/v2:CiliumNetworkPolicy", {
        apiVersion: "cilium.io/v2",
        kind: "CiliumNetworkPolicy",
        metadata: { name, namespace: "shop" },
        spec,
    });
const shop = object("apps/v1:Deployment", {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "web", namespace: "shop" },
    spec: {
        template: { metadata: { labels: { app: "web" } }, spec: { containers: [{ name: "c", image: "i" }] } },
    },
});
const denyBoth = policy({ endpointSelector: {}, ingress: [{}], egress: [{}] });
const namespace = (reason: string): Given =>
    object("core/v1:Namespace", {
        apiVersion: "v1",
        kind: "Namespace",
        metadata: { name: "shop", annotations: { "aks-cilium.io/no-default-deny": reason } },
    });
const coherent = {
    networkPlugin: "azure",
    networkPluginMode: "overlay",
    networkDataplane: "cilium",
    networkPolicy: "cilium",
};
const pool = (more: Record<string, unknown>): Record<string, unknown> => ({
    agentPoolProfiles: [{ name: "system", mode: "System", vmSize: "Standard_D4s_v5", count: 3, ...more }],
});
const kubeconfig = (user: string): string => `users:\n- name: admin\n  user:\n    ${user}\n`;
const stack = (outputs: Record<string, unknown>): Given => ({
    type: "pulumi:pulumi:Stack",
    name: "aks-cilium-prod",
    props: outputs,
});

interface Case {
    bad: [Given[], RegExp][];
    good: Given[][];
    unknown: Given[];
}

const cases: Record<string, Case> = {
    "api-server-restricted": {
        bad: [
            [[cluster({})], /answers every address/],
            [
                [cluster({ apiServerAccessProfile: { authorizedIPRanges: ["0.0.0.0/0"] } })],
                /"0.0.0.0\/0" is every address/,
            ],
        ],
        good: [
            [cluster({ apiServerAccessProfile: { authorizedIPRanges: ["203.0.113.0/24"] } })],
            [cluster({ apiServerAccessProfile: { enablePrivateCluster: true } })],
            [cluster({}, { stack: "dev" })],
        ],
        unknown: [cluster({ apiServerAccessProfile: UNKNOWN })],
    },
    "auto-upgrade": {
        bad: [
            [[cluster({})], /security patches of Kubernetes never arrive/],
            [[cluster({ autoUpgradeProfile: { upgradeChannel: "rapid" } })], /moves the Kubernetes minor/],
            [
                [cluster({ autoUpgradeProfile: { upgradeChannel: "patch", nodeOSUpgradeChannel: "None" } })],
                /node images unpatched/,
            ],
        ],
        good: [
            [cluster({ autoUpgradeProfile: { upgradeChannel: "patch", nodeOSUpgradeChannel: "NodeImage" } })],
        ],
        unknown: [cluster({ autoUpgradeProfile: { upgradeChannel: UNKNOWN } })],
    },
    "cilium-data-plane-coherent": {
        bad: [
            [
                [cluster({ networkProfile: { ...coherent, networkPolicy: "azure" } })],
                /networkPolicy is "azure"/,
            ],
            [[cluster({})], /networkDataplane is not set/],
        ],
        good: [[cluster({ networkProfile: coherent })]],
        unknown: [cluster({ networkProfile: { ...coherent, networkPolicy: UNKNOWN } })],
    },
    "local-accounts-disabled": {
        bad: [[[cluster({ disableLocalAccounts: false })], /shared certificate/]],
        good: [[cluster({ disableLocalAccounts: true })], [cluster({}, { stack: "dev" })]],
        unknown: [cluster({ disableLocalAccounts: UNKNOWN })],
    },
    "locked-in-production": {
        bad: [[[group], /no CanNotDelete lock/]],
        good: [[group, lock], [{ ...group, stack: "dev" }]],
        unknown: [group, { ...lock, props: { level: UNKNOWN } }],
    },
    "namespace-default-deny": {
        bad: [
            [[shop], /shop\/web has no default deny for ingress and egress/],
            [[shop, policy({ endpointSelector: {}, ingress: [{}] })], /no default deny for egress\./],
            [[shop, denyBoth, namespace("")], /gives no reason/],
            // Default deny of one workload is none of its neighbour's.
            [
                [
                    shop,
                    policy({
                        endpointSelector: { matchLabels: { app: "other" } },
                        ingress: [{}],
                        egress: [{}],
                    }),
                ],
                /shop\/web has no default deny for ingress and egress/,
            ],
        ],
        good: [
            [shop, denyBoth],
            [shop, namespace("legacy, moves out in March")],
        ],
        unknown: [shop, policy({ endpointSelector: {}, ingress: UNKNOWN })],
    },
    "no-all-entity": {
        bad: [
            [
                [policy({ endpointSelector: {}, egress: [{ toEntities: ["all"] }] })],
                /egress\[0\].toEntities holds "all"/,
            ],
            [
                [policy({ endpointSelector: {}, ingress: [{}, { fromEntities: ["all"] }] })],
                /ingress\[1\].fromEntities holds "all"/,
            ],
        ],
        good: [
            [policy({ endpointSelector: {}, egress: [{ toEntities: ["world"] }] })],
            // A denial of everybody opens nothing.
            [policy({ endpointSelector: {}, ingressDeny: [{ fromEntities: ["all"] }] })],
        ],
        unknown: [policy({ endpointSelector: {}, egress: [{ toEntities: UNKNOWN }] })],
    },
    "no-credentials-in-outputs": {
        bad: [
            [[stack({ kubeconfig: kubeconfig("token: abc") })], /"kubeconfig" holds a bearer token/],
            [[stack({ kubeconfig: kubeconfig("client-key-data: abc") })], /holds a client key/],
        ],
        good: [
            [stack({ kubeconfig: kubeconfig("exec: {command: kubelogin}") })],
            [stack({ adminKubeconfig: kubeconfig("token: abc") })],
        ],
        unknown: [stack({ kubeconfig: UNKNOWN })],
    },
    "no-metadata-access": {
        bad: [
            [[shop], /shop\/web reaches 169.254.169.254:80/],
            [
                [shop, policy({ endpointSelector: {}, egress: [{ toEntities: ["world"] }] })],
                /reaches 169.254.169.254/,
            ],
        ],
        good: [
            [shop, denyBoth],
            [
                shop,
                policy({
                    endpointSelector: {},
                    egressDeny: [{ toCIDR: ["169.254.169.254/32"] }],
                    enableDefaultDeny: { egress: false },
                }),
            ],
        ],
        unknown: [shop, policy({ endpointSelector: {}, egress: UNKNOWN })],
    },
    "oidc-issuer": {
        bad: [[[cluster({})], /cannot use workload identity/]],
        good: [[cluster({ oidcIssuerProfile: { enabled: true } })]],
        unknown: [cluster({ oidcIssuerProfile: { enabled: UNKNOWN } })],
    },
    "policies-pass-check": {
        bad: [[[policy({ endpointSelector: {}, ingress: [], egress: [] })], /^L01 /]],
        good: [[denyBoth]],
        unknown: [policy({ endpointSelector: {}, ingress: UNKNOWN })],
    },
    "protected-in-production": {
        bad: [[[cluster({}), { ...group, protect: true }], /protect is off/]],
        good: [
            [cluster({}, { protect: true }), { ...group, protect: true }],
            [cluster({}, { stack: "dev" })],
        ],
        unknown: [],
    },
    "system-pool-size": {
        bad: [
            [[cluster(pool({ vmSize: "Standard_B2s" }))], /B-series is not supported/],
            [[cluster(pool({ count: 1 }))], /may run on 1 node/],
            [[cluster(pool({ enableAutoScaling: true, minCount: 1, maxCount: 9 }))], /may run on 1 node/],
        ],
        good: [[cluster(pool({}))], [cluster(pool({ count: 1 }), { stack: "dev" })]],
        unknown: [cluster({ agentPoolProfiles: UNKNOWN })],
    },
};

describe("guardrails", () => {
    test("every file is a rule of that name, and every rule has cases", () => {
        const files = readdirSync(join(__dirname, "../../guardrails/rules"))
            .filter((file) => file !== "index.ts")
            .map((file) => file.replace(/\.ts$/, ""));
        expect(rules.map(({ name }) => name).sort()).toEqual(files.sort());
        expect(Object.keys(cases).sort()).toEqual(files);
    });

    test.each(rules.map((rule) => [rule.name, rule] as const))(
        "%s says why and what to do",
        (_name, rule) => {
            expect(rule.severity).toMatch(/^(low|medium|high|critical)$/);
            expect(rule.remediationSteps).toMatch(/.{20}/);
            expect(rule.url).toMatch(/^https:/);
        },
    );

    describe.each(rules.map((rule) => [rule.name, rule] as const))("%s", (name, rule) => {
        const { bad, good, unknown } = cases[name] as Case;
        test.each(bad)("reports case %#", (given, message) => {
            expect(run(rule, given)).toEqual(expect.arrayContaining([expect.stringMatching(message)]));
        });
        test.each(good.map((given) => [given]))("passes case %#", (given) => {
            expect(run(rule, given)).toEqual([]);
        });
        // The engine turns this error into "not evaluated at preview"; a rule that swallows it would say "good".
        // protect is an option, not a property, and options are always known.
        if (unknown.length > 0)
            test("does not guess at a value unknown at preview", () => {
                expect(() => run(rule, unknown)).toThrow(UnknownValueError);
            });
    });

    test("every message ends with the remedy and a link, which the engine does not print", () => {
        for (const rule of rules)
            for (const [given] of (cases[rule.name] as Case).bad)
                for (const message of run(rule, given))
                    expect(message).toMatch(/\nFix: .{20,} See https:\/\/\S+$/);
    });

    test("nothing is reported for lack of a policy that is there but unknown", () => {
        for (const name of ["namespace-default-deny", "no-metadata-access"]) {
            const found: string[] = [];
            const given = [shop, policy({ endpointSelector: {}, egress: UNKNOWN })];
            expect(() => run(named(name), given, {}, found)).toThrow(UnknownValueError);
            expect(found).toEqual([]);
        }
    });

    test("what is known is reported before the unknown is said", () => {
        const found: string[] = [];
        const given = [
            policy({ endpointSelector: {}, ingress: [], egress: [] }, "empty"),
            policy({ endpointSelector: {}, ingress: UNKNOWN }, "unknown"),
        ];
        expect(() => run(named("policies-pass-check"), given, {}, found)).toThrow(UnknownValueError);
        expect(found).toEqual([
            expect.stringMatching(/^L01 spec.ingress: /),
            expect.stringMatching(/^L01 spec.egress: /),
        ]);
    });

    describe("before the cluster exists, objects come without properties to rules over the stack", () => {
        const empty = (one: Given): Given => ({ ...one, props: {} });

        test("their inputs, seen one by one before, count", () => {
            const given = { ...shop, name: "seen" };
            run(named("no-all-entity"), [given]);
            expect(run(named("namespace-default-deny"), [empty(given)])).toEqual([
                expect.stringMatching(/^shop\/web has no default deny/),
            ]);
        });

        test("one that was not seen is unknown, not good", () => {
            expect(() => run(named("policies-pass-check"), [empty({ ...denyBoth, name: "unseen" })])).toThrow(
                UnknownValueError,
            );
        });
    });

    test("rules that ask about the same stack share one model, others do not", () => {
        const resources = (one: Given) =>
            [
                { type: one.type, urn: urnOf(one), props: structuredClone(one.props) },
            ] as unknown as PolicyResource[];
        const first = stackModel(resources(shop)).model;
        expect(stackModel(resources(shop)).model).toBe(first);
        expect(first?.reachability()).toBe(first?.reachability());
        expect(stackModel(resources(namespace("why"))).model).not.toBe(first);
        expect(stackModel([]).model).toBeUndefined();
    });

    test("production stacks are configuration", () => {
        const rule = named("local-accounts-disabled");
        const given = cluster({}, { stack: "live" });
        expect(run(rule, [given])).toEqual([]);
        expect(run(rule, [given], { productionStacks: ["live"] })).toHaveLength(1);
    });
});
