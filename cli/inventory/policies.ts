import type { JsonObject, JsonValue } from "../../cilium";

/** Kinds that `--with-policies` writes, with where the API serves them. */
export const INVENTORY_POLICY_KINDS = [
    { kind: "CiliumClusterwideNetworkPolicy", apiVersion: "cilium.io/v2" },
    { kind: "CiliumNetworkPolicy", apiVersion: "cilium.io/v2" },
    { kind: "NetworkPolicy", apiVersion: "networking.k8s.io/v1" },
] as const;

/** What stands where a value was that may be a secret. */
export const MASK = "REDACTED";

/**
 * A policy as its author would write it: name, namespace, labels and rules. Values of HTTP headers are masked: tokens
 * are kept there, and no verdict depends on them.
 * @param policy as the API server returns it
 */
export function policyManifest(
    { kind, apiVersion }: (typeof INVENTORY_POLICY_KINDS)[number],
    policy: JsonObject,
): JsonObject {
    const metadata = objectOf(policy["metadata"]);
    return {
        apiVersion,
        kind,
        metadata: {
            name: metadata["name"] ?? "",
            ...(metadata["namespace"] === undefined ? {} : { namespace: metadata["namespace"] }),
            ...(metadata["labels"] === undefined ? {} : { labels: metadata["labels"] }),
        },
        ...(policy["spec"] === undefined ? {} : { spec: withoutHeaders(policy["spec"]) }),
        ...(policy["specs"] === undefined ? {} : { specs: withoutHeaders(policy["specs"]) }),
    };
}

/** `headers` are texts `NAME: VALUE`, `headerMatches` objects with a `value` (Cilium's API, PortRuleHTTP). */
function withoutHeaders(value: JsonValue, key = ""): JsonValue {
    if (Array.isArray(value)) {
        if (key === "headers")
            return value.map((item) => (typeof item === "string" ? maskHeader(item) : item));
        return value.map((item) => withoutHeaders(item, key));
    }
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(
        Object.entries(value).map(([name, item]) =>
            key === "headerMatches" && name === "value" ? [name, MASK] : [name, withoutHeaders(item, name)],
        ),
    );
}

function maskHeader(text: string): string {
    const [, name] = /^([^:\s]+)[:\s]/.exec(text) ?? [];
    return name === undefined ? text : `${name}: ${MASK}`;
}

function objectOf(value: JsonValue | undefined): JsonObject {
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value : {};
}
