import type { Identity } from "./identities";
import { PROTOCOL_INDEX } from "./entries";
import type { ServiceDefinition } from "./types";

/** Ports of a pod that clients outside reach through a load balancer or node port, possibly with a node's address. */
export interface BalancedPorts {
    /** By protocol index, the port numbers. */
    readonly ports: ReadonlyMap<number, ReadonlySet<number>>;
    /** Equal texts mean equal ports. */
    readonly text: string;
}

/**
 * Services that bring traffic from outside to a pod with `externalTrafficPolicy: Cluster`, where the client's address
 * may be replaced by a node's (facts 3.12).
 * @returns what such Services do to a pod; undefined where there is none
 */
export function balancedPorts(
    services: readonly ServiceDefinition[],
): (identity: Identity) => BalancedPorts | undefined {
    const outside = services.filter(
        ({ type, externalTrafficPolicy, selector }) =>
            (type === "LoadBalancer" || type === "NodePort") &&
            externalTrafficPolicy === "Cluster" &&
            Object.keys(selector ?? {}).length > 0,
    );
    return (identity) => {
        const endpoint = identity.endpoints[0];
        if (endpoint === undefined || outside.length === 0) return undefined;
        const ports = new Map<number, Set<number>>();
        for (const service of outside) {
            if (service.namespace !== endpoint.namespace) continue;
            const wanted = Object.entries(service.selector ?? {});
            if (!wanted.every(([key, value]) => endpoint.labels[key] === value)) continue;
            for (const { targetPort, protocol } of service.ports) {
                const number =
                    typeof targetPort === "number" ? targetPort : namedPort(endpoint, targetPort, protocol);
                if (number === undefined) continue;
                const index = PROTOCOL_INDEX[protocol];
                const known = ports.get(index) ?? new Set();
                ports.set(index, known.add(number));
            }
        }
        if (ports.size === 0) return undefined;
        const texts = [...ports].map(([protocol, numbers]) => `${protocol}:${[...numbers].sort().join(",")}`);
        return { ports, text: texts.sort().join(" ") };
    };
}

function namedPort(
    endpoint: Identity["endpoints"][number],
    name: string,
    protocol: string,
): number | undefined {
    return endpoint.namedPorts.find((item) => item.name === name && item.protocol === protocol)?.port;
}
