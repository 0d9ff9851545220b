import { join } from "node:path";
import { bundle, folderWith, type Bundle } from "./support";

const policy = (name: string, spec: string): string =>
    `apiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\nmetadata: {name: ${name}, namespace: shop}\nspec:\n${spec}`;
const GOOD = policy("good", "  endpointSelector: {}\n  ingress:\n    - fromEndpoints:\n        - {}\n");
const WARNS = policy(
    "warns",
    '  endpointSelector: {}\n  ingress:\n    - toPorts:\n        - ports:\n            - port: "80"\n              protocol: TCP\n',
);
const BAD = policy("bad", "  endpointSelector: {}\n  ingress: []\n");

describe("aks-cilium check |", () => {
    let cli: Bundle;
    let folder: ReturnType<typeof folderWith>;
    beforeAll(() => {
        cli = bundle();
        folder = folderWith({
            "good.yaml": GOOD,
            "warns.yaml": WARNS,
            "bad.yaml": BAD,
            "many/a.yaml": GOOD,
            "many/deep/b.yml": WARNS,
            "many/c.json": JSON.stringify({ apiVersion: "v1", kind: "Service", metadata: { name: "x" } }),
            "many/.hidden/d.yaml": BAD,
            "many/node_modules/e.yaml": BAD,
            "many/notes.txt": "not: read",
            "empty/readme.txt": "nothing",
            "service.yaml": "apiVersion: v1\nkind: Service\nmetadata: {name: x}\n",
            "workloads.yaml":
                "apiVersion: v1\nkind: Pod\nmetadata: {name: front, namespace: shop, labels: {app: front}}\nspec: {containers: []}\n",
            "typo.yaml": policy(
                "typo",
                "  endpointSelector: {matchLabels: {app: fornt}}\n  ingress:\n    - {}\n",
            ),
            "stack/Pulumi.yaml":
                "name: aks-cilium\nruntime: nodejs\nconfig:\n  aks-cilium:kubernetesVersion: {type: string}\n  aks-cilium:advancedNetworking: {type: string, default: 'off'}\n  aks-cilium:podCidr: {type: string, default: 10.244.0.0/16}\n",
            "stack/Pulumi.dev.yaml": "config:\n  aks-cilium:kubernetesVersion: '1.36'\n",
            "stack/Pulumi.old.yaml": "config:\n  aks-cilium:kubernetesVersion: '1.12'\n",
            "stack/pods.yaml": policy(
                "pods",
                "  endpointSelector: {}\n  ingress:\n    - fromCIDR: [10.244.1.0/24]\n",
            ),
        });
    });
    afterAll(() => {
        folder.remove();
    });
    const check = (args: string, input?: string, cwd = folder.path) =>
        cli.run(["check", ...args.split(" ").filter((word) => word !== "")], {
            cwd,
            ...(input === undefined ? {} : { input }),
        });

    describe("exit codes |", () => {
        it.each([
            ["good.yaml", 0],
            ["warns.yaml", 0],
            ["warns.yaml --max-warnings 1", 0],
            ["warns.yaml --max-warnings 0", 1],
            ["bad.yaml", 1],
            ["good.yaml missing.yaml", 2],
            ["empty", 2],
            ["service.yaml", 2],
            ["good.yaml --kubernetes 1.12", 2],
            ["good.yaml --cilium 1.15", 2],
            ["good.yaml --kubernetes 1.35 --cilium 1.18", 2],
            ["good.yaml --advanced-networking l8", 2],
            ["good.yaml --format xml", 2],
            ["good.yaml --max-warnings many", 2],
            ["good.yaml --set x", 2],
            ["good.yaml --nonsense", 2],
            ["--explain L03", 0],
            ["--explain l03", 0],
            ["--explain L99", 2],
            ["good.yaml --stack none", 2],
            ["", 2],
        ])("check %s → %d", (args, code) => {
            const run = check(args);
            expect([run.code, run.err]).toEqual([code, code === 2 ? expect.stringMatching(/\S/) : ""]);
        });

        it("an error is one message, never a stack trace", () => {
            const { err, out } = check("missing.yaml gone.yaml");
            expect(err).toBe(
                "aks-cilium: missing.yaml: no such file or folder\naks-cilium: gone.yaml: no such file or folder\n",
            );
            expect(out).toBe("");
        });
    });

    it("reads folders with what is in them, hidden folders and node_modules left out", () => {
        const { documents, passedOver } = JSON.parse(check("many --format json").out);
        expect(documents.map(({ file }: { file: string }) => file)).toEqual([
            join("many", "a.yaml"),
            join("many", "deep", "b.yml"),
        ]);
        expect(passedOver).toEqual({ Service: 1 });
    });

    it("reads standard input, and gives manifests without a namespace the one that is named", () => {
        const { code, out } = check(
            "- --namespace orders --format json",
            GOOD.replace(", namespace: shop", ""),
        );
        expect(code).toBe(0);
        expect(JSON.parse(out).documents).toMatchObject([
            { file: "-", namespace: "orders", verdict: "accepted" },
        ]);
    });

    it("names a placeholder that nobody filled, and fills those that are set", () => {
        const yaml = GOOD.replace("- {}", "- matchLabels: {app: '${APP}'}");
        expect(
            JSON.parse(check("- --format json", yaml).out).findings.map(
                ({ message }: { message: string }) => message,
            ),
        ).toEqual([expect.stringContaining("APP")]);
        expect(JSON.parse(check("- --set APP=front --format json", yaml).out).findings).toEqual([]);
    });

    it("checks every Cilium minor that a Kubernetes version may run, and says the difference", () => {
        const yaml = policy(
            "requires",
            "  endpointSelector: {}\n  ingress:\n    - fromEndpoints:\n        - {}\n      toPorts:\n        - ports:\n            - port: '80'\n              protocol: VRRP\n",
        );
        const { cilium, findings } = JSON.parse(check("- --kubernetes 1.36 --format json", yaml).out);
        expect(cilium).toEqual(["1.18", "1.19"]);
        const only = findings.filter((finding: { cilium?: string[] }) => finding.cilium !== undefined);
        expect(only.map((finding: { cilium: string[] }) => finding.cilium)).toContainEqual(["1.18"]);
        expect(only[0].why).toContain("This is so on Cilium");
    });

    it("uses workloads for what only they tell", () => {
        const [finding] = JSON.parse(check("typo.yaml -w workloads.yaml --format json").out).findings;
        expect(finding).toMatchObject({ code: "L26", fix: "did you mean `app: front`?" });
        expect(JSON.parse(check("typo.yaml --format json").out).findings).toEqual([]);
    });

    describe("--stack |", () => {
        it("takes version and ranges from the stack's settings and the project's defaults", () => {
            const { cilium, findings } = JSON.parse(
                check("pods.yaml --stack dev --format json", "", join(folder.path, "stack")).out,
            );
            expect(cilium).toEqual(["1.18", "1.19"]);
            expect(findings.map(({ code }: { code: string }) => code)).toContain("L23");
        });

        it("an option beside it wins, to try an upgrade", () => {
            const run = check(
                "pods.yaml --stack dev --kubernetes 1.34 --format json",
                "",
                join(folder.path, "stack"),
            );
            expect(JSON.parse(run.out).cilium).toEqual(["1.18"]);
        });

        it("a version that AKS does not run with Cilium is an error", () => {
            const run = check("pods.yaml --stack old", "", join(folder.path, "stack"));
            expect([run.code, run.err]).toEqual([2, expect.stringContaining("Kubernetes 1.12")]);
        });
    });

    it("prints GitHub annotations and SARIF with the place", () => {
        expect(check("bad.yaml --format github").out).toContain(
            "::error file=bad.yaml,line=6,col=12,title=L01::",
        );
        const [run] = JSON.parse(check("bad.yaml --format sarif").out).runs;
        expect(run.results[0].locations[0].physicalLocation.region).toEqual({
            startLine: 6,
            startColumn: 12,
        });
    });

    it("colours nothing when its output is no terminal", () => {
        expect(check("bad.yaml").out).not.toContain("\u001b");
    });

    it("--help tells commands, examples and exit codes", () => {
        const { code, out } = cli.run(["--help"]);
        expect(code).toBe(0);
        expect(out).toMatch(/^ {2}check /m);
        expect(out).toContain("Exit codes:");
        expect(cli.run(["check", "--help"]).out).toContain("kustomize build");
        expect(cli.run(["nonsense"]).code).toBe(2);
        expect(cli.run([]).code).toBe(2);
    });
});
