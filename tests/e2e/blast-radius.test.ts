import * as fs from "node:fs";
import * as path from "node:path";
import { Project, type Step } from "./support/project";

/**
 * What a change touches: for each one the preview names exactly the resources that it must, and the table at the end
 * says so (docs/proven.md holds a copy).
 */
jest.setTimeout(20 * 60_000);

const CLUSTER = "ManagedCluster aks";
const POOL = "AgentPool aks-user";
const POLICIES = "ciliumclusterwidenetworkpolicies.cilium.io,ciliumnetworkpolicies.cilium.io";
const shop = "policies/namespaces/shop";
const USER_POOL = "{ user: { vmSize: Standard_D4s_v5, count: 1 } }";

const project = new Project("blast-radius");
const table: string[] = [];
const files = ["Pulumi.dev.yaml", "policies"];

/** `op Type name`, in the order of the alphabet: what the preview says happens. */
const told = (steps: readonly Step[]) =>
    steps.map(({ op, type, name }) => `${op} ${type.split(":").at(-1) ?? ""} ${name}`).sort();

async function touches(change: string, ...expected: string[]): Promise<void> {
    const steps = told(await project.preview());
    table.push(`| ${change} | ${steps.length === 0 ? "nothing" : steps.join(", ")} |`);
    expect(steps).toEqual([...expected].sort());
}

const clusters = () =>
    fs.readdirSync(path.join(project.state, "clusters")).filter((name) => name !== "token");

beforeAll(() => project.succeed("up"));
afterEach(() => project.restore(...files));
afterAll(async () => {
    process.stderr.write(`\n| change | the preview touches |\n| --- | --- |\n${table.join("\n")}\n\n`);
    await project.dispose();
});

test("nothing", () => touches("nothing"));

test("tags", async () => {
    project.set("tags", "{ owner: me }");
    await touches("tags", `update ${CLUSTER}`);
});

test("count of the System pool", async () => {
    project.set("systemPool", "{ vmSize: Standard_B2s, count: 2 }");
    await touches("count of the System pool", `update ${CLUSTER}`);
});

test("Advanced Container Networking Services, a tier up: first the cluster, then what the tier allows", async () => {
    project.set("advancedNetworking", "fqdn");
    // The cluster as it is refuses what only the new tier allows, and it is asked in the preview already.
    const { code, stdout } = await project.rehearse("preview");
    expect(code).not.toBe(0);
    expect(stdout).toContain("advanced-networking-validating-policy");

    const target = ["--target", "**ManagedCluster::aks"];
    const steps = told(await project.preview(...target));
    table.push(`| advancedNetworking off → fqdn, --target the cluster | ${steps.join(", ")} |`);
    expect(steps).toEqual([`update ${CLUSTER}`]);
    await project.succeed("up", ...target);
    const then = told(await project.preview());
    table.push(`| and then | ${then.join(", ")} |`);
    expect(then.length).toBeGreaterThan(0);
    for (const step of then) expect(step).toMatch(/^(create|delete|update) CiliumNetworkPolicy .*shop/);
    await project.succeed("up");

    project.restore(...files);
    await project.succeed("up");
    expect(await project.preview()).toEqual([]);
});

test("Kubernetes, a minor up", async () => {
    project.set("kubernetesVersion", '"1.36"');
    await touches("Kubernetes 1.35 → 1.36", `update ${CLUSTER}`);
});

test("one policy changed", async () => {
    project.edit(`${shop}/dns.yaml`, /description: .*/, "description: Changed");
    const steps = told(await project.preview());
    table.push(`| one policy changed | ${steps.join(", ")} |`);
    expect(steps).toEqual([expect.stringMatching(/^update CiliumNetworkPolicy .*shop.*dns$/)]);
});

test("one policy renamed", async () => {
    project.edit(`${shop}/dns.yaml`, "name: dns\n", "name: names\n");
    const steps = told(await project.preview());
    table.push(`| one policy renamed | ${steps.join(", ")} |`);
    expect(steps).toEqual([
        expect.stringMatching(/^create CiliumNetworkPolicy .*names$/),
        expect.stringMatching(/^delete CiliumNetworkPolicy .*dns$/),
    ]);
});

test("a pool added, of another size, removed", async () => {
    project.set("pools", USER_POOL);
    await touches("a pool added", `create ${POOL}`);
    await project.succeed("up");
    const nodes = await project.names("nodes");
    expect(nodes.filter((name) => name.includes("aks-user"))).toHaveLength(1);

    project.set("pools", USER_POOL.replace("D4s", "D8s"));
    await touches("size of a pool", `replace ${POOL}`);

    project.restore("Pulumi.dev.yaml");
    await touches("a pool removed", `delete ${POOL}`);
    await project.succeed("up");
    expect((await project.names("nodes")).filter((name) => name.includes("aks-user"))).toEqual([]);
});

describe("podCidr, which replaces the cluster", () => {
    const change = () => project.set("podCidr", "10.244.0.0/16");

    test("protect refuses, and the policies are still there after it", async () => {
        project.set("protectFromDeletion", "true");
        await project.succeed("up");
        const before = await project.names(POLICIES);
        change();
        const { code, stdout } = await project.rehearse("up");
        expect(code).not.toBe(0);
        expect(stdout).toMatch(/protect/);
        table.push("| podCidr, protected | refused |");
        expect(await project.names(POLICIES)).toEqual(before);
        expect(clusters()).toHaveLength(1);
    });

    test("unprotected, the new cluster comes up first, has all policies, and the old one goes", async () => {
        await project.succeed("up");
        const [old] = clusters();
        const before = await project.names(POLICIES);
        change();
        const steps = told(await project.preview());
        table.push(`| podCidr, not protected | ${steps.join(", ")} |`);
        expect(steps).toEqual(expect.arrayContaining([`replace ${CLUSTER}`]));
        const from = project.requests().length;
        await project.succeed("up");
        const [next, ...more] = clusters();
        expect(more).toEqual([]);
        expect(next).not.toBe(old);
        expect(await project.names(POLICIES)).toEqual(before);
        const order = project
            .requests()
            .slice(from)
            .filter(
                ({ method, path: at }) => /^(PUT|DELETE)$/.test(method) && /managedClusters\/[^/]+$/.test(at),
            )
            .map(({ method }) => method);
        expect(order).toEqual(["PUT", "DELETE"]);
        expect(await project.preview()).toEqual([]);
        const cidrs = await project.kubectl<{ items: { spec: { podCIDR: string } }[] }>("get", "nodes");
        expect(cidrs.items.map(({ spec }) => spec.podCIDR)).toEqual(["10.244.0.0/24"]);
    });
});
