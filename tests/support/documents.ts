import { LineCounter, parseAllDocuments, isNode } from "yaml";
import type { JsonObject, ManifestDocument } from "../../cilium/manifest/document";

/** YAML text as documents, without the project's own reader, so that its faults are not this test's. */
export function documents(text: string, file = "test.yaml"): ManifestDocument[] {
    const lines = new LineCounter();
    return parseAllDocuments(text, { lineCounter: lines }).map((parsed, index) => {
        if (parsed.errors.length > 0) throw parsed.errors[0] ?? new Error("bad YAML");
        const value = parsed.toJS() as JsonObject;
        const metadata = (value.metadata ?? {}) as JsonObject;
        return {
            file,
            index,
            apiVersion: String(value.apiVersion),
            kind: String(value.kind),
            name: typeof metadata.name === "string" ? metadata.name : "",
            namespace: typeof metadata.namespace === "string" ? metadata.namespace : undefined,
            value,
            locate: (path) => {
                for (let length = path.length; length >= 0; length--) {
                    const node = length === 0 ? parsed.contents : parsed.getIn(path.slice(0, length), true);
                    if (!isNode(node) || node.range === null || node.range === undefined) continue;
                    const { line, col } = lines.linePos(node.range[0]);
                    return { file, line, column: col };
                }
                return { file, line: 1, column: 1 };
            },
        };
    });
}
