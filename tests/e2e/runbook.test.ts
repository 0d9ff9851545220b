import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { Project } from "./support/project";

/**
 * docs/runbook.sh with the real az (2.91.0 from PyPI where the machine has none) and kubectl, beside a stack that runs.
 */
jest.setTimeout(30 * 60_000);

const project = new Project("runbook");
const checkout = path.join(__dirname, "..", "..");
const script = path.join(project.root, "docs", "runbook.sh");
const home = path.join(path.dirname(project.state), "home");

interface Run {
    readonly code: number;
    readonly stdout: string;
    readonly stderr: string;
    readonly seconds: number;
}

/** Runs the script as a user would, whose home, login and settings are others. */
function runbook(env: NodeJS.ProcessEnv = {}, ...args: string[]): Promise<Run> {
    const began = Date.now();
    const child = spawn("bash", [script, ...args], {
        cwd: "/",
        env: { ...project.env, ...env },
        stdio: ["ignore", "pipe", "pipe"],
    });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => (stdout += chunk));
    child.stderr.setEncoding("utf8").on("data", (chunk: string) => (stderr += chunk));
    return new Promise((resolve) => {
        child.on("close", (code) =>
            resolve({ code: code ?? -1, stdout, stderr, seconds: (Date.now() - began) / 1000 }),
        );
    });
}

const steps = (stdout: string) => [
    ...new Set([...stdout.matchAll(/^ok {2}(R\d+)/gm)].map(([, step]) => step ?? "")),
];
const clusters = () =>
    fs.readdirSync(path.join(project.state, "clusters")).filter((name) => name !== "token");
const POLICIES = "ciliumclusterwidenetworkpolicies.cilium.io,ciliumnetworkpolicies.cilium.io";

beforeAll(() => {
    fs.mkdirSync(path.dirname(script), { recursive: true });
    fs.copyFileSync(path.join(checkout, "docs", "runbook.sh"), script);
});
afterAll(() => project.dispose());

test("no rehearsal: one line that says what to do, exit 2, nothing made", async () => {
    const { code, stdout, stderr } = await runbook();
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr.trim().split("\n")).toEqual([expect.stringContaining("Run `npm run rehearse` first.")]);
    expect(fs.existsSync(project.state)).toBe(false);
});

test("the commands are those of the runbook, letter by letter", () => {
    const lines = fs.readFileSync(script, "utf8");
    for (const command of [
        "az group create -n rgcni -l $loc",
        "az aks create -g rgcni -n aks --network-plugin azure --network-plugin-mode overlay " +
            "--pod-cidr 192.168.0.0/16 --network-dataplane cilium -s $vmsize -c 1",
        "az aks get-credentials -g rgcni -n aks --overwrite-existing",
        "az aks show -g rgcni -n aks --query networkProfile.",
        "kubectl get po -n kube-system --show-labels",
        "kubectl get all -n kube-system -l kubernetes.azure.com/ebpf-dataplane=cilium",
        "kubectl get all -n kube-system -l k8s-app=cilium",
        "kubectl get all -n kube-system --show-labels",
        "kubectl api-resources",
        "kubectl rollout restart ds cilium -n kube-system",
        "kubectl rollout restart deploy cilium-operator -n kube-system",
        "kubectl get po -n kube-system -l k8s-app=cilium -w",
        "kubectl get po -n kube-system -l io.cilium/app=operator",
        "kubectl get ccnp",
        "kubectl get cnp -A",
    ])
        expect(lines).toContain(command);
});

describe("beside a stack", () => {
    let before: string[];
    /** A user with settings of his own, which must neither count nor change. */
    const user = {
        HOME: home,
        AZURE_CORE_OUTPUT: "table",
        AZURE_DEFAULTS_GROUP: "mine",
        KUBECONFIG: path.join(home, ".kube", "config"),
    };

    beforeAll(async () => {
        await project.succeed("up");
        before = await project.names(POLICIES);
        fs.mkdirSync(path.join(home, ".kube"), { recursive: true });
        fs.writeFileSync(user.KUBECONFIG, "mine");
        // Binaries stay where they are, although home is another one.
        process.env["XDG_CACHE_HOME"] ??= path.join(process.env["HOME"] ?? "", ".cache");
    });

    test.each(["first", "second"])("from start to end, the %s time", async (time) => {
        const { code, stdout, stderr, seconds } = await runbook(user);
        process.stderr.write(
            `    ${time} run: ${seconds.toFixed(1)} s, ${stdout.trim().split("\n").at(-1)}\n`,
        );
        expect(`${stdout}${stderr}`).not.toContain("FAIL");
        expect(code).toBe(0);
        expect(steps(stdout)).toEqual(Array.from({ length: 14 }, (_, index) => `R${index + 1}`));
        expect(stdout).toMatch(/\n\d+ passed, 0 failed\n$/);
        expect(stdout.includes("az group delete -n rgcni --yes\nok")).toBe(false);
        expect(stdout.startsWith("$ az group delete -n rgcni --yes\n")).toBe(time === "second");
    });

    test("the stack's cluster is as it was, the user's files too", async () => {
        expect(await project.names(POLICIES)).toEqual(before);
        expect(await project.preview()).toEqual([]);
        expect(clusters()).toHaveLength(2);
        // `.npm` is of npm itself, which ran the rehearsal's command.
        expect(fs.readdirSync(home).filter((name) => name !== ".npm")).toEqual([".kube"]);
        expect(fs.readFileSync(user.KUBECONFIG, "utf8")).toBe("mine");
    });

    test("az cannot reach anything but this machine", async () => {
        const { code, stderr } = await project.rehearse(
            ...["az", "rest", "--method", "get", "--skip-authorization-header"],
            ...["--url", "https://management.azure.com/subscriptions?api-version=2022-12-01"],
        );
        expect(code).not.toBe(0);
        expect(stderr).toMatch(/proxy/i);
    });

    test("lines with az and kubectl, typed as they are inside the rehearsal", async () => {
        const { stdout } = await project.succeed(
            ...["exec", "sh", "-c"],
            "az aks list --query [].name -o tsv && kubectl get ns shop -o name",
        );
        expect(stdout.trim().split("\n").slice(-2)).toEqual(["aks", "namespace/shop"]);
    });

    test("an Azure that says no: what failed, what was not run, exit 1", async () => {
        const file = path.join(project.state, "azure", "faults.json");
        const fault = { method: "PUT", path: "managedClusters/aks$", action: "fail", status: 400, times: 9 };
        fs.writeFileSync(file, JSON.stringify([{ ...fault, code: "QuotaExceeded", message: "no cores" }]));
        const { code, stdout } = await runbook(user);
        fs.rmSync(file);
        expect(code).toBe(1);
        expect(stdout).toMatch(
            /^FAIL R2 {2}the cluster: expected Succeeded, found nothing\n.*QuotaExceeded/m,
        );
        expect(stdout).toContain("R4 to R14 were not run");
        expect(stdout).toMatch(/\n1 passed, 5 failed\n$/);
    });
});
