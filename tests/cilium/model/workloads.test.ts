import fc from "fast-check";
import { readWorkloads } from "../../../cilium/model/workloads";
import type { JsonObject, ManifestDocument } from "../../../cilium/manifest/document";
import { documents } from "../../support/documents";

const template = (labels: string, spec = "containers: [{name: c}]"): string =>
    `{metadata: {labels: {${labels}}}, spec: {${spec}}}`;

const deployment = (name: string, labels = `app: ${name}`, namespace = "shop"): string => `
apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}, namespace: ${namespace}}
spec: {template: ${template(labels)}}
---
`;

/** A live object, as `kubectl get -o json` prints it, reduced to what is read. */
const live = (kind: string, name: string, owner: string | undefined, more: object): string => {
    const [ownerKind, ownerName] = owner?.split("/") ?? [];
    const references = owner === undefined ? [] : [{ kind: ownerKind, name: ownerName, controller: true }];
    const { labels, ...rest } = more as { labels?: object };
    return `${JSON.stringify({
        apiVersion: "v1",
        kind,
        metadata: { name, namespace: "shop", labels, ownerReferences: references },
        ...rest,
    })}\n---\n`;
};
const podSpec = { containers: [{ name: "c" }] };
const replicaSet = (name: string, owner: string | undefined, labels: object): string =>
    live("ReplicaSet", name, owner, { spec: { template: { metadata: { labels }, spec: podSpec } } });

const read = (text: string) => readWorkloads(documents(text.replace(/---\s*$/, "")));
const summary = (text: string) => read(text).endpoints.map(({ id, kind, labels }) => ({ id, kind, labels }));

describe("readWorkloads |", () => {
    it.each([
        ["Pod", `metadata: {name: a, namespace: n, labels: {app: a}}\nspec: {containers: []}`],
        ["Deployment", `metadata: {name: a, namespace: n}\nspec: {template: ${template("app: a")}}`],
        ["StatefulSet", `metadata: {name: a, namespace: n}\nspec: {template: ${template("app: a")}}`],
        ["DaemonSet", `metadata: {name: a, namespace: n}\nspec: {template: ${template("app: a")}}`],
        ["ReplicaSet", `metadata: {name: a, namespace: n}\nspec: {template: ${template("app: a")}}`],
        ["Job", `metadata: {name: a, namespace: n}\nspec: {template: ${template("app: a")}}`],
        [
            "CronJob",
            `metadata: {name: a, namespace: n}\nspec: {jobTemplate: {spec: {template: ${template("app: a")}}}}`,
        ],
    ])("reads a %s", (kind, body) => {
        const { endpoints, problems } = read(`kind: ${kind}\n${body}`);
        expect(problems).toEqual([]);
        expect(endpoints).toHaveLength(1);
        expect(endpoints[0]).toMatchObject({
            id: "n/a",
            kind,
            hostNetwork: false,
            serviceAccount: "default",
            namedPorts: [],
            labels: { app: "a" },
        });
    });

    it("puts a document without namespace where kubectl would, and knows the labels of namespaces", () => {
        const { endpoints, namespaces } = read(
            `kind: Pod\nmetadata: {name: a}\nspec: {containers: []}\n---\nkind: Namespace\nmetadata: {name: default, labels: {team: x}}`,
        );
        expect(endpoints[0]).toMatchObject({ id: "default/a", namespaceLabels: { team: "x" } });
        expect(namespaces.get("default")).toEqual({ team: "x" });
    });

    it("names the kind only where two kinds share a name", () => {
        const text = `${deployment("a")}\n${deployment("b")}\nkind: Pod\nmetadata: {name: a, namespace: shop}\nspec: {containers: []}`;
        expect(read(text).endpoints.map(({ id }) => id)).toEqual([
            "shop/Deployment/a",
            "shop/b",
            "shop/Pod/a",
        ]);
    });

    it("reads named ports as Cilium does: all containers, the later one wins, no init containers", () => {
        const spec = ` initContainers: [{name: i, restartPolicy: Always, ports: [{name: side, containerPort: 1}]}], containers: [  {name: a, ports: [{name: HTTP, containerPort: 80}, {containerPort: 81}, {name: dns, containerPort: 53, protocol: UDP}]},  {name: b, ports: [{name: http, containerPort: 8080}]}]`;
        const { endpoints } = read(
            `kind: Deployment\nmetadata: {name: a}\nspec: {template: ${template("app: a", spec)}}`,
        );
        expect(endpoints[0]?.namedPorts).toEqual([
            { name: "http", port: 8080, protocol: "TCP" },
            { name: "dns", port: 53, protocol: "UDP" },
        ]);
    });

    it("reads hostNetwork and the service account", () => {
        const { endpoints } = read(
            `kind: DaemonSet\nmetadata: {name: a}\nspec: {template: ${template("app: a", "hostNetwork: true, serviceAccountName: sa, containers: []")}}`,
        );
        expect(endpoints[0]).toMatchObject({ hostNetwork: true, serviceAccount: "sa" });
    });

    it("drops labels under Cilium's own prefix, which the agent ignores on pods", () => {
        const text = deployment("a", "app: a, io.cilium.k8s.policy.cluster: other");
        expect(read(text).endpoints[0]?.labels).toEqual({ app: "a" });
    });

    it("gives the pods of a Job the labels that the Job controller gives them", () => {
        const { endpoints } = read(
            `kind: Job\nmetadata: {name: load}\nspec: {template: ${template("app: a")}}`,
        );
        expect(endpoints[0]?.labels).toEqual({
            app: "a",
            "job-name": "load",
            "batch.kubernetes.io/job-name": "load",
        });
    });

    it("reads Services with the API server's defaults", () => {
        const { services } = read(
            `kind: Service\nmetadata: {name: front, namespace: shop}\nspec: {type: LoadBalancer, selector: {app: front}, ports: [{port: 80, targetPort: http}, {port: 53, protocol: UDP}]}`,
        );
        expect(services[0]).toMatchObject({
            type: "LoadBalancer",
            externalTrafficPolicy: "Cluster",
            selector: { app: "front" },
            ports: [
                { port: 80, targetPort: "http", protocol: "TCP" },
                { port: 53, targetPort: 53, protocol: "UDP" },
            ],
        });
    });
});

describe("readWorkloads | live dumps", () => {
    const labels = { app: "a", "pod-template-hash": "7c9" };

    it("folds pods and ReplicaSets into their Deployment", () => {
        const text =
            deployment("a") +
            replicaSet("a-7c9", "Deployment/a", labels) +
            live("Pod", "a-7c9-x", "ReplicaSet/a-7c9", {
                labels,
                spec: podSpec,
                status: { podIP: "10.0.0.1" },
            });
        expect(summary(text)).toEqual([{ id: "shop/a", kind: "Deployment", labels: { app: "a" } }]);
    });

    it("finds the Deployment of a pod whose ReplicaSet is not in the dump", () => {
        expect(summary(live("Pod", "a-7c9-x", "ReplicaSet/a-7c9", { labels, spec: podSpec }))).toEqual([
            { id: "shop/a", kind: "Deployment", labels: { app: "a" } },
        ]);
    });

    it("believes the running pods where a webhook has added labels", () => {
        const injected = { ...labels, "mesh/injected": "true" };
        const text =
            deployment("a") + live("Pod", "a-7c9-x", "ReplicaSet/a-7c9", { labels: injected, spec: podSpec });
        expect(summary(text)).toEqual([
            { id: "shop/a", kind: "Deployment", labels: { app: "a", "mesh/injected": "true" } },
        ]);
    });

    it("lets a pod stand by itself that differs from its siblings", () => {
        const text =
            deployment("a") +
            live("Pod", "a-7c9-x", "ReplicaSet/a-7c9", { labels, spec: podSpec }) +
            live("Pod", "a-old-y", "ReplicaSet/a-old", {
                labels: { app: "a", v: "1", "pod-template-hash": "old" },
                spec: podSpec,
            });
        expect(summary(text)).toEqual([
            { id: "shop/a", kind: "Deployment", labels: { app: "a" } },
            { id: "shop/a-old-y", kind: "Pod", labels: { app: "a", v: "1" } },
        ]);
    });

    it("takes pods of one workload in two zones for alike", () => {
        const inZone = (name: string, zone: string) =>
            live("Pod", name, "DaemonSet/agent", {
                labels: {
                    app: "a",
                    "topology.kubernetes.io/zone": zone,
                    "topology.kubernetes.io/region": "r",
                },
                spec: podSpec,
            });
        expect(summary(inZone("agent-1", "r-1") + inZone("agent-2", "r-2"))).toEqual([
            { id: "shop/agent", kind: "DaemonSet", labels: { app: "a" } },
        ]);
    });

    it("folds the pods of a CronJob's Jobs, whose names differ from run to run", () => {
        const run = (name: string) =>
            live("Job", name, "CronJob/report", {
                spec: { template: { metadata: { labels: { app: "r" } }, spec: podSpec } },
            }) +
            live("Pod", `${name}-x`, `Job/${name}`, {
                labels: { app: "r", "job-name": name },
                spec: podSpec,
            });
        expect(summary(run("report-1") + run("report-2")).map(({ id, kind }) => [id, kind])).toEqual([
            ["shop/report", "CronJob"],
        ]);
    });

    it("leaves out what has finished", () => {
        const done = { spec: podSpec, status: { phase: "Succeeded" } };
        const job = live("Job", "j", undefined, {
            spec: { template: { spec: podSpec } },
            status: { conditions: [{ type: "Complete", status: "True" }] },
        });
        expect(summary(live("Pod", "p", undefined, done) + job)).toEqual([]);
    });

    it("does not follow owner references in a circle", () => {
        const text =
            replicaSet("a", "ReplicaSet/b", { app: "a" }) + replicaSet("b", "ReplicaSet/a", { app: "a" });
        expect(summary(text).length).toBeGreaterThan(0);
    });
});

describe("readWorkloads | problems", () => {
    it("names every wrong field at once, with its place", () => {
        const problems = [
            ...read(`kind: Deployment
metadata: {name: a}
spec:
  template:
    metadata: {labels: {app: 1}}
    spec:
      hostNetwork: "yes"
      containers:
      - ports: [{name: http, containerPort: 70000}]
---
kind: Pod
metadata: {name: b}
---
kind: Pod
metadata: {}
spec: {containers: []}`).problems,
        ];
        expect(
            problems
                .sort((a, b) => a.line - b.line)
                .map(({ line, path, message }) => `${line} ${path}: ${message}`),
        ).toEqual([
            "5 spec.template.metadata.labels.app: app is 1, expected a string",
            '7 spec.template.spec.hostNetwork: hostNetwork is "yes", expected true or false',
            "9 spec.template.spec.containers[0].ports[0].containerPort: containerPort is 70000, expected a whole number from 1 to 65535",
            "11 spec: there is no pod spec",
            "15 metadata: Pod without a name",
        ]);
        expect(problems[0]).toMatchObject({ code: "W01", line: 5, fix: 'put the value in quotes: app: "1"' });
    });

    it("refuses the same object twice, naming both places", () => {
        const { problems, endpoints } = read(deployment("a") + deployment("a"));
        expect(problems).toHaveLength(1);
        expect(problems[0]?.message).toBe("Deployment shop/a is declared twice, first at test.yaml:2");
        expect(endpoints).toHaveLength(1);
    });
});

describe("readWorkloads | properties", () => {
    const document = (value: JsonObject): ManifestDocument => ({
        file: "f",
        index: 0,
        apiVersion: "v1",
        kind: String(value.kind),
        name: "n",
        namespace: undefined,
        value,
        locate: () => ({ file: "f", line: 1, column: 1 }),
    });

    it("never throws, whatever a manifest contains", () => {
        const kinds = fc.constantFrom("Pod", "Deployment", "CronJob", "Service", "Namespace", "Job");
        const run = (kind: string, metadata: unknown, spec: unknown, status: unknown): void => {
            const value = { kind, metadata, spec, status } as unknown as JsonObject;
            expect(readWorkloads([document(value)]).endpoints.length).toBeLessThanOrEqual(1);
        };
        fc.assert(fc.property(kinds, fc.jsonValue(), fc.jsonValue(), fc.jsonValue(), run));
    });

    it("answers the same, in another order, for documents in another order", () => {
        const text =
            deployment("a") +
            deployment("b") +
            replicaSet("a-7c9", "Deployment/a", { app: "a" }) +
            deployment("a", "x: y", "z");
        const all = documents(text.replace(/---\s*$/, ""));
        const ids = (some: readonly ManifestDocument[]): string[] =>
            readWorkloads(some)
                .endpoints.map(({ id }) => id)
                .sort();
        fc.assert(
            fc.property(fc.shuffledSubarray(all, { minLength: all.length }), (shuffled) => {
                expect(ids(shuffled)).toEqual(ids(all));
            }),
        );
    });

    it("reads ten thousand workloads in a second", () => {
        const many = Array.from({ length: 10_000 }, (_, index) => ({
            ...document({
                kind: "Deployment",
                spec: { template: { metadata: { labels: { app: `a${index}` } }, spec: podSpec } },
            }),
            name: `a${index}`,
        }));
        const before = process.cpuUsage();
        expect(readWorkloads(many).endpoints).toHaveLength(10_000);
        const { user, system } = process.cpuUsage(before);
        expect((user + system) / 1e6).toBeLessThan(1);
    });
});
