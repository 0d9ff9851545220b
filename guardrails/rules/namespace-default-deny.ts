import type { StackValidationPolicy } from "@pulumi/policy";
import type { Endpoint, ManifestDocument, Reachability } from "../../cilium/index";
import { links } from "../resources";
import { stackModel } from "../stack-model";

/** Annotation on a Namespace that exempts it; its value is the reason. */
export const EXEMPT_ANNOTATION = "aks-cilium.io/no-default-deny";

/** A namespace without default deny is open to every pod of the cluster and to the internet. */
export const namespaceDefaultDeny: StackValidationPolicy = {
    name: "namespace-default-deny",
    description: `Every workload must be under default deny in both directions, or its Namespace say why not (annotation ${EXEMPT_ANNOTATION}).`,
    severity: "high",
    remediationSteps:
        "Add a policy with an empty endpointSelector, ingress: [{}] and egress: [{}] to the namespace (see policies/).",
    url: links.practices,
    validateStack: (args, report) => {
        const { model, settlePolicies, settle } = stackModel(args.resources);
        settlePolicies();
        const exempt = exemptions(model?.documents ?? []);
        for (const workload of model?.workloads() ?? []) {
            if (model === undefined || exempt.has(workload.namespace ?? "")) continue;
            const open = openDirections(model.reachability(), workload);
            if (open.length > 0)
                report(
                    `${workload.id} has no default deny for ${open.join(" and ")}.`,
                    workload.document?.file,
                );
        }
        for (const [namespace, { reason, urn }] of exempt)
            if (reason === "")
                report(
                    `the annotation ${EXEMPT_ANNOTATION} of namespace "${namespace}" gives no reason.`,
                    urn,
                );
        settle();
    },
};

/** Namespaces that say why they have none; the reason may be missing. */
function exemptions(
    documents: readonly ManifestDocument[],
): Map<string, { readonly reason: string; readonly urn: string }> {
    const namespaces = documents.filter(({ kind }) => kind === "Namespace");
    return new Map(
        namespaces.flatMap(({ name, value, file }) => {
            const metadata = value["metadata"] as { annotations?: Record<string, string> } | undefined;
            const reason = metadata?.annotations?.[EXEMPT_ANNOTATION];
            return reason === undefined ? [] : [[name, { reason: reason.trim(), urn: file }] as const];
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
