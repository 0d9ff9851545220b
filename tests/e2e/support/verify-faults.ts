import * as fs from "node:fs";
import * as path from "node:path";
import { azureFaults, clusterFaults, create, kubectl, patch, removal } from "./harm";
import type { Project } from "./project";

/** What `verify` may say of a check. */
export type Verdict = "pass" | "fail" | "warn" | "unknown";

/** Something that goes wrong in a rehearsal, and what `aks-cilium verify --stack dev` has to say about it. */
export interface Fault {
    readonly name: string;
    /** Further arguments of verify. */
    readonly args?: (project: Project) => readonly string[];
    readonly make: (project: Project) => unknown;
    /** Undone without this when it is a fault of Azure or of `cluster-faults.json`. */
    readonly heal?: (project: Project) => unknown;
    readonly exit: 0 | 1 | 2;
    /** Every check that does not pass: its id, or the start of it and `*`. */
    readonly checks: Readonly<Record<string, Verdict>>;
    /** Words that must be in the id, what was found or the advice of the checks that do not pass. */
    readonly says: readonly RegExp[];
}

const CLUSTER = "managedClusters/[^/]+$";

/** Azure answers questions about the cluster with this merged into its answer. */
const answers = (properties: object) =>
    azureFaults({ method: "GET", path: CLUSTER, action: "change", times: 1000, merge: { properties } });

/** Azure refuses everything about the cluster. */
const refuses = (status: number, more: object = {}) =>
    azureFaults({ path: "managedClusters/", action: "fail", status, times: 1000, ...more });

const valid = (status: "True" | "False", message: string) =>
    patch("cnp orders-from-front -n shop --subresource=status", {
        status: {
            conditions: [{ type: "Valid", status, message, lastTransitionTime: "2026-01-01T00:00:00Z" }],
        },
    });

const kubeconfigOf = (project: Project) => {
    const clusters = path.join(project.state, "clusters");
    const [name = ""] = fs.readdirSync(clusters).filter((entry) => entry !== "token");
    return path.join(clusters, name, "kubeconfig");
};

/** In Azure: what the cluster is, and what the stack says it is. */
export const AZURE_FAULTS: readonly Fault[] = [
    {
        name: "wrong network data plane",
        make: answers({ networkProfile: { networkDataplane: "azure" } }),
        exit: 1,
        checks: { "azure.network-dataplane": "fail" },
        says: [/azure/],
    },
    {
        name: "no overlay, no policy engine",
        make: answers({ networkProfile: { networkPluginMode: null, networkPolicy: "none" } }),
        exit: 1,
        checks: { "azure.network-plugin-mode": "fail", "azure.network-policy": "fail" },
        says: [/none/],
    },
    {
        name: "a pod range other than the stack's",
        make: answers({ networkProfile: { podCidr: "10.244.0.0/16", podCidrs: ["10.244.0.0/16"] } }),
        exit: 1,
        checks: { "azure.pod-cidr": "fail", "addresses.*": "fail" },
        says: [/10\.244\.0\.0\/16/],
    },
    {
        name: "a failed operation, a stopped cluster",
        make: answers({ provisioningState: "Failed", powerState: { code: "Stopped" } }),
        exit: 1,
        checks: { "azure.provisioning": "fail", "azure.power": "fail" },
        says: [/Failed/, /Stopped/],
    },
    {
        name: "ARM 401",
        make: refuses(401),
        exit: 2,
        checks: { "*": "unknown" },
        says: [/401|expired|log ?in/i],
    },
    { name: "ARM 403", make: refuses(403), exit: 2, checks: { "*": "unknown" }, says: [/role|permission/i] },
    {
        name: "ARM 404",
        make: refuses(404),
        // A cluster that is not there is a failed check, whatever else could not be asked (docs/verify.md).
        exit: 1,
        checks: { "azure.exists": "fail", "*": "unknown" },
        says: [/there is no cluster/],
    },
    {
        name: "ARM 429 without end",
        make: refuses(429, { retryAfter: 1 }),
        args: () => ["--timeout", "5"],
        exit: 2,
        checks: { "*": "unknown" },
        says: [/429|too many|throttl/i],
    },
    {
        name: "ARM 429 twice",
        make: refuses(429, { retryAfter: 1, times: 2 }),
        exit: 0,
        checks: {},
        says: [],
    },
    {
        name: "ARM 500 without end",
        make: refuses(500),
        args: () => ["--timeout", "5"],
        exit: 2,
        checks: { "*": "unknown" },
        says: [/500|InternalServerError/],
    },
    {
        name: "ARM closes the connection",
        make: azureFaults({ path: "managedClusters/", action: "drop", times: 1000 }),
        args: () => ["--timeout", "5"],
        exit: 2,
        checks: { "*": "unknown" },
        says: [/closed|reset|reach|hang up|connect/i],
    },
    {
        name: "ARM slow, three seconds an answer",
        make: azureFaults({ path: "managedClusters/", action: "delay", seconds: 3, times: 1000 }),
        exit: 0,
        checks: {},
        says: [],
    },
    {
        name: "ARM slower than the time-out",
        make: azureFaults({ path: "managedClusters/", action: "delay", seconds: 30, times: 1000 }),
        args: () => ["--timeout", "2"],
        exit: 2,
        checks: { "*": "unknown" },
        says: [/2 s|in time|time-?out/i],
    },
    {
        name: "no token for Azure",
        make: azureFaults({ path: "^/msi/token$", action: "fail", times: 1000 }),
        exit: 2,
        checks: { "*": "unknown" },
        says: [/log ?in|credential/i],
    },
    {
        name: "ARM 403, cluster by --kubeconfig",
        make: refuses(403),
        args: (project) => ["--kubeconfig", kubeconfigOf(project)],
        exit: 2,
        checks: { "azure.*": "unknown" },
        says: [/role|permission/i],
    },
];

/** In the cluster: nodes, Cilium, its CRDs. */
export const CLUSTER_FAULTS: readonly Fault[] = [
    {
        name: "a cilium pod not ready",
        make: async (project) => {
            const { stdout } = await kubectl("get po -n kube-system -l k8s-app=cilium -o name")(project);
            clusterFaults(project, { notReady: [`kube-system/${stdout.trim().split("/")[1]}`] });
        },
        exit: 1,
        checks: { "agents.daemonset": "fail", "agents.pods": "fail" },
        says: [/cilium-/],
    },
    {
        name: "a node without a cilium pod",
        make: patch("ds cilium -n kube-system", {
            spec: { template: { spec: { nodeSelector: { "no-such-label": "here" } } } },
        }),
        heal: patch("ds cilium -n kube-system", {
            spec: { template: { spec: { nodeSelector: null } } },
        }),
        exit: 1,
        checks: {
            "agents.daemonset": "fail",
            "agents.pods": "fail",
            "agents.labels": "unknown",
            "agents.version": "unknown",
        },
        says: [/aks-system-\d+-vmss000000/],
    },
    {
        name: "an old image",
        make: kubectl(
            "set image ds/cilium -n kube-system cilium-agent=mcr.microsoft.com/containernetworking/cilium/cilium:v1.14.15",
        ),
        heal: kubectl("rollout undo ds/cilium -n kube-system"),
        exit: 1,
        checks: { "agents.version": "fail" },
        says: [/1\.14\.15/],
    },
    {
        name: "the operator down",
        make: kubectl("scale deploy cilium-operator -n kube-system --replicas=0"),
        heal: kubectl("scale deploy cilium-operator -n kube-system --replicas=1"),
        exit: 1,
        checks: {
            "operator.ready": "fail",
            "operator.labels": "unknown",
            "operator.version": "unknown",
        },
        says: [/0/],
    },
    {
        name: "kube-proxy present",
        ...create("kube-proxy", {
            apiVersion: "apps/v1",
            kind: "DaemonSet",
            metadata: { name: "kube-proxy", namespace: "kube-system" },
            spec: {
                selector: { matchLabels: { component: "kube-proxy" } },
                template: {
                    metadata: { labels: { component: "kube-proxy" } },
                    spec: { hostNetwork: true, containers: [{ name: "kube-proxy", image: "kube-proxy" }] },
                },
            },
        }),
        exit: 1,
        checks: { "kube-proxy.absent": "fail" },
        says: [/kube-proxy-/],
    },
    {
        name: "a CRD missing",
        ...removal("crd", "ciliumidentities.cilium.io"),
        exit: 1,
        checks: { "crds.established": "fail", "crds.resources": "fail" },
        says: [/ciliumidentities/],
    },
    {
        name: "cilium-config changed by hand",
        make: patch("cm cilium-config -n kube-system", { data: { "enable-policy": "never" } }),
        heal: patch("cm cilium-config -n kube-system", { data: { "enable-policy": "default" } }),
        exit: 1,
        checks: { "config.dataplane": "fail" },
        says: [/enable-policy/],
    },
    {
        name: "a node whose agent is not ready",
        make: kubectl("taint nodes --all node.cilium.io/agent-not-ready=true:NoSchedule"),
        heal: kubectl("taint nodes --all node.cilium.io/agent-not-ready-"),
        exit: 1,
        checks: { "nodes.agent-taint": "fail" },
        says: [/agent-not-ready|aks-system-/],
    },
    {
        name: "the API server down",
        make: (project) => clusterFaults(project, { stopped: ["kube-apiserver"] }),
        exit: 2,
        checks: { "nodes.*": "unknown", "*": "unknown" },
        says: [/cannot be reached/],
    },
    {
        name: "credentials that the API server rejects",
        make: (project) => {
            const config = fs
                .readFileSync(kubeconfigOf(project), "utf8")
                .replace(/token: .*/, "token: expired");
            const value = Buffer.from(config).toString("base64");
            azureFaults({
                ...{ path: "listClusterUserCredential$", action: "change", times: 1000 },
                merge: { kubeconfigs: [{ name: "clusterUser", value }] },
            })(project);
        },
        exit: 2,
        checks: { "*": "unknown" },
        says: [/401|expired|rejected|unauthorized/i],
    },
];

/** In the policies of the stack. */
export const POLICY_FAULTS: readonly Fault[] = [
    {
        name: "a policy edited by hand",
        make: patch("cnp default-deny -n shop", { spec: { ingress: [{ fromEntities: ["all"] }] } }),
        heal: patch("cnp default-deny -n shop", { spec: { ingress: [{}] } }),
        exit: 1,
        checks: { "policies.unchanged*": "fail" },
        says: [/default-deny/, /spec\.ingress/],
    },
    {
        name: "a policy deleted",
        ...removal("cnp", "orders-from-front", "-n", "shop"),
        exit: 1,
        checks: { "policies.present*": "fail" },
        says: [/orders-from-front/, /pulumi up/],
    },
    {
        name: "Valid=False",
        make: valid("False", "unsupported: the operator says so"),
        heal: valid("True", "Policy validation succeeded"),
        exit: 1,
        checks: { "policies.valid*": "fail" },
        says: [/orders-from-front/, /the operator says so/],
    },
    {
        name: "somebody else's policy",
        ...create("foreign", {
            apiVersion: "cilium.io/v2",
            kind: "CiliumNetworkPolicy",
            metadata: { name: "by-hand", namespace: "shop" },
            spec: { endpointSelector: {}, ingress: [{ fromEntities: ["all"] }] },
        }),
        exit: 0,
        checks: { "policies.foreign*": "warn" },
        says: [/by-hand/],
    },
];
