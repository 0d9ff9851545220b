import { CustomResource } from "@pulumi/kubernetes/apiextensions/customResource";
import * as pulumi from "@pulumi/pulumi";
import type { ManifestDocument } from "../cilium/manifest/document";
import type { CiliumPoliciesArgs } from "./cilium-policies-args";
import { readPolicies } from "./policy-documents";
import { prerequisites } from "./policy-order";

/** An object that was applied, as it is called in the cluster. */
export interface AppliedObject {
    kind: string;
    /** Empty for cluster scope. */
    namespace: string;
    name: string;
}

/** Makes the provider and the engine wait for the operator's verdict (proofs: kubernetes provider, table h). */
const AWAIT_VALID = { "pulumi.com/waitFor": "condition=Valid" };

/**
 * Cilium and Kubernetes network policies, one resource an object, named `Kind/namespace/name`.
 *
 * Everything is checked against the Cilium minors and the ACNS tier of the cluster before anything is registered; what
 * Cilium would refuse or this cluster would not enforce stops the preview, all of it in one message. The API server does
 * not do that: it prunes a misspelt field without a word.
 *
 * The Kubernetes provider comes with `providers: {kubernetes: …}` (or `provider`) in the options. `deletedWith` in the
 * options is passed on: what goes with the cluster needs no deleting.
 */
export class CiliumPolicies extends pulumi.ComponentResource {
    /** What was applied, namespaces not counted, in the order of the files. */
    public readonly applied: pulumi.Output<AppliedObject[]>;

    /**
     * @param name of the component; the objects are named after themselves
     * @throws RunError with every finding of every document
     */
    constructor(name: string, args: CiliumPoliciesArgs, opts?: pulumi.ComponentResourceOptions) {
        const documents = readPolicies(args);
        super("aks-cilium:index:CiliumPolicies", name, {}, opts);
        const made = new Map<ManifestDocument, CustomResource>();
        const make = (document: ManifestDocument): CustomResource => {
            const known = made.get(document);
            if (known !== undefined) return known;
            const dependsOn = prerequisites(document, documents, (other) => other.name).map(make);
            const resource = this.object(document, args, { dependsOn, deletedWith: opts?.deletedWith });
            made.set(document, resource);
            return resource;
        };
        documents.forEach(make);
        const policies = documents.filter(({ kind }) => kind !== "Namespace");
        this.applied = pulumi.output(
            policies.map(({ kind, namespace, name }) => ({ kind, namespace: namespace ?? "", name })),
        );
        this.registerOutputs({ applied: this.applied });
    }

    private object(
        document: ManifestDocument,
        args: CiliumPoliciesArgs,
        opts: pulumi.CustomResourceOptions,
    ): CustomResource {
        const { apiVersion, kind, namespace, name, value } = document;
        const awaits =
            args.awaitValid === true && apiVersion.startsWith("cilium.io/") && kind.endsWith("Policy");
        const { metadata, ...rest } = value as { metadata?: Record<string, unknown> };
        return new CustomResource(
            [kind, ...(namespace === undefined ? [] : [namespace]), name].join("/"),
            {
                ...rest,
                apiVersion,
                kind,
                metadata: {
                    ...metadata,
                    ...(namespace === undefined ? {} : { namespace }),
                    ...(awaits
                        ? { annotations: { ...(metadata?.annotations as object), ...AWAIT_VALID } }
                        : {}),
                },
            },
            { ...opts, parent: this },
        );
    }
}
