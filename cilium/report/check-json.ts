import type { CheckReport } from "./check-model";

/** The format of `check --format json`, version 1: it grows by adding. */
export function checkJson({ result, findings }: CheckReport): string {
    const documents = result.documents.map(({ document, verdict }) => {
        const { file, line } = document.locate([]);
        const { kind, namespace, name } = document;
        return { file, line, kind, ...(namespace === undefined ? {} : { namespace }), name, verdict };
    });
    const report = {
        version: 1,
        cilium: result.cilium,
        documents,
        findings,
        passedOver: result.passedOver,
        suppressed: result.suppressed.length,
    };
    return `${JSON.stringify(report, null, 2)}\n`;
}
