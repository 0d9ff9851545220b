import { CLUSTER_NAME, POLICY_CLUSTER } from "./labels";
import { EVERYTHING, HOST, labelSelector, reservedSelector, type LabelSelector } from "./selectors";

/**
 * What an entity selects. Source: `pkg/policy/api/entity.go` (EntitySelectorMapping, InitEntities); facts 3.7.
 * `cluster` holds nodes and the API server beside the pods; `none` is a label that nobody has.
 */
const ENTITIES: Readonly<Record<string, readonly LabelSelector[]>> = {
    all: [EVERYTHING],
    world: ["world", "world-ipv4", "world-ipv6"].map(reservedSelector),
    "world-ipv4": [reservedSelector("world-ipv4")],
    "world-ipv6": [reservedSelector("world-ipv6")],
    host: [HOST],
    "remote-node": [reservedSelector("remote-node")],
    "kube-apiserver": [reservedSelector("kube-apiserver")],
    health: [reservedSelector("health")],
    init: [reservedSelector("init")],
    ingress: [reservedSelector("ingress")],
    unmanaged: [reservedSelector("unmanaged")],
    none: [reservedSelector("none")],
    cluster: [
        ...["host", "remote-node", "init", "ingress", "health", "unmanaged", "kube-apiserver"].map(
            reservedSelector,
        ),
        labelSelector([{ source: "k8s", key: POLICY_CLUSTER, operator: "In", values: [CLUSTER_NAME] }]),
    ],
};

/** @returns no selector for an unknown entity, which Cilium ignores at this point */
export function entitySelectors(entity: string): readonly LabelSelector[] {
    return ENTITIES[entity] ?? [];
}
