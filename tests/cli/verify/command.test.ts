import { join } from "node:path";
import { apiServer, runBeside, type TestApiServer } from "../api-server";
import { bundle, folderWith, type Bundle } from "../support";
import type { Check } from "../../../cli/verify/check";

const SECRET = "MARKED-SECRET";
const NODE = {
    apiVersion: "v1",
    kind: "Node",
    metadata: {
        name: "node0",
        annotations: { note: `${SECRET}-annotation` },
        labels: { "kubernetes.io/os": "linux", "kubernetes.azure.com/ebpf-dataplane": "cilium" },
    },
    spec: { podCIDR: "192.168.0.0/24" },
    status: {
        conditions: [{ type: "Ready", status: "True" }],
        addresses: [],
        nodeInfo: { kubeletVersion: "v1.35.4" },
    },
};
const POD = {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "cilium-x", namespace: "kube-system", labels: { "k8s-app": "cilium" } },
    spec: {
        nodeName: "node0",
        hostNetwork: true,
        containers: [
            {
                name: "cilium-agent",
                image: "x/cilium:v1.18.11",
                env: [{ name: "PASSWORD", value: `${SECRET}-value` }],
            },
        ],
    },
    status: { conditions: [{ type: "Ready", status: "True" }], containerStatuses: [] },
};
const policy = (name: string, port: string) => ({
    apiVersion: "cilium.io/v2",
    kind: "CiliumNetworkPolicy",
    metadata: { name, namespace: "shop" },
    spec: { endpointSelector: {}, ingress: [{ toPorts: [{ ports: [{ port, protocol: "TCP" }] }] }] },
});

describe("aks-cilium verify |", () => {
    let cli: Bundle;
    let folder: ReturnType<typeof folderWith>;
    let server: TestApiServer;
    beforeAll(() => {
        cli = bundle();
    }, 300_000);
    beforeEach(async () => {
        server = await apiServer([NODE, POD], `${SECRET}-token`);
        folder = folderWith({
            kubeconfig: server.kubeconfig,
            "policies/dns.yaml": JSON.stringify(policy("dns", "53")),
            "policies/web.yaml": JSON.stringify(policy("web", "80")),
            "policies/l7.yaml": JSON.stringify({
                ...policy("l7", "81"),
                metadata: {
                    name: "l7",
                    namespace: "shop",
                    annotations: { "aks-cilium.io/advanced-networking": "l7" },
                },
            }),
            "other/service.yaml": "apiVersion: v1\nkind: Service\nmetadata: {name: x}\n",
        });
    });
    afterEach(async () => {
        await server.close();
        folder.remove();
    });

    /** Azure is not there: nothing listens, for the login as for ARM. */
    const run = (args: readonly string[], more: Parameters<typeof runBeside>[2] = {}) =>
        runBeside(
            cli.folder,
            [
                "verify",
                ...["--resource-group", "rgcni", "--cluster", "aks"],
                ...["--subscription", "00000000-0000-0000-0000-000000000001", "--timeout", "3"],
                ...["--kubeconfig", join(folder.path, "kubeconfig"), ...args],
            ],
            {
                ...more,
                env: {
                    HOME: folder.path,
                    PATH: "/nowhere",
                    ARM_ENDPOINT: "https://127.0.0.1:1",
                    ARM_TENANT_ID: "",
                    ARM_CLIENT_SECRET: "",
                    IDENTITY_ENDPOINT: "",
                },
            },
        );
    const checks = (out: string) => (JSON.parse(out) as { checks: Check[] }).checks;
    const verdict = (out: string, id: string) => checks(out).find((check) => check.id === id)?.verdict;

    it("checks the cluster although Azure is away, and fails on what it sees", async () => {
        const { code, out, err } = await run([
            "--format",
            "json",
            "--policies",
            join(folder.path, "policies"),
        ]);
        expect([code, err]).toEqual([1, expect.not.stringContaining("aks-cilium:")]);
        expect(verdict(out, "azure.network-plugin")).toBe("unknown");
        expect(verdict(out, "agents.pods")).toBe("pass");
        expect(verdict(out, "agents.daemonset")).toBe("fail");
        expect(verdict(out, "agents.version")).toBe("pass");
        // Meant for a tier that nobody knows here: it still must be there.
        expect(
            checks(out)
                .filter(({ id }) => id.startsWith("policies.present/"))
                .map(({ id }) => id),
        ).toEqual([
            "policies.present/CiliumNetworkPolicy/shop/dns",
            "policies.present/CiliumNetworkPolicy/shop/l7",
            "policies.present/CiliumNetworkPolicy/shop/web",
        ]);
    }, 60_000);

    it("compares with the files of --policies", async () => {
        server.objects.push(
            policy("dns", "53"),
            policy("web", "8080"),
            policy("l7", "81"),
            policy("extra", "1"),
        );
        const { out } = await run(["--format", "json", "--policies", join(folder.path, "policies")]);
        const found = checks(out).filter(
            ({ id, verdict: each }) => id.startsWith("policies.") && each !== "pass",
        );
        expect(found.map(({ id, verdict: each, found: seen }) => [each, id, seen])).toEqual([
            [
                "fail",
                "policies.unchanged/CiliumNetworkPolicy/shop/l7",
                'metadata.annotations["aks-cilium.io/advanced-networking"]: absent',
            ],
            [
                "fail",
                "policies.unchanged/CiliumNetworkPolicy/shop/web",
                'spec.ingress[0].toPorts[0].ports[0].port: "8080"',
            ],
            ["warn", "policies.valid", "no verdict on any of 4 policies"],
            ["warn", "policies.foreign", "CiliumNetworkPolicy/shop/extra"],
        ]);
    }, 60_000);

    it("exits 2 when nothing fails but nothing could be checked", async () => {
        server.refuse(/./, 403);
        const { code, out } = await run([]);
        expect(code).toBe(2);
        expect(out).toMatch(
            /UNKNOWN {2}\d+ checks could not be made\n +because +nobody is logged in to Azure/,
        );
        expect(out).toMatch(/\d+ checks: \d+ could not be checked, 0 passed/);
    }, 60_000);

    it("never tells a secret, in no format", async () => {
        for (const format of ["text", "json"]) {
            const { out, err } = await run(["--format", format]);
            expect(out).toContain("kube-system");
            expect(out + err).not.toContain(SECRET);
        }
    }, 60_000);

    it("has no colour and no line that is written over in a log", async () => {
        const { out, err } = await run([]);
        // eslint-disable-next-line no-control-regex -- escape sequences are what must not be there
        expect(out + err).not.toMatch(/[\u001b\r]/);
        expect(err).toContain("asking Azure and the API server of aks …\n");
    }, 60_000);

    it("ends on Ctrl-C with exit code 2 and no half of an answer", async () => {
        let asked = false;
        const { code, out, err } = await run(["--timeout", "30"], {
            onOutput: (_, kill) => {
                if (!asked) kill();
                asked = true;
            },
        });
        expect([code, out]).toEqual([2, ""]);
        expect(err).toContain("interrupted");
    }, 60_000);

    it.each<[string, string[], RegExp]>([
        [
            "policies beside a stack",
            ["--stack", "dev", "--policies", "x"],
            /--policies: the stack says which/,
        ],
        ["no policy in the files", ["--policies", "FOLDER/other"], /no policy in there/],
        ["a time that is none", ["--timeout", "soon"], /expected seconds between 0 and 3600/],
        ["a cloud that is none", ["--cloud", "mars"], /Allowed choices are public, government, china/],
    ])(
        "refuses %s",
        async (_, args, message) => {
            const given = args.map((each) => each.replace("FOLDER", folder.path));
            const { code, out, err } = await run(given);
            expect([code, out]).toEqual([2, ""]);
            expect(err).toMatch(message);
        },
        60_000,
    );
});
