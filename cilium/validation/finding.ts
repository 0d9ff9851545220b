import { formatPath, type ManifestDocument, type Path } from "../manifest/document";

/** `error`: refused, not enforced, or the opposite of what is written; `warning`: likely not what was meant; `info`: opt-in. */
export type Severity = "error" | "warning" | "info";

/**
 * What one check has to say about one place in a document. Texts are in the user's words: what is wrong with which
 * value, what follows from it, and what to write instead.
 */
export interface Finding {
    /** Stable identifier, the same in every release, e.g. `L03`. `aks-cilium check --explain CODE` tells more. */
    readonly code: string;
    readonly severity: Severity;
    /** What is wrong, naming the value. One sentence. */
    readonly message: string;
    /** The rule and what happens on the cluster because of it. */
    readonly why: string;
    /** What to write instead. */
    readonly fix: string;
    /** Where the rule comes from: Cilium source file, AKS document, issue. */
    readonly source: string;
    readonly file: string;
    readonly line: number;
    readonly column: number;
    /** e.g. `spec.egress[0].toFQDNs`; the empty string for the whole document. */
    readonly path: string;
    /** `NAMESPACE/NAME`, or `NAME` for cluster scope. */
    readonly document: string;
    /** Cilium minors it applies to, where not all that were checked; absent otherwise. */
    readonly cilium?: readonly string[];
}

/** A problem before it has a document and a position: what the pure rules return. */
export interface Problem {
    readonly code: string;
    readonly severity: Severity;
    readonly path: Path;
    /** `key` when the key itself is wrong. @default "value" */
    readonly part?: "key" | "value";
    readonly message: string;
    readonly why: string;
    readonly fix: string;
    readonly source: string;
}

/** `NAMESPACE/NAME`, or `NAME` for an object without namespace. */
export function documentId(document: Pick<ManifestDocument, "namespace" | "name">): string {
    return document.namespace === undefined ? document.name : `${document.namespace}/${document.name}`;
}

/** Gives a problem its document and place. */
export function finding(document: ManifestDocument, problem: Problem, cilium?: readonly string[]): Finding {
    const { code, severity, message, why, fix, source, path, part } = problem;
    const { file, line, column } = document.locate(path, part);
    return {
        code,
        severity,
        message,
        why,
        fix,
        source,
        file,
        line,
        column,
        path: formatPath(path),
        document: documentId(document),
        ...(cilium === undefined ? {} : { cilium }),
    };
}
