import { isMap, isScalar, isSeq, LineCounter, type Document, type Pair, type YAMLMap } from "yaml";
import type { Path } from "./document";
import { isMergeKey, keyText, parse, resolve, start } from "./yaml";

/** The text located last: findings come document by document. */
let latest: { readonly text: string; readonly document: Document.Parsed } | undefined;

/** Where the value at a path, or its key, stands in the text: an offset. The nearest existing parent for a missing one. */
export function locateYaml(text: string, path: Path, part: "key" | "value"): number {
    if (latest?.text !== text) latest = { text, document: parse(text) };
    const { document } = latest;
    let node: unknown = document.contents;
    let offset = start(node) ?? 0;
    for (const [depth, step] of path.entries()) {
        node = resolve(node, document);
        const last = depth === path.length - 1;
        if (isMap(node)) {
            const pair = findPair(node, String(step), document);
            if (pair === undefined) return offset;
            const at = last && part === "key" ? start(pair.key) : (start(pair.value) ?? start(pair.key));
            offset = at ?? offset;
            node = pair.value;
        } else if (isSeq(node)) {
            node = node.items[Number(step)];
            const at = start(node);
            if (at === undefined) return offset;
            offset = at;
        } else {
            return offset;
        }
    }
    return offset;
}

/** Line and column from 1 of an offset. */
export function lineCounter(text: string): (offset: number) => { line: number; column: number } {
    const counter = new LineCounter();
    counter.addNewLine(0);
    for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) counter.addNewLine(at + 1);
    return (offset) => {
        const { line, col } = counter.linePos(offset);
        return { line, column: col };
    };
}

/** The last pair with a key, as the last one wins; one that a merge key brings in counts where it is written. */
function findPair(map: YAMLMap, key: string, document: Document.Parsed): Pair | undefined {
    const own = map.items.findLast(
        (pair) => isScalar(pair.key) && !isMergeKey(pair) && keyText(pair.key) === key,
    );
    if (own !== undefined) return own;
    for (const pair of map.items.filter(isMergeKey)) {
        const target = resolve(pair.value, document);
        for (const source of isSeq(target) ? target.items : [target]) {
            const node = resolve(source, document);
            const found = isMap(node) ? findPair(node, key, document) : undefined;
            if (found !== undefined) return found;
        }
    }
    return undefined;
}
