import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { TestApiServer, TestObject } from "../api-server";
import { commandLine, MARK } from "../command-line";

jest.setTimeout(60_000);

const policy = (name: string, more: { spec: object }): TestObject => ({
    apiVersion: "cilium.io/v2",
    kind: "CiliumNetworkPolicy",
    metadata: { name, namespace: "shop", annotations: { token: MARK } },
    ...more,
});

const cli = commandLine();
let server: TestApiServer;

describe("inventory |", () => {
    const deployment = (name: string): TestObject => ({
        apiVersion: "apps/v1",
        kind: "Deployment",
        metadata: {
            name,
            namespace: "shop",
            annotations: { "kubectl.kubernetes.io/last-applied-configuration": MARK },
        },
        spec: {
            template: {
                metadata: { labels: { app: name }, annotations: { vault: MARK } },
                spec: {
                    serviceAccountName: "web",
                    volumes: [{ name: "v", secret: { secretName: MARK } }],
                    containers: [
                        {
                            name: "c",
                            image: `registry/${MARK}`,
                            command: ["run", MARK],
                            args: [`--password=${MARK}`],
                            env: [{ name: "PASSWORD", value: MARK }],
                            ports: [{ name: "http", containerPort: 8080 }],
                        },
                    ],
                },
            },
        },
    });
    const objects: TestObject[] = [
        {
            apiVersion: "v1",
            kind: "Namespace",
            metadata: { name: "shop", labels: { team: "web" }, annotations: { a: MARK } },
        },
        { apiVersion: "v1", kind: "Namespace", metadata: { name: "kube-system" } },
        { apiVersion: "v1", kind: "Secret", metadata: { name: "s", namespace: "shop" }, data: { k: MARK } },
        {
            apiVersion: "v1",
            kind: "ConfigMap",
            metadata: { name: "s", namespace: "shop" },
            data: { k: MARK },
        },
        deployment("front"),
        deployment("orders"),
        {
            apiVersion: "v1",
            kind: "Service",
            metadata: { name: "front", namespace: "shop", annotations: { a: MARK } },
            spec: {
                type: "LoadBalancer",
                selector: { app: "front" },
                ports: [{ port: 80, targetPort: "http" }],
            },
        },
        policy("front", {
            spec: {
                endpointSelector: { matchLabels: { app: "front" } },
                ingress: [
                    {
                        fromEndpoints: [{ matchLabels: { app: "orders" } }],
                        toPorts: [
                            {
                                ports: [{ port: "8080", protocol: "TCP" }],
                                rules: {
                                    http: [
                                        {
                                            method: "GET",
                                            headers: [`X-Token: ${MARK}`],
                                            headerMatches: [{ name: "Authorization", value: MARK }],
                                        },
                                    ],
                                },
                            },
                        ],
                    },
                ],
            },
        }),
    ];
    const texts = (folder: string): string =>
        readdirSync(folder, { recursive: true, withFileTypes: true })
            .filter((entry) => entry.isFile())
            .map((entry) => readFileSync(join(entry.parentPath, entry.name), "utf8"))
            .join("\n");

    it.each(["yaml", "json"])("writes %s that reach reads, without any secret", async (format) => {
        server = await cli.serve(objects, MARK);
        const folder = cli.folder({});
        const out = join(folder.path, "dump");
        const { code, out: said } = await cli.run([
            "inventory",
            "--out",
            out,
            "--with-policies",
            "--format",
            format,
        ]);
        expect([code, said]).toEqual([
            0,
            expect.stringContaining("Wrote 2 namespaces, 2 workloads, 1 Service, 1 policy to"),
        ]);
        expect(readdirSync(folder.path)).toEqual(["dump"]);
        expect(texts(out)).not.toContain(MARK);
        expect(texts(out)).toContain("REDACTED");
        expect(server.met.map(({ path }) => path).filter((path) => /secrets|configmaps/.test(path))).toEqual(
            [],
        );
        const reach = cli.built().run(["reach", out, "--from", "shop/orders", "--to", "shop/front"]);
        expect([reach.code, reach.out]).toEqual([0, expect.stringContaining("TCP 8080")]);
    });

    it("keeps folders of others, replaces its own, and the folder of before when something fails", async () => {
        server = await cli.serve(objects);
        const folder = cli.folder({ "mine/notes.txt": "x" });
        const [mine, dump] = [join(folder.path, "mine"), join(folder.path, "dump")];
        const refused = await cli.run(["inventory", "--out", mine]);
        expect([refused.code, refused.err]).toEqual([
            2,
            expect.stringContaining("1 file that inventory did not write (notes.txt)"),
        ]);
        expect((await cli.run(["inventory", "--out", dump])).code).toBe(0);
        server.objects = server.objects.filter(({ metadata }) => metadata.name !== "orders");
        expect((await cli.run(["inventory", "--out", dump])).code).toBe(0);
        expect(texts(dump)).not.toContain("name: orders");
        const before = texts(dump);
        server.refuse(/cronjobs/, 403);
        expect((await cli.run(["inventory", "--out", dump])).code).toBe(2);
        expect([texts(dump), readdirSync(folder.path).sort()]).toEqual([before, ["dump", "mine"]]);
    });

    it("--force replaces other files, but not a working tree or the current folder", async () => {
        server = await cli.serve(objects);
        const folder = cli.folder({ "mine/notes.txt": "x", "tree/.git/HEAD": "x" });
        expect((await cli.run(["inventory", "--out", join(folder.path, "mine"), "--force"])).code).toBe(0);
        expect(existsSync(join(folder.path, "mine", "notes.txt"))).toBe(false);
        for (const out of [join(folder.path, "tree"), process.cwd()])
            expect((await cli.run(["inventory", "--out", out, "--force"])).code).toBe(2);
    });

    it("takes only the namespaces asked for, and names those it does not know", async () => {
        server = await cli.serve(objects);
        const folder = cli.folder({});
        const out = join(folder.path, "dump");
        expect((await cli.run(["inventory", "--out", out, "--no-system"])).code).toBe(0);
        expect(readdirSync(join(out, "workloads"))).toEqual(["shop.yaml"]);
        const { code, err } = await cli.run(["inventory", "--out", out, "--namespace", "shops"]);
        expect([code, err]).toEqual([
            2,
            expect.stringContaining(
                "--namespace shops: no such namespace; the cluster has kube-system, shop",
            ),
        ]);
    });
});
