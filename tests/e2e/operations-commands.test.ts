import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { Project, type Result } from "./support/project";

jest.setTimeout(600_000);

const MARK = "MARKED-SECRET";
const CLI = ["node", path.join("cli", "bin", "aks-cilium.js")];

/** credentials, policies, restart and inventory on a cluster of two nodes with the shop's workloads. */
describe("operations commands against the rehearsal |", () => {
    let project: Project;
    const cli = (...args: string[]): Promise<Result> =>
        project.rehearse("exec", ...CLI, ...args, "--stack", "dev");
    const at = (name: string): string => path.join(project.root, "..", name);

    beforeAll(async () => {
        project = new Project("operations");
        // What is tested is the source, not what was built from it some time ago.
        execFileSync("node", [path.join("cli", "build.mjs")], { cwd: project.root, stdio: "pipe" });
        project.edit("Pulumi.dev.yaml", /count: 1\b/, "count: 2");
        await project.succeed("up");
        const workloads = ["shop", "monitoring"].map((name) =>
            path.join(project.root, "policies", "namespaces", name, "workloads"),
        );
        await project.succeed("kubectl", "apply", "-R", ...workloads.flatMap((folder) => ["-f", folder]));
        await project.succeed(
            ...["kubectl", "create", "secret", "generic", "marked", "-n", "shop", `--from-literal=k=${MARK}`],
        );
        await project.succeed("kubectl", "set", "env", "deploy/front", "-n", "shop", `PASSWORD=${MARK}`);
        await project.succeed("kubectl", "annotate", "deploy/front", "-n", "shop", `token=${MARK}`);
        for (const name of ["deploy/front", "deploy/orders", "deploy/products", "sts/queue"])
            await project.succeed("kubectl", "rollout", "status", name, "-n", "shop", "--timeout=60s");
    });
    afterAll(() => project.dispose());

    it("credentials: a kubeconfig that kubectl uses, for its owner only, and no secret on the screen", async () => {
        const file = at("kubeconfig");
        const first = await cli("credentials", "--file", file);
        expect([first.code, first.stdout]).toEqual([0, expect.stringContaining("as current context into")]);
        expect((fs.statSync(file).mode & 0o777).toString(8)).toBe("600");
        const text = fs.readFileSync(file, "utf8");
        const [, secret = "none"] = /(?:token|client-key-data): (\S+)/.exec(text) ?? [];
        expect(secret.length).toBeGreaterThan(10);
        expect(first.stdout + first.stderr).not.toContain(secret);
        const nodes = await project.succeed(
            "exec",
            "kubectl",
            "--kubeconfig",
            file,
            "get",
            "nodes",
            "-o",
            "name",
        );
        expect(nodes.stdout.trim().split("\n")).toHaveLength(2);
        expect((await cli("credentials", "--file", file)).code).toBe(0);
        expect(fs.readFileSync(file, "utf8")).toBe(text);
        const printed = await cli("credentials", "--print");
        expect(printed.stdout).toContain(secret);
    });

    it("policies: all of the stack, valid, with the pods they apply to; a foreign and a broken one told apart", async () => {
        const listed = async () => {
            const { code, stdout } = await cli("policies", "--format", "json");
            const { policies } = JSON.parse(stdout) as {
                policies: { name: string; valid: string; endpoints: number; owner: string }[];
            };
            const selected = policies.find(({ name }) => name === "default-deny")?.endpoints;
            return { code, owners: new Set(policies.map(({ owner }) => owner)), selected };
        };
        let well = await listed();
        // A pod that a rollout has just replaced keeps its endpoint while it ends.
        for (let tries = 0; tries < 10 && well.selected !== 4; tries++) well = await listed();
        expect(well).toEqual({ code: 0, owners: new Set(["stack"]), selected: 4 });
        // Its schema accepts this; only Cilium refuses two kinds of peers in one rule.
        const foreign = `apiVersion: cilium.io/v2
kind: CiliumNetworkPolicy
metadata: {name: by-hand, namespace: shop}
spec: {endpointSelector: {}, ingress: [{fromEndpoints: [{}], fromCIDR: [10.0.0.0/8]}]}
`;
        fs.writeFileSync(at("foreign.yaml"), foreign);
        await project.succeed("kubectl", "apply", "-f", at("foreign.yaml"));
        let broken = await cli("policies");
        for (let tries = 0; tries < 10 && broken.code !== 1; tries++) broken = await cli("policies");
        expect([broken.code, broken.stdout]).toEqual([
            1,
            expect.stringMatching(/by-hand +False .*foreign \(kubectl/),
        ]);
        await project.succeed("kubectl", "delete", "-f", at("foreign.yaml"));
        await project.succeed("kubectl", "delete", "cnp", "default-deny", "-n", "shop");
        const missing = await cli("policies");
        expect([missing.code, missing.stdout]).toEqual([1, expect.stringMatching(/default-deny +missing/)]);
    });

    it("inventory: the live cluster reaches as the manifests do, and no secret is in a file", async () => {
        const dump = at("dump");
        const { code, stdout, stderr } = await cli("inventory", "--out", dump, "--no-system");
        expect([code, stdout]).toEqual([0, expect.stringContaining("5 workloads")]);
        expect(stdout + stderr).not.toContain(MARK);
        const files = fs
            .readdirSync(dump, { recursive: true, withFileTypes: true })
            .filter((entry) => entry.isFile());
        for (const entry of files)
            expect(fs.readFileSync(path.join(entry.parentPath, entry.name), "utf8")).not.toContain(MARK);
        // The policies alone, so that workloads come from one place.
        const policies = at("policies");
        fs.cpSync(path.join(project.root, "policies"), policies, {
            recursive: true,
            filter: (file) => path.basename(file) !== "workloads" && path.basename(file) !== "namespace.yaml",
        });
        const reach = async (workloads: readonly string[]): Promise<unknown> => {
            const paths = workloads.flatMap((each) => ["-w", each]);
            const result = await cli("reach", policies, ...paths, "--format", "json", "--expand");
            expect([result.code, result.stderr]).toEqual([0, ""]);
            const { connections } = JSON.parse(result.stdout) as { connections: unknown[] };
            return connections.map((each) => JSON.stringify(each)).sort();
        };
        const samples = ["shop/workloads", "shop/namespace.yaml", "monitoring/workloads"].map((each) =>
            path.join(project.root, "policies", "namespaces", each),
        );
        expect(await reach([dump])).toEqual(await reach(samples));
    });

    it("restart: pod by pod; interrupted half-way it says what goes on, and run again it follows it", async () => {
        const agents = async () =>
            (await project.names("pods")).filter((name) => /^kube-system\/cilium-[a-z0-9]{5}$/.test(name));
        const before = await agents();
        const whole = await cli("restart", "both", "--yes");
        expect([whole.code, whole.stderr]).toEqual([
            0,
            expect.stringContaining("cilium restarted: 2 of 2 ready"),
        ]);
        expect(whole.stdout).toContain("every running pod has its endpoint");
        const after = await agents();
        expect(after.filter((name) => before.includes(name))).toEqual([]);

        // The operator does not get ready any more: the run stands there until it is interrupted. Its pods were restarted a
        // moment ago, so that without --again that restart would count as on its way.
        const faults = path.join(project.state, "cluster-faults.json");
        fs.writeFileSync(faults, JSON.stringify({ notReady: ["kube-system/cilium-operator-*"] }));
        const env = await environment();
        const interrupt = (child: ChildProcess) => child.kill("SIGINT");
        const cut = await restart(env, /Restarting cilium-operator:/, interrupt, "--again");
        expect([cut.code, cut.stderr]).toEqual([2, expect.stringContaining("Not restarted: cilium.")]);
        expect(cut.stderr).toContain("The restart of cilium-operator goes on in the cluster by itself.");
        const time = await restartedAt();
        const late = await cli("restart", "both", "--yes", "--timeout", "3");
        expect([late.code, late.stderr]).toEqual([
            1,
            expect.stringContaining("a restart is on its way: follow it"),
        ]);
        expect(late.stderr).toContain("kubectl describe po cilium-operator-");
        const again = await restart(env, /Following cilium-operator:/, () => fs.rmSync(faults));
        expect([again.code, again.stderr]).toEqual([
            0,
            expect.stringContaining("cilium restarted: 2 of 2 ready"),
        ]);
        expect(await restartedAt()).toBe(time);
    });

    async function restartedAt(): Promise<string | undefined> {
        const { spec } = await project.kubectl<{
            spec: { template: { metadata: { annotations?: Record<string, string> } } };
        }>("get", "deploy", "cilium-operator", "-n", "kube-system");
        return spec.template.metadata.annotations?.["kubectl.kubernetes.io/restartedAt"];
    }

    /** What `rehearse exec` gives a command, so that a test can be its parent and send it signals. */
    async function environment(): Promise<NodeJS.ProcessEnv> {
        const { stdout } = await project.succeed("exec", "node", "-p", "JSON.stringify(process.env)");
        return JSON.parse(stdout) as NodeJS.ProcessEnv;
    }

    /** `restart both`; `then` once, when it has said so much. */
    function restart(
        env: NodeJS.ProcessEnv,
        said: RegExp,
        then: (child: ChildProcess) => void,
        ...more: string[]
    ): Promise<{ code: number | null; stderr: string }> {
        const [program = "", ...args] = CLI;
        const child = spawn(program, [...args, "restart", "both", "--yes", "--stack", "dev", ...more], {
            cwd: project.root,
            env,
            stdio: ["ignore", "ignore", "pipe"],
        });
        let stderr = "";
        let done = false;
        child.stderr.setEncoding("utf8").on("data", (piece: string) => {
            stderr += piece;
            if (done || !said.test(stderr)) return;
            done = true;
            then(child);
        });
        return new Promise((resolve) => child.on("close", (code) => resolve({ code, stderr })));
    }
});
