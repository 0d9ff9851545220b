import { guard, unlockProblems } from "../../../cli/preview/guard";
import { lossOf } from "../../../cli/preview/losses";
import { isSecret, masked, maskedText } from "../../../cli/preview/mask";
import { readPreview, valueAt, type StackPreview } from "../../../cli/preview/preview";

const CLUSTER = "azure-native:containerservice:ManagedCluster";
const urn = (type: string, name: string): string =>
    `urn:pulumi:dev::aks-cilium::aks-cilium:index:AksCiliumCluster$${type}::${name}`;
const state = (inputs: Record<string, unknown>, more: object = {}): object => ({
    type: CLUSTER,
    inputs,
    ...more,
});
const read = (steps: object[], diagnostics: object[] = []): StackPreview =>
    readPreview(JSON.stringify({ steps, diagnostics }), "dev", "preview.json");

/** As the engine plans a replacement that creates first: three steps for one resource. */
const replacement = [
    {
        op: "create-replacement",
        urn: urn(CLUSTER, "aks"),
        oldState: state({ networkProfile: { podCidr: "192.168.0.0/16" } }, { protect: true }),
        newState: state({ networkProfile: { podCidr: "192.168.0.0/15" } }),
        detailedDiff: { "networkProfile.podCidr": { kind: "update-replace", inputDiff: true } },
        replaceReasons: ["networkProfile"],
    },
    { op: "replace", urn: urn(CLUSTER, "aks"), oldState: state({}), newState: state({}) },
    { op: "delete-replaced", urn: urn(CLUSTER, "aks"), oldState: state({}) },
];

describe("readPreview", () => {
    test("a replacement is one change, with its cause and values", () => {
        const { changes, unchanged } = read([...replacement, { op: "same", urn: urn("t:t:T", "x") }]);
        expect(unchanged).toBe(1);
        expect(changes).toHaveLength(1);
        expect(changes[0]).toMatchObject({
            action: "replace",
            type: CLUSTER,
            name: "aks",
            causes: ["networkProfile.podCidr"],
            protected: true,
            properties: [
                {
                    path: "networkProfile.podCidr",
                    before: "192.168.0.0/16",
                    after: "192.168.0.0/15",
                    replaces: true,
                },
            ],
        });
    });

    test("errors come before warnings, and progress before the JSON is passed over", () => {
        const text = `a plug-in says hello\n${JSON.stringify({
            steps: [],
            diagnostics: [
                { severity: "warning", message: "w" },
                { severity: "info", message: "i" },
                { severity: "error", message: "e" },
            ],
        })}`;
        expect(readPreview(text, "dev", "f").diagnostics.map(({ message }) => message)).toEqual(["e", "w"]);
    });

    test.each(["", "not json", "[]", '{"outputs": 1}'])("refuses %p by name", (text) => {
        expect(() => readPreview(text, "dev", "preview.json")).toThrow(
            /^preview\.json: this is not the output of `pulumi preview --json`/,
        );
    });

    test("property paths are read as the engine writes them", () => {
        const root = { a: [{ "b.c": 1 }] };
        expect(valueAt(root, 'a[0]["b.c"]')).toBe(1);
        expect(valueAt(root, "a[1].x")).toBeUndefined();
    });
});

describe("guard", () => {
    const preview = read([
        ...replacement,
        { op: "delete", urn: urn("kubernetes:cilium.io/v2:CiliumNetworkPolicy", "p"), oldState: state({}) },
    ]);
    const unlock = { resource: "aks", reason: "moves to the new address plan", expires: "2026-12-31" };

    test("refuses what holds data or identity, and only that", () => {
        expect(guard(preview, [], "2026-11-23")).toMatchObject([
            { allowed: false, because: `no unlock names ${CLUSTER}::aks` },
        ]);
    });

    test("an unlock holds through its last day", () => {
        expect(guard(preview, [unlock], "2026-12-31")).toMatchObject([{ allowed: true }]);
        expect(guard(preview, [unlock], "2027-01-01")).toMatchObject([{ allowed: false }]);
        expect(guard(preview, [unlock], "2027-01-01")[0]?.because).toMatch(/expired on 2026-12-31/);
    });

    test("an unlock for another resource does not count", () => {
        expect(guard(preview, [{ ...unlock, resource: "aks2" }], "2026-11-23")).toMatchObject([
            { allowed: false },
        ]);
        expect(guard(preview, [{ ...unlock, resource: `${CLUSTER}::aks` }], "2026-11-23")).toMatchObject([
            { allowed: true },
        ]);
    });

    test("every problem of every unlock is said", () => {
        expect(
            unlockProblems([{ resource: "aks" }, null, { ...unlock, expires: "2026-02-30" }, unlock]),
        ).toEqual([
            expect.stringMatching(/unlock\[0\]\.reason/),
            expect.stringMatching(/unlock\[0\]\.expires/),
            expect.stringMatching(/unlock\[1\]\.resource/),
            expect.stringMatching(/unlock\[1\]\.reason/),
            expect.stringMatching(/unlock\[1\]\.expires/),
            expect.stringMatching(/unlock\[2\]\.expires is "2026-02-30"/),
        ]);
    });
});

describe("what goes only because something else does", () => {
    const pool = {
        op: "replace",
        urn: urn("azure-native:containerservice:AgentPool", "aks-user"),
        oldState: state({ resourceName: "aks1", vmSize: "a" }),
        newState: state({ resourceName: "aks2", vmSize: "b" }),
        detailedDiff: { resourceName: { kind: "update-replace" } },
    };
    const namespace = {
        op: "replace",
        urn: urn("kubernetes:v1:Namespace", "Namespace/shop"),
        oldState: state({}),
        newState: state({}),
        detailedDiff: null,
        replaceReasons: ["provider"],
    };

    test("counts with what holds it: one verdict, one unlock", () => {
        const verdicts = guard(read([...replacement, pool, namespace]), [], "2026-11-23");
        expect(verdicts.map(({ change }) => change.name)).toEqual(["aks"]);
        expect(verdicts[0]?.along.map(({ name }) => name)).toEqual(["aks-user", "Namespace/shop"]);
    });

    test("a cause of its own needs an unlock of its own", () => {
        const resized = {
            ...pool,
            detailedDiff: { ...pool.detailedDiff, vmSize: { kind: "update-replace" } },
        };
        const verdicts = guard(read([...replacement, resized]), [], "2026-11-23");
        expect(verdicts.map(({ change }) => change.name)).toEqual(["aks", "aks-user"]);
    });

    test("alone it is what is refused: a provider that moves takes the namespaces with it", () => {
        const verdicts = guard(read([namespace]), [], "2026-11-23");
        expect(verdicts.map(({ change }) => change.name)).toEqual(["Namespace/shop"]);
    });
});

describe("the way around", () => {
    const around = (property: string, from: string, to: string, more: Record<string, unknown> = {}) => {
        const inputs = (value: string) => ({
            resourceGroupName: "rg",
            resourceName: "aks1",
            networkProfile: { networkDataplane: "cilium", [property]: value },
            ...more,
        });
        const [change] = read([
            {
                op: "replace",
                urn: urn(CLUSTER, "aks"),
                oldState: state(inputs(from)),
                newState: state(inputs(to)),
                detailedDiff: { [`networkProfile.${property}`]: { kind: "update-replace" } },
            },
        ]).changes;
        return (change && lossOf(change, "prod")?.wayAround) ?? "";
    };

    test("a range that holds the old one: the very line, refresh, and what the preview must show then", () => {
        const text = around("podCidr", "10.244.0.0/16", "10.244.0.0/15");
        expect(text).toContain(
            "az aks update -g rg -n aks1 --pod-cidr 10.244.0.0/15\npulumi refresh --stack prod",
        );
        expect(text).toContain("it must show no change to the cluster");
    });

    test.each([
        ["10.244.0.0/16", "10.0.0.0/16", "take 10.244.0.0/15"],
        ["10.245.0.0/16", "10.0.0.0/16", "take 10.244.0.0/15"],
        ["100.64.0.0/11", "10.0.0.0/8", "take 100.64.0.0/10"],
        ["192.168.0.0/16", "10.0.0.0/8", "nor does any larger private range"],
    ])("another range: %s to %s has no way in place: %s", (from, to, hint) => {
        const text = around("podCidr", from, to);
        expect(text).toContain(hint);
        expect(text).toContain("no way in place");
        expect(text).not.toContain("az aks update");
    });

    test.each([
        ["loadBalancer", "managedNATGateway", {}, true],
        ["managedNATGateway", "loadBalancer", {}, false],
        ["loadBalancer", "userDefinedRouting", {}, false],
        ["loadBalancer", "userDefinedRouting", { agentPoolProfiles: [{ vnetSubnetID: "x" }] }, true],
        ["managedNATGateway", "none", { agentPoolProfiles: [{ vnetSubnetID: "x" }] }, false],
    ] as const)("outbound type %s to %s, %j: in place %s", (from, to, more, possible) => {
        const text = around("outboundType", from, to, { agentPoolProfiles: [{}], ...more });
        expect(text.includes(`az aks update -g rg -n aks1 --outbound-type ${to}`)).toBe(possible);
    });

    test("two causes, one of them without a way: none", () => {
        const [change] = read([
            {
                op: "replace",
                urn: urn(CLUSTER, "aks"),
                oldState: state({ networkProfile: { podCidr: "10.244.0.0/16" }, dnsPrefix: "a" }),
                newState: state({ networkProfile: { podCidr: "10.244.0.0/15" }, dnsPrefix: "b" }),
                detailedDiff: {
                    "networkProfile.podCidr": { kind: "update-replace" },
                    dnsPrefix: { kind: "update-replace" },
                },
            },
        ]).changes;
        expect(change && lossOf(change)?.wayAround).not.toContain("az aks update");
    });

    test("away from Cilium there is none", () => {
        expect(around("networkPolicy", "cilium", "calico", { networkProfile: {} })).not.toContain("az aks");
    });
});

describe("lossOf", () => {
    const change = read(replacement).changes[0];
    test("a pod range that grows can be migrated in place", () => {
        expect(change && lossOf(change)?.wayAround).toMatch(/az aks update .* --pod-cidr/);
    });
    test("what has no way in place says so", () => {
        expect(change && lossOf({ ...change, causes: ["dnsPrefix"] })?.wayAround).toMatch(/no way in place/);
    });
    test("a delete has no way around", () => {
        expect(change && lossOf({ ...change, action: "delete" })).toEqual({
            what: "cluster",
            lost: expect.stringMatching(/every workload/),
            wayAround: undefined,
        });
    });
});

describe("mask", () => {
    test.each([
        ["spec.adminPassword", "x"],
        ["data.clientKeyData", "x"],
        ["value", "-----BEGIN RSA PRIVATE KEY-----\nabc"],
        ["config", "users:\n- user: {token: abcdef}"],
        ["env[0].value", "DefaultEndpointsProtocol=https;AccountKey=abc"],
        ["kubeconfig", "apiVersion: v1"],
    ])("%s is a secret", (path, value) => expect(isSecret(path, value)).toBe(true));
    test.each([
        ["networkProfile.podCidr", "10.0.0.0/8"],
        ["spec.secretName", "tls"],
        ["tokenEnabled", true],
        ["spec.tolerations", []],
    ])("%s is none", (path, value) => expect(isSecret(path, value)).toBe(false));
    test("what the engine marks as a secret, an environment variable by its name, a Secret's entries", () => {
        const marked = {
            "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
            value: "MARKED",
        };
        const env = [{ name: "DB_PASSWORD", value: "MARKED" }];
        const secret = { kind: "Secret", data: { any: "MARKED" }, stringData: { thing: "MARKED" } };
        const shown = JSON.stringify(
            masked("", { marked, spec: { env }, secret, url: "https://me:MARKED@host" }),
        );
        expect(shown).not.toContain("MARKED");
        expect(shown).toContain("DB_PASSWORD");
    });

    test("in lines of a diagnostic, and only those", () => {
        expect(maskedText("error: refused\n  token: MARKED\n  at a.yaml:3")).toBe(
            "error: refused\n[secret]\n  at a.yaml:3",
        );
    });

    test("at any depth", () => {
        expect(
            JSON.stringify(masked("spec", { a: [{ password: "MARKED" }], b: "token: MARKED" })),
        ).not.toContain("MARKED");
    });
});
