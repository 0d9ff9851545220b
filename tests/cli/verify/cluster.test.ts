import { clusterChecks } from "../../../cli/verify/cluster";
import { releaseOf } from "../../../cli/verify/release";
import type { ClusterFacts } from "../../../cli/verify/cluster-facts";
import {
    agent,
    check,
    CONFIG,
    CRDS,
    facts,
    LOOK,
    node,
    notReady,
    operatorPod,
    pod,
    troubles,
    workload,
} from "./fixtures";

const EXPECTED = { kubernetes: "1.35.4", podCidr: "192.168.0.0/16", tier: "off" };
type Change = { [K in keyof ClusterFacts]?: unknown };
const checks = (change: Change = {}, expected: Parameters<typeof clusterChecks>[1] = EXPECTED) =>
    clusterChecks(facts(change), expected, LOOK);
const daemonSet = (desired: number, ready: number, updated: number) =>
    workload("DaemonSet", {
        desiredNumberScheduled: desired,
        numberReady: ready,
        updatedNumberScheduled: updated,
    });
const operators = [operatorPod(0), operatorPod(1)];

describe("verify, the cluster |", () => {
    it("passes on a healthy cluster", () => {
        expect(troubles(checks())).toEqual([]);
    });

    it.each<[string, Change, string[], RegExp]>([
        [
            "a node that is not ready",
            {
                nodes: [
                    node(0),
                    node(1, {
                        status: {
                            conditions: [{ type: "Ready", status: "Unknown", reason: "NodeStatusUnknown" }],
                        },
                    }),
                ],
            },
            ["fail nodes.ready"],
            /node1 \(NodeStatusUnknown\)/,
        ],
        [
            "no node at all",
            { nodes: [], systemPods: operators, agents: daemonSet(0, 0, 0) },
            ["fail nodes.ready", "unknown agents.labels", "unknown agents.version"],
            /no node/,
        ],
        [
            "a node of another data plane",
            { nodes: [node(0), node(1, { metadata: { name: "node1", labels: {} } })] },
            ["fail nodes.dataplane"],
            /node1/,
        ],
        [
            "a node that is still closed",
            {
                nodes: [
                    node(0),
                    node(1, {
                        spec: {
                            podCIDR: "192.168.1.0/24",
                            taints: [{ key: "node.cilium.io/agent-not-ready", effect: "NoExecute" }],
                        },
                    }),
                ],
            },
            ["fail nodes.agent-taint"],
            /node1/,
        ],
        ["a rollout under way", { agents: daemonSet(2, 2, 1) }, ["fail agents.daemonset"], /updated 1/],
        [
            "a change that was not taken up",
            {
                agents: {
                    ...daemonSet(2, 2, 2),
                    status: {
                        observedGeneration: 2,
                        desiredNumberScheduled: 2,
                        numberReady: 2,
                        updatedNumberScheduled: 2,
                    },
                },
            },
            ["warn agents.daemonset"],
            /not taken up/,
        ],
        [
            "a node without a cilium pod",
            { systemPods: [agent(0), ...operators], agents: daemonSet(1, 1, 1) },
            ["fail agents.daemonset", "fail agents.pods"],
            /Linux nodes 2/,
        ],
        [
            "a cilium pod that is not ready",
            {
                systemPods: [agent(0), notReady(agent(1), "CrashLoopBackOff"), ...operators],
                agents: daemonSet(2, 1, 2),
            },
            ["fail agents.daemonset", "fail agents.pods"],
            /ready 1/,
        ],
        [
            "no DaemonSet",
            { agents: undefined, systemPods: operators },
            ["fail agents.daemonset", "fail agents.pods", "unknown agents.labels", "unknown agents.version"],
            /no DaemonSet/,
        ],
        [
            "labels of an older cluster",
            {
                agents: {
                    ...daemonSet(2, 2, 2),
                    metadata: { name: "cilium", labels: { "k8s-app": "cilium" } },
                },
            },
            ["warn agents.labels"],
            /DaemonSet lacks/,
        ],
        [
            "a DaemonSet without the label that decides",
            { agents: { ...daemonSet(2, 2, 2), metadata: { name: "cilium", labels: {} } } },
            ["fail agents.labels"],
            /k8s-app/,
        ],
        [
            "an image that is too old",
            { systemPods: [agent(0, "x/cilium:v1.18.5"), agent(1, "x/cilium:v1.18.5"), ...operators] },
            ["fail agents.version"],
            /1\.18\.5/,
        ],
        [
            "two images at once",
            { systemPods: [agent(0), agent(1, "x/cilium:v1.18.10"), ...operators] },
            ["warn agents.version"],
            /1\.18\.10/,
        ],
        [
            "an image by digest alone",
            { systemPods: [agent(0, "x/cilium@sha256:abc"), agent(1), ...operators] },
            ["unknown agents.version"],
            /sha256/,
        ],
        [
            "kube-proxy",
            {
                systemPods: [
                    agent(0),
                    agent(1),
                    ...operators,
                    pod("kube-proxy-x", "node1", { component: "kube-proxy" }, "kube-proxy", "x:1"),
                ],
            },
            ["fail kube-proxy.absent"],
            /kube-proxy-x on node1/,
        ],
        [
            "an operator that is down",
            {
                operator: workload("Deployment", {}),
                systemPods: [agent(0), agent(1), notReady(operatorPod(0)), notReady(operatorPod(1))],
            },
            ["fail operator.ready"],
            /ready 0.*cilium-operator-0 is not ready/,
        ],
        [
            "one operator of two",
            { operator: workload("Deployment", { readyReplicas: 1, updatedReplicas: 2 }) },
            ["warn operator.ready"],
            /ready 1/,
        ],
        [
            "no operator",
            { operator: undefined, systemPods: [agent(0), agent(1)] },
            ["fail operator.ready", "unknown operator.labels", "unknown operator.version"],
            /no Deployment/,
        ],
        [
            "a CRD that is missing",
            { crds: { ...CRDS, "ciliumnodes.cilium.io": undefined } },
            ["fail crds.established"],
            /missing: ciliumnodes.cilium.io/,
        ],
        [
            "a CRD that is not established",
            {
                crds: {
                    ...CRDS,
                    "ciliumnodes.cilium.io": {
                        spec: { versions: [{ name: "v2", served: true }] },
                        status: {},
                    },
                },
            },
            ["fail crds.established"],
            /not established/,
        ],
        [
            "a CRD without v2",
            {
                crds: {
                    ...CRDS,
                    "ciliumnodes.cilium.io": {
                        spec: { versions: [{ name: "v2", served: false }] },
                        status: { conditions: [{ type: "Established", status: "True" }] },
                    },
                },
            },
            ["fail crds.established"],
            /does not serve v2/,
        ],
        [
            "resources that are not served",
            { resources: [] },
            ["fail crds.resources"],
            /not served: ciliumnetworkpolicies/,
        ],
        [
            "a missing admission policy",
            { admission: { policy: false, binding: false } },
            ["warn admission.policy"],
            /not there/,
        ],
        [
            "a setting of another data plane",
            { config: { ...CONFIG, "kube-proxy-replacement": "false" } },
            ["fail config.dataplane"],
            /kube-proxy-replacement is "false"/,
        ],
        [
            "policies enforced always",
            { config: { ...CONFIG, "enable-policy": "always" } },
            ["fail config.dataplane"],
            /enable-policy is "always"/,
        ],
        [
            "a setting that check relies on",
            { config: { ...CONFIG, "enable-host-firewall": "true" } },
            ["warn config.assumed"],
            /enable-host-firewall/,
        ],
        [
            "no settings at all",
            { config: undefined },
            ["fail config.dataplane", "fail config.tier", "fail config.assumed"],
            /no ConfigMap/,
        ],
        [
            "a pod outside the range",
            { pods: [{ ...agent(0), spec: { containers: [] }, status: { podIP: "10.244.0.7" } }] },
            ["fail addresses.pods"],
            /kube-system\/cilium-0 10\.244\.0\.7/,
        ],
        [
            "a node's range outside",
            { nodes: [node(0), node(1, { spec: { podCIDR: "10.244.1.0/24" } })] },
            ["fail addresses.nodes"],
            /node1 has 10\.244\.1\.0\/24/,
        ],
        [
            "a node inside the pod range",
            {
                nodes: [
                    node(0),
                    node(1, {
                        status: {
                            conditions: [{ type: "Ready", status: "True" }],
                            addresses: [{ type: "InternalIP", address: "192.168.9.9" }],
                        },
                    }),
                ],
            },
            ["fail addresses.nodes"],
            /node1's own address/,
        ],
        [
            "a node with more than a /24",
            { nodes: [node(0), node(1, { spec: { podCIDR: "192.168.2.0/23" } })] },
            ["warn addresses.nodes"],
            /\/23/,
        ],
    ])("tells %s", (_, change, expected, found) => {
        const all = checks(change);
        expect(troubles(all)).toEqual(expected);
        const first = all.find(({ verdict }) => verdict !== "pass");
        expect(first?.found).toMatch(found);
        expect(first?.advice).not.toBe("");
        expect(first?.look).toMatch(/^(kubectl --context aks1|az aks) /);
    });

    it("names nodes without a pod, and says why a pod is not ready", () => {
        const found = checks({ systemPods: [notReady(agent(1), "CrashLoopBackOff"), ...operators] });
        expect(check(found, "agents.pods").found).toBe(
            "no cilium pod on node0; cilium-1 on node1 is CrashLoopBackOff",
        );
    });

    it("takes a pod that is being replaced for none", () => {
        const leaving = agent(1);
        leaving.metadata.deletionTimestamp = "2026-11-23T10:00:00Z";
        const found = checks({ systemPods: [agent(0), leaving, ...operators] });
        expect(check(found, "agents.pods").found).toBe("cilium-1 on node1 is Terminating");
    });

    it("asks nothing of Windows nodes, which do not run Cilium", () => {
        const windows = node(2, { metadata: { name: "win", labels: { "kubernetes.io/os": "windows" } } });
        expect(troubles(checks({ nodes: [node(0), node(1), windows] }))).toEqual([]);
    });

    it("believes Azure's word about a node's range before the node's own", () => {
        const network = (subnetAddressSpace: string) => ({
            metadata: { name: "node1" },
            status: { networkContainers: [{ subnetAddressSpace }] },
        });
        expect(troubles(checks({ nodeNetworks: [network("10.9.1.0/24")] }))).toEqual([
            "fail addresses.nodes",
        ]);
        const bare = [node(0), node(1, { spec: {} })];
        expect(troubles(checks({ nodes: bare }))).toEqual(["warn addresses.nodes"]);
        expect(troubles(checks({ nodes: bare, nodeNetworks: [network("192.168.1.0/24")] }))).toEqual([]);
    });

    it.each([
        ["l7", { "enable-l7-proxy": "true", "enable-hubble": "true" }, []],
        ["fqdn", { "enable-l7-proxy": "false", "enable-hubble": "true" }, ["fail config.tier"]],
        ["observability", { "enable-l7-proxy": "false", "enable-hubble": "true" }, []],
        ["observability", { "enable-l7-proxy": "false", "enable-hubble": "false" }, ["warn config.tier"]],
        ["off", { "enable-l7-proxy": "true", "enable-hubble": "false" }, ["warn config.tier"]],
        [undefined, {}, ["unknown config.tier"]],
    ])("holds the settings against the tier %s", (tier, config, expected) => {
        expect(troubles(checks({ config: { ...CONFIG, ...config } }, { ...EXPECTED, tier }))).toEqual(
            expected,
        );
    });

    it("hides nothing when one question is refused", () => {
        const found = checks({ config: new Error("forbidden") });
        expect(troubles(found)).toEqual([
            "unknown config.dataplane",
            "unknown config.tier",
            "unknown config.assumed",
        ]);
        expect(check(found, "config.tier").found).toBe("forbidden");
    });

    it("says that it does not know a newer Kubernetes", () => {
        expect(troubles(checks({}, { ...EXPECTED, kubernetes: "1.99.0" }))).toEqual([
            "warn agents.version",
            "warn operator.version",
        ]);
    });

    it.each([
        ["mcr.microsoft.com/x/cilium:v1.18.11-260622", [1, 18, 11]],
        ["registry:5000/cilium:1.16.16", [1, 16, 16]],
        ["x/cilium:v1.19.5@sha256:00ff", [1, 19, 5]],
        ["registry:5000/cilium", undefined],
        ["x/cilium:latest", undefined],
    ])("reads the version of %s", (image, expected) => {
        expect(releaseOf(image)).toEqual(expected);
    });
});
