import { addressChecks } from "./addresses";
import { agentChecks } from "./agents";
import type { Check } from "./check";
import type { ClusterFacts, Expectations } from "./cluster-facts";
import { configChecks } from "./config";
import { crdChecks } from "./crds";
import type { Look } from "./look";
import { nodeChecks } from "./nodes";
import { operatorChecks } from "./operator";

export type { ClusterFacts, Expectations } from "./cluster-facts";

/** What the cluster says of itself: R5 to R9 of the runbook, and what aks.md 7 adds. */
export function clusterChecks(facts: ClusterFacts, expected: Expectations, look: Look): Check[] {
    return [
        ...nodeChecks(facts, look),
        ...agentChecks(facts, expected, look),
        ...operatorChecks(facts, expected, look),
        ...crdChecks(facts, look),
        ...configChecks(facts, expected, look),
        ...addressChecks(facts, expected, look),
    ];
}
