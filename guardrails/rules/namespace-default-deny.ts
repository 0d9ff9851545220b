import type { StackValidationPolicy } from "@pulumi/policy";
import {
    buildReachability,
    isPolicyKind,
    isSystemNamespace,
    readWorkloads,
    type Endpoint,
    type Reachability,
} from "../../cilium/index";
import { stackObjects, type StackObject } from "../cluster-model";
import { links } from "../resources";

/** Annotation on a Namespace that exempts it; its value is the reason. */
export const EXEMPT_ANNOTATION = "aks-cilium.io/no-default-deny";

/** A namespace without default deny is open to every pod of the cluster and to the internet. */
export const namespaceDefaultDeny: StackValidationPolicy = {
    name: "namespace-default-deny",
    description: `Every workload is under default deny in both directions, or its Namespace says why not (annotation ${EXEMPT_ANNOTATION}).`,
    severity: "high",
    remediationSteps:
        "Add a policy with an empty endpointSelector, ingress: [{}] and egress: [{}] to the namespace (see policies/).",
    url: links.practices,
    validateStack: (args, report) => {
        const { objects, cluster, settle } = stackObjects(args.resources);
        const { endpoints, services } = readWorkloads(objects.map(({ document }) => document));
        const exempt = exemptions(objects);
        const model = buildReachability({
            documents: objects.map(({ document }) => document).filter(({ kind }) => isPolicyKind(kind)),
            endpoints,
            services,
            cluster,
            minor: cluster.cilium[0] ?? "1.18",
        });
        for (const endpoint of endpoints) {
            const namespace = endpoint.namespace ?? "";
            if (endpoint.hostNetwork || isSystemNamespace(namespace) || exempt.has(namespace)) continue;
            const open = openDirections(model, endpoint);
            const urn = objects.find(({ document }) => document === endpoint.document)?.urn;
            if (open.length > 0) report(`${endpoint.id} has no default deny for ${open.join(" and ")}.`, urn);
        }
        for (const { urn, document } of objects)
            if (document.kind === "Namespace" && exempt.get(document.name) === "")
                report(
                    `the annotation ${EXEMPT_ANNOTATION} of namespace "${document.name}" gives no reason.`,
                    urn,
                );
        settle();
    },
};

function exemptions(objects: readonly StackObject[]): Map<string, string> {
    const namespaces = objects.map(({ document }) => document).filter(({ kind }) => kind === "Namespace");
    return new Map(
        namespaces.flatMap(({ name, value }) => {
            const metadata = value["metadata"] as { annotations?: Record<string, string> } | undefined;
            const reason = metadata?.annotations?.[EXEMPT_ANNOTATION];
            return reason === undefined ? [] : [[name, reason.trim()] as const];
        }),
    );
}

/** Directions in which a flow that no rule names would pass: probed with a port that no one uses on purpose. */
function openDirections(model: Reachability, endpoint: Endpoint): string[] {
    const own = { endpoint: endpoint.id };
    const world = { reserved: "world" } as const;
    const sides = [
        ...model.explain(world, own, "TCP", 1).sides.filter(({ direction }) => direction === "ingress"),
        ...model.explain(own, world, "TCP", 1).sides.filter(({ direction }) => direction === "egress"),
    ];
    return sides.filter(({ defaultDeny }) => defaultDeny.length === 0).map(({ direction }) => direction);
}
