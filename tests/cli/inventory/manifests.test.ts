import { readWorkloads, readManifests } from "../../../cilium";
import { inventoryFiles } from "../../../cli/inventory/files";
import { inventoryOf } from "../../../cli/inventory/manifests";
import { policyManifest } from "../../../cli/inventory/policies";

const owned = (kind: string, name: string) =>
    `ownerReferences: [{kind: ${kind}, name: ${name}, controller: true}]`;
/** One of each kind, as a live cluster has them. */
const LIVE = `
apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {team: web}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: front, namespace: shop}
spec: {template: {metadata: {labels: {app: front}}, spec: {containers: [{name: c, ports: [{name: http, containerPort: 80}]}]}}}
---
apiVersion: v1
kind: Pod
metadata: {name: front-1, namespace: shop, labels: {app: front, mesh: injected}, ${owned("Deployment", "front")}}
spec: {serviceAccountName: web, containers: [{name: c, ports: [{name: http, containerPort: 80}]}, {name: proxy}]}
---
apiVersion: v1
kind: Pod
metadata: {name: rolled-1, namespace: shop, labels: {app: rolled}, ${owned("Rollout", "rolled")}}
spec: {containers: [{name: c}]}
---
apiVersion: v1
kind: Pod
metadata: {name: bare, namespace: shop, labels: {app: bare}}
spec: {hostNetwork: true, containers: [{name: c}]}
status: {podIP: 10.224.0.9}
---
apiVersion: batch/v1
kind: CronJob
metadata: {name: nightly, namespace: shop}
spec: {jobTemplate: {spec: {template: {metadata: {labels: {app: nightly}}, spec: {containers: [{name: c}]}}}}}
---
apiVersion: batch/v1
kind: Job
metadata: {name: once, namespace: shop}
spec: {template: {metadata: {labels: {app: once}}, spec: {containers: [{name: c}]}}}
---
apiVersion: v1
kind: Service
metadata: {name: front, namespace: shop, labels: {app: front}}
spec: {type: LoadBalancer, externalTrafficPolicy: Local, selector: {app: front}, ports: [{name: web, port: 80, targetPort: http}]}
---
apiVersion: v1
kind: Service
metadata: {name: outside, namespace: shop}
spec: {type: ExternalName, externalName: example.com}
`;

const read = (text: string) => readWorkloads(readManifests(text, { file: "live.yaml" }).documents);
const plain = ({ endpoints, services, namespaces }: ReturnType<typeof read>) => ({
    endpoints: endpoints.map(({ document: _, kind: __, ...rest }) => rest),
    services: services.map(({ document: _, ...rest }) => rest),
    namespaces: [...namespaces],
});

describe("inventory |", () => {
    const workloads = read(LIVE);

    it.each(["yaml", "json"] as const)(
        "read again, files in %s say the same of every endpoint and Service",
        (format) => {
            const files = inventoryFiles(inventoryOf(workloads, { system: true }), undefined, format);
            expect([...files.keys()]).toEqual([`workloads/shop.${format}`]);
            expect(plain(read([...files.values()].join("---\n")))).toEqual(plain(workloads));
        },
    );

    it("labels are those of the running pods, as Cilium sees them", () => {
        const front = read(
            inventoryFiles(inventoryOf(workloads, { system: true }), undefined, "yaml").get(
                "workloads/shop.yaml",
            ) ?? "",
        ).endpoints.find(({ id }) => id === "shop/front");
        expect([front?.labels, front?.serviceAccount]).toEqual([{ app: "front", mesh: "injected" }, "web"]);
    });

    it("a kind that nobody reads stands as a Pod under its owner's name", () => {
        const [inventory] = inventoryOf(workloads, { system: true });
        const rolled = inventory?.objects.find(
            ({ metadata }) => (metadata as { name: string }).name === "rolled",
        );
        expect(rolled?.["kind"]).toBe("Pod");
    });
});

describe("policies of an inventory |", () => {
    const kind = { kind: "CiliumNetworkPolicy", apiVersion: "cilium.io/v2" } as const;

    it("have name, labels and rules, and nothing that the server or a tool added", () => {
        const live = {
            metadata: {
                name: "p",
                namespace: "n",
                labels: { a: "b" },
                annotations: { c: "d" },
                uid: "u",
                managedFields: [],
            },
            spec: { endpointSelector: {} },
            status: { conditions: [] },
        };
        expect(policyManifest(kind, live)).toEqual({
            ...kind,
            metadata: { name: "p", namespace: "n", labels: { a: "b" } },
            spec: { endpointSelector: {} },
        });
    });

    it("keep header names and lose header values, wherever they stand", () => {
        const http = [
            {
                path: "/x",
                headers: ["X-Token: abc", "X-Other def", "Bare"],
                headerMatches: [{ name: "A", value: "v", mismatch: "LOG" }],
            },
        ];
        const live = { metadata: { name: "p" }, specs: [{ ingress: [{ toPorts: [{ rules: { http } }] }] }] };
        expect(JSON.stringify(policyManifest(kind, live)["specs"])).toBe(
            JSON.stringify([
                {
                    ingress: [
                        {
                            toPorts: [
                                {
                                    rules: {
                                        http: [
                                            {
                                                path: "/x",
                                                headers: ["X-Token: REDACTED", "X-Other: REDACTED", "Bare"],
                                                headerMatches: [
                                                    { name: "A", value: "REDACTED", mismatch: "LOG" },
                                                ],
                                            },
                                        ],
                                    },
                                },
                            ],
                        },
                    ],
                },
            ]),
        );
    });
});
