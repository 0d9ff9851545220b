import type { TestApiServer, TestObject } from "../api-server";
import { commandLine, MARK } from "../command-line";

jest.setTimeout(60_000);

const CREATED = "2026-11-20T10:00:00Z";

const policy = (
    name: string,
    more: Partial<TestObject> & { labels?: object; manager?: string } = {},
): TestObject => ({
    apiVersion: "cilium.io/v2",
    kind: "CiliumNetworkPolicy",
    metadata: {
        name,
        namespace: "shop",
        creationTimestamp: CREATED,
        uid: name,
        labels: more.labels ?? {},
        annotations: { token: MARK },
        managedFields: [
            { manager: "cilium-operator-generic", subresource: "status" },
            { manager: more.manager ?? "kubectl-client-side-apply" },
        ],
    },
    spec: more["spec"] ?? { endpointSelector: { matchLabels: { app: "front" } }, ingress: [{}] },
    ...(more["status"] === undefined ? {} : { status: more["status"] }),
});
const valid = (status: "True" | "False", message?: string) => ({
    conditions: [{ type: "Valid", status, message }],
});
const endpoint = (app: string): TestObject => ({
    apiVersion: "cilium.io/v2",
    kind: "CiliumEndpoint",
    metadata: { name: `${app}-1`, namespace: "shop" },
    status: {
        state: "ready",
        identity: { labels: [`k8s:app=${app}`, "k8s:io.kubernetes.pod.namespace=shop"] },
    },
});

const cli = commandLine();
let server: TestApiServer;

describe("policies |", () => {
    const objects = [
        policy("front", { status: valid("True") }),
        policy("broken", { status: valid("False", "unknown entity: shops"), manager: "helm" }),
        policy("idle", { spec: { endpointSelector: { matchLabels: { app: "nobody" } } } }),
        {
            ...policy("block-azure-destinations", { spec: { endpointSelector: {} }, status: valid("True") }),
            kind: "CiliumClusterwideNetworkPolicy",
            metadata: { name: "block-azure-destinations", creationTimestamp: CREATED },
        },
        {
            ...policy("metrics", { spec: { podSelector: {} } }),
            apiVersion: "networking.k8s.io/v1",
            kind: "NetworkPolicy",
        },
        endpoint("front"),
        endpoint("orders"),
    ];

    it("lists what is valid, selected and whose, and exits 1 for one that is not valid", async () => {
        server = await cli.serve(objects, MARK);
        const { code, out } = await cli.run(["policies", "--format", "json"]);
        const { endpoints, policies } = JSON.parse(out) as {
            endpoints: number;
            policies: Record<string, unknown>[];
        };
        expect([code, endpoints]).toEqual([1, 2]);
        expect(
            policies.map(({ name, valid: is, endpoints: n, owner, writer }) => [name, is, n, owner, writer]),
        ).toEqual([
            ["block-azure-destinations", "True", 2, "aks", undefined],
            ["broken", "False", 1, "unknown", "helm"],
            ["front", "True", 1, "unknown", "kubectl-client-side-apply"],
            ["idle", "unreported", 0, "unknown", "kubectl-client-side-apply"],
            ["metrics", "n/a", 2, "unknown", "kubectl-client-side-apply"],
        ]);
    });

    it("prints a table with the operator's words below", async () => {
        server = await cli.serve(objects);
        const { out } = await cli.run(["policies"]);
        const lines = out.split("\n");
        expect(lines[0]).toMatch(/^NAMESPACE +KIND +NAME +VALID +AGE +ENDPOINTS +OWNER$/);
        expect(lines[2]).toMatch(/^shop +cnp +broken +False +\d+d?\w* +1 +helm$/);
        expect(lines[3]).toBe("    unknown entity: shops");
        expect(out).toContain(
            "5 policies · 1 NOT VALID · 1 not judged by the operator yet · 1 without an endpoint · 2 endpoints in all",
        );
        expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(110);
    });

    it("goes without endpoints where they may not be listed, and stops where policies may not", async () => {
        server = await cli.serve(objects.slice(0, 1));
        server.refuse(/ciliumendpoints/, 403);
        const { code, out } = await cli.run(["policies"]);
        expect([code, out]).toEqual([0, expect.stringContaining("endpoints unknown")]);
        server.refuse(/ciliumnetworkpolicies/, 403);
        const { code: stopped, err } = await cli.run(["policies"]);
        expect([stopped, err]).toEqual([2, expect.stringContaining("403")]);
    });

    it("follows changes, one line each, and ends well on Ctrl-C", async () => {
        server = await cli.serve(objects.filter(({ metadata }) => metadata.name !== "broken"));
        let step = 0;
        const { code, out } = await cli.run(["policies", "--watch"], {
            onOutput: (text, kill) => {
                if (step === 0 && text.includes("endpoints in all")) {
                    step = 1;
                    setTimeout(() => server.change("ADDED", policy("new")), 500);
                } else if (
                    step === 1 &&
                    / added +cnp shop\/new: validity not reported yet, 1 endpoint/.test(text)
                ) {
                    step = 2;
                    server.change("MODIFIED", policy("new", { status: valid("False", "bad port") }));
                } else if (step === 2 && / changed cnp shop\/new: not valid, .*\(bad port\)/.test(text)) {
                    step = 3;
                    server.change("ADDED", {
                        ...endpoint("front"),
                        metadata: { name: "front-2", namespace: "shop" },
                    });
                } else if (step === 3 && / changed cnp shop\/new: not valid, 2 endpoints/.test(text)) {
                    step = 4;
                    server.change("DELETED", policy("new"));
                } else if (step === 4 && / removed cnp shop\/new/.test(text)) {
                    step = 5;
                    kill();
                }
            },
        });
        expect([code, step]).toEqual([0, 5]);
        // What did not change is not told again.
        expect(out).not.toMatch(/changed cnp shop\/idle/);
    });

    it("--watch ends after --timeout with what holds then", async () => {
        server = await cli.serve(objects);
        const { code, out } = await cli.run(["policies", "--watch", "--timeout", "1", "--format", "json"]);
        const lines = out
            .trim()
            .split("\n")
            .map((line) => JSON.parse(line) as { change: string });
        expect([code, lines.map(({ change }) => change)]).toEqual([1, Array(5).fill("present")]);
    });

    it.each([
        [["--timeout", "5m"], "--timeout: only with --watch"],
        [["--watch", "--timeout", "soon"], "--timeout soon: expected a duration"],
    ])("%j is refused", async (args, message) => {
        server = await cli.serve([]);
        const { code, err } = await cli.run(["policies", ...args]);
        expect([code, err]).toEqual([2, expect.stringContaining(message)]);
    });
});
