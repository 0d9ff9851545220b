import type { AdvancedNetworking, CiliumMinor } from "../../model/versions";
import type { Severity } from "../finding";

/** What is known of one code: what `--explain` prints, and what the tests run. */
export interface CodeEntry {
    /** Stable identifier, the same in every release. */
    readonly code: string;
    /** The mistake in a few words. */
    readonly title: string;
    readonly severity: Severity;
    /** First Cilium minor it holds for; absent: all that are modelled. */
    readonly since?: CiliumMinor | undefined;
    /** Last Cilium minor it holds for; absent: still so. */
    readonly until?: CiliumMinor | undefined;
    /** The rule and what happens on the cluster because of it. */
    readonly why: string;
    /** What to write instead. */
    readonly fix: string;
    /** Where the rule comes from: Cilium source, AKS document, issue, recorded case. */
    readonly source: string;
    readonly bad: Example;
    readonly good: Example;
}

/** Manifests that show a code, or how to do without it. */
export interface Example {
    /** One or more YAML documents. */
    readonly yaml: string;
    /** Workloads and Services the policies are checked with, as YAML. */
    readonly workloads?: string | undefined;
    /** What the cluster is where the default (Kubernetes 1.35, no ACNS) would not show it. */
    readonly cluster?: ExampleCluster | undefined;
}

export interface ExampleCluster {
    readonly kubernetes?: string | undefined;
    readonly advancedNetworking?: AdvancedNetworking | undefined;
    readonly podCidr?: string | undefined;
    readonly serviceCidr?: string | undefined;
    readonly nodeCidrs?: readonly string[] | undefined;
    readonly localDns?: boolean | undefined;
    readonly dualStack?: boolean | undefined;
}

const indent = (text: string): string =>
    text
        .replace(/^\n|\s+$/g, "")
        .split("\n")
        .map((line) => (line === "" ? "" : `  ${line}`))
        .join("\n");

/** A CiliumNetworkPolicy `shop/NAME` with this `spec`, dedented by the caller to column 0. */
export function cnp(spec: string, name = "example"): string {
    return `apiVersion: cilium.io/v2
kind: CiliumNetworkPolicy
metadata:
  name: ${name}
  namespace: shop
spec:
${indent(spec)}
`;
}

/** A CiliumClusterwideNetworkPolicy with this `spec`. */
export function ccnp(spec: string, name = "example"): string {
    return `apiVersion: cilium.io/v2
kind: CiliumClusterwideNetworkPolicy
metadata:
  name: ${name}
spec:
${indent(spec)}
`;
}

/** A Kubernetes NetworkPolicy `shop/NAME` with this `spec`. */
export function knp(spec: string, name = "example"): string {
    return `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: ${name}
  namespace: shop
spec:
${indent(spec)}
`;
}

/** Joins documents to one stream. */
export function stream(...documents: readonly string[]): string {
    return documents.join("---\n");
}
