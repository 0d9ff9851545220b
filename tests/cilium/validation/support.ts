import { readManifests } from "../../../cilium/manifest/read";
import type { ClusterFacts } from "../../../cilium/model/cluster";
import { withSystemEndpoints } from "../../../cilium/model/system";
import { aksCiliumVersion, DEFAULT_KUBERNETES } from "../../../cilium/model/versions";
import { readWorkloads } from "../../../cilium/model/workloads";
import { checkDocuments, type CheckResult } from "../../../cilium/validation/check";
import type { ExampleCluster } from "../../../cilium/validation/codes";

/** A cluster as the options of the command line make it. */
export function clusterOf(example: ExampleCluster = {}): ClusterFacts {
    const kubernetes = example.kubernetes ?? DEFAULT_KUBERNETES;
    const row = aksCiliumVersion(kubernetes);
    if (row === undefined) throw new Error(`no such Kubernetes version: ${kubernetes}`);
    return { advancedNetworking: "off", ...example, kubernetes, cilium: row.ciliumMinors };
}

/** Checks a YAML text, with workloads if there are any. */
export function checkYaml(
    yaml: string,
    cluster: ExampleCluster = {},
    workloads?: string,
    includeInfo = true,
): CheckResult {
    const { documents } = readManifests(yaml, { file: "policies.yaml" });
    if (workloads === undefined)
        return checkDocuments(documents, { cluster: clusterOf(cluster), includeInfo });
    const given = readManifests(workloads, { file: "workloads.yaml" }).documents;
    const known = readWorkloads(given);
    return checkDocuments(documents, {
        cluster: clusterOf(cluster),
        includeInfo,
        workloads: withSystemEndpoints(known.endpoints, known.namespaces),
        services: known.services,
        others: given,
    });
}

/** The codes a text yields, sorted, each once. */
export function codesOf(result: CheckResult): readonly string[] {
    return [...new Set(result.findings.map(({ code }) => code))].sort();
}
