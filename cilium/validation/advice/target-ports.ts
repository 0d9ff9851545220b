import type { JsonObject, Path } from "../../manifest/document";
import type { ServiceDefinition } from "../../reachability/types";
import type { Rule } from "../../semantics/rules";
import { problem } from "../codes/problem";
import type { CheckContext } from "../context";
import type { Problem } from "../finding";
import { isObject, objects } from "../policy-view";
import type { Pod, Population } from "../population";
import { selects } from "./service-selector";

/** L25 and the ingress half of L46: the pods whose ports a rule is about. */
export function* targetPorts(rule: Rule, population: Population, context: CheckContext): Iterable<Problem> {
    if (rule.ports === "all" || rule.effect === "deny" || rule.peers === "none") return;
    const targets =
        rule.direction === "ingress"
            ? population.select(rule.subject)
            : rule.peers.flatMap(({ selector }) =>
                  selector.type === "labels" && selector.requirements.length > 0
                      ? population.select(selector)
                      : [],
              );
    const pods = targets.filter(({ endpoint }) => !endpoint.hostNetwork);
    if (pods.length === 0) return;
    const told = new Set<string>();
    for (const { number, name, protocol } of rule.ports) {
        if (told.has(name ?? String(number))) continue;
        if (name !== undefined) {
            if (
                rule.direction === "egress" ||
                pods.some(({ endpoint }) => endpoint.namedPorts.some((port) => port.name === name))
            )
                continue;
            told.add(name);
            const known = [
                ...new Set(pods.flatMap(({ endpoint }) => endpoint.namedPorts.map((port) => port.name))),
            ];
            yield problem(
                "L46",
                portPath(rule, name),
                `no pod that this policy selects declares a port "${name}": nothing is opened`,
                {
                    fix:
                        known.length === 0
                            ? "write the port's number"
                            : `write the port's number, or one of the names they declare: ${known.join(", ")}`,
                },
            );
            continue;
        }
        const wrong = servicePort(pods, number, protocol, context.services ?? []);
        if (wrong === undefined) continue;
        told.add(String(number));
        yield problem(
            "L25",
            portPath(rule, String(number)),
            `${number} is the port of Service ${wrong.service.namespace}/${wrong.service.name}; its pods listen on ${wrong.target}, and that is what policies see`,
            { fix: `write port: "${wrong.target}"` },
        );
    }
}

/** A Service of these pods that translates this port to another one, where none of them has the port itself. */
function servicePort(
    pods: readonly Pod[],
    number: number,
    protocol: string,
    all: readonly ServiceDefinition[],
): { service: ServiceDefinition; target: number | string } | undefined {
    let found: { service: ServiceDefinition; target: number | string } | undefined;
    for (const { endpoint } of pods) {
        if (endpoint.namedPorts.some(({ port }) => port === number)) return undefined;
        for (const service of all) {
            if (service.namespace !== endpoint.namespace || !selects(service, endpoint.labels)) continue;
            for (const port of service.ports) {
                if (port.protocol !== protocol) continue;
                const target =
                    typeof port.targetPort === "number"
                        ? port.targetPort
                        : (endpoint.namedPorts.find(({ name }) => name === port.targetPort)?.port ??
                          port.targetPort);
                if (target === number) return undefined;
                if (port.port === number) found ??= { service, target };
            }
        }
    }
    return found;
}

/** The `port` of a rule that says this number or name. */
function portPath({ document, path, direction }: Rule, text: string): Path {
    let rule: unknown = document.value;
    const base = document.kind === "NetworkPolicy" ? path.slice(0, 3) : path;
    for (const step of base) rule = (rule as Record<string | number, unknown> | undefined)?.[step];
    if (!isObject(rule as JsonObject)) return path;
    const value = rule as JsonObject;
    const same = (port: JsonObject): boolean => String(port["port"]).toLowerCase() === text;
    if (document.kind === "NetworkPolicy") {
        const at = objects(value["ports"]).find(([port]) => same(port));
        return at === undefined ? [...base, direction] : [...base, "ports", at[1], "port"];
    }
    for (const [portRule, index] of objects(value["toPorts"])) {
        const at = objects(portRule["ports"]).find(([port]) => same(port));
        if (at !== undefined) return [...base, "toPorts", index, "ports", at[1], "port"];
    }
    return base;
}
