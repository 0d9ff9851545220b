import { isDeepStrictEqual } from "node:util";
import { isMap, isScalar, isSeq, LineCounter, parseDocument, type Document, type YAMLSeq } from "yaml";
import { UsageError } from "../exit";
import { kubeconfigOf, YAML_STYLE, type Credentials } from "./kubeconfig";

const LISTS = [
    ["clusters", "cluster"],
    ["users", "user"],
    ["contexts", "context"],
] as const;

/** A kubeconfig with a cluster's entries in it. */
export interface Merged {
    /** The whole file; equal to what was there where nothing changes. */
    readonly text: string;
    /** Entries that were there under the same name and are different now, e.g. `user clusterUser_rg_aks`. */
    readonly replaced: readonly string[];
}

/**
 * Puts a cluster's entries into a kubeconfig and makes its context the current one, as az does. Everything else stays:
 * other entries, their order, comments and fields that nobody here knows.
 * @param existing text of the file; undefined or blank where there is none yet
 * @param file for messages
 * @param overwrite replaces different entries of the same names (az's `--overwrite-existing`)
 * @throws UsageError for a file that is no kubeconfig, or for different entries without `overwrite`: then naming all of
 *   them. Messages never quote the file: it holds secrets.
 */
export function mergeKubeconfig(
    existing: string | undefined,
    credentials: Credentials,
    { file, overwrite }: { readonly file: string; readonly overwrite: boolean },
): Merged {
    const document = readKubeconfig(existing ?? "", file);
    if (document === undefined) return { text: kubeconfigOf(credentials), replaced: [] };
    const replaced = LISTS.flatMap(([list, key]) => {
        const entry = credentials[key];
        const there = entriesNamed(document.get(list), entry.name);
        const same = there.every((item) => isDeepStrictEqual(item, JSON.parse(JSON.stringify(entry))));
        return there.length === 0 || same ? [] : [`${key} ${entry.name}`];
    });
    if (replaced.length > 0 && !overwrite) {
        throw new UsageError(
            `${file}: has a different ${replaced.join(", ")} already; --overwrite-existing replaces ${replaced.length === 1 ? "it" : "them"}, --file FILE writes somewhere else (nothing was changed)`,
        );
    }
    for (const [list, key] of LISTS) place(document, list, credentials[key]);
    document.set("current-context", credentials.context.name);
    return { text: textOf(document, existing ?? ""), replaced };
}

/**
 * A kubeconfig as a document that can be edited; undefined where there is nothing in it.
 * @throws UsageError that names the place, not the content
 */
export function readKubeconfig(text: string, file: string): Document | undefined {
    const lines = new LineCounter();
    // Pretty errors quote the line they are about, and that line may be a key.
    const document = parseDocument(text, { prettyErrors: false, lineCounter: lines, version: "1.2" });
    const refuse = (what: string): never => {
        throw new UsageError(
            `${file}: ${what}; it was left as it is. Repair it, or name another file with --file`,
        );
    };
    const [error] = document.errors;
    if (error !== undefined) refuse(`is not YAML (${error.code}, line ${lines.linePos(error.pos[0]).line})`);
    const { contents } = document;
    if (contents === null || (isScalar(contents) && contents.value === null)) return undefined;
    if (!isMap(contents)) return refuse("is not a kubeconfig (no mapping at its top)");
    const kind: unknown = document.get("kind");
    if (kind !== undefined && kind !== "Config") refuse("is not a kubeconfig (its kind is not Config)");
    for (const [list] of LISTS) {
        const node: unknown = document.get(list, true);
        if (node === undefined || isSeq(node) || (isScalar(node) && node.value === null)) continue;
        refuse(`is not a kubeconfig (${list} is not a list)`);
    }
    return document;
}

/** In the way the file was written: JSON stays JSON, which kubectl reads as well. */
function textOf(document: Document, existing: string): string {
    if (existing.trimStart().startsWith("{")) {
        try {
            JSON.parse(existing);
            return `${JSON.stringify(document.toJS(), undefined, 2)}\n`;
        } catch {
            // YAML in braces.
        }
    }
    return document.toString({ ...YAML_STYLE, indentSeq: !/^- /m.test(existing) });
}

function entriesNamed(list: unknown, name: string): unknown[] {
    const items: unknown = isSeq(list) ? list.toJSON() : [];
    return (items as { name?: unknown }[]).filter((item) => item?.name === name);
}

/** In the place of the first entry of that name, which keeps the order of the file; else at the end. */
function place(document: Document, list: string, entry: { readonly name: string }): void {
    const node: unknown = document.get(list);
    if (!isSeq(node)) {
        document.set(list, document.createNode([entry]));
        return;
    }
    const items = (node as YAMLSeq).items;
    const isNamed = (item: unknown): boolean => isMap(item) && item.get("name") === entry.name;
    const at = items.findIndex(isNamed);
    const first = items[at];
    if (isMap(first) && isDeepStrictEqual(first.toJSON(), JSON.parse(JSON.stringify(entry)))) return;
    const kept = items.filter((item, index) => index <= at || !isNamed(item));
    if (at < 0) kept.push(document.createNode(entry));
    else kept[at] = document.createNode(entry);
    (node as YAMLSeq).items = kept;
}
