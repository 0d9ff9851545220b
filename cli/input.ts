import { readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { isExpectations, readManifests, type Finding, type ManifestDocument } from "../cilium";
import { UsageError } from "./exit";

/** How text becomes documents. */
export interface InputOptions {
    /** Namespace of manifests that name none (rendered streams often do not). */
    readonly namespace?: string | undefined;
    /** Values of `${VAR}` placeholders. */
    readonly set?: Readonly<Record<string, string>> | undefined;
    /** Files to leave out, e.g. because they were read before. */
    readonly skip?: ((file: string) => boolean) | undefined;
}

/** Everything that was read, with the text itself for reports that quote a line. */
export interface Input {
    readonly documents: readonly ManifestDocument[];
    /** What could not be read, or is doubtful as text (broken YAML, duplicate keys, placeholders). */
    readonly findings: readonly Finding[];
    /** File as the user named it (`-` for standard input) → its text. */
    readonly texts: ReadonlyMap<string, string>;
}

const MANIFEST = /\.(ya?ml|json)$/i;
const SKIPPED_FOLDERS = new Set(["node_modules", "vendor"]);

/**
 * Reads files, folders (every `.yaml`, `.yml` and `.json` below, hidden folders and `node_modules` left out) and
 * standard input.
 * @param paths as the user wrote them; `-` is standard input. The same file named twice is read once.
 * @throws UsageError naming every path that cannot be read, or a folder without a manifest
 */
export function readInput(paths: readonly string[], options: InputOptions = {}): Input {
    const problems: string[] = [];
    const files = [...new Set(paths.flatMap((path) => filesOf(path, problems)))].filter(
        (file) => options.skip?.(file) !== true,
    );
    const texts = new Map<string, string>();
    for (const file of files) {
        try {
            const text = readFileSync(file === "-" ? 0 : file, "utf8");
            // Expectations (`aks-cilium test`) lie beside the policies they are about; a folder means its manifests.
            if (paths.includes(file) || !isExpectations(text)) texts.set(file, text);
        } catch (error) {
            problems.push(`${file === "-" ? "standard input" : file}: ${reason(error)}`);
        }
    }
    if (problems.length > 0) throw new UsageError(problems.join("\naks-cilium: "));
    const results = [...texts].map(([file, text]) =>
        readManifests(text, {
            file,
            ...(options.namespace === undefined ? {} : { namespace: options.namespace }),
            ...(options.set === undefined ? {} : { set: options.set }),
        }),
    );
    return {
        documents: results.flatMap((result) => result.documents),
        findings: results.flatMap((result) => result.findings),
        texts,
    };
}

function filesOf(path: string, problems: string[]): string[] {
    if (path === "-") return ["-"];
    try {
        if (!statSync(path).isDirectory()) return [path];
        const files = walk(path);
        if (files.length === 0) problems.push(`${path}: no .yaml, .yml or .json file in this folder`);
        return files;
    } catch (error) {
        problems.push(`${path}: ${reason(error)}`);
        return [];
    }
}

/** Sorted, so that reports come out the same on every machine. */
function walk(folder: string): string[] {
    return readdirSync(folder, { withFileTypes: true })
        .sort((a, b) => (a.name < b.name ? -1 : 1))
        .flatMap((entry) => {
            const path = join(folder, entry.name);
            if (entry.isDirectory()) {
                return entry.name.startsWith(".") || SKIPPED_FOLDERS.has(entry.name) ? [] : walk(path);
            }
            return MANIFEST.test(entry.name) ? [path] : [];
        });
}

function reason(error: unknown): string {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return "no such file or folder";
    if (code === "EACCES") return "may not be read (permission denied)";
    if (code === "EISDIR") return "is a folder";
    return message;
}

/**
 * `VAR=value` pairs of `--set` as a record.
 * @throws UsageError for a pair without `=` or with a name that no placeholder can have
 */
export function placeholderValues(pairs: readonly string[]): Record<string, string> {
    return Object.fromEntries(
        pairs.map((pair) => {
            const match = /^([A-Za-z_]\w*)=(.*)$/s.exec(pair);
            if (match === null) {
                throw new UsageError(`--set ${pair}: expected VAR=value, e.g. --set DOMAIN=example.com`);
            }
            return [match[1] as string, match[2] as string];
        }),
    );
}

/** For options that are repeated (`-w a -w b`). */
export function collect(value: string, previous: string[] = []): string[] {
    return [...previous, value];
}
