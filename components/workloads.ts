import { CustomResource } from "@pulumi/kubernetes/apiextensions/customResource";
import * as pulumi from "@pulumi/pulumi";
import { readManifests } from "../cilium/manifest/read";
import type { ManifestFileArgs } from "./cilium-policies-args";
import { resourceName } from "./cilium-policies";
import { formatFinding } from "./policy-documents";

/** Arguments of {@link Workloads}. */
export interface WorkloadsArgs {
    /** Manifests of any kind. */
    files: ManifestFileArgs[];
}

/**
 * Kubernetes objects of any kind as they are written, one resource an object, named `Kind/namespace/name`; Deployments
 * and StatefulSets are waited for.
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
        for (const document of read.flatMap((result) => result.documents)) {
            const { metadata, ...rest } = document.value;
            new CustomResource(
                resourceName(document),
                {
                    ...(rest as { [key: string]: unknown }),
                    apiVersion: document.apiVersion,
                    kind: document.kind,
                    metadata: metadata as object,
                },
                { parent: this, deletedWith: opts?.deletedWith },
            );
        }
        this.registerOutputs({});
    }
}
