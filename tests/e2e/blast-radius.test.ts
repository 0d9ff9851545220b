import * as fs from "node:fs";
import * as path from "node:path";
import { Project, type Step } from "./support/project";
import { keepProject } from "./support/recording";

/**
 * What a change touches: for each one the preview names exactly the resources that it must, and the table at the end
 * says so (docs/proven.md holds a copy). Previews first, all from one state; then the ups that prove what they promise.
 */
jest.setTimeout(20 * 60_000);

const CLUSTER = "ManagedCluster aks";
const POLICY = "CiliumNetworkPolicy CiliumNetworkPolicy/shop/";
const POLICIES = "ciliumclusterwidenetworkpolicies.cilium.io,ciliumnetworkpolicies.cilium.io";
const shop = "policies/namespaces/shop";
const pool = (name: string, size: string) => `${name}: { vmSize: Standard_${size}_v5, count: 1 }`;
const USER = pool("user", "D4s");

const project = new Project("blast-radius");
const table: string[] = [];

/** `op Type name`, in the order of the alphabet: what the preview says happens. */
const told = (steps: readonly Step[]) =>
    steps.map(({ op, type, name }) => `${op} ${type.split(":").at(-1) ?? ""} ${name}`).sort();

const row = (change: string, steps: readonly string[]) =>
    table.push(`| ${change} | ${steps.length === 0 ? "nothing" : steps.join(", ")} |`);

/** A preview of the change made just now names these and nothing else. */
async function touches(name: string, change: string, ...expected: string[]): Promise<void> {
    const { steps, code, text } = await project.recordedPreview(name);
    if (code !== 0) throw new Error(text);
    row(change, told(steps));
    expect(told(steps)).toEqual([...expected].sort());
}

/** Settings and policies as they were brought up: stack dev, and one more pool. */
function asBroughtUp(): void {
    project.restore("Pulumi.dev.yaml", "policies");
    project.set("pools", `{ ${USER} }`);
}

const clusters = () =>
    fs.readdirSync(path.join(project.state, "clusters")).filter((name) => name !== "token");

/** Methods of the requests that changed something at this place, since the request of this number. */
const written = (from: number, place: RegExp) =>
    project
        .requests()
        .slice(from)
        .filter(({ method, path: at }) => /^(PUT|DELETE)$/.test(method) && place.test(at))
        .map(({ method }) => method);

/** Sizes of the virtual machines of a pool's nodes. */
async function sizesOf(name: string): Promise<(string | undefined)[]> {
    const { items } = await project.kubectl<{
        items: { metadata: { name: string; labels: Record<string, string> } }[];
    }>("get", "nodes");
    return items
        .filter(({ metadata }) => metadata.name.includes(`aks-${name}`))
        .map(({ metadata }) => metadata.labels["node.kubernetes.io/instance-type"]);
}

beforeAll(() => {
    asBroughtUp();
    keepProject(project.root);
    return project.succeed("up");
});
afterAll(async () => {
    process.stderr.write(`\n| change | the preview touches |\n| --- | --- |\n${table.join("\n")}\n\n`);
    await project.dispose();
});

describe("previews", () => {
    beforeEach(asBroughtUp);

    test("nothing", () => touches("nothing", "nothing"));

    test("tags", async () => {
        project.set("tags", "{ owner: me }");
        await touches("tags", "tags", `update ${CLUSTER}`);
    });

    test("count of the System pool", async () => {
        project.set("systemPool", "{ vmSize: Standard_B2s, count: 2 }");
        await touches("pool-count", "count of the System pool", `update ${CLUSTER}`);
    });

    test("Kubernetes, a minor up", async () => {
        project.set("kubernetesVersion", '"1.36"');
        await touches(
            "kubernetes-minor-up",
            "Kubernetes 1.35 → 1.36",
            `update ${CLUSTER}`,
            "update AgentPool aks-user",
        );
    });

    test("one policy changed", async () => {
        project.edit(
            `${shop}/orders-from-front.yaml`,
            /fromEndpoints:\n.*\n.*front/,
            "fromEntities: [world]",
        );
        await touches("policy-changed", "one policy changed", `update ${POLICY}orders-from-front`);
    });

    test("one policy renamed", async () => {
        project.edit(`${shop}/dns.yaml`, "name: dns\n", "name: names\n");
        await touches("policy-renamed", "one policy renamed", `create ${POLICY}names`, `delete ${POLICY}dns`);
    });

    test("a pool added", async () => {
        project.set("pools", `{ ${USER}, ${pool("batch", "D8s")} }`);
        await touches("pool-added", "a pool added", "create AgentPool aks-batch");
    });

    test("a pool of another size", async () => {
        project.set("pools", `{ ${pool("user", "D8s")} }`);
        await touches("pool-size", "size of a pool", "replace AgentPool aks-user");
    });

    test("a pool removed", async () => {
        project.restore("Pulumi.dev.yaml");
        await touches("pool-removed", "a pool removed", "delete AgentPool aks-user");
    });

    test("Advanced Container Networking Services, a tier up, with the policies that it allows", async () => {
        project.set("advancedNetworking", "fqdn");
        await touches(
            "tier-up",
            "`advancedNetworking` off → fqdn",
            `update ${CLUSTER}`,
            `create ${POLICY}orders-to-payments-name`,
            `delete ${POLICY}orders-to-payments`,
        );
    });

    test("podCidr, not protected", async () => {
        project.set("podCidr", "10.244.0.0/16");
        const { steps } = await project.recordedPreview("pod-cidr-unprotected");
        row("podCidr, not protected", told(steps));
        expect(told(steps)).toEqual(expect.arrayContaining([`replace ${CLUSTER}`]));
    });
});

test("one up brings a tier, what it allows, and a pool's new machines before the old ones go", async () => {
    asBroughtUp();
    project.set("advancedNetworking", "fqdn");
    project.set("pools", `{ ${pool("user", "D8s")} }`);
    const from = project.requests().length;
    await project.succeed("up");
    expect(await project.names(POLICIES)).toContain("shop/orders-to-payments-name");
    expect(await sizesOf("user")).toEqual(["Standard_D8s_v5"]);
    expect(written(from, /agentPools\/[^/]+$/)).toEqual(["PUT", "DELETE"]);
    // The cluster has the tier: what needs it is asked for again, and a change elsewhere leaves it alone.
    expect(await project.preview()).toEqual([]);
    project.set("tags", "{ owner: me }");
    expect(told(await project.preview())).toEqual([`update ${CLUSTER}`]);
});

describe("podCidr, which replaces the cluster", () => {
    const change = () => project.set("podCidr", "10.244.0.0/16");

    test("protect refuses, and the policies are still there after it", async () => {
        project.restore("Pulumi.dev.yaml");
        project.set("protectFromDeletion", "true");
        await project.succeed("up");
        expect(await sizesOf("user")).toEqual([]);
        const before = await project.names(POLICIES);
        expect(before).toContain("shop/orders-to-payments");
        change();
        const preview = await project.recordedPreview("pod-cidr-protected");
        expect(preview.code).not.toBe(0);
        row("podCidr, protected", ["refused"]);
        const { code, stdout } = await project.rehearse("up");
        expect(code).not.toBe(0);
        expect(stdout).toMatch(/protect/);
        expect(await project.names(POLICIES)).toEqual(before);
        expect(clusters()).toHaveLength(1);
    });

    test("unprotected, the new cluster comes up first, has all policies, and the old one goes", async () => {
        project.restore("Pulumi.dev.yaml");
        await project.succeed("up");
        const [old] = clusters();
        const before = await project.names(POLICIES);
        change();
        const from = project.requests().length;
        await project.succeed("up");
        const [next, ...more] = clusters();
        expect(more).toEqual([]);
        expect(next).not.toBe(old);
        expect(await project.names(POLICIES)).toEqual(before);
        expect(written(from, /managedClusters\/[^/]+$/)).toEqual(["PUT", "DELETE"]);
        expect(await project.preview()).toEqual([]);
        const cidrs = await project.kubectl<{ items: { spec: { podCIDR: string } }[] }>("get", "nodes");
        expect(cidrs.items.map(({ spec }) => spec.podCIDR)).toEqual(["10.244.0.0/24"]);
    });

    test("a range that holds the old one replaces it too: only AKS can do that in place", async () => {
        project.set("podCidr", "10.244.0.0/15");
        const { steps } = await project.recordedPreview("pod-cidr-larger");
        expect(told(steps)).toEqual(expect.arrayContaining([`replace ${CLUSTER}`]));
    });
});
