import { both, count, fail, judge, names, pass, warn, type Check, type Outcome } from "./check";
import {
    isLinux,
    isReady,
    type ClusterFacts,
    type Expectations,
    type Node,
    type Pod,
    type Workload,
} from "./cluster-facts";
import type { Look } from "./look";
import { expectedRelease, releaseOutcome } from "./release";

/** Newest first (aks.md 7.2): `managedby` came later, `ebpf-dataplane` is on the pods only, never on the DaemonSet. */
const POD_LABELS = {
    "kubernetes.azure.com/ebpf-dataplane": "cilium",
    "kubernetes.azure.com/managedby": "aks",
};
const OBJECT_LABELS = {
    "app.kubernetes.io/managed-by": "Helm",
    "kubernetes.azure.com/managedby": "aks",
};

/** Whether a pod is one of the data plane's agents: `k8s-app` decides (aks.md 7.2). */
export const isAgent = ({ metadata }: Pod): boolean => metadata.labels?.["k8s-app"] === "cilium";

/** R5, R7, R8: the agents. */
export function agentChecks(facts: ClusterFacts, expected: Expectations, look: Look): Check[] {
    const { agents, nodes, systemPods } = facts;
    return [
        judge(
            {
                id: "agents.daemonset",
                title: "DaemonSet cilium is rolled out",
                expected: "desired = updated = ready = Linux nodes",
                look: look.kubectl("get ds cilium -n kube-system"),
            },
            both(agents, nodes),
            ([daemonSet, all]) => rollout(daemonSet, all.filter(isLinux).length, look),
        ),
        judge(
            {
                id: "agents.pods",
                title: "one ready cilium pod on every Linux node",
                expected: "one ready pod a node",
                look: look.kubectl("get po -n kube-system -l k8s-app=cilium -o wide"),
            },
            both(nodes, systemPods),
            ([all, pods]) => perNode(all.filter(isLinux), pods.filter(isAgent), look),
        ),
        judge(
            {
                id: "agents.labels",
                title: "labels of the DaemonSet and its pods",
                expected: "k8s-app=cilium; AKS's labels",
                look: look.kubectl("get ds,po -n kube-system -l k8s-app=cilium --show-labels"),
            },
            both(agents, systemPods),
            ([daemonSet, pods]) => labels(daemonSet, pods.filter(isAgent)),
        ),
        judge(
            {
                id: "agents.version",
                title: "Cilium's version",
                expected: expectedRelease(expected.kubernetes),
                look: look.kubectl(
                    "get po -n kube-system -l k8s-app=cilium -o 'custom-columns=POD:.metadata.name,IMAGES:.spec.containers[*].image'",
                ),
            },
            systemPods,
            (pods) =>
                pods.some(isAgent)
                    ? releaseOutcome(
                          pods.filter(isAgent).flatMap((pod) => imagesOf(pod, "cilium-agent")),
                          expected.kubernetes,
                      )
                    : noPods("the agents (k8s-app=cilium)"),
        ),
        judge(
            {
                id: "kube-proxy.absent",
                title: "no kube-proxy",
                expected: "no kube-proxy pod",
                look: look.kubectl("get po -n kube-system -o wide -l component=kube-proxy"),
            },
            systemPods,
            (pods) => {
                const there = pods.filter(isKubeProxy);
                return there.length === 0
                    ? pass("none")
                    : fail(
                          `${count(there.length, "pod")}: ${names(there.map(onNode))}`,
                          "Cilium replaces it, two of them fight over Services: see which nodes lack the label kubernetes.azure.com/ebpf-dataplane=cilium, and delete a DaemonSet that is not AKS's",
                      );
            },
        ),
    ];
}

/** What cannot be said where there is no pod; that there is none is a check of its own. */
export const noPods = (whose: string): Outcome => ({
    verdict: "unknown",
    found: `there is no pod of ${whose}`,
    advice: "see the failed checks first",
});

/** Advice where a part of the data plane is not there at all. */
export const gone = (look: Look): string =>
    `AKS puts it back when it reconciles: ${look.aks("update")} --yes; unless the data plane is another one: ${look.show("networkProfile.networkDataplane")}`;

/** Images of a container by name: sidecars have versions of their own (aks.md 7.1). */
export const imagesOf = ({ spec }: Pod, container: string): string[] =>
    spec.containers.flatMap(({ name, image }) => (name === container ? [image] : []));

/** AKS labels its pods `component=kube-proxy`, kubeadm `k8s-app=kube-proxy`; the name tells any other. */
const isKubeProxy = ({ metadata }: Pod) =>
    metadata.labels?.["component"] === "kube-proxy" ||
    metadata.labels?.["k8s-app"] === "kube-proxy" ||
    /^kube-proxy(-|$)/.test(metadata.name);

function rollout(daemonSet: Workload | undefined, nodes: number, look: Look): Outcome {
    if (daemonSet === undefined) return fail("there is no DaemonSet cilium in kube-system", gone(look));
    const { status, metadata } = daemonSet;
    const desired = status.desiredNumberScheduled ?? 0;
    const updated = status.updatedNumberScheduled ?? 0;
    const ready = status.numberReady ?? 0;
    const found = `desired ${desired}, updated ${updated}, ready ${ready}, Linux nodes ${nodes}`;
    if ((status.observedGeneration ?? 0) < (metadata.generation ?? 0))
        return warn(`${found}; a change is not taken up yet`, "verify again in a minute");
    if (desired === nodes && updated === nodes && ready === nodes) return pass(found);
    if (updated < desired)
        return fail(
            found,
            `a rollout is under way or stuck: ${look.kubectl("rollout status ds cilium -n kube-system --timeout=5m")}`,
        );
    return fail(
        found,
        `see which pod is not ready and why: ${look.kubectl("describe po -n kube-system -l k8s-app=cilium")}`,
    );
}

function perNode(nodes: readonly Node[], pods: readonly Pod[], look: Look): Outcome {
    const on = (node: Node) => pods.filter(({ spec }) => spec.nodeName === node.metadata.name);
    const without = nodes.filter((node) => on(node).length === 0).map(({ metadata }) => metadata.name);
    const broken = nodes
        .filter((node) => on(node).length > 0)
        .flatMap((node) => {
            const ready = on(node).filter(
                (pod) => isReady(pod) && pod.metadata.deletionTimestamp === undefined,
            );
            if (ready.length === 1) return [];
            if (ready.length > 1) return [`${node.metadata.name}: ${ready.length} ready pods`];
            return on(node).map((pod) => `${onNode(pod)} is ${stateOf(pod)}`);
        });
    if (without.length === 0 && broken.length === 0)
        return pass(`${count(nodes.length, "node")}, each with one ready pod`);
    const found = [
        ...(without.length > 0 ? [`no cilium pod on ${names(without)}`] : []),
        ...broken.slice(0, 6),
        ...(broken.length > 6 ? [`and ${broken.length - 6} more`] : []),
    ].join("; ");
    const first = pods.find((pod) => !isReady(pod))?.metadata.name;
    return fail(
        found,
        without.length > 0
            ? `new pods there get no network and policies are not enforced: ${look.kubectl("describe ds cilium -n kube-system")}`
            : `see why: ${look.kubectl(`describe po ${first ?? ""} -n kube-system`)}`,
    );
}

const onNode = ({ metadata, spec }: Pod) =>
    spec.nodeName === undefined ? metadata.name : `${metadata.name} on ${spec.nodeName}`;

/** Why a pod is not ready, as `kubectl get pods` says it. */
export function stateOf({ metadata, status }: Pod): string {
    if (metadata.deletionTimestamp !== undefined) return "Terminating";
    const waiting = status.containerStatuses?.find(({ state }) => state?.waiting?.reason !== undefined);
    if (waiting !== undefined) return waiting.state?.waiting?.reason ?? "waiting";
    const notReady = status.containerStatuses?.filter(({ ready }) => !ready).map(({ name }) => name) ?? [];
    return notReady.length > 0 ? `not ready (${names(notReady)})` : `${status.phase ?? "unknown"}, not ready`;
}

function labels(daemonSet: Workload | undefined, pods: readonly Pod[]): Outcome {
    if (pods.length === 0) return noPods("the agents (k8s-app=cilium)");
    if (daemonSet === undefined)
        return { ...noPods("it"), found: "there is no DaemonSet cilium to look at the labels of" };
    if (daemonSet.metadata.labels?.["k8s-app"] !== "cilium")
        return fail(
            "the DaemonSet has no label k8s-app=cilium",
            "what selects the agents by it (monitoring, the runbook's commands) finds nothing; AKS sets it back when it reconciles",
        );
    return warnOnMissing([
        ...missing("DaemonSet", daemonSet.metadata.labels, OBJECT_LABELS),
        ...pods.flatMap(({ metadata }) => missing(metadata.name, metadata.labels, POD_LABELS)),
    ]);
}

/** `NAME lacks LABEL` for each label that is not as AKS sets it today. */
export function missing(
    name: string,
    labelled: Readonly<Record<string, string>> | undefined,
    wanted: Readonly<Record<string, string>>,
): string[] {
    return Object.entries(wanted).flatMap(([key, value]) =>
        labelled?.[key] === value ? [] : [`${name} lacks ${key}=${value}`],
    );
}

/** The labels that changed over the years warn, the deciding ones are checked before (aks.md 7.2). */
export function warnOnMissing(lacking: readonly string[]): Outcome {
    return lacking.length === 0
        ? pass("as AKS sets them")
        : warn(
              names(lacking, 4),
              "older clusters lack them; select the agents by name and k8s-app alone: AKS added labels in 2025",
          );
}
