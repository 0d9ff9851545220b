import * as fs from "node:fs";
import * as path from "node:path";
import { Project, type Result } from "./support/project";

/**
 * The policy pack under the real engine: what the samples come to, what is refused and how that reads, before there is a
 * cluster (the first preview knows least) and with one.
 */
jest.setTimeout(15 * 60_000);

const project = new Project("guardrails");
const files = ["Pulumi.dev.yaml", "Pulumi.prod.yaml", "policies"];
const shop = "policies/namespaces/shop";
const tools = path.join(project.root, "policies/namespaces/tools");

afterEach(() => {
    fs.rmSync(tools, { recursive: true, force: true });
    project.restore(...files);
});
afterAll(() => project.dispose());

const preview = (...args: string[]): Promise<Result> =>
    project.rehearse("preview", "--policy-pack", "guardrails", ...args);

/** The engine's section about packs: what a user reads. */
function told({ stdout }: Result): string {
    return /^Policies:\n((?: {4}.*\n)+)/m.exec(stdout)?.[1] ?? "";
}

/** Rules that speak up at a level, by the engine's own line for each. */
function speaking(result: Result, level: "mandatory" | "advisory"): string[] {
    const lines = told(result).matchAll(new RegExp(`\\[${level}\\].*?\\]\\s+([\\w-]+)  \\(`, "g"));
    return [...new Set([...lines].map(([, rule]) => rule ?? ""))].sort();
}

function configuration(levels: object): string {
    const file = path.join(project.state, "levels.json");
    fs.writeFileSync(file, JSON.stringify(levels));
    return file;
}

/** A namespace with a workload and no policy of its own; `exemption` is the annotation that says why. */
function addTools(exemption?: string): void {
    const annotations =
        exemption === undefined ? "" : `\n  annotations: { aks-cilium.io/no-default-deny: "${exemption}" }`;
    fs.mkdirSync(path.join(tools, "workloads"), { recursive: true });
    fs.writeFileSync(
        path.join(tools, "namespace.yaml"),
        `apiVersion: v1\nkind: Namespace\nmetadata:\n  name: tools${annotations}\n`,
    );
    fs.writeFileSync(
        path.join(tools, "workloads", "shell.yaml"),
        `apiVersion: apps/v1
kind: Deployment
metadata: { name: shell, namespace: tools }
spec:
  selector: { matchLabels: { app: shell } }
  template:
    metadata: { labels: { app: shell } }
    spec: { containers: [{ name: shell, image: registry.k8s.io/pause:3.10 }] }
`,
    );
}

describe("before there is a cluster", () => {
    test.each(["dev", "prod"])("stack %s as it is committed passes", async (stack) => {
        const result = await preview("--stack", stack);
        expect([result.code, speaking(result, "mandatory")]).toEqual([0, []]);
        expect(result.stderr).toMatch(/^Policy pack guardrails: .*language host/m);
        expect(result.stdout).not.toMatch(/pulumi-analyzer-policy/);
        // What nobody but the owner knows is a warning, with the remedy.
        expect(told(result).includes("api-server-restricted")).toBe(stack === "prod");
    });

    test("prod without protection and lock is refused: rule, resource, why and remedy", async () => {
        project.set("protectFromDeletion", "false", "prod");
        project.set("deleteLock", "false", "prod");
        const result = await preview("--stack", "prod");
        expect(result.code).not.toBe(0);
        expect(speaking(result, "mandatory")).toEqual(["locked-in-production", "protected-in-production"]);
        expect(told(result)).toMatch(
            /\[mandatory\] \[severity: critical\] {2}protected-in-production {2}\(azure-native:containerservice:ManagedCluster: aks\)/,
        );
        expect(told(result)).toMatch(/protect is off: an edit that replaces this resource would go through/);
        expect(told(result)).toMatch(/Fix: Set protect: true in the stack's settings/);
        process.stderr.write(`\n${told(result)}\n`);
    });

    test("levels by configuration: the same as a warning, or not at all", async () => {
        project.set("protectFromDeletion", "false", "prod");
        const levels = (level: string) => configuration({ "protected-in-production": level });
        const warned = await preview("--stack", "prod", "--policy-pack-config", levels("advisory"));
        expect([warned.code, speaking(warned, "mandatory")]).toEqual([0, []]);
        expect(speaking(warned, "advisory")).toContain("protected-in-production");
        const off = await preview("--stack", "prod", "--policy-pack-config", levels("disabled"));
        expect([off.code, told(off).includes("protected-in-production")]).toEqual([0, false]);
    });

    test("which stacks are production is configuration, and what is advisory can be mandatory", async () => {
        const levels = {
            "api-server-restricted": { enforcementLevel: "mandatory", productionStacks: ["dev"] },
        };
        const result = await preview("--policy-pack-config", configuration(levels));
        expect(result.code).not.toBe(0);
        expect(speaking(result, "mandatory")).toEqual(["api-server-restricted"]);
    });

    test("an entity that is everybody is refused where it stands", async () => {
        project.edit(`${shop}/orders-to-queue.yaml`, /egress:\n/, "egress:\n    - toEntities: [all]\n");
        const result = await preview();
        expect(result.code).not.toBe(0);
        expect(told(result)).toMatch(
            /no-all-entity {2}\(kubernetes:cilium\.io\/v2:CiliumNetworkPolicy: CiliumNetworkPolicy\/shop\/orders-to-queue\)/,
        );
        expect(told(result)).toMatch(/egress\[0\]\.toEntities holds "all"/);
    });

    test("workloads without default deny both ways are named; an exemption with a reason lets them be", async () => {
        project.set("sampleWorkloads", "true");
        addTools();
        const result = await preview();
        expect(result.code).not.toBe(0);
        expect(speaking(result, "mandatory")).toEqual(["namespace-default-deny"]);
        expect(told(result)).toMatch(
            /namespace-default-deny {2}\(kubernetes:apps\/v1:Deployment: Deployment\/tools\/shell\)/,
        );
        expect(told(result)).toMatch(/tools\/shell has no default deny for ingress and egress\./);
        addTools("taken down on Friday");
        const exempt = await preview();
        expect([exempt.code, speaking(exempt, "mandatory")]).toEqual([0, []]);
    });

    test("an up is refused before anything is made", async () => {
        project.set("upgradeChannel", "none");
        const result = await project.rehearse("up", "--policy-pack=guardrails");
        expect(result.code).not.toBe(0);
        expect(speaking(result, "mandatory")).toEqual(["auto-upgrade"]);
        const requests = path.join(project.state, "requests.jsonl");
        expect(fs.existsSync(requests) ? fs.readFileSync(requests, "utf8") : "").not.toMatch(/"PUT"/);
    });
});

describe("with a cluster", () => {
    beforeAll(async () => {
        project.set("sampleWorkloads", "true");
        await project.succeed("up", "--policy-pack", "guardrails");
        project.restore(...files);
    });

    test("every rule is evaluated, and nothing is left to say", async () => {
        project.set("sampleWorkloads", "true");
        const result = await preview();
        expect([result.code, speaking(result, "mandatory"), speaking(result, "advisory")]).toEqual([
            0,
            [],
            [],
        ]);
        expect(told(result)).toMatch(/✅ aks-cilium-guardrails@v/);
    });

    test("what a policy comes to counts, not how it is written: an opened flow is refused", async () => {
        project.set("sampleWorkloads", "true");
        project.edit(
            "policies/clusterwide/deny-metadata.yaml",
            /169\.254\.169\.254\/32/g,
            "169.254.169.253/32",
        );
        addTools();
        const result = await preview();
        expect(result.code).not.toBe(0);
        expect(speaking(result, "mandatory")).toEqual(
            expect.arrayContaining(["namespace-default-deny", "no-metadata-access"]),
        );
        expect(told(result)).toMatch(/reaches 169\.254\.169\.254:80/);
    });
});
