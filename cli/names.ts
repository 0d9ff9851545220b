import { closestNames, RESERVED, type EndpointClass, type Reachability } from "../cilium";
import type { ClusterState } from "./analysis";
import { UsageError } from "./exit";

/**
 * The class behind a name the user typed.
 * @throws UsageError with the names that are close to it
 */
export function knownName(model: Reachability, state: ClusterState, name: string): EndpointClass {
    const known = model.classOf(name);
    if (known !== undefined) return known;
    const close = closestNames(name, [...state.endpoints.map(({ id }) => id), ...RESERVED]);
    const ambiguous = state.endpoints
        .filter((each) => `${each.namespace}/${each.name}` === name)
        .map(({ id }) => id);
    const suggestions = ambiguous.length > 0 ? ambiguous : close;
    throw new UsageError(
        suggestions.length > 0
            ? `${name}: no such workload; did you mean ${suggestions.join(" or ")}?`
            : `${name}: no such workload; names are NAMESPACE/NAME (aks-cilium reach lists them), ${RESERVED.slice(0, 5).join(", ")}, world, an address, a CIDR or fqdn:NAME`,
    );
}

/**
 * Classes behind a name or a pattern: `shop/*` is all of a namespace.
 * @throws UsageError where nothing has that name
 */
export function matchingClasses(
    model: Reachability,
    state: ClusterState,
    pattern: string,
): readonly EndpointClass[] {
    if (!pattern.includes("*") || pattern.startsWith("fqdn:")) return [knownName(model, state, pattern)];
    const expression = new RegExp(
        `^${pattern
            .split("*")
            .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"))
            .join(".*")}$`,
    );
    const hits = state.endpoints.filter(({ id }) => expression.test(id));
    if (hits.length > 0) return [...new Set(hits.flatMap(({ id }) => model.classOf(id) ?? []))];
    const namespaces = new Set(state.endpoints.flatMap(({ namespace }) => namespace ?? []));
    throw new UsageError(
        `${pattern}: no workload has such a name; namespaces are ${[...namespaces].sort().join(", ")}`,
    );
}

export function wrongPort(text: string): UsageError {
    return new UsageError(
        `${text}: expected PORT or PORT/PROTOCOL with TCP, UDP, SCTP, ICMP or ICMPv6, e.g. 8080, 53/UDP or 8/ICMP`,
    );
}
