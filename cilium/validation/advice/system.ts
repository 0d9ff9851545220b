import { METADATA_NAME, NAMESPACE_LABELS, POD_NAMESPACE } from "../../semantics/labels";
import { problem } from "../codes/problem";
import type { Problem } from "../finding";
import {
    conjunction,
    list,
    requirements,
    strings,
    type Direction,
    type PolicyView,
    type SpecView,
} from "../policy-view";
import { deniesByDefault, withoutSource } from "../subjects";

/** L34: a clusterwide default deny whose subject does not leave kube-system out. */
export function adviseSystem(policy: PolicyView): readonly Problem[] {
    return policy.clusterwide ? policy.specs.flatMap((spec) => [...systemPods(spec)]) : [];
}

function* systemPods(spec: SpecView): Iterable<Problem> {
    if (spec.subject === undefined || !mayBeSystem(spec)) return;
    const directions = (["ingress", "egress"] as const).filter(
        (direction) => deniesByDefault(spec, direction) && !allowsEverything(spec, direction),
    );
    if (directions.length === 0) return;
    yield problem(
        "L34",
        [...spec.path, "endpointSelector"],
        `this default deny of ${conjunction(directions)} also holds for CoreDNS, konnectivity-agent, metrics-server and the health and ingress endpoints`,
    );
}

/** No requirement is positive (system pods have labels of their own), and none excludes kube-system. */
function mayBeSystem(spec: SpecView): boolean {
    const namespaceKeys = [POD_NAMESPACE, NAMESPACE_LABELS + METADATA_NAME];
    return requirements({ rule: undefined, path: [], value: spec.subject ?? {} }).every(
        ({ key, operator, values }) => {
            const namespace = namespaceKeys.includes(withoutSource(key));
            if (operator === "Exists") return namespace;
            if (operator === "In") return namespace && values.includes("kube-system");
            return !(namespace && values.includes("kube-system")) && operator === "NotIn";
        },
    );
}

function allowsEverything(spec: SpecView, direction: Direction): boolean {
    const key = direction === "ingress" ? "fromEntities" : "toEntities";
    return spec.rules.some(
        (rule) =>
            rule.direction === direction &&
            !rule.deny &&
            strings(rule.value[key]).some(([entity]) => entity === "all") &&
            list(rule.value["toPorts"]).length === 0,
    );
}
