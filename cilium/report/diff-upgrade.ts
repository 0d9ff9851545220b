import type { ManifestDocument } from "../manifest/document";
import type { DocumentVerdict } from "../validation/check";
import type { Finding } from "../validation/finding";
import { describeDocument } from "./why-text";

/** What an upgrade changes for the validity of policies. */
export interface UpgradeValidity {
    readonly documents: readonly {
        readonly document: ManifestDocument;
        readonly before: DocumentVerdict;
        readonly after: DocumentVerdict;
    }[];
    /** Findings that only the new version has. */
    readonly findings: readonly Finding[];
}

/** Sentences for a terminal, or a Markdown list. */
export function upgradeText({ documents, findings }: UpgradeValidity, markdown: boolean): string {
    const bullet = markdown ? "- " : "    ";
    const lines = [
        ...documents.map(({ document, before, after }) => {
            const { file, line } = document.locate([]);
            return `${describeDocument(document)} (${file}:${line}) was ${before}, will be ${after}`;
        }),
        ...findings.map(
            ({ file, line, column, code, message, fix }) =>
                `${file}:${line}:${column} ${code} ${message}. Fix: ${fix}`,
        ),
    ];
    if (lines.length === 0) return "Every policy stays as valid as it is.";
    const title = "What becomes of the policies themselves:";
    return [title, ...(markdown ? [""] : []), ...lines.map((line) => bullet + line)].join("\n");
}
