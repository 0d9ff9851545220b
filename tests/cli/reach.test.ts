import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { BASE, HEAD, WORKLOADS } from "./shop";
import { bundle, folderWith, type Bundle, type Run } from "./support";

const EXPECTATIONS = `# what the shop promises
expectations:
  - name: the shop is public
    from: world
    to: shop/front
    ports: [8080]
    allow: true
  - from: [shop/front, ops/*]
    to: shop/queue
    ports: [5672]
    allow: false
`;

interface Json {
    readonly opened: readonly Record<string, unknown>[];
    readonly closed: readonly Record<string, unknown>[];
    readonly changed: readonly unknown[];
    readonly cause: readonly Record<string, unknown>[];
    readonly connections: readonly Record<string, unknown>[];
    readonly endpoints: readonly { id: string; class: string }[];
}

describe("aks-cilium reach, why, diff, test |", () => {
    let cli: Bundle;
    let folder: ReturnType<typeof folderWith>;
    beforeAll(() => {
        cli = bundle();
        folder = folderWith({
            "w.yaml": WORKLOADS,
            "base/p.yaml": BASE,
            "head/p.yaml": HEAD,
            "head/expectations.yaml": EXPECTATIONS,
            "typo.yaml": EXPECTATIONS.replace("to: shop/queue", "to: shop/quque"),
            "wrong.yaml": "expectations:\n  - from: world\n    too: shop/front\n    allow: maybe\n",
            "depth.yaml": `apiVersion: cilium.io/v2
kind: CiliumNetworkPolicy
metadata: {name: names, namespace: shop}
spec:
  endpointSelector: {matchLabels: {app: front}}
  egress:
    - toFQDNs: [{matchPattern: "**.example.com"}]
      toPorts: [{ports: [{port: "443", protocol: TCP}]}]`,
            "depth-expectations.yaml":
                "expectations: [{from: shop/front, to: 'fqdn:a.b.example.com', ports: [443], allow: false}]",
            "bad.yaml": WORKLOADS.replace("app: front", "app: 1"),
        });
    });
    afterAll(() => {
        folder.remove();
    });
    const run = (args: string): Run => cli.run(args.split(" "), { cwd: folder.path });
    const json = (args: string): Json => JSON.parse(run(`${args} --format json`).out) as Json;
    const flows = (all: readonly Record<string, unknown>[]): string[] =>
        all.map(({ from, to, protocol, ports, verdict }) => `${from} ${to} ${protocol} ${ports} ${verdict}`);

    describe("reach |", () => {
        it("json: allowed pairs only, between classes that every endpoint is in", () => {
            const { connections, endpoints } = json("reach base -w w.yaml --system none");
            const classOf = new Map(endpoints.map(({ id, class: name }) => [id, name]));
            const [front, orders, queue] = ["front", "orders", "queue"].map((name) =>
                classOf.get(`shop/${name}`),
            );
            expect(flows(connections)).toEqual(
                expect.arrayContaining([
                    `world ${front} TCP 8080 allow`,
                    `${front} ${orders} TCP 8080 redirect`,
                    `${orders} ${queue} TCP 5672 allow`,
                ]),
            );
            expect(connections.filter(({ from, to }) => from === front && to === queue)).toEqual([]);
            expect(connections.filter(({ from, to }) => from === "world" && to === orders)).toEqual([]);
        });

        it("json --expand says the same of every workload", () => {
            const { connections } = json("reach base -w w.yaml --expand");
            const into = connections.filter(({ to }) => to === "shop/queue").map(({ from }) => from);
            expect(new Set(into.filter((from) => String(from).startsWith("shop/")))).toEqual(
                new Set(["shop/orders"]),
            );
            expect(flows(connections)).toContain("ops/tools ops/tools TCP 0-65535 allow");
        });

        it("text: workloads by name, with the HTTP filter", () => {
            const { out, code } = run("reach base -w w.yaml --system none");
            expect(code).toBe(0);
            expect(out).toMatch(/^shop\/front\n {4}reaches +TCP 8080 \(HTTP GET\) +shop\/orders$/m);
            expect(out).toMatch(/^ {4}reached by +TCP 8080 +world, kube-apiserver$/m);
        });

        it("filters by ends and port", () => {
            const { out } = run("reach base -w w.yaml --to shop/queue --port 5672");
            expect(out).toMatch(/^shop\/queue\n {4}reached by +TCP 5672 +shop\/orders/m);
            expect(out).not.toMatch(/^shop\/front/m);
            expect(run("reach base -w w.yaml --from shop/* --format json").code).toBe(0);
        });

        it("--exposure: who meets the outside and who has no policy", () => {
            const { out } = run("reach head -w w.yaml --exposure --system none");
            expect(out).toMatch(/^Reached from outside the cluster\n {4}TCP 8080 +shop\/front$/m);
            expect(out).toMatch(/TCP 9090 +shop\/orders/);
            expect(out).toMatch(/^No policy restricts what reaches them\n {4}ops\/tools$/m);
        });

        it("html: one file, nothing fetched from anywhere", () => {
            const { out } = run("reach base -w w.yaml --format html");
            expect(out).toContain("default-src 'none'");
            expect(out).not.toMatch(/(src|href)="(?!#)/);
            expect(out).not.toMatch(/https?:\/\/(?!www\.w3\.org\/2000\/svg)/);
        });

        it.each([
            ["reach base", /no workload found .* -w PATH/],
            [
                "reach base -w bad.yaml",
                /^aks-cilium: bad\.yaml:\d+:\d+: app is 1, expected a string\. Put the value in quotes/,
            ],
            [
                "reach base -w w.yaml --from shop/frnt",
                /shop\/frnt: no such workload; did you mean shop\/front\?/,
            ],
            ["reach base -w w.yaml --from front", /front: no such workload; did you mean shop\/front\?/],
            ["reach base -w w.yaml --from nope/*", /nope\/\*: no workload has such a name; namespaces are/],
            ["reach base -w w.yaml --port 70000", /70000: expected PORT/],
            ["reach base -w w.yaml --exposure --format html", /exposure is printed as text or json/],
        ])("%s is refused", (args, message) => {
            const { code, err, out } = run(args);
            expect([code, out]).toEqual([2, ""]);
            expect(err).toMatch(message);
        });
    });

    describe("why |", () => {
        it("tells which end denies, because of whom, and what to do", () => {
            const { out, code } = run("why shop/front shop/queue 5672 base -w w.yaml");
            expect(code).toBe(0);
            expect(out).toMatch(
                /^shop\/front → shop\/queue, TCP 5672: denied on both sides; both must change$/m,
            );
            expect(out).toMatch(
                /default deny +on, because of CiliumNetworkPolicy shop\/default-deny, spec\.ingress\[0\] at/,
            );
            expect(out).toMatch(/to open it/);
        });

        it("json: the deciding rules with file, line and column", () => {
            const { out } = run("why shop/orders shop/queue 5672 base -w w.yaml --format json");
            const story = JSON.parse(out) as {
                overall: string;
                sides: { direction: string; deciding: object[] }[];
            };
            expect(story.overall).toBe("allow");
            expect(story.sides[1]).toMatchObject({
                direction: "ingress",
                deciding: [
                    {
                        document: "shop/queue",
                        file: join("base", "p.yaml"),
                        path: "spec.ingress[0]",
                        effect: "allow",
                    },
                ],
            });
            const { line } = story.sides[1]?.deciding[0] as { line: number };
            expect(BASE.split("\n")[line - 1]).toContain("fromEndpoints: [{matchLabels: {app: orders}}]");
        });

        it.each([
            ["why shop/frnt shop/queue 80 base -w w.yaml", /did you mean shop\/front/],
            ["why shop/front shop/queue http base -w w.yaml", /http: expected PORT/],
        ])("%s is refused", (args, message) => {
            const { code, err } = run(args);
            expect(code).toBe(2);
            expect(err).toMatch(message);
        });
    });

    describe("diff |", () => {
        it("json: what opened, with the rules it comes from; nothing else", () => {
            const { opened, closed, changed, cause } = json("diff base head -w w.yaml");
            expect(flows(opened)).toEqual(
                expect.arrayContaining([
                    "world shop/orders TCP 9090 allow",
                    "shop/front shop/queue TCP 5672 allow",
                ]),
            );
            expect([closed, changed]).toEqual([[], []]);
            expect(cause.map(({ document, change }) => `${document} ${change}`).sort()).toEqual([
                "shop/front-to-queue added",
                "shop/orders-from-world added",
                "shop/queue-from-front added",
            ]);
        });

        it("the other way round closes what this way opens", () => {
            const there = json("diff base head -w w.yaml");
            const back = json("diff head base -w w.yaml");
            expect(flows(back.closed).sort()).toEqual(flows(there.opened).sort());
            expect(back.opened).toEqual([]);
        });

        it("text and markdown: the world first, exit code 1", () => {
            const text = run("diff base head -w w.yaml");
            expect(text.code).toBe(1);
            expect(text.out.indexOf("→ shop/orders")).toBeLessThan(
                text.out.indexOf("shop/front → shop/queue"),
            );
            const { out } = run("diff base head -w w.yaml --format markdown");
            expect(out).toMatch(/^### Who may reach whom: 3 pairs opened$/m);
            expect(out).toContain("| `world`, `kube-apiserver` | `shop/orders` | TCP 9090 |");
            expect(out).toContain("| `shop/front` | `shop/queue` | TCP 5672 |");
        });

        it("no difference is exit code 0", () => {
            expect(run("diff base base -w w.yaml")).toMatchObject({
                code: 0,
                out: expect.stringContaining("nothing opened, closed or changed") as unknown,
            });
        });

        it("compares git revisions without touching the working tree, and a revision with a folder", () => {
            const repository = folderWith({ "policies/p.yaml": BASE, "policies/w.yaml": WORKLOADS });
            const git = (...args: string[]): string =>
                execFileSync("git", ["-c", "user.name=t", "-c", "user.email=t@example.com", ...args], {
                    cwd: repository.path,
                    encoding: "utf8",
                });
            try {
                git("init", "-q");
                git("add", ".");
                git("commit", "-q", "-m", "base");
                git("tag", "before");
                writeFileSync(join(repository.path, "policies", "p.yaml"), HEAD);
                const against = cli.run(["diff", "before", "policies", "--format", "json"], {
                    cwd: repository.path,
                });
                expect((JSON.parse(against.out) as Json).opened.length).toBeGreaterThan(0);
                git("commit", "-q", "-a", "-m", "head");
                writeFileSync(join(repository.path, "policies", "p.yaml"), "never: read");
                const { code, out } = cli.run(["diff", "before", "HEAD", "--format", "json"], {
                    cwd: repository.path,
                });
                expect(code).toBe(1);
                expect((JSON.parse(out) as Json).opened).toEqual((JSON.parse(against.out) as Json).opened);
                expect(git("status", "--short").trim()).toBe("M policies/p.yaml");
            } finally {
                repository.remove();
            }
        });

        it("an upgrade: says what changes for these policies, or that nothing does", () => {
            const same = run("diff --kubernetes 1.34..1.35 base -w w.yaml");
            expect(same).toMatchObject({
                code: 0,
                out: expect.stringContaining("both run Cilium 1.18") as unknown,
            });
            const { out } = run("diff --kubernetes 1.33..1.36 base -w w.yaml --format json");
            expect(JSON.parse(out)).toMatchObject({
                kubernetes: { from: "1.33", to: "1.36" },
                cilium: "1.17..1.19",
            });
        });

        it.each([
            ["diff base -w w.yaml", /two states: BASE and HEAD/],
            ["diff base head", /no workload found/],
            ["diff base nowhere -w w.yaml", /nowhere: neither a file or folder nor a git revision/],
            ["diff --kubernetes 1.12..1.36 base -w w.yaml", /1\.12: not a version that AKS runs/],
        ])("%s is refused", (args, message) => {
            const { code, err } = run(args);
            expect(code).toBe(2);
            expect(err).toMatch(message);
        });
    });

    describe("test |", () => {
        it("passes on the base and fails on the change, with the story why", () => {
            expect(run("test head/expectations.yaml base -w w.yaml")).toMatchObject({
                code: 0,
                out: expect.stringContaining("2 passed, 0 failed") as unknown,
            });
            const { code, out } = run("test head/expectations.yaml head -w w.yaml");
            expect(code).toBe(1);
            expect(out).toContain("1 passed, 1 failed");
            expect(out).toContain("shop/front → shop/queue, TCP 5672: allowed");
            expect(out).toContain("CiliumNetworkPolicy shop/queue-from-front, spec.ingress[0]");
        });

        it("holds only what holds on every Cilium minor that the cluster may run", () => {
            // 1.18 takes `**.` for `*.`, 1.19 for any depth (answers of Cilium's engine, names).
            const { code, out, err } = run(
                "why shop/front fqdn:a.b.example.com 443 depth.yaml -w w.yaml --kubernetes 1.36",
            );
            expect([code, err]).toEqual([0, ""]);
            expect(out).toMatch(/^Cilium 1\.18:\nshop\/front → fqdn:a\.b\.example\.com, TCP 443: denied/m);
            expect(out).toMatch(
                /^Cilium 1\.19:\nshop\/front → fqdn:a\.b\.example\.com, TCP 443: (it depends|allowed)/m,
            );
            expect(run("test depth-expectations.yaml depth.yaml -w w.yaml --kubernetes 1.35").code).toBe(0);
            expect(run("test depth-expectations.yaml depth.yaml -w w.yaml --kubernetes 1.36").code).toBe(1);
        });

        it("json: the same for a machine", () => {
            const { out } = run("test head/expectations.yaml head -w w.yaml --format json");
            expect(JSON.parse(out)).toMatchObject({
                version: 1,
                passed: 1,
                failed: 1,
                results: [
                    { passed: true },
                    { passed: false, failures: [{ from: "shop/front", port: 5672 }] },
                ],
            });
        });

        it.each([
            [
                "test typo.yaml base -w w.yaml",
                /typo\.yaml:\d+: shop\/quque: no such workload; did you mean shop\/queue\?/,
            ],
            [
                "test wrong.yaml base -w w.yaml",
                /wrong\.yaml:3:5: unknown key too(.|\n)*allow is neither true nor false/,
            ],
            ["test base -w w.yaml", /no file with expectations/],
            ["test gone.yaml", /gone\.yaml: no such file or folder/],
        ])("%s is refused", (args, message) => {
            const { code, err } = run(args);
            expect(code).toBe(2);
            expect(err).toMatch(message);
        });
    });
});
