import {
    isAlias,
    isMap,
    isPair,
    isScalar,
    isSeq,
    type Alias,
    parseDocument,
    type Document,
    type Node,
    type Pair,
    type Scalar,
    type YAMLMap,
} from "yaml";
import type { JsonObject, JsonValue } from "./document";
import { plainScalar } from "./scalar";
import { parseYamlFast } from "./yaml-fast";

/** Something in a text that cannot be read, at an offset of it. */
export interface ReadFault {
    readonly code: "M01" | "M02" | "M04" | "M06";
    readonly offset: number;
    readonly message: string;
    readonly fix: string;
}

/** A document's value; undefined where it cannot be read at all. */
export interface ParsedText {
    readonly value: JsonValue | undefined;
    readonly faults: readonly ReadFault[];
}

/** Deepest nesting that is read. The API server stops at 10,000; nothing anybody writes comes near 200. */
export const MAX_DEPTH = 200;
/** How many values aliases may add to those that are written: the bound against anchor bombs. */
const MAX_EXPANDED = 100_000;

/** Reads one YAML document as kubectl does. Never throws. */
export function parseYaml(text: string): ParsedText {
    const fast = parseYamlFast(text);
    return fast === undefined ? parseYamlFully(text) : { value: fast.value, faults: [] };
}

/** The same with the full parser, whatever the text. */
export function parseYamlFully(text: string): ParsedText {
    const depth = tooDeep(text);
    if (depth !== undefined) return { value: undefined, faults: [depth] };
    let document: Document.Parsed;
    try {
        document = parse(text);
    } catch (error) {
        return { value: undefined, faults: [unreadable(error)] };
    }
    const broken = document.errors[0];
    if (broken !== undefined) {
        const fault = { code: "M01", offset: broken.pos[0], ...syntaxFault(broken.message) } as const;
        return { value: undefined, faults: [fault] };
    }
    const reader = new NodeReader(document, text.length + MAX_EXPANDED);
    try {
        const value = document.contents === null ? null : reader.read(document.contents, 0);
        return { value: reader.gaveUp ? undefined : value, faults: reader.faults };
    } catch (error) {
        return { value: undefined, faults: [unreadable(error)] };
    }
}

/** Duplicate keys, merge keys and aliases are handled by the reader below: with positions, and with a bound. */
export function parse(text: string): Document.Parsed {
    return parseDocument(text, {
        uniqueKeys: false,
        prettyErrors: false,
        logLevel: "silent",
        strict: false,
        stringKeys: false,
    });
}

class NodeReader {
    readonly faults: ReadFault[] = [];
    gaveUp = false;
    private readonly anchors = new Map<string, Node>();
    private readonly open = new Set<Node>();
    /** What an anchored node holds, so that its aliases share one value and are only counted. */
    private readonly known = new Map<Node, { readonly value: JsonValue; readonly size: number }>();
    private count = 0;

    constructor(
        private readonly document: Document.Parsed,
        private readonly budget: number,
    ) {}

    read(node: unknown, depth: number): JsonValue {
        if (this.gaveUp || node === null || node === undefined) return null;
        if (++this.count > this.budget)
            return this.giveUp(node, "aliases expand to more than 100,000 values");
        if (depth > MAX_DEPTH) return this.giveUp(node, `nested more than ${MAX_DEPTH} levels deep`);
        if (isAlias(node)) return this.alias(node);
        const { anchor } = node as Node & { anchor?: string };
        if (anchor === undefined) return this.content(node, depth);
        const anchored = node as Node;
        this.anchors.set(anchor, anchored);
        this.open.add(anchored);
        const before = this.count;
        const value = this.content(node, depth);
        this.open.delete(anchored);
        this.known.set(anchored, { value, size: this.count - before });
        return value;
    }

    private content(node: unknown, depth: number): JsonValue {
        if (isScalar(node)) return scalarValue(node);
        if (isMap(node)) return this.map(node, depth);
        if (isSeq(node))
            return node.items.map((item) => this.read(isPair(item) ? item.value : item, depth + 1));
        return null;
    }

    private alias(node: Alias): JsonValue {
        const target = this.anchors.get(node.source);
        if (target === undefined) {
            this.fault(
                "M06",
                node,
                "the alias has no anchor before it",
                "write the anchor (&NAME) before the alias",
            );
            return null;
        }
        if (this.open.has(target)) return this.giveUp(node, "the alias stands inside its own anchor");
        const known = this.known.get(target);
        this.count += known?.size ?? 0;
        if (this.count > this.budget) return this.giveUp(node, "aliases expand to more than 100,000 values");
        return known?.value ?? null;
    }

    private map(node: YAMLMap, depth: number): JsonObject {
        const value: JsonObject = {};
        const merged: JsonObject[] = [];
        const written = new Set<string>();
        for (const pair of node.items) {
            if (isMergeKey(pair)) {
                merged.push(...this.mergeSources(pair.value, depth));
                continue;
            }
            const key = this.key(pair);
            if (key === undefined) continue;
            if (written.has(key)) {
                this.fault(
                    "M02",
                    pair.key,
                    `the key ${JSON.stringify(key)} stands here twice; the last one would win without a word`,
                    "keep one of them",
                );
            }
            written.add(key);
            set(value, key, this.read(pair.value, depth + 1));
        }
        for (const source of merged) {
            for (const key of Object.keys(source))
                if (!Object.hasOwn(value, key)) set(value, key, source[key]!);
        }
        return value;
    }

    private mergeSources(node: unknown, depth: number): JsonObject[] {
        const value = this.read(node, depth + 1);
        const sources = Array.isArray(value) ? value : [value];
        const maps = sources.filter(
            (each): each is JsonObject => typeof each === "object" && each !== null && !Array.isArray(each),
        );
        if (maps.length !== sources.length) {
            this.fault(
                "M06",
                node,
                "a merge key (<<) takes a mapping or a list of mappings",
                "write an alias of a mapping",
            );
        }
        return maps;
    }

    private key(pair: Pair): string | undefined {
        const key = resolve(pair.key, this.document);
        if (isScalar(key)) return keyText(key);
        if (key === null || key === undefined) return "null";
        this.fault("M06", pair.key, "a key is a mapping or a list", "write text as the key");
        return undefined;
    }

    private giveUp(node: unknown, message: string): null {
        this.gaveUp = true;
        this.fault("M04", node, message, "write the values out, or split the document");
        return null;
    }

    private fault(code: ReadFault["code"], node: unknown, message: string, fix: string): void {
        this.faults.push({ code, offset: start(node) ?? 0, message, fix });
    }
}

function scalarValue(node: Scalar): JsonValue {
    if (node.tag === "tag:yaml.org,2002:str" || node.tag === "!")
        return String(node.source ?? node.value ?? "");
    if (node.type === "PLAIN") return plainScalar(node.source ?? "");
    if (node.type !== undefined) return typeof node.value === "string" ? node.value : (node.source ?? "");
    return node.source === undefined ? null : plainScalar(node.source);
}

/** Keys of JSON are texts; sigs.k8s.io/yaml turns numbers and booleans into them. */
export function keyText(node: Scalar): string {
    const value = scalarValue(node);
    return typeof value === "string" ? value : String(value);
}

/** Whether a pair is `<<: …`. */
export function isMergeKey(pair: Pair): boolean {
    return isScalar(pair.key) && pair.key.type === "PLAIN" && pair.key.source === "<<";
}

/** What an alias stands for; other nodes as they are. */
export function resolve(node: unknown, document: Document.Parsed): unknown {
    let here = node;
    for (let hops = 0; isAlias(here) && hops < MAX_DEPTH; hops++) here = here.resolve(document);
    return here;
}

/** Offset a node starts at; undefined for what is not written. */
export function start(node: unknown): number | undefined {
    const range = (node as Node | null | undefined)?.range;
    return range?.[0];
}

function set(object: JsonObject, key: string, value: JsonValue): void {
    if (key !== "__proto__") object[key] = value;
    else Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
}

/**
 * A look at brackets and indentation before the parser runs, which recurses: a text of 100,000 `[` must not reach it.
 * Counts more than YAML would (brackets in texts), so the limit is a multiple of the real one.
 */
function tooDeep(text: string): ReadFault | undefined {
    let depth = 0;
    let dashes = 0;
    for (let i = 0; i < text.length; i++) {
        const code = text.charCodeAt(i);
        if (code === 91 || code === 123) {
            if (++depth > 5 * MAX_DEPTH) return deepFault(i);
        } else if (code === 93 || code === 125) {
            if (depth > 0) depth--;
        } else if (code === 10) {
            dashes = 0;
        } else if ((code === 45 || code === 63) && text.charCodeAt(i + 1) === 32 && ++dashes > MAX_DEPTH) {
            return deepFault(i);
        }
    }
    return undefined;
}

const deepFault = (offset: number): ReadFault => ({
    code: "M04",
    offset,
    message: `nested more than ${MAX_DEPTH} levels deep`,
    fix: "write a document that is less deep",
});

/** The parser ran out of stack, or met what its author did not think of. */
function unreadable(error: unknown): ReadFault {
    return error instanceof RangeError
        ? deepFault(0)
        : {
              code: "M01",
              offset: 0,
              message: `not readable as YAML: ${firstLine(error)}`,
              fix: "check the syntax",
          };
}

function firstLine(error: unknown): string {
    return (error instanceof Error ? error.message : String(error)).split("\n", 1)[0] ?? "";
}

function syntaxFault(message: string): Pick<ReadFault, "message" | "fix"> {
    const text = message.split("\n", 1)[0] ?? "";
    return {
        message: `not valid YAML: ${text.charAt(0).toLowerCase()}${text.slice(1).replace(/[.:]$/, "")}`,
        fix: /tab/i.test(text)
            ? "indent with spaces, not tabs"
            : "check the indentation, the quotes and the colons of this line and the one before",
    };
}
