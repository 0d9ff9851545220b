import { formatPath, type ManifestDocument } from "../manifest/document";
import type { Explanation, RuleReference } from "../reachability/types";
import { documentId } from "../validation/finding";

/** A policy as the JSON formats name it. */
export interface JsonDocument {
    readonly document: string;
    readonly kind: string;
    readonly file: string;
    readonly line: number;
}

/** A rule as the JSON formats name it. */
export interface JsonRule extends JsonDocument {
    readonly column: number;
    /** e.g. `spec.ingress[0]` */
    readonly path: string;
    readonly effect: RuleReference["effect"];
    readonly l7?: string;
}

export function jsonDocument(document: ManifestDocument): JsonDocument {
    const { file, line } = document.locate([]);
    return { document: documentId(document), kind: document.kind, file, line };
}

export function jsonRule({ document, path, effect, l7, position }: RuleReference): JsonRule {
    const { file, line, column } = position;
    const filter = l7 === undefined ? {} : { l7 };
    return {
        document: documentId(document),
        kind: document.kind,
        file,
        line,
        column,
        path: formatPath(path),
        effect,
        ...filter,
    };
}

/** The machine-readable form of an explanation. */
export function whyJson(explanation: Explanation): string {
    const { from, to, protocol, port, egress, ingress, overall, reason, sides, notEvaluated } = explanation;
    const report = {
        version: 1,
        from,
        to,
        protocol,
        port,
        egress,
        ingress,
        overall,
        reason,
        sides: sides.map(({ direction, verdict, selectedBy, defaultDeny, deciding, flip }) => ({
            direction,
            verdict,
            selectedBy: selectedBy.map(jsonDocument),
            defaultDeny: defaultDeny.map(jsonRule),
            deciding: deciding.map(jsonRule),
            flip,
        })),
        notEvaluated,
    };
    return `${JSON.stringify(report, undefined, 2)}\n`;
}
