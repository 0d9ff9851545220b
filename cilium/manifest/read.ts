import { isPolicyKind } from "../model/kinds";
import { documentId, type Finding } from "../validation/finding";
import { show } from "../validation/show";
import { formatPath, type JsonObject, type JsonValue, type ManifestDocument, type Path } from "./document";
import { locateJson, parseJson } from "./json";
import { expandLists, type ReadObject } from "./objects";
import { fillPlaceholders, hidePlaceholders, placeholdersIn, revealPlaceholders } from "./placeholders";
import { splitDocuments, type Chunk } from "./split";
import { parseYaml, type ParsedText, type ReadFault } from "./yaml";
import { lineCounter, locateYaml } from "./yaml-locate";

/** How to read a stream of manifests. */
export interface ReadOptions {
    /** File as the user named it; `-` for standard input. Goes into every position. */
    readonly file: string;
    /** Namespace of documents that name none (as `kubectl apply -n`). @default undefined: they stay without one */
    readonly namespace?: string | undefined;
    /** Values for `${NAME}` placeholders (envsubst, Flux). Placeholders without a value are reported, once a document. */
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
 * `List` count one by one. Never throws on any text; time and memory are bounded by its length.
 * @param text the whole file
 */
export function readManifests(text: string, options: ReadOptions): ReadResult {
    return new Reader(text, options).read();
}

/** Why each kind of unreadable text is a finding, by code. */
const WHY: Readonly<Record<ReadFault["code"] | "M03" | "M05" | "M07" | "M08", string>> = {
    M01: "kubectl cannot read the document either; nothing of it is applied.",
    M02: "Of two equal keys the last one counts and the first is lost; the API server's strict validation refuses it.",
    M03: "The value is not known here, so nothing that depends on it was checked.",
    M04: "No reader takes such a document: it would cost time and memory without bound.",
    M05: "A manifest is text in UTF-8.",
    M06: "kubectl cannot turn it into JSON, which is what the API server takes.",
    M07: "A Kubernetes object is a mapping with apiVersion, kind and metadata.",
    M08: "The API server finds out what an object is by its kind.",
};
const SOURCE = "sigs.k8s.io/yaml (what kubectl reads with); YAML 1.2";

class Reader {
    private readonly documents: ManifestDocument[] = [];
    private readonly findings: Finding[] = [];
    private readonly written: string;
    private readonly filled: ReturnType<typeof fillPlaceholders>;
    private readonly hasPlaceholders: boolean;
    private counter: ReturnType<typeof lineCounter> | undefined;

    constructor(
        text: string,
        private readonly options: ReadOptions,
    ) {
        // A byte order mark is no part of the first line.
        this.written = text.startsWith("\ufeff") ? text.slice(1) : text;
        this.filled = fillPlaceholders(this.written, options.set ?? {});
        this.hasPlaceholders = this.filled.text.includes("${");
    }

    read(): ReadResult {
        const { text } = this.filled;
        const binary = binaryAt(text);
        if (binary !== undefined) {
            this.report("M05", binary, "the file is not text", "name files that hold manifests in UTF-8");
            return { documents: [], findings: this.findings };
        }
        const json = /^\s*[[{]/.test(text) ? parseJson(text) : undefined;
        if (json !== undefined) this.take({ text, offset: 0 }, json, locateJson);
        else for (const chunk of splitDocuments(text)) this.yaml(chunk);
        return { documents: this.documents, findings: this.findings };
    }

    private yaml(chunk: Chunk): void {
        const parsed = parseYaml(chunk.text);
        if (parsed.value === undefined && placeholdersIn(chunk.text).length > 0) {
            const hidden = hidePlaceholders(chunk.text);
            const again = parseYaml(hidden);
            if (again.value !== undefined) {
                this.take({ ...chunk, text: hidden }, { ...again, value: revealed(again.value) }, locateYaml);
                return;
            }
        }
        this.take(chunk, parsed, locateYaml);
    }

    private take(chunk: Chunk, parsed: ParsedText, locate: typeof locateYaml): void {
        for (const { code, offset, message, fix } of parsed.faults)
            this.report(code, chunk.offset + offset, message, fix);
        const at = (path: Path, part: "key" | "value" = "value"): number =>
            chunk.offset + locate(chunk.text, path, part);
        if (parsed.value === undefined || parsed.value === null) return;
        for (const { value, path } of expandLists(parsed.value)) this.object(value, path, at);
    }

    private object(value: JsonValue, base: Path, at: (path: Path, part?: "key" | "value") => number): void {
        if (typeof value !== "object" || value === null || Array.isArray(value)) {
            if (value === null) return;
            const what = Array.isArray(value) ? "a list" : `the single value ${show(value)}`;
            this.report(
                "M07",
                at(base),
                `the document is ${what}, not a Kubernetes object`,
                "write apiVersion, kind and metadata",
            );
            return;
        }
        const { kind } = value;
        if (typeof kind !== "string" || kind === "") {
            // Neither key: values of a chart, settings of a tool. Files beside manifests are no mistake.
            if (kind === undefined && value.apiVersion === undefined) return;
            this.report(
                "M08",
                at([...base, "kind"]),
                "the object has no kind",
                "write its kind, e.g. kind: CiliumNetworkPolicy",
            );
            return;
        }
        const document = this.document(value as ReadObject, base, at);
        this.documents.push(document);
        if (isPolicyKind(kind)) this.placeholders(document);
    }

    private document(
        value: ReadObject,
        base: Path,
        at: (path: Path, part?: "key" | "value") => number,
    ): ManifestDocument {
        const metadata = value.metadata;
        const meta =
            typeof metadata === "object" && metadata !== null && !Array.isArray(metadata) ? metadata : {};
        const own = typeof meta.namespace === "string" && meta.namespace !== "" ? meta.namespace : undefined;
        return {
            file: this.options.file,
            index: this.documents.length,
            apiVersion: typeof value.apiVersion === "string" ? value.apiVersion : "",
            kind: value.kind,
            name: typeof meta.name === "string" ? meta.name : "",
            namespace: own ?? (isClusterScoped(value.kind) ? undefined : this.options.namespace),
            value,
            locate: (path, part) => this.position(at([...base, ...path], part)),
        };
    }

    /** Names placeholders nobody filled, each once, at its first place. */
    private placeholders(document: ManifestDocument): void {
        const seen = new Set<string>();
        const visit = (value: JsonValue, path: Path): void => {
            if (typeof value === "string") {
                for (const name of placeholdersIn(value)) {
                    if (seen.has(name)) continue;
                    seen.add(name);
                    this.unfilled(document, name, path);
                }
            } else if (typeof value === "object" && value !== null) {
                for (const [key, item] of Object.entries(value as JsonObject)) {
                    visit(item, [...path, Array.isArray(value) ? Number(key) : key]);
                }
            }
        };
        if (this.hasPlaceholders) visit(document.value, []);
    }

    private unfilled(document: ManifestDocument, name: string, path: Path): void {
        const position = document.locate(path);
        this.findings.push({
            code: "M03",
            severity: "warning",
            message: `the placeholder \${${name}} is not filled in`,
            why: WHY.M03,
            fix: `give it a value with --set ${name}=VALUE, or check what is rendered`,
            source: "envsubst; fluxcd.io/flux/components/kustomize/kustomizations (post-build variable substitution)",
            ...position,
            path: formatPath(path),
            document: documentId(document),
        });
    }

    private report(code: keyof typeof WHY, offset: number, message: string, fix: string): void {
        this.findings.push({
            code,
            severity: "error",
            message,
            why: WHY[code],
            fix,
            source: SOURCE,
            ...this.position(offset),
            path: "",
            document: "",
        });
    }

    private position(offset: number): { file: string; line: number; column: number } {
        this.counter ??= lineCounter(this.written);
        return { file: this.options.file, ...this.counter(this.filled.original(offset)) };
    }
}

function revealed(value: JsonValue): JsonValue {
    if (typeof value === "string") return revealPlaceholders(value);
    if (typeof value !== "object" || value === null) return value;
    if (Array.isArray(value)) return value.map(revealed);
    return Object.fromEntries(
        Object.entries(value).map(([key, item]) => [revealPlaceholders(key), revealed(item)]),
    );
}

/** The first character no text holds: a NUL, or another control character than tab, line feed, return, form feed. */
function binaryAt(text: string): number | undefined {
    // eslint-disable-next-line no-control-regex
    const at = text.search(/[\u0000-\u0008\u000b\u000e-\u001a\u001c-\u001f]/);
    return at === -1 ? undefined : at;
}

/** Kinds of the cluster itself, which a given namespace does not apply to. */
function isClusterScoped(kind: string): boolean {
    return /^(?:Cluster|Namespace$|Node$|PersistentVolume$|StorageClass$|IngressClass$|PriorityClass$|RuntimeClass$|CustomResourceDefinition$|APIService$|CiliumClusterwide|CiliumCIDRGroup$|CSIDriver$|.*WebhookConfiguration$|ValidatingAdmissionPolicy)/.test(
        kind,
    );
}
