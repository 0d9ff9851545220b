import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { Project } from "./support/project";

/**
 * The life of a stack with the real engine: up, nothing to do, one change at a time, refusals, a consumer, down.
 * One stack for all of it, in this order.
 */
jest.setTimeout(15 * 60_000);

const POLICIES = "ciliumclusterwidenetworkpolicies.cilium.io,ciliumnetworkpolicies.cilium.io";
const project = new Project("lifecycle");
const orders = "policies/namespaces/shop/orders-from-front.yaml";

afterAll(() => project.dispose());

test("up brings everything, says what was real, and prints outputs and applied policies", async () => {
    const { stdout, stderr, seconds } = await project.succeed("up");
    process.stderr.write(`    first up: ${seconds.toFixed(1)} s\n`);
    expect(stderr).toMatch(/^Real: Pulumi 3\.259\.0.*Kubernetes 1\.35\.4/m);
    expect(stderr).toMatch(/^Stand-ins: Azure/m);
    expect(stdout).toMatch(/^Resources:\n {4}\+ \d+ created$/m);
    expect(stdout).toMatch(/^ {4}clusterName\s*: "aks/m);
    expect(stdout).toMatch(/^Applied policies \(\d+\):$/m);
});

test("the samples are in the cluster", async () => {
    const names = await project.names(POLICIES);
    expect(names).toEqual(
        expect.arrayContaining([
            "/deny-metadata",
            "/dns-and-health",
            "shop/default-deny",
            "shop/orders-from-front",
        ]),
    );
});

test("Azure was asked for the runbook's network profile", () => {
    const put = project
        .requests()
        .find(({ method, path }) => method === "PUT" && /\/managedClusters\/[^/]+$/.test(path));
    expect(Object.keys(put ?? {})).toEqual(["time", "method", "path", "apiVersion", "status", "body"]);
    expect(put?.body).toMatchObject({
        properties: {
            networkProfile: {
                networkPlugin: "azure",
                networkPluginMode: "overlay",
                networkDataplane: "cilium",
                networkPolicy: "cilium",
                podCidr: "192.168.0.0/16",
            },
            agentPoolProfiles: [{ vmSize: "Standard_B2s", count: 1 }],
        },
    });
});

test("the nodes and what AKS runs are there", async () => {
    const nodes = await project.kubectl<{ items: { metadata: { labels: Record<string, string> } }[] }>(
        "get",
        "nodes",
    );
    expect(nodes.items).toHaveLength(1);
    expect(nodes.items[0]?.metadata.labels).toMatchObject({
        "kubernetes.azure.com/ebpf-dataplane": "cilium",
        "node.kubernetes.io/instance-type": "Standard_B2s",
    });
    await project.succeed("kubectl", "-n", "kube-system", "rollout", "status", "ds/cilium", "--timeout=60s");
    await project.succeed("kubectl", "-n", "kube-system", "rollout", "restart", "ds/cilium");
    await project.succeed("kubectl", "-n", "kube-system", "rollout", "status", "ds/cilium", "--timeout=60s");
});

/** Sends a policy to the API server as kubectl would; gives what it answered. */
async function apply(name: string, rule: object) {
    const file = path.join(project.root, `${name}.json`);
    const metadata = { name, namespace: "default" };
    const spec = { endpointSelector: {}, ...rule };
    fs.writeFileSync(
        file,
        JSON.stringify({ apiVersion: "cilium.io/v2", kind: "CiliumNetworkPolicy", metadata, spec }),
    );
    return project.rehearse("kubectl", "apply", "-f", file);
}

test("AKS's admission policy refuses DNS and L7 rules without ACNS, in the API server", async () => {
    const port = { ports: [{ port: "53", protocol: "UDP" }] };
    const dns = await apply("dns", {
        egress: [{ toPorts: [{ ...port, rules: { dns: [{ matchName: "a.b" }] } }] }],
    });
    expect(dns.code).not.toBe(0);
    expect(dns.stderr).toContain(
        "'advanced-networking-validating-policy' with binding 'advanced-networking-cilium-l7-binding'",
    );
    const http = await apply("http", {
        ingress: [{ toPorts: [{ ports: [{ port: "80" }], rules: { http: [{}] } }] }],
    });
    expect(http.stderr).toContain("denied request");
    // A rule without ports was refused for a month (Azure/AKS#4663); it is a plain policy.
    expect((await apply("plain", { ingress: [{ fromEndpoints: [{}] }] })).code).toBe(0);
});

test("the operator says which policies are valid", async () => {
    // The CRD lets both stand in one rule, Cilium does not.
    await apply("two-peers", { ingress: [{ fromEndpoints: [{}], fromCIDR: ["10.0.0.0/8"] }] });
    const valid = (name: string, status: string) =>
        project.succeed("kubectl", "wait", `cnp/${name}`, `--for=condition=Valid=${status}`, "--timeout=60s");
    await valid("plain", "True");
    await valid("two-peers", "False");
    await project.succeed("kubectl", "delete", "cnp", "plain", "two-peers");
});

test("a second preview has nothing to do", async () => {
    expect(await project.preview("--expect-no-changes")).toEqual([]);
});

test("one changed policy is exactly one update", async () => {
    project.edit(orders, /description: .*/, "description: Changed by a test");
    expect(await project.preview()).toEqual([
        expect.objectContaining({ op: "update", type: "kubernetes:cilium.io/v2:CiliumNetworkPolicy" }),
    ]);
    const { stdout } = await project.succeed("up");
    expect(stdout).toMatch(/^Resources:\n {4}~ 1 updated\n {4}\d+ unchanged$/m);
    const live = await project.kubectl<{ spec: { description: string } }>(
        "get",
        "cnp",
        "-n",
        "shop",
        "orders-from-front",
    );
    expect(live.spec.description).toBe("Changed by a test");
});

test("a tags-only change is exactly one changed resource", async () => {
    project.set("tags", "{ owner: me }");
    const steps = await project.preview();
    expect(steps.map(({ op, type }) => [op, type])).toEqual([
        ["update", "azure-native:containerservice:ManagedCluster"],
    ]);
});

test("a broken policy is refused with file, line and column, and nothing is changed", async () => {
    const before = await project.names(POLICIES);
    const puts = project.requests().filter(({ method }) => method !== "GET").length;
    project.edit(orders, "fromEndpoints", "fromEndpoint");
    const { code, stdout } = await project.rehearse("up");
    expect(code).not.toBe(0);
    expect(stdout).toMatch(/orders-from-front\.yaml:\d+:\d+: .*fromEndpoint/);
    expect(await project.names(POLICIES)).toEqual(before);
    expect(project.requests().filter(({ method }) => method !== "GET")).toHaveLength(puts);
    project.restore(orders, "Pulumi.dev.yaml");
    expect((await project.preview()).map(({ op }) => op)).toEqual(["update"]);
});

test("a second program reads the outputs, typed, and deploys into the cluster", async () => {
    await project.succeed("up");
    const { stdout } = await project.succeed("up", "--cwd", "examples/consumer");
    expect(stdout).toMatch(/podCidr *: "192\.168\.0\.0\/16"/);
    const about = await project.kubectl<{ data: object }>(
        "get",
        "-n",
        "shop",
        "configmap",
        "about-this-cluster",
    );
    expect(about.data).toMatchObject({ dataplane: "cilium", podCidr: "192.168.0.0/16" });
    await project.succeed("destroy", "--cwd", "examples/consumer");
});

test("servers restart with the next verb, on the same addresses", async () => {
    const addresses = async () =>
        (await project.succeed("env")).stdout
            .split("\n")
            .filter((line) => /ARM_ENDPOINT|KUBECONFIG/.test(line));
    const before = await addresses();
    await project.succeed("stop");
    expect(project.processes()).toEqual([]);
    const { seconds } = await project.succeed("up");
    process.stderr.write(`    second up, servers included: ${seconds.toFixed(1)} s\n`);
    // A minute on a machine that is free; on a busy one every process waits for its turn.
    const crowd = Math.max(1, (os.loadavg()[0] ?? 0) / os.cpus().length);
    expect(seconds).toBeLessThan(60 * crowd);
    expect(await addresses()).toEqual(before);
    expect(await project.preview()).toEqual([]);
});

test("refresh finds nothing to correct", async () => {
    const { stdout } = await project.succeed("refresh");
    expect(stdout).not.toMatch(/^ {4}[~-] /m);
});

test("the acceptance run for real Azure, here: it asks, proves, removes and leaves a record", async () => {
    const accept = [
        "exec",
        "node",
        "--require",
        "./loader.cjs",
        "rehearsal/accept/main.ts",
        "--stack",
        "dev",
    ];
    const asked = await project.rehearse(...accept);
    expect(asked.code).toBe(2);
    expect(asked.stderr).toContain("it costs money on Azure; say --yes where nobody can be asked");
    const file = path.join(project.state, "record.json");
    const { stdout } = await project.succeed(...accept, "--yes", "--record", file);
    expect(stdout).toMatch(/^\d+ passed, 0 failed$/m);
    const record = JSON.parse(fs.readFileSync(file, "utf8")) as {
        against: string;
        checks: { name: string; verdict: string }[];
    };
    expect(record.against).toBe("rehearsal");
    expect(record.checks).toContainEqual(expect.objectContaining({ name: "verify", verdict: "pass" }));
    // Ids, tokens and addresses say whose account it was.
    const text = JSON.stringify(record.checks);
    expect(text).not.toContain(fs.readFileSync(path.join(project.state, "clusters", "token"), "utf8").trim());
    expect(text).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}-|\b\d{1,3}(\.\d{1,3}){3}\b|127\.0\.0\.1/);
    expect(record.checks.map(({ name }) => name)).toEqual(expect.arrayContaining(["up", "destroy"]));
    fs.rmSync(file);
    // Its stack and its cluster are gone, ours is not.
    expect(
        fs.readdirSync(path.join(project.state, "clusters")).filter((name) => name !== "token"),
    ).toHaveLength(1);
    expect(await project.preview()).toEqual([]);
});

test("destroy leaves nothing", async () => {
    await project.succeed("destroy");
    const { stdout } = await project.succeed("exec", "pulumi", "stack", "export", "--stack", "dev");
    expect(
        (JSON.parse(stdout) as { deployment: { resources?: unknown[] } }).deployment.resources ?? [],
    ).toEqual([]);
    expect(fs.readdirSync(path.join(project.state, "clusters")).filter((name) => name !== "token")).toEqual(
        [],
    );
    await project.succeed("clean");
    expect(project.processes()).toEqual([]);
    expect(fs.existsSync(project.state)).toBe(false);
});
