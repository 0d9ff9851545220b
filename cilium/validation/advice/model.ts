import type { ManifestDocument } from "../../manifest/document";
import { buildReachability } from "../../reachability";
import type { Endpoint, Peer, Reachability, ServiceDefinition } from "../../reachability/types";
import { problem } from "../codes/problem";
import { perContext, type CheckContext } from "../context";
import type { Problem } from "../finding";
import { object, objects, string } from "../policy-view";
import { oneSided } from "./one-sided";
import type { Placed } from "./placed";
import { selects } from "./service-selector";

/** L42, L43 and L49 of one document: what only the whole of all policies decides. */
export function adviseFromModel(document: ManifestDocument, context: CheckContext): readonly Problem[] {
    return byDocument(context).get(document) ?? [];
}

const byDocument = perContext((context): ReadonlyMap<ManifestDocument, readonly Problem[]> => {
    const { workloads, services = [] } = context;
    const found = new Map<ManifestDocument, Problem[]>();
    if (workloads === undefined) return found;
    const model = buildReachability({
        documents: context.documents,
        endpoints: workloads,
        services,
        cluster: context.cluster,
        minor: context.minor,
    });
    const all: readonly Placed[] = [
        ...publicServices(model, workloads, services),
        ...webhooks(model, workloads, services, context),
        ...oneSided(model, context),
    ];
    for (const { document, problem: each } of all)
        found.set(document, [...(found.get(document) ?? []), each]);
    return found;
});

/** Pods of a Service with the number behind each of its ports. */
function* backends(service: ServiceDefinition, workloads: readonly Endpoint[]) {
    for (const endpoint of workloads) {
        if (
            endpoint.namespace !== service.namespace ||
            endpoint.hostNetwork ||
            !selects(service, endpoint.labels)
        )
            continue;
        for (const port of service.ports) {
            const number =
                typeof port.targetPort === "number"
                    ? port.targetPort
                    : endpoint.namedPorts.find(({ name }) => name === port.targetPort)?.port;
            if (number !== undefined) yield { endpoint, number, protocol: port.protocol };
        }
    }
}

/** The policy that shuts the door: the first that switches default deny on, or the deny rule. */
function shutBy(
    model: Reachability,
    from: Peer,
    to: Endpoint,
    protocol: "TCP" | "UDP" | "SCTP",
    port: number,
) {
    const { sides } = model.explain(from, { endpoint: to.id }, protocol, port);
    const ingress = sides.find(({ direction }) => direction === "ingress");
    if (ingress === undefined || !["deny", "default-deny"].includes(ingress.verdict)) return undefined;
    return ingress.verdict === "deny" ? ingress.deciding[0] : ingress.defaultDeny[0];
}

function* publicServices(
    model: Reachability,
    workloads: readonly Endpoint[],
    services: readonly ServiceDefinition[],
): Iterable<Placed> {
    for (const service of services) {
        if (service.type !== "LoadBalancer" && service.type !== "NodePort") continue;
        const told = new Set<ManifestDocument>();
        for (const { endpoint, number, protocol } of backends(service, workloads)) {
            const world = shutBy(model, { reserved: "world" }, endpoint, protocol, number);
            const node =
                service.externalTrafficPolicy === "Local"
                    ? undefined
                    : shutBy(model, { reserved: "remote-node" }, endpoint, protocol, number);
            const by = world ?? node;
            if (by === undefined || told.has(by.document)) continue;
            told.add(by.document);
            const who =
                world === undefined ? "remote-node" : node === undefined ? "world" : "world and remote-node";
            const effect =
                world === undefined
                    ? "clients whose packets arrive at another node are dropped"
                    : "clients from outside are dropped";
            yield {
                document: by.document,
                problem: problem(
                    "L43",
                    by.path,
                    `pods of ${service.type} Service ${service.namespace}/${service.name} do not let ${who} in on ${number}/${protocol}: ${effect}`,
                    {
                        fix: `allow \`fromEntities: [${who.replace(" and ", ", ")}]\` on port ${number}/${protocol}`,
                    },
                ),
            };
        }
    }
}

/** The Service that a webhook or an aggregated API is called at, by the object that declares it. */
function* calledServices(context: CheckContext): Iterable<{ by: string; namespace: string; name: string }> {
    for (const { kind, name, value } of context.documents) {
        const callers =
            kind === "ValidatingWebhookConfiguration" || kind === "MutatingWebhookConfiguration"
                ? objects(value["webhooks"]).map(([webhook]) =>
                      object(object(webhook["clientConfig"])?.["service"]),
                  )
                : kind === "APIService"
                  ? [object(object(value["spec"])?.["service"])]
                  : [];
        for (const service of callers) {
            const [namespace, target] = [string(service?.["namespace"]), string(service?.["name"])];
            if (namespace !== undefined && target !== undefined)
                yield { by: `${kind} ${name}`, namespace, name: target };
        }
    }
}

function* webhooks(
    model: Reachability,
    workloads: readonly Endpoint[],
    services: readonly ServiceDefinition[],
    context: CheckContext,
): Iterable<Placed> {
    const konnectivity = workloads.find(
        ({ labels, namespace }) => namespace === "kube-system" && labels["app"] === "konnectivity-agent",
    );
    if (konnectivity === undefined) return;
    const told = new Set<string>();
    for (const { by, namespace, name } of calledServices(context)) {
        const service = services.find((each) => each.namespace === namespace && each.name === name);
        if (service === undefined) continue;
        for (const { endpoint, number, protocol } of backends(service, workloads)) {
            const rule = shutBy(model, { endpoint: konnectivity.id }, endpoint, protocol, number);
            if (rule === undefined || told.has(`${by} ${endpoint.id}`)) continue;
            told.add(`${by} ${endpoint.id}`);
            yield {
                document: rule.document,
                problem: problem(
                    "L42",
                    rule.path,
                    `the API server calls ${endpoint.id} for ${by}, through konnectivity-agent, which this policy does not let in on ${number}/${protocol}`,
                ),
            };
        }
    }
}
