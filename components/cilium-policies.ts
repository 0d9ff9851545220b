import { CustomResource } from "@pulumi/kubernetes/apiextensions/customResource";
import * as pulumi from "@pulumi/pulumi";
import type { CiliumPoliciesArgs } from "./cilium-policies-args";
import { documentOf } from "./policy-documents";
import { deferredObjects, fromDocument, plainPolicies, type PolicyObject } from "./policy-objects";
import { prerequisites } from "./policy-order";

/** A policy or CIDR group that was applied, as it is called in the cluster. */
export interface AppliedPolicy {
    kind: string;
    /** Empty for cluster scope. */
    namespace: string;
    name: string;
}

/** Makes provider and engine wait for the operator's verdict (proofs: kubernetes provider, table h). */
const AWAIT_VALID = { "pulumi.com/waitFor": "condition=Valid" };

/** Namespaces that every cluster has. */
const BUILT_IN = ["default", "kube-system", "kube-public", "kube-node-lease"];

/**
 * Cilium and Kubernetes network policies, CIDR groups and the namespaces they are in: one resource an object, named
 * `Kind/namespace/name`.
 *
 * Everything is checked against the Cilium minors and the ACNS tier of the cluster before anything is registered; what
 * Cilium would refuse or this cluster would not enforce stops the preview, all of it in one message. The API server does
 * not do that: it prunes a misspelt field without a word (proofs: kubernetes provider, table b).
 *
 * The Kubernetes provider comes with `providers: {kubernetes: …}` in the options. `deletedWith` there is passed on to the
 * objects: what goes with the cluster needs no deleting of its own.
 */
export class CiliumPolicies extends pulumi.ComponentResource {
    /** What was applied, namespaces not counted, in the order of the files. */
    public readonly applied: pulumi.Output<AppliedPolicy[]>;

    /**
     * @param name of the component; the objects are named after themselves
     * @param args see {@link CiliumPoliciesArgs}
     * @param opts of the component
     * @throws RunError with every finding of every document
     */
    constructor(name: string, args: CiliumPoliciesArgs, opts?: pulumi.ComponentResourceOptions) {
        const objects = [...plainPolicies(args), ...deferredObjects(args)];
        super("aks-cilium:index:CiliumPolicies", name, {}, opts);
        const all = args.createNamespaces === true ? [...missingNamespaces(objects), ...objects] : objects;
        const made = new Map<PolicyObject, CustomResource>();
        const make = (object: PolicyObject): CustomResource => {
            const known = made.get(object);
            if (known !== undefined) return known;
            const dependsOn = prerequisites(object, all, (other) => other.name).map(make);
            const resource = this.resource(object, args, { dependsOn, deletedWith: opts?.deletedWith });
            made.set(object, resource);
            return resource;
        };
        all.forEach(make);
        this.applied = pulumi.output(
            objects
                .filter(({ kind }) => kind !== "Namespace")
                .map(({ kind, namespace, name: of }) => ({ kind, namespace: namespace ?? "", name: of })),
        );
        this.registerOutputs({ applied: this.applied });
    }

    private resource(
        object: PolicyObject,
        args: CiliumPoliciesArgs,
        opts: pulumi.CustomResourceOptions,
    ): CustomResource {
        const { apiVersion, kind, namespace, name, metadata, content } = object;
        const awaits =
            args.awaitValid === true && apiVersion.startsWith("cilium.io/") && kind.endsWith("Policy");
        const annotations = {
            ...(metadata.annotations as object | undefined),
            ...(awaits ? AWAIT_VALID : {}),
        };
        return new CustomResource(
            resourceName(object),
            {
                ...spread(content),
                apiVersion,
                kind,
                metadata: {
                    ...metadata,
                    name,
                    ...(namespace === undefined ? {} : { namespace }),
                    ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
                },
            },
            { ...opts, parent: this },
        );
    }
}

/** `Kind/namespace/name`, or `Kind/name` for cluster scope. Renaming these replaces the objects: they are API. */
export function resourceName(object: Pick<PolicyObject, "kind" | "namespace" | "name">): string {
    return [object.kind, object.namespace, object.name].filter((part) => part !== undefined).join("/");
}

/** The top-level keys of a policy; of one that is not known yet the ones that a policy can have. */
function spread(content: PolicyObject["content"]): Record<string, pulumi.Input<unknown>> {
    if (!pulumi.Output.isInstance(content)) return content as Record<string, pulumi.Input<unknown>>;
    const key = (name: string) =>
        (content as pulumi.Output<Record<string, unknown>>).apply((known) => known[name]);
    return { spec: key("spec"), specs: key("specs") };
}

function missingNamespaces(objects: readonly PolicyObject[]): PolicyObject[] {
    const declared = objects.flatMap(({ kind, name }) => (kind === "Namespace" ? [name] : []));
    const named = new Set(objects.flatMap(({ namespace }) => (namespace === undefined ? [] : [namespace])));
    return [...named]
        .filter((namespace) => !declared.includes(namespace) && !BUILT_IN.includes(namespace))
        .map((name) =>
            fromDocument(
                documentOf({ apiVersion: "v1", kind: "Namespace", metadata: { name } }, "createNamespaces"),
            ),
        );
}
