import type { Endpoint } from "../reachability/types";
import { labelFilter, podIdentity, type IdentityLabels } from "../semantics/labels";
import { matches, type LabelSelector } from "../semantics/selectors";
import { perContext } from "./context";

/** A workload with the labels that Cilium sees. */
export interface Pod {
    readonly endpoint: Endpoint;
    readonly identity: IdentityLabels;
}

/** Workloads, ready to be asked which of them a selector selects. */
export interface Population {
    readonly pods: readonly Pod[];
    readonly namespaces: ReadonlySet<string>;
    /** hostNetwork pods too, although no policy sees their labels: that is what some advice is about. */
    select(selector: LabelSelector): readonly Pod[];
}

/** The workloads of a context; undefined where none were given. */
export const populationOf = perContext((context): Population | undefined => {
    if (context.workloads === undefined) return undefined;
    const filter = labelFilter(context.minor);
    const pods = context.workloads.flatMap((endpoint): Pod[] => {
        const { namespace } = endpoint;
        return namespace === undefined
            ? []
            : [{ endpoint, identity: podIdentity({ ...endpoint, namespace }, filter) }];
    });
    const byLabel = new Map<string, Pod[]>();
    for (const pod of pods) {
        for (const [key, value] of pod.identity.k8s) {
            const label = `${key}=${value}`;
            const list = byLabel.get(label);
            if (list === undefined) byLabel.set(label, [pod]);
            else list.push(pod);
        }
    }
    return {
        pods,
        namespaces: new Set(pods.flatMap(({ endpoint }) => endpoint.namespace ?? [])),
        select: (selector) =>
            narrowest(selector, byLabel, pods).filter((pod) => matches(selector, pod.identity)),
    };
});

/** Pods that can match at all, by the requirement that leaves fewest. */
function narrowest(
    { requirements }: LabelSelector,
    byLabel: ReadonlyMap<string, readonly Pod[]>,
    all: readonly Pod[],
): readonly Pod[] {
    let best = all;
    for (const { source, key, operator, values } of requirements) {
        if (operator !== "In" || values.length !== 1 || (source !== "any" && source !== "k8s")) continue;
        const candidates = byLabel.get(`${key}=${values[0] ?? ""}`) ?? [];
        if (candidates.length < best.length) best = candidates;
    }
    return best;
}
