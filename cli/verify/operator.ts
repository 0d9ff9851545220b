import { gone, imagesOf, missing, noPods, stateOf, warnOnMissing } from "./agents";
import { both, fail, judge, pass, warn, type Check, type Outcome } from "./check";
import { isReady, type ClusterFacts, type Expectations, type Pod, type Workload } from "./cluster-facts";
import type { Look } from "./look";
import { expectedRelease, releaseOutcome } from "./release";

/** Both are asked for: runbook R5 and aks.md 7.1. */
const isOperator = ({ metadata }: Pod) =>
    metadata.labels?.["io.cilium/app"] === "operator" && metadata.labels["name"] === "cilium-operator";

const POD_LABELS = {
    "kubernetes.azure.com/ebpf-dataplane": "cilium",
    "kubernetes.azure.com/managedby": "aks",
};
const OBJECT_LABELS = {
    "app.kubernetes.io/managed-by": "Helm",
    "kubernetes.azure.com/managedby": "aks",
};

/** R5, R8: the operator, which gives identities their numbers and says whether policies are valid. */
export function operatorChecks(facts: ClusterFacts, expected: Expectations, look: Look): Check[] {
    const { operator, systemPods } = facts;
    return [
        judge(
            {
                id: "operator.ready",
                title: "Deployment cilium-operator is ready",
                expected: "replicas = updated = ready",
                look: look.kubectl("get deploy,po -n kube-system -l io.cilium/app=operator"),
            },
            both(operator, systemPods),
            ([deployment, pods]) => readiness(deployment, pods.filter(isOperator), look),
        ),
        judge(
            {
                id: "operator.labels",
                title: "labels of the operator",
                expected: "io.cilium/app=operator, name=cilium-operator; AKS's labels",
                look: look.kubectl("get deploy,po -n kube-system -l io.cilium/app=operator --show-labels"),
            },
            both(operator, systemPods),
            ([deployment, pods]) => {
                const own = pods.filter(isOperator);
                if (deployment === undefined || own.length === 0)
                    return noPods("the operator (io.cilium/app=operator, name=cilium-operator)");
                return warnOnMissing([
                    ...missing("Deployment", deployment.metadata.labels, OBJECT_LABELS),
                    ...own.flatMap(({ metadata }) => missing(metadata.name, metadata.labels, POD_LABELS)),
                ]);
            },
        ),
        judge(
            {
                id: "operator.version",
                title: "the operator's version",
                expected: expectedRelease(expected.kubernetes),
                look: look.kubectl("get deploy cilium-operator -n kube-system -o wide"),
            },
            systemPods,
            (pods) =>
                pods.some(isOperator)
                    ? releaseOutcome(
                          pods.filter(isOperator).flatMap((pod) => imagesOf(pod, "cilium-operator")),
                          expected.kubernetes,
                      )
                    : noPods("the operator (io.cilium/app=operator, name=cilium-operator)"),
        ),
    ];
}

function readiness(deployment: Workload | undefined, pods: readonly Pod[], look: Look): Outcome {
    if (deployment === undefined)
        return fail("there is no Deployment cilium-operator in kube-system", gone(look));
    const { spec, status, metadata } = deployment;
    const wanted = spec.replicas ?? 1;
    const ready = status.readyReplicas ?? 0;
    const updated = status.updatedReplicas ?? 0;
    const bad = pods.filter((pod) => !isReady(pod)).map((pod) => `${pod.metadata.name} is ${stateOf(pod)}`);
    const found = [`replicas ${wanted}, updated ${updated}, ready ${ready}`, ...bad].join("; ");
    if ((status.observedGeneration ?? 0) < (metadata.generation ?? 0))
        return warn(`${found}; a change is not taken up yet`, "verify again in a minute");
    if (wanted > 0 && ready >= wanted && updated >= wanted) return pass(found);
    if (wanted > 0 && ready > 0)
        return warn(
            found,
            `one replica does the work: see why the other is not ready: ${look.kubectl("describe po -n kube-system -l io.cilium/app=operator")}`,
        );
    return fail(
        found,
        `new identities get no number and policies no verdict: ${look.kubectl("describe po -n kube-system -l io.cilium/app=operator")}`,
    );
}
