import { diffReachability, evaluateExpectations, readExpectations } from "../../../cilium/reachability";
import { build, policy, tcp } from "./cluster";

const pods = { "n1/web": { app: "web" }, "n1/api": { app: "api" }, "n2/db": { app: "db" } };
const web = { endpoint: "n1/web" };
const api = { endpoint: "n1/api" };
const deny = policy("deny", "n1", { endpointSelector: {}, ingress: [{}], egress: [{}] });
const toApi = { toEndpoints: [{ matchLabels: { app: "api" } }], toPorts: [tcp(80)] };

describe("product mode", () => {
    test("a pod in its node's network depends on the node where host and remote-node differ", () => {
        const more = { "n2/db": { hostNetwork: true } };
        const open = policy("p", "n1", { endpointSelector: {}, egress: [{ toEntities: ["remote-node"] }] });
        const reachability = build({ pods, more, policies: [open] });
        const verdict = reachability.query(web, { endpoint: "n2/db" }, "TCP", 80);
        expect(verdict.overall).toBe("depends");
        expect(verdict.reason).toMatch(/where it runs/);
        const both = policy("p", "n1", {
            endpointSelector: {},
            egress: [{ toEntities: ["remote-node", "host"] }],
        });
        expect(
            build({ pods, more, policies: [both] }).query(web, { endpoint: "n2/db" }, "TCP", 80).overall,
        ).toBe("allow");
    });

    test("traffic through a load balancer depends on the address it arrives with", () => {
        const service = {
            namespace: "n1",
            name: "web",
            labels: {},
            selector: { app: "web" },
            type: "LoadBalancer" as const,
            externalTrafficPolicy: "Cluster" as const,
            ports: [{ port: 80, targetPort: 8080, protocol: "TCP" as const }],
        };
        const world = policy("p", "n1", { endpointSelector: {}, ingress: [{ fromEntities: ["world"] }] });
        const reachability = build({ pods, policies: [world], services: [service] });
        const ask = (port: number): string =>
            reachability.query({ reserved: "world" }, web, "TCP", port).overall;
        expect(ask(8080)).toBe("depends");
        expect(ask(8081)).toBe("allow");
    });

    test("a name and a narrower CIDR: whether they meet depends on the address", () => {
        const spec = { endpointSelector: {}, egress: [{ toFQDNs: [{ matchName: "a.example.com" }] }] };
        const denied = { ...spec, egressDeny: [{ toCIDR: ["10.0.0.0/8"] }] };
        const ask = (value: typeof spec): string =>
            build({ pods, policies: [policy("p", "n1", value)] }).query(
                web,
                { fqdn: "a.example.com" },
                "TCP",
                443,
            ).overall;
        expect(ask(spec)).toBe("allow");
        expect(ask(denied)).toBe("depends");
    });

    test("toServices is the selector of the Service, in its namespace", () => {
        const service = {
            namespace: "n2",
            name: "db",
            labels: {},
            selector: { app: "db" },
            type: "ClusterIP" as const,
            externalTrafficPolicy: "Cluster" as const,
            ports: [],
        };
        const spec = {
            endpointSelector: {},
            egress: [
                {
                    toServices: [{ k8sService: { serviceName: "db", namespace: "n2" } }],
                    toPorts: [tcp(5432)],
                },
            ],
        };
        const ask = (services: (typeof service)[], to: string): string =>
            build({ pods, policies: [policy("p", "n1", spec)], services }).query(
                web,
                { endpoint: to },
                "TCP",
                5432,
            ).overall;
        expect(ask([service], "n2/db")).toBe("allow");
        expect(ask([service], "n1/api")).toBe("deny");
        // Without the Service the list of peers is empty, and the port is open to everyone (facts 3.4).
        expect(ask([], "n1/api")).toBe("allow");
    });

    test("a pod label host switches policies off, as Cilium reads it", () => {
        const labelled = { ...pods, "n1/odd": { app: "odd", host: "" } };
        const reachability = build({ pods: labelled, policies: [deny] });
        expect(reachability.query({ endpoint: "n1/odd" }, { reserved: "world" }, "TCP", 443).overall).toBe(
            "allow",
        );
        expect(reachability.query(web, { reserved: "world" }, "TCP", 443).overall).toBe("deny");
    });

    test("L7 rules that cannot be merged leave the verdict open", () => {
        const http = { ...tcp(53), rules: { http: [{}] } };
        const dns = { ...tcp(53), rules: { dns: [{ matchPattern: "*" }] } };
        const spec = { endpointSelector: {}, egress: [{ toPorts: [http] }, { toPorts: [dns] }] };
        const verdict = build({ pods, policies: [policy("p", "n1", spec)] }).query(web, api, "TCP", 53);
        expect(verdict.overall).toBe("depends");
        expect(verdict.reason).toMatch(/conflict/);
    });
});

describe("explanations", () => {
    test("name the policies, who switches default deny on, the deciding rule, and what would flip it", () => {
        const allow = policy("web-to-api", "n1", {
            endpointSelector: { matchLabels: { app: "web" } },
            egress: [toApi],
        });
        const reachability = build({ pods, policies: [deny, allow] });
        const [egress, ingress] = reachability.explain(web, api, "TCP", 80).sides;
        expect(egress?.verdict).toBe("allow");
        expect(egress?.selectedBy.map(({ name }) => name)).toEqual(["deny", "web-to-api"]);
        expect(egress?.deciding.map(({ document, path }) => [document.name, path])).toEqual([
            ["web-to-api", ["spec", "egress", 0]],
        ]);
        expect(ingress?.verdict).toBe("default-deny");
        expect(ingress?.defaultDeny.map(({ document }) => document.name)).toEqual(["deny"]);
        expect(ingress?.flip).toMatch(/add a rule that allows/);
    });

    test("an unknown endpoint is named", () => {
        const reachability = build({ pods, policies: [] });
        expect(() => reachability.explain({ endpoint: "n1/wbe" }, api, "TCP", 80)).toThrow(/n1\/wbe/);
    });
});

describe("differences", () => {
    test("carry the rules they come from, world first", () => {
        const more = policy("more", "n1", {
            endpointSelector: { matchLabels: { app: "web" } },
            ingress: [
                { fromEntities: ["world"], toPorts: [tcp(443)] },
                { fromEndpoints: [{}], toPorts: [tcp(80)] },
            ],
        });
        const open = policy("egress", "n1", { endpointSelector: {}, egress: [{ toEntities: ["all"] }] });
        const difference = diffReachability(
            build({ pods, policies: [deny, open] }),
            build({ pods, policies: [deny, open, more] }),
        );
        expect(difference.closed).toEqual([]);
        const [first] = difference.opened;
        expect([first?.from.id, first?.to.id, first?.ports]).toEqual([
            "world",
            "n1/web",
            [{ from: 443, to: 443 }],
        ]);
        expect(difference.causes[first?.cause ?? -1]?.added.map(({ path }) => path)).toEqual([
            ["spec", "ingress", 0],
        ]);
    });

    test("see workloads that come", () => {
        const difference = diffReachability(
            build({ pods: { "n1/web": { app: "web" } }, policies: [] }),
            build({ pods, policies: [] }),
        );
        expect(difference.added).toEqual(["n1/api", "n2/db"]);
        expect(
            difference.opened.some(({ from, to }) => from.id === "n1/web" && to.members.includes("n2/db")),
        ).toBe(true);
    });
});

describe("expectations", () => {
    test("fail with an explanation, and name problems with their place", () => {
        const { expectations, problems } = readExpectations(
            "- from: n1/web\n  to: n1/api\n  ports: [80]\n  allow: true\n- from: n1/*\n  to: world\n  allow: false\n",
            "expect.yaml",
        );
        expect(problems).toEqual([]);
        const results = evaluateExpectations(expectations, build({ pods, policies: [deny] }));
        expect(results.map(({ passed }) => passed)).toEqual([false, true]);
        expect(results[0]?.failures[0]?.explanation.overall).toBe("deny");
        const broken = readExpectations("- from: n1/web\n  ports: [99999]\n  alow: yes\n", "expect.yaml");
        expect(broken.problems.map(({ line }) => line)).toEqual([3, 1, 2, 1]);
    });
});
