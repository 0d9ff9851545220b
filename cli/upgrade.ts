import {
    checkDocuments,
    diffJson,
    diffMarkdown,
    diffReachability,
    diffReport,
    diffText,
    upgradeText,
    type CiliumMinor,
    type Finding,
    type ManifestDocument,
    type UpgradeValidity,
} from "../cilium";
import { buildModel, type AnalysisOptions, type ClusterState } from "./analysis";
import { clusterFacts } from "./cluster";
import { EXIT_FINDINGS, EXIT_OK } from "./exit";
import { terminalPaint, terminalWidth, writeOut } from "./output";

/** What an upgrade of Kubernetes changes: one comparison for each Cilium minor that the new version may run. */
export function compareVersions(
    state: ClusterState,
    { from, to }: { readonly from: string; readonly to: string },
    options: AnalysisOptions & { readonly format: "text" | "json" | "markdown" },
): number {
    const base = clusterFacts({ ...options, kubernetes: from });
    const head = clusterFacts({ ...options, kubernetes: to });
    // A cluster that has been kept up to date runs the newest minor its version had.
    const before = base.cilium.at(-1);
    const steps = head.cilium.filter((minor) => minor !== before);
    const empty = { opened: [], closed: [], changed: [], causes: [], added: [], removed: [] };
    const compared = steps.flatMap((after) => {
        if (before === undefined) return [];
        const models = [buildModel(state, base, before), buildModel(state, head, after)] as const;
        return [
            {
                before,
                after,
                diff: diffReachability(...models),
                models,
                ...validity(state, base, head, before, after),
            },
        ];
    });
    const changes = compared.some(
        ({ diff, documents, findings }) =>
            diff.opened.length +
                diff.closed.length +
                diff.changed.length +
                documents.length +
                findings.length >
            0,
    );
    const title = `Kubernetes ${from} → ${to}`;
    if (options.format === "json") {
        const last = compared.at(-1);
        const upgrades = compared.map(({ before: one, after, documents, findings }) => ({
            cilium: `${one}..${after}`,
            documents: documents.map(({ document, before: was, after: now }) => ({
                ...place(document),
                kind: document.kind,
                name: document.name,
                before: was,
                after: now,
            })),
            findings,
        }));
        writeOut(
            diffJson(last?.diff ?? empty, {
                kubernetes: { from, to },
                cilium: `${before}..${last?.after ?? before}`,
                upgrades,
            }),
        );
    } else if (compared.length === 0) {
        const same = `${title}: both run Cilium ${before ?? ""}, so nothing changes for these policies.`;
        writeOut([options.format === "markdown" ? `### ${same}\n` : `${same}\n`]);
    } else {
        writeOut(
            compared.map(({ before: one, after, diff, models, documents, findings }) => {
                const report = diffReport(diff, models, state.endpoints);
                const heading = `${title} (Cilium ${one} → ${after})`;
                const layout = { width: terminalWidth(), paint: terminalPaint() };
                const policies = upgradeText({ documents, findings }, options.format === "markdown");
                return options.format === "markdown"
                    ? `${diffMarkdown(report, heading)}\n${policies}\n`
                    : `${diffText(report, { ...layout, title: heading })}${policies}\n`;
            }),
        );
    }
    return changes ? EXIT_FINDINGS : EXIT_OK;
}

/** Policies that are accepted by one minor and not by the other, and findings that only the new one has. */
function validity(
    { documents, endpoints, services }: ClusterState,
    base: ReturnType<typeof clusterFacts>,
    head: ReturnType<typeof clusterFacts>,
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
