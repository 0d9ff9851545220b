import { modelOf } from "./registry";
import type { Connection, Reachability } from "./types";

/** What is open towards the outside, and who has no policy. */
export interface Exposure {
    /** Connections from addresses outside to pods. */
    readonly fromWorld: readonly Connection[];
    /** Connections from pods to addresses outside, names included. */
    readonly toWorld: readonly Connection[];
    /** Connections from pods to the instance metadata service, 169.254.169.254. */
    readonly toMetadata: readonly Connection[];
    readonly toApiServer: readonly Connection[];
    /** Endpoint ids for which nothing is enforced, by direction. */
    readonly withoutIngressPolicy: readonly string[];
    readonly withoutEgressPolicy: readonly string[];
}

/** Address of the Azure instance metadata service; world to Cilium, so open wherever world is (facts 0.2). */
export const METADATA = "169.254.169.254";

/** Sorts the connections of a model by what they expose. */
export function findExposure(reachability: Reachability): Exposure {
    const model = modelOf(reachability);
    const types = new Map(reachability.classes.map(({ id, type }) => [id, type]));
    const outside = (id: string): boolean => {
        const type = types.get(id);
        return type === "cidr" || type === "fqdn" || id === "world" || id === "world-ipv6";
    };
    const metadata = reachability.classOf(METADATA)?.id;
    const all = [...reachability.connections()];
    const open = (direction: "ingress" | "egress"): string[] =>
        model.classes.list.flatMap(({ members, type }, index) =>
            type === "pods" && (!model.isPoliced(index) || model.policyOf(index, direction).open)
                ? members
                : [],
        );
    return {
        fromWorld: all.filter(({ from, to }) => outside(from) && !outside(to)),
        toWorld: all.filter(({ from, to }) => outside(to) && !outside(from)),
        toMetadata: all.filter(({ to }) => to === metadata),
        toApiServer: all.filter(({ to }) => to === "kube-apiserver"),
        withoutIngressPolicy: open("ingress"),
        withoutEgressPolicy: open("egress"),
    };
}
