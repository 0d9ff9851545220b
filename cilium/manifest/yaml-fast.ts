import type { JsonObject, JsonValue } from "./document";
import { plainScalar } from "./scalar";

/** Thrown, and caught below, where the text uses more of YAML than this reads. */
const BEYOND = new Error("beyond the subset");
/** Deeper documents are left to the full parser, which refuses them with a position. */
const MAX_DEPTH = 100;

interface Line {
    indent: number;
    text: string;
}

/**
 * Reads the YAML that manifests are written in: block mappings and sequences, one-line scalars, simple flow collections.
 * Anchors, tags, block and multi-line scalars, escapes, tabs, repeated keys and every error are left to the full parser,
 * which this has to agree with (tests/cilium/manifest/yaml-fast.test.ts) and beats about twentyfold.
 * @returns undefined where the full parser has to read the text
 */
export function parseYamlFast(text: string): { readonly value: JsonValue } | undefined {
    if (/[\t\ufeff\u0085\u2028\u2029]/.test(text)) return undefined;
    try {
        const lines = linesOf(text);
        if (lines.length === 0) return { value: null };
        const parser = new BlockParser(lines);
        const value = parser.node(lines[0]!.indent, 0);
        return parser.done() ? { value } : undefined;
    } catch (error) {
        if (error === BEYOND) return undefined;
        throw error;
    }
}

/** Lines with content, without comments and trailing space. */
function linesOf(text: string): Line[] {
    const lines: Line[] = [];
    for (const raw of text.split("\n")) {
        let indent = 0;
        while (raw.charCodeAt(indent) === 32) indent++;
        const first = raw.charCodeAt(indent);
        if (Number.isNaN(first) || first === 35 || (first === 13 && indent === raw.length - 1)) continue;
        let content = raw.slice(indent).trimEnd();
        const comment = content.indexOf(" #");
        if (comment !== -1) {
            // A quote before it: the mark may be part of a text.
            if (/['"]/.test(content.slice(0, comment))) throw BEYOND;
            content = content.slice(0, comment).trimEnd();
        }
        if (content.includes("\r")) throw BEYOND;
        lines.push({ indent, text: content });
    }
    return lines;
}

class BlockParser {
    private at = 0;

    constructor(private readonly lines: Line[]) {}

    done(): boolean {
        return this.at === this.lines.length;
    }

    node(indent: number, depth: number): JsonValue {
        if (depth > MAX_DEPTH) throw BEYOND;
        const line = this.lines[this.at]!;
        if (isItem(line.text)) return this.sequence(indent, depth);
        if (keyEnd(line.text) !== -1) return this.mapping(indent, depth);
        this.at++;
        this.noContinuation(-1);
        return scalar(line.text);
    }

    private sequence(indent: number, depth: number): JsonValue[] {
        const items: JsonValue[] = [];
        for (let line = this.lines[this.at]; line !== undefined; line = this.lines[this.at]) {
            if (line.indent !== indent || !isItem(line.text)) break;
            const rest = line.text.slice(1).trimStart();
            if (rest === "") {
                this.at++;
                const next = this.lines[this.at];
                items.push(
                    next !== undefined && next.indent > indent ? this.node(next.indent, depth + 1) : null,
                );
                continue;
            }
            if (isItem(rest) || keyEnd(rest) !== -1) {
                // What follows the dash is a line of its own, indented to where it stands.
                line.indent += line.text.length - rest.length;
                line.text = rest;
                items.push(this.node(line.indent, depth + 1));
                continue;
            }
            this.at++;
            this.noContinuation(indent);
            items.push(scalar(rest));
        }
        this.noContinuation(indent);
        return items;
    }

    private mapping(indent: number, depth: number): JsonObject {
        const object: JsonObject = {};
        for (let line = this.lines[this.at]; line !== undefined; line = this.lines[this.at]) {
            if (line.indent !== indent) break;
            const end = keyEnd(line.text);
            if (end === -1) throw BEYOND;
            const key = keyOf(line.text.slice(0, end));
            if (Object.hasOwn(object, key)) throw BEYOND;
            const rest = line.text.slice(end + 1).trimStart();
            this.at++;
            object[key] = rest === "" ? this.below(indent, depth) : scalar(rest);
            if (rest !== "") this.noContinuation(indent);
        }
        this.noContinuation(indent);
        return object;
    }

    /** The value of a key that ends its line. A sequence may stand at the key's own indentation. */
    private below(indent: number, depth: number): JsonValue {
        const next = this.lines[this.at];
        if (next === undefined || next.indent < indent) return null;
        if (next.indent > indent) return this.node(next.indent, depth + 1);
        return isItem(next.text) ? this.sequence(indent, depth + 1) : null;
    }

    /** A deeper line goes on with the scalar before it, or is an error. */
    private noContinuation(indent: number): void {
        const next = this.lines[this.at];
        if (next !== undefined && next.indent > indent) throw BEYOND;
    }
}

function isItem(text: string): boolean {
    return text.charCodeAt(0) === 45 && (text.length === 1 || text.charCodeAt(1) === 32);
}

/** Where the colon after a key stands; -1 where the text is no `key: value`. */
function keyEnd(text: string): number {
    const first = text.charCodeAt(0);
    if (first === 34 || first === 39) {
        const close = text.indexOf(text.charAt(0), 1);
        if (close === -1 || text.charCodeAt(close + 1) !== 58) return -1;
        return close + 2 === text.length || text.charCodeAt(close + 2) === 32 ? close + 1 : -1;
    }
    if (first === 91 || first === 123) return -1;
    const inside = text.indexOf(": ");
    if (inside !== -1) return inside;
    return text.charCodeAt(text.length - 1) === 58 ? text.length - 1 : -1;
}

/** Characters a plain scalar cannot start with, or that mean more than text. */
const SPECIAL_START = /^(?:[&*!|>%@`"'#,[\]{}]|[?:-](?:\s|$))/;

function keyOf(text: string): string {
    if (/^["']/.test(text)) return quoted(text);
    if (SPECIAL_START.test(text) || text === "<<" || text !== text.trim() || text === "") throw BEYOND;
    const value = plainScalar(text);
    const key = typeof value === "string" ? value : String(value);
    if (key === "__proto__") throw BEYOND;
    return key;
}

function scalar(text: string): JsonValue {
    const first = text.charCodeAt(0);
    if (first === 34 || first === 39) return quoted(text);
    if (first === 91 || first === 123) return flow(text);
    if (SPECIAL_START.test(text) || text.includes(": ") || text.endsWith(":")) throw BEYOND;
    return plainScalar(text);
}

/** A quoted text of one line without escapes. */
function quoted(text: string): string {
    const mark = text.charAt(0);
    if (text.length < 2 || text.indexOf(mark, 1) !== text.length - 1) throw BEYOND;
    const inner = text.slice(1, -1);
    if (inner.includes("\\") && mark === '"') throw BEYOND;
    return inner;
}

/** Plain scalars inside brackets, of harmless characters only. */
const FLOW_PLAIN = /[A-Za-z0-9_./$+-][A-Za-z0-9_./$+@-]*(?::[A-Za-z0-9_./$+@-]+)*/y;
const FLOW_QUOTED = /"([^"\\]*)"|'([^']*)'/y;

/** A flow collection of one line. */
function flow(text: string): JsonValue {
    let at = 0;
    const space = (): void => {
        while (text.charCodeAt(at) === 32) at++;
    };
    const token = (): JsonValue => {
        FLOW_QUOTED.lastIndex = at;
        const inQuotes = FLOW_QUOTED.exec(text);
        if (inQuotes !== null) {
            at += inQuotes[0].length;
            return inQuotes[1] ?? inQuotes[2] ?? "";
        }
        FLOW_PLAIN.lastIndex = at;
        const plain = FLOW_PLAIN.exec(text);
        if (plain === null || (plain[0].startsWith("-") && plain[0].length === 1)) throw BEYOND;
        at += plain[0].length;
        return plainScalar(plain[0]);
    };
    const value = (depth: number): JsonValue => {
        if (depth > MAX_DEPTH) throw BEYOND;
        const open = text.charAt(at);
        if (open !== "[" && open !== "{") return token();
        at++;
        const items: JsonValue[] = [];
        const object: JsonObject = {};
        for (space(); text.charAt(at) !== (open === "[" ? "]" : "}"); space()) {
            if (open === "[") {
                items.push(value(depth + 1));
            } else {
                const key = token();
                const name = typeof key === "string" ? key : String(key);
                if (text.charAt(at) !== ":" || text.charAt(at + 1) !== " ") throw BEYOND;
                if (name === "__proto__" || name === "<<" || Object.hasOwn(object, name)) throw BEYOND;
                at++;
                space();
                object[name] = value(depth + 1);
            }
            space();
            if (text.charAt(at) === ",") at++;
            else if (!"]}".includes(text.charAt(at)) || text.charAt(at) === "") throw BEYOND;
        }
        at++;
        return open === "[" ? items : object;
    };
    const result = value(0);
    if (at !== text.length) throw BEYOND;
    return result;
}
