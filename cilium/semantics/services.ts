import type { JsonObject } from "../manifest/document";
import type { ServiceDefinition } from "../reachability/types";
import type { CiliumMinor } from "../model/versions";
import { asObject, asString } from "./json";
import { parseKey, requirementsOf } from "./label-selectors";
import { POD_NAMESPACE } from "./labels";
import { holds, labelSelector, reservedSelector, type LabelSelector } from "./selectors";

interface ServiceScope {
    readonly context: {
        readonly minor: CiliumMinor;
        readonly mode: "engine" | "product";
        readonly services: readonly ServiceDefinition[];
    };
    readonly notEvaluated: string[];
}

/**
 * What `toServices` of an allow rule becomes: the selectors of the matching Services, each kept to its namespace.
 * An empty answer is an empty list of peers, so with ports it opens them to everyone (facts 3.4). Not asked for deny
 * rules: the agent resolves `toServices` in `egress` only. Up to 1.16 Services with a selector are ignored.
 * Source: `pkg/policy/k8s/service.go` (processRule, serviceRefMatches, serviceSelectorMatches).
 */
export function serviceSelectors(
    references: readonly JsonObject[],
    scope: ServiceScope,
): readonly LabelSelector[] {
    const { minor, mode, services } = scope.context;
    if (mode === "engine") return [];
    return services
        .filter((service) => references.some((reference) => refersTo(reference, service)))
        .flatMap((service): LabelSelector[] => {
            const labels = Object.entries(service.selector ?? {});
            if (labels.length === 0) {
                scope.notEvaluated.push(
                    `backends of Service ${service.namespace}/${service.name} (toServices; it has no selector)`,
                );
                return [reservedSelector("none")];
            }
            if (minor === "1.16") return [];
            return [
                labelSelector([
                    ...labels.map(([text, value]) => ({
                        ...parseKey(text),
                        operator: "In" as const,
                        values: [value],
                    })),
                    { source: "k8s", key: POD_NAMESPACE, operator: "In", values: [service.namespace] },
                ]),
            ];
        });
}

function refersTo(reference: JsonObject, service: ServiceDefinition): boolean {
    const bySelector = asObject(reference["k8sServiceSelector"]);
    const byName = asObject(reference["k8sService"]);
    const namespace = asString((bySelector ?? byName)?.["namespace"]) ?? "";
    if (namespace !== "" && namespace !== service.namespace) return false;
    if (bySelector === undefined)
        return byName !== undefined && asString(byName["serviceName"]) === service.name;
    const identity = { k8s: new Map(Object.entries(service.labels)), reserved: [] };
    return requirementsOf(asObject(bySelector["selector"])).every((item) =>
        holds({ ...item, source: "k8s" }, identity),
    );
}
