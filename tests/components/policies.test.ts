import * as pulumi from "@pulumi/pulumi";
import { CiliumPolicies } from "../../components/cilium-policies";
import type { CiliumPoliciesArgs } from "../../components/cilium-policies-args";
import { readPolicyFolder } from "../../components/policy-folder";
import { Provider } from "@pulumi/kubernetes/provider";
import { join } from "node:path";
import { record, type Recorded } from "./support/recorder";
import { ROOT } from "./support/stack-files";

const CNP = "kubernetes:cilium.io/v2:CiliumNetworkPolicy";
const CLUSTER = { kubernetesVersion: "1.35" } as const;
const ALLOW = `apiVersion: cilium.io/v2
kind: CiliumNetworkPolicy
metadata: { name: allow, namespace: team }
spec:
    endpointSelector: { matchLabels: { app: web } }
    ingress:
        - fromEndpoints: [{ matchLabels: { app: client } }]
          toPorts: [{ ports: [{ port: "80", protocol: TCP }] }]
`;
const DENY = `apiVersion: cilium.io/v2
kind: CiliumNetworkPolicy
metadata: { name: deny, namespace: team }
spec:
    endpointSelector: {}
    ingress: [{}]
`;
const GROUP = `apiVersion: cilium.io/v2alpha1
kind: CiliumCIDRGroup
metadata: { name: offices }
spec: { externalCIDRs: [198.51.100.0/24] }
`;
const FAR = ALLOW.replaceAll("team", "far").replace("name: allow", "name: far");
const file = (text: string, path = "p.yaml") => ({ path, text });

/** An output that is not known in this preview. */
function notYet<T>(): pulumi.Output<T> {
    const Unknown = pulumi.Output as unknown as new (...args: unknown[]) => pulumi.Output<T>;
    const no = Promise.resolve(false);
    return new Unknown([], Promise.resolve(undefined), no, no, Promise.resolve([]));
}

function apply(args: Partial<CiliumPoliciesArgs>, preview = false) {
    return record(() => {
        const provider = new Provider("k8s", { kubeconfig: "{}" });
        new CiliumPolicies(
            "policies",
            { ...CLUSTER, ...args },
            { providers: { kubernetes: provider }, deletedWith: provider },
        );
    }, preview);
}

/** Message of the refusal; nothing may have been registered. */
async function refusal(args: Partial<CiliumPoliciesArgs>): Promise<string> {
    let message = "";
    const { resources } = await record(() => {
        try {
            new CiliumPolicies("policies", { ...CLUSTER, ...args });
        } catch (error) {
            message = (error as Error).message;
        }
    }, true);
    expect(resources).toEqual([]);
    return message;
}

const names = (resources: Recorded[]) => resources.slice(2).map(({ name }) => name);

describe.each([true, false])("CiliumPolicies | preview %s |", (preview) => {
    test("one resource an object, named after it, child of the component, through the given provider", async () => {
        const { find, resources } = await apply({ files: [file(`${ALLOW}---\n${GROUP}`)] }, preview);
        expect(names(resources).sort()).toEqual([
            "CiliumCIDRGroup/offices",
            "CiliumNetworkPolicy/team/allow",
        ]);
        expect(find("CiliumNetworkPolicy/team/allow")).toMatchObject({
            type: CNP,
            parent: "policies",
            provider: "k8s",
            deletedWith: "k8s",
            protect: false,
        });
    });

    test("what only denies waits for what allows in the same namespace; groups come first", async () => {
        const { find } = await apply({ files: [file([DENY, FAR, ALLOW, GROUP].join("---\n"))] }, preview);
        expect(find("CiliumNetworkPolicy/team/deny").dependsOn).toEqual([
            "CiliumCIDRGroup/offices",
            "CiliumNetworkPolicy/team/allow",
        ]);
        expect(find("CiliumNetworkPolicy/team/allow").dependsOn).toEqual(["CiliumCIDRGroup/offices"]);
        expect(find("CiliumCIDRGroup/offices").dependsOn).toEqual([]);
    });

    test("namespaces are made only where asked, and before what is in them", async () => {
        const without = await apply({ files: [file(ALLOW)] }, preview);
        expect(names(without.resources)).toEqual(["CiliumNetworkPolicy/team/allow"]);
        const { find } = await apply({ files: [file(ALLOW)], createNamespaces: true }, preview);
        expect(find("Namespace/team")).toMatchObject({ type: "kubernetes:v1:Namespace", parent: "policies" });
        expect(find("CiliumNetworkPolicy/team/allow").dependsOn).toEqual(["Namespace/team"]);
    });

    test("waiting for Valid is an annotation on policies, off by default", async () => {
        const metadata = async (awaitValid: boolean, name: string) =>
            (await apply({ files: [file(`${ALLOW}---\n${GROUP}`)], awaitValid }, preview)).find(name).inputs
                .metadata;
        const valid = { "pulumi.com/waitFor": "condition=Valid" };
        expect((await metadata(true, "CiliumNetworkPolicy/team/allow")).annotations).toEqual(valid);
        expect(await metadata(true, "CiliumCIDRGroup/offices")).not.toHaveProperty("annotations");
        expect(await metadata(false, "CiliumNetworkPolicy/team/allow")).not.toHaveProperty("annotations");
    });
});

describe("CiliumPolicies |", () => {
    test("the spec is applied as it is written", async () => {
        const { find } = await apply({ files: [file(ALLOW)] });
        const { apiVersion, kind, metadata, spec } = find("CiliumNetworkPolicy/team/allow").inputs;
        expect({ apiVersion, kind, metadata }).toEqual({
            apiVersion: "cilium.io/v2",
            kind: "CiliumNetworkPolicy",
            metadata: { name: "allow", namespace: "team" },
        });
        expect(spec).toEqual({
            endpointSelector: { matchLabels: { app: "web" } },
            ingress: [
                {
                    fromEndpoints: [{ matchLabels: { app: "client" } }],
                    toPorts: [{ ports: [{ port: "80", protocol: "TCP" }] }],
                },
            ],
        });
    });

    test("every broken policy is refused in one message with file:line:column, and nothing is made", async () => {
        const misspelt = ALLOW.replace("fromEndpoints", "fromEndpoint");
        const protocol = ALLOW.replace("name: allow", "name: other").replace("TCP", "TCQ");
        const message = await refusal({
            files: [file(misspelt, "a.yaml"), file(protocol, "b.yaml"), file(GROUP, "c.yaml")],
        });
        expect(message).toMatch(
            /^2 policies cannot go to this cluster \(Kubernetes 1\.35, Cilium 1\.18, advancedNetworking off\); nothing was changed\./,
        );
        expect(message).toMatch(/^a\.yaml:7:\d+: \w+ .*fromEndpoint/m);
        expect(message).toMatch(/^b\.yaml:8:\d+: \w+ .*TCQ/m);
        expect(message).not.toContain("c.yaml");
        expect(message.match(/\n {4}why: .+\n {4}fix: .+/g)?.length).toBeGreaterThanOrEqual(2);
    });

    test("what needs a tier that the cluster has not is refused, and goes with the tier", async () => {
        const http = ALLOW.replace(
            "protocol: TCP }] }",
            'protocol: TCP }], rules: { http: [{ method: GET, path: "/" }] } }',
        );
        expect(await refusal({ files: [file(http)] })).toMatch(/advancedNetworking off\)/);
        const { resources } = await apply({ files: [file(http)], advancedNetworking: "l7" });
        expect(names(resources)).toEqual(["CiliumNetworkPolicy/team/allow"]);
    });

    test("what needs a tier waits for the cluster to have it, in previews too; the rest does not", async () => {
        const name = `apiVersion: cilium.io/v2
kind: CiliumNetworkPolicy
metadata: { name: pay, namespace: team }
spec:
    endpointSelector: {}
    egress:
        - toEndpoints:
              [{ matchLabels: { "k8s:io.kubernetes.pod.namespace": kube-system, "k8s:k8s-app": kube-dns } }]
          toPorts:
              - ports: [{ port: "53", protocol: ANY }]
                rules: { dns: [{ matchName: pay.example.com }] }
        - toFQDNs: [{ matchName: pay.example.com }]
          toPorts: [{ ports: [{ port: "443", protocol: TCP }] }]
`;
        const files = [file(ALLOW), file(name, "pay.yaml")];
        const cluster = { files, advancedNetworking: "l7" } as const;
        const later = await apply({ ...cluster, enforcedTiers: { fqdn: notYet(), l7: "l7" } }, true);
        const spec = (recording: typeof later, of: string) =>
            recording.find(`CiliumNetworkPolicy/team/${of}`).inputs["spec"];
        expect(spec(later, "allow")).toMatchObject({ endpointSelector: {} });
        // The engine's sentinel for a text that is not known yet.
        expect(spec(later, "pay")).toBe("04da6b54-80e4-46f7-96ec-b56ff0331ba9");
        // It does not need the higher tier, and so it does not wait for it.
        for (const enforcedTiers of [{ fqdn: "fqdn", l7: notYet<string>() }, { l7: notYet<string>() }]) {
            const now = await apply({ ...cluster, enforcedTiers }, true);
            expect(spec(now, "pay")).toEqual(spec(await apply(cluster), "pay"));
        }
    });

    test("documents for other tiers are left out; an unknown tier is refused", async () => {
        const annotated = (tiers: string) =>
            ALLOW.replace(
                "namespace: team",
                `namespace: team, annotations: { aks-cilium.io/advanced-networking: "${tiers}" }`,
            );
        const { resources } = await apply({ files: [file(annotated("fqdn,l7"))] });
        expect(names(resources)).toEqual([]);
        expect(await refusal({ files: [file(annotated("fqdn,layer7"))] })).toMatch(
            /p\.yaml:3:\d+: P03 "layer7" is no tier/,
        );
    });

    test("other kinds and doubles are refused", async () => {
        const deployment = "apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: web }\n";
        const message = await refusal({
            files: [file(deployment, "a.yaml"), file(ALLOW, "b.yaml"), file(ALLOW, "c.yaml")],
        });
        expect(message).toMatch(/^a\.yaml:2:\d+: P01 Deployment is no policy\./m);
        expect(message).toMatch(
            /^c\.yaml:3:\d+: P02 CiliumNetworkPolicy team\/allow is there already: b\.yaml:3:\d+\./m,
        );
    });

    test("objects are checked like files", async () => {
        const spec = { endpointSelector: {}, ingress: [{ fromEndpoint: [{}] }] };
        const bad = {
            apiVersion: "cilium.io/v2",
            kind: "CiliumNetworkPolicy",
            metadata: { name: "x", namespace: "team" },
            spec,
        };
        expect(await refusal({ objects: [bad] })).toMatch(/^objects\[0\]:1:1: \w+ .*fromEndpoint/m);
    });

    test("outputs in an object are checked once they are known, and named while they are not", async () => {
        const object = (address: pulumi.Input<string>) => ({
            apiVersion: "cilium.io/v2",
            kind: "CiliumNetworkPolicy",
            metadata: { name: "x", namespace: "team" },
            spec: {
                endpointSelector: {},
                egress: [{ toCIDR: [address], toPorts: [{ ports: [{ port: "443", protocol: "TCP" }] }] }],
            },
        });
        const known = await apply({ objects: [object(pulumi.output("203.0.113.7/32"))] });
        expect(known.find("CiliumNetworkPolicy/team/x").inputs.spec.egress[0].toCIDR).toEqual([
            "203.0.113.7/32",
        ]);
        const said = jest.spyOn(pulumi.log, "info").mockImplementation(() => Promise.resolve());
        try {
            await apply({ objects: [object(notYet())] }, true);
            expect(said).toHaveBeenCalledWith(
                "CiliumNetworkPolicy team/x is checked when it is created: not known yet are spec.egress[0].toCIDR[0]",
            );
        } finally {
            said.mockRestore();
        }
    });

    test("an object whose name is an output is refused: names decide which resources there are", async () => {
        const object = {
            apiVersion: "cilium.io/v2",
            kind: "CiliumNetworkPolicy",
            metadata: { name: pulumi.output("x") },
            spec: {},
        };
        expect(await refusal({ objects: [object] })).toMatch(
            /objects\[0\]: apiVersion, kind and metadata must be known/,
        );
    });

    /** Renaming any of these replaces the object in every cluster. */
    test("the samples at tier off", async () => {
        const { resources } = await apply({ files: readPolicyFolder(join(ROOT, "policies")).policies });
        expect(names(resources).sort()).toEqual([
            "CiliumClusterwideNetworkPolicy/deny-metadata",
            "CiliumClusterwideNetworkPolicy/dns-and-health",
            "CiliumNetworkPolicy/shop/default-deny",
            "CiliumNetworkPolicy/shop/dns",
            "CiliumNetworkPolicy/shop/front-from-world",
            "CiliumNetworkPolicy/shop/front-to-services",
            "CiliumNetworkPolicy/shop/orders-from-front",
            "CiliumNetworkPolicy/shop/orders-to-payments",
            "CiliumNetworkPolicy/shop/orders-to-queue",
            "CiliumNetworkPolicy/shop/products-from-front",
            "CiliumNetworkPolicy/shop/queue-from-orders",
            "Namespace/shop",
            "NetworkPolicy/shop/queue-metrics",
        ]);
        const last = resources.filter(({ name }) => /default-deny|deny-metadata/.test(name));
        for (const { dependsOn } of last) expect(dependsOn.length).toBeGreaterThan(1);
    });
});
