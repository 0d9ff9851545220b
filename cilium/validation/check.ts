import type { ManifestDocument } from "../manifest/document";
import type { ClusterFacts } from "../model/cluster";
import { isPolicyKind } from "../model/kinds";
import { TIER_ANNOTATION, tiersOf } from "../model/tier-selection";
import type { CiliumMinor } from "../model/versions";
import type { Endpoint, ServiceDefinition } from "../reachability/types";
import { documentId, finding, type Finding, type Problem } from "./finding";
import { problem } from "./codes/problem";
import type { CheckContext } from "./context";
import { checkDocument, type DocumentVerdict } from "./layers";
import { mergeMinors } from "./merge";
import { networkPolicyView } from "./network-policy-view";
import { policyView } from "./policy-view";
import { readSuppressions, suppress } from "./suppress";

export type { DocumentVerdict } from "./layers";

/** What to check against, and what else is known. */
export interface CheckOptions {
    /** Every Cilium minor in it is checked; what differs between them is said. */
    readonly cluster: ClusterFacts;
    /** Pods that policies may select; without them the advice that needs them is not given. */
    readonly workloads?: readonly Endpoint[] | undefined;
    /** Services beside the workloads. */
    readonly services?: readonly ServiceDefinition[] | undefined;
    /** Other objects of the cluster that matter to policies: webhook configurations, APIServices. */
    readonly others?: readonly ManifestDocument[] | undefined;
    /** Also findings of severity info. @default false */
    readonly includeInfo?: boolean | undefined;
}

/** What {@link checkDocuments} has to say. */
export interface CheckResult {
    /** The policies among the documents, in input order. */
    readonly documents: readonly { readonly document: ManifestDocument; readonly verdict: DocumentVerdict }[];
    /** Sorted by file, line, column, code. */
    readonly findings: readonly Finding[];
    /** The minors that were checked. */
    readonly cilium: readonly CiliumMinor[];
    /** Kinds that are no policies, with how many there were. */
    readonly passedOver: Readonly<Record<string, number>>;
    /** Findings taken out by an annotation that gives its reason. */
    readonly suppressed: readonly Finding[];
}

/**
 * Checks policies in four layers: structure (what the API server accepts), acceptance (what Cilium accepts), this
 * cluster (what AKS enforces) and advice (what is likely not meant). Never throws on the content of a document.
 * @param documents any objects; kinds that are no policy are passed over and counted
 */
export function checkDocuments(documents: readonly ManifestDocument[], options: CheckOptions): CheckResult {
    const policies = documents.filter(isPolicy);
    const passedOver: Record<string, number> = {};
    for (const document of documents) {
        if (!isPolicy(document)) passedOver[document.kind] = (passedOver[document.kind] ?? 0) + 1;
    }
    const views = policies.flatMap((document) => policyView(document) ?? []);
    const networkPolicies = policies.flatMap((document) => networkPolicyView(document) ?? []);
    const contexts = options.cluster.cilium.map((minor): CheckContext => ({
        cluster: options.cluster,
        minor,
        policies: views,
        views: new Map(views.map((view) => [view.document, view])),
        networkPolicies,
        workloads: options.workloads,
        services: options.services,
        documents: [...documents, ...(options.others ?? [])],
    }));
    const repeated = repeatedDocuments(policies);
    const findings: Finding[] = [];
    const suppressed: Finding[] = [];
    const verdicts = policies.map((document) => {
        const layered = contexts.map((context) => ({
            minor: context.minor,
            ...checkDocument(document, context),
        }));
        const merged = mergeMinors(layered);
        const suppressions = readSuppressions(document);
        const result = suppress(document, merged.findings, suppressions, options);
        const more: Problem[] = [
            ...suppressions.problems,
            ...result.unused,
            ...(repeated.get(document) ?? []),
            ...tierProblems(document),
        ];
        const mine = [...result.kept, ...more.map((each) => finding(document, each))];
        findings.push(...mine.filter(({ severity }) => options.includeInfo === true || severity !== "info"));
        suppressed.push(...result.suppressed);
        return { document, verdict: merged.verdict };
    });
    return {
        documents: verdicts,
        findings: sortFindings(findings),
        cilium: options.cluster.cilium,
        passedOver,
        suppressed: sortFindings(suppressed),
    };
}

/**
 * Kinds named NetworkPolicy exist in other API groups too (Calico); those are passed over. A Cilium kind with another
 * apiVersion is a mistake that the structural check reports.
 */
function isPolicy(document: ManifestDocument): boolean {
    if (!isPolicyKind(document.kind)) return false;
    if (document.kind !== "NetworkPolicy") return true;
    const group = document.apiVersion.split("/")[0] ?? "";
    return !document.apiVersion.includes("/") || ["networking.k8s.io", "extensions"].includes(group);
}

/** The same object twice in one file or stream: the second replaces the first when it is applied. */
function repeatedDocuments(
    documents: readonly ManifestDocument[],
): ReadonlyMap<ManifestDocument, readonly Problem[]> {
    const first = new Map<string, ManifestDocument>();
    const problems = new Map<ManifestDocument, readonly Problem[]>();
    for (const document of documents) {
        if (document.name === "") continue;
        const key = [document.file, document.kind, documentId(document)].join(" ");
        const other = first.get(key);
        if (other === undefined) {
            first.set(key, document);
            continue;
        }
        const { file, line } = other.locate(["metadata", "name"]);
        const message = `${document.kind} ${documentId(document)} is there twice, first at ${file}:${line}; this one replaces it`;
        problems.set(document, [problem("D01", ["metadata", "name"], message)]);
    }
    return problems;
}

/** X04: a misspelt tier would leave a manifest out without a word. */
function tierProblems(document: ManifestDocument): readonly Problem[] {
    return tiersOf(document).unknown.map((word) =>
        problem("X04", ["metadata", "annotations", TIER_ANNOTATION], `"${word}" is no tier`),
    );
}

/** By file, line, column, code; the order reports print in. */
export function sortFindings(findings: readonly Finding[]): readonly Finding[] {
    const compare = (a: string | number, b: string | number): number => (a < b ? -1 : a > b ? 1 : 0);
    return [...findings].sort(
        (a, b) =>
            compare(a.file, b.file) ||
            a.line - b.line ||
            a.column - b.column ||
            compare(a.code, b.code) ||
            compare(a.message, b.message),
    );
}
