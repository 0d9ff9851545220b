import type { Progress, Workload, WorkloadName } from "./rollout";
import { isUnderWay, restartedAt } from "./rollout";

/** What there is of one workload. */
export interface Found {
    readonly name: WorkloadName;
    readonly workload: Workload;
    readonly progress: Progress;
}

/** `restart`: patch and follow; `follow`: a restart is on its way; `done`: the restart that is on its way had it already. */
export interface Step {
    readonly name: WorkloadName;
    readonly action: "restart" | "follow" | "done";
}

/**
 * The operator goes first, as Cilium's documentation restarts the two (Documentation/network/servicemesh/ingress.rst:
 * `rollout restart deployment/cilium-operator`, then `ds/cilium`): new agents wait at their start for what the operator
 * keeps (CRDs, identities), and a cluster in which not even the operator comes back keeps its data plane as it is.
 */
export const ORDER: readonly WorkloadName[] = ["operator", "cilium"];

/**
 * What to do with each workload.
 *
 * A restart that is on its way, of this command's earlier run or of somebody's kubectl, is followed and not started
 * again. One run gives both workloads the same time, so that a run that was interrupted in its second half does not
 * restart the first again.
 * @param again restart in any case
 * @param now milliseconds
 */
export function planRestart(found: readonly Found[], again: boolean, now: number): readonly Step[] {
    const steps = [...found].sort((a, b) => ORDER.indexOf(a.name) - ORDER.indexOf(b.name));
    if (again) return steps.map(({ name }) => ({ name, action: "restart" }));
    const underWay = steps.filter(({ workload, progress }) => isUnderWay(workload, progress, now));
    const times = new Set(underWay.map(({ workload }) => restartedAt(workload)));
    return steps.map((each) => {
        const { name, workload } = each;
        if (underWay.includes(each)) return { name, action: "follow" };
        const time = restartedAt(workload);
        return { name, action: time !== undefined && times.has(time) ? "done" : "restart" };
    });
}

/** Seconds that a rollout may take: five minutes, and one more for every pod that waits for its turn. */
export function defaultTimeout(found: readonly Found[]): number {
    return 300 + 60 * found.reduce((sum, { progress }) => sum + progress.desired, 0);
}
