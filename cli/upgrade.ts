import {
    checkDocuments,
    diffJson,
    diffMarkdown,
    diffReachability,
    diffReport,
    diffText,
    documentId,
    upgradeText,
    type CiliumMinor,
    type ClusterFacts,
    type Finding,
    type ManifestDocument,
    type UpgradeValidity,
} from "../cilium";
import { buildModel, type AnalysisOptions, type ClusterState } from "./analysis";
import { clusterFacts } from "./cluster";
import { EXIT_FINDINGS, EXIT_OK, UsageError } from "./exit";
import { terminalPaint, terminalWidth, writeOut } from "./output";

export interface VersionsOptions extends AnalysisOptions {
    readonly format: "text" | "json" | "markdown";
}

/** What an upgrade of Kubernetes changes, written to standard output. */
export function compareVersions(state: ClusterState, range: VersionRange, options: VersionsOptions): number {
    const { text, changes } = versionsReport(state, range, options);
    writeOut(text);
    return changes ? EXIT_FINDINGS : EXIT_OK;
}

/** Kubernetes minors, e.g. from `1.34` to `1.36`. */
export interface VersionRange {
    readonly from: string;
    readonly to: string;
}

/**
 * What an upgrade of Kubernetes changes for the policies: their validity and who reaches whom, one comparison for each
 * Cilium minor that the new version may run.
 * @returns the report in pieces, and whether anything changes at all
 */
export function versionsReport(
    state: ClusterState,
    { from, to }: VersionRange,
    options: VersionsOptions,
): { readonly text: readonly string[]; readonly changes: boolean } {
    const base = clusterFacts({ ...options, kubernetes: from });
    const head = clusterFacts({ ...options, kubernetes: to });
    // A cluster that has been kept up to date runs the newest minor its version had.
    const before = base.cilium.at(-1);
    if (before === undefined) throw new UsageError(`Kubernetes ${from}: no Cilium minor is known for it`);
    const compared = head.cilium
        .filter((minor) => minor !== before)
        .map((after) => compare(state, base, head, before, after));
    const changes = compared.some(
        ({ diff: { opened, closed, changed }, documents, findings }) =>
            opened.length + closed.length + changed.length + documents.length + findings.length > 0,
    );
    const title = `Kubernetes ${from} → ${to}`;
    if (options.format === "json") return { text: jsonReport(compared, before, { from, to }), changes };
    const markdown = options.format === "markdown";
    if (compared.length === 0) {
        const same = `${title}: both run Cilium ${before}, so nothing changes for these policies.`;
        return { text: [markdown ? `### ${same}\n` : `${same}\n`], changes };
    }
    const layout = { width: terminalWidth(), paint: terminalPaint() };
    const text = compared.map(({ after, diff, models, ...valid }) => {
        const report = diffReport(diff, models, state.endpoints);
        const heading = `${title} (Cilium ${before} → ${after})`;
        const flows = markdown
            ? `${diffMarkdown(report, heading)}\n`
            : diffText(report, { ...layout, title: heading });
        return `${flows}${upgradeText(valid, markdown)}\n`;
    });
    return { text, changes };
}

type Compared = ReturnType<typeof compare>;

function compare(
    state: ClusterState,
    base: ClusterFacts,
    head: ClusterFacts,
    before: CiliumMinor,
    after: CiliumMinor,
) {
    const models = [buildModel(state, base, before), buildModel(state, head, after)] as const;
    return {
        after,
        diff: diffReachability(...models),
        models,
        ...validity(state, base, head, before, after),
    };
}

/** The difference to the newest minor, which a cluster ends up with, and validity for each. */
function jsonReport(compared: readonly Compared[], before: CiliumMinor, kubernetes: VersionRange): string[] {
    const empty = { opened: [], closed: [], changed: [], causes: [], added: [], removed: [] };
    const last = compared.at(-1);
    const upgrades = compared.map(({ after, documents, findings }) => ({
        cilium: `${before}..${after}`,
        documents: documents.map(({ document, before: was, after: now }) => ({
            ...place(document),
            kind: document.kind,
            document: documentId(document),
            before: was,
            after: now,
        })),
        findings,
    }));
    const cilium = `${before}..${last?.after ?? before}`;
    return [...diffJson(last?.diff ?? empty, { kubernetes, cilium, upgrades })];
}

/** Policies that are accepted by one minor and not by the other, and findings that only the new one has. */
function validity(
    { documents, endpoints, services }: ClusterState,
    base: ClusterFacts,
    head: ClusterFacts,
    before: CiliumMinor,
    after: CiliumMinor,
): UpgradeValidity {
    const more = { workloads: endpoints, services };
    const old = checkDocuments(documents, { ...more, cluster: { ...base, cilium: [before] } });
    const fresh = checkDocuments(documents, { ...more, cluster: { ...head, cilium: [after] } });
    const was = new Map(old.documents.map(({ document, verdict }) => [document, verdict]));
    const key = ({ code, file, line, path }: Finding): string => `${code} ${file}:${line} ${path}`;
    const known = new Set(old.findings.map(key));
    return {
        documents: fresh.documents.flatMap(({ document, verdict }) => {
            const former = was.get(document);
            return former === undefined || former === verdict
                ? []
                : [{ document, before: former, after: verdict }];
        }),
        findings: fresh.findings.filter((each) => !known.has(key(each))),
    };
}

function place(document: ManifestDocument): { file: string; line: number } {
    const { file, line } = document.locate([]);
    return { file, line };
}
