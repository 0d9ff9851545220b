import { count, fail, judge, names, pass, type Check } from "./check";
import { isLinux, isReady, type ClusterFacts, type Node } from "./cluster-facts";
import type { Look } from "./look";

const LABEL = "kubernetes.azure.com/ebpf-dataplane";
/** aks.md 7.3: the agent takes it off when it is ready; pods are not scheduled before. */
const TAINT = "node.cilium.io/agent-not-ready";

/** The nodes: ready, of this data plane, open for pods. */
export function nodeChecks({ nodes }: Pick<ClusterFacts, "nodes">, look: Look): Check[] {
    return [
        judge(
            {
                id: "nodes.ready",
                title: "nodes are Ready",
                expected: "every node Ready",
                look: look.kubectl("get nodes -o wide"),
            },
            nodes,
            (all) => {
                if (all.length === 0)
                    return fail(
                        "no node at all",
                        `look at the pools: ${look.show("agentPoolProfiles[].[name,count,provisioningState]")}`,
                    );
                const bad = all.filter((node) => !isReady(node));
                return bad.length === 0
                    ? pass(count(all.length, "node"))
                    : fail(
                          `${bad.length} of ${count(all.length, "node")} not Ready: ${names(bad.map(withReason))}`,
                          `see its conditions and events: ${look.kubectl(`describe node ${bad[0]?.metadata.name ?? ""}`)}`,
                      );
            },
        ),
        judge(
            {
                id: "nodes.dataplane",
                title: "nodes are of the Cilium data plane",
                expected: `label ${LABEL}=cilium on every Linux node`,
                look: look.kubectl(`get nodes -L ${LABEL}`),
            },
            nodes,
            (all) => {
                const bad = all.filter((node) => isLinux(node) && node.metadata.labels?.[LABEL] !== "cilium");
                return bad.length === 0
                    ? pass("on every Linux node")
                    : fail(
                          `not on ${names(bad.map(nameOf))}`,
                          "kube-proxy is kept off by this label: the node is from before the move to Cilium; upgrade its image or replace it",
                      );
            },
        ),
        judge(
            {
                id: "nodes.agent-taint",
                title: "nodes are open for pods",
                expected: `no taint ${TAINT}`,
                look: look.kubectl(
                    "get nodes -o 'custom-columns=NAME:.metadata.name,TAINTS:.spec.taints[*].key'",
                ),
            },
            nodes,
            (all) => {
                const bad = all.filter(({ spec }) => spec.taints?.some(({ key }) => key === TAINT));
                return bad.length === 0
                    ? pass("none")
                    : fail(
                          `on ${names(bad.map(nameOf))}`,
                          "the agent takes it off when it is ready: see the cilium pod of that node",
                      );
            },
        ),
    ];
}

const nameOf = ({ metadata }: Node) => metadata.name;

function withReason({ metadata, status }: Node): string {
    const condition = status.conditions?.find(({ type }) => type === "Ready");
    return condition?.reason === undefined ? metadata.name : `${metadata.name} (${condition.reason})`;
}
