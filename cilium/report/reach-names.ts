import type { Endpoint } from "../reachability/types";
import type { Group, ReachMatrix } from "./reach-model";

/** Where an endpoint id lives, whether it belongs to AKS, and whether it shares its node's network. */
export type EndpointFacts = Pick<Endpoint, "id" | "namespace" | "system" | "hostNetwork">;

/** Says which endpoints a set of groups is, in as few words as are exact. */
export interface Namer {
    /**
     * e.g. `["world", "shop/*", "kube-system/coredns"]`; `["everyone"]` for all there are.
     * @param role names (`toFQDNs`) are destinations only, so that sources can be everyone without them
     */
    describe(groups: Iterable<number>, role: "sources" | "destinations"): readonly string[];
    /** The same for members of one group, which may span namespaces. */
    members(group: Group): readonly string[];
    isSystem(group: Group): boolean;
    /** Pods on their node's network: no policy applies to them, and to others they are `host` or `remote-node`. */
    isHostNetwork(group: Group): boolean;
    /** Order for printing: user's workloads by name, AKS's, then world, nodes, addresses, names. */
    readonly order: readonly number[];
}

/** In the order of how much they say: the outside first, the node last. */
const RESERVED_ORDER = [
    "world",
    "kube-apiserver",
    "remote-node",
    "host",
    "ingress",
    "health",
    "init",
    "unmanaged",
];

/**
 * @param endpoints every endpoint of the model: a name for a whole namespace is exact only if all of it is known
 */
export function reachNamer({ groups }: ReachMatrix, endpoints: readonly EndpointFacts[]): Namer {
    const facts = new Map(endpoints.map((endpoint) => [endpoint.id, endpoint]));
    const known = new Set([...endpoints.map(({ id }) => id), ...groups.flatMap(({ members }) => members)]);
    const namespaces = byNamespace([...known].filter((id) => facts.get(id)?.hostNetwork === false));
    const onNodes = byNamespace([...known].filter((id) => facts.get(id)?.hostNetwork === true));
    const outside = groups.flatMap(({ type, id }, index) => (isOutside(type, id) ? [index] : []));
    const inside = groups.flatMap(({ type, id }, index) =>
        type === "reserved" && id !== "world" ? [index] : [],
    );

    function byNamespace(ids: readonly string[]): Map<string, string[]> {
        const result = new Map<string, string[]>();
        for (const id of ids) {
            const namespace = facts.get(id)?.namespace ?? "";
            const names = result.get(namespace);
            if (names === undefined) result.set(namespace, [id]);
            else names.push(id);
        }
        return result;
    }

    function pods(ids: readonly string[]): string[] {
        const onNode = byNamespace(ids.filter((id) => facts.get(id)?.hostNetwork === true));
        return [
            ...policed(ids.filter((id) => facts.get(id)?.hostNetwork !== true)),
            ...[...onNode].flatMap(([namespace, names]) =>
                names.length > 1 && names.length === onNodes.get(namespace)?.length
                    ? [`${namespace}/* on the node's network`]
                    : names,
            ),
        ];
    }

    function policed(ids: readonly string[]): string[] {
        const chosen = byNamespace(ids);
        const whole = [...namespaces].every(([name, all]) => chosen.get(name)?.length === all.length);
        if (whole && namespaces.size > 0) return ["every workload"];
        return [...chosen]
            .sort(([a], [b]) => compare(a, b))
            .flatMap(([namespace, names]) => {
                const all = namespaces.get(namespace) ?? names;
                const missing = all.length - names.length;
                if (missing === 0 && all.length > 1) return [`${namespace}/*`];
                if (missing > 0 && missing <= 2 && names.length >= 4) {
                    const left = all
                        .filter((id) => !names.includes(id))
                        .map((id) => id.slice(namespace.length + 1));
                    return [`${namespace}/* except ${left.join(" and ")}`];
                }
                return [...names].sort(compare);
            });
    }

    function outsideTerms(chosen: ReadonlySet<number>, role: "sources" | "destinations"): string[] {
        const possible = outside.filter((index) => role === "destinations" || groups[index]?.type !== "fqdn");
        const hit = possible.filter((index) => chosen.has(index));
        const missing = possible.filter((index) => !chosen.has(index));
        const names = (indices: readonly number[]): string[] =>
            indices.map((index) => groups[index]?.example ?? "");
        const hasWorld = hit.some((index) => groups[index]?.id === "world");
        if (!hasWorld) return names(hit);
        if (missing.length === 0) return ["world"];
        return missing.length <= 3 ? [`world except ${names(missing).join(" and ")}`] : names(hit);
    }

    function reservedTerms(chosen: readonly number[]): string[] {
        // Nodes and API server are what people ask about; the others (health, ingress, init, unmanaged) fill the line.
        if (chosen.length === inside.length && chosen.length > 4) return ["every reserved identity"];
        const place = (name: string): number => RESERVED_ORDER.indexOf(name);
        return chosen.map((index) => groups[index]?.id ?? "").sort((a, b) => place(a) - place(b));
    }

    function isSystemId(id: string): boolean {
        return facts.get(id)?.system === true;
    }

    const isSystem = ({ members }: Group): boolean => members.length > 0 && members.every(isSystemId);
    const isHostNetwork = ({ members }: Group): boolean =>
        members.length > 0 && members.every((id) => facts.get(id)?.hostNetwork === true);
    /** The user's workloads, then what is outside, then AKS's own: in the order that readers care. */
    const rank = (group: Group): string => {
        const { type, id, example, members } = group;
        if (type === "reserved") return `2 ${RESERVED_ORDER.indexOf(id)}`;
        if (type !== "pods") return `${type === "cidr" ? 3 : 4} ${example}`;
        const onNode = isHostNetwork(group) ? 1 : 0;
        return `${(isSystem(group) ? 5 : 0) + onNode} ${members[0] ?? ""}`;
    };

    return {
        describe: (indices, role) => {
            const chosen = new Set(indices);
            const ids = [...chosen].flatMap((index) => {
                const group = groups[index];
                return group?.type === "pods" ? group.members : [];
            });
            const workloads = pods(ids);
            const world = outsideTerms(chosen, role);
            const reserved = inside.filter((index) => chosen.has(index));
            const every = {
                workload: workloads[0] === "every workload" || namespaces.size === 0,
                reserved: reserved.length === inside.length,
                world: world[0] === "world" || outside.length === 0,
            };
            if (every.workload && every.reserved)
                return every.world ? ["everyone"] : [...world, "the whole cluster"];
            return [...world, ...workloads, ...reservedTerms(reserved)];
        },
        members: (group) => (group.type === "pods" ? pods(group.members) : [group.example]),
        isSystem,
        isHostNetwork,
        order: groups.map((_, index) => index).sort((a, b) => compare(rankAt(a), rankAt(b))),
    };

    function rankAt(index: number): string {
        const group = groups[index];
        return group === undefined ? "" : rank(group);
    }
}

function isOutside(type: Group["type"], id: string): boolean {
    return type === "cidr" || type === "fqdn" || id === "world";
}

function compare(a: string, b: string): number {
    return a < b ? -1 : a > b ? 1 : 0;
}
