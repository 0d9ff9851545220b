import { CustomResource } from "@pulumi/kubernetes/apiextensions/customResource";
import * as pulumi from "@pulumi/pulumi";
import type { JsonObject, ManifestDocument } from "../cilium/manifest/document";
import { readManifests } from "../cilium/manifest/read";
import { resourceName } from "./cilium-policies";
import type { ManifestFileArgs } from "./cilium-policies-args";
import { formatFinding } from "./policy-documents";

/** Arguments of {@link Workloads}. */
export interface WorkloadsArgs {
    /** Manifests of any kind. */
    files: ManifestFileArgs[];
}

/**
 * Kubernetes objects of any kind as they are written, one resource an object, named `Kind/namespace/name`; Deployments
 * and StatefulSets are waited for. Namespaces among them come first. What a Secret holds is a secret in the state too;
 * what stands in the environment of a container is not: there it is text as in the file, so refer to a Secret.
 */
export class Workloads extends pulumi.ComponentResource {
    /**
     * @param opts `dependsOn` the policies, so that pods come up under them; `deletedWith` is passed on
     * @throws RunError for what cannot be read, with file:line:column
     */
    constructor(name: string, args: WorkloadsArgs, opts?: pulumi.ComponentResourceOptions) {
        const read = args.files.map(({ path, text }) => readManifests(text, { file: path }));
        const findings = read.flatMap((result) => result.findings);
        if (findings.length > 0) throw new pulumi.RunError(findings.map(formatFinding).join("\n\n"));
        super("aks-cilium:index:Workloads", name, {}, opts);
        const documents = read.flatMap((result) => result.documents);
        const make = (document: ManifestDocument, dependsOn: CustomResource[]): CustomResource => {
            const { apiVersion, kind, metadata, ...rest } = document.value;
            return new CustomResource(
                resourceName(document),
                {
                    ...(kind === "Secret" ? hidden(rest) : rest),
                    apiVersion: String(apiVersion),
                    kind: String(kind),
                    metadata: metadata as object,
                },
                { parent: this, deletedWith: opts?.deletedWith, dependsOn },
            );
        };
        const isNamespace = ({ kind }: ManifestDocument) => kind === "Namespace";
        const namespaces = documents.filter(isNamespace).map((document) => make(document, []));
        documents
            .filter((document) => !isNamespace(document))
            .forEach((document) => make(document, namespaces));
        this.registerOutputs({});
    }
}

/** As the SDK's own Secret does it; a CustomResource marks nothing, and the state would keep the inputs in plain text. */
function hidden(content: JsonObject): Record<string, pulumi.Input<unknown>> {
    return Object.fromEntries(
        Object.entries(content).map(([key, value]) => [
            key,
            key === "data" || key === "stringData" ? pulumi.secret(value as unknown) : value,
        ]),
    );
}
