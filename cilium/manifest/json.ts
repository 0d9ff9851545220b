import type { JsonValue, Path } from "./document";
import { MAX_DEPTH, type ParsedText, type ReadFault } from "./yaml";

/** Reads JSON; undefined where the text is none (it may still be YAML). Keys that stand twice are reported. */
export function parseJson(text: string): ParsedText | undefined {
    let value: JsonValue;
    try {
        value = JSON.parse(text) as JsonValue;
    } catch {
        return undefined;
    }
    const faults: ReadFault[] = [];
    const scanner = new JsonScanner(text);
    scanner.onRepeatedKey = (key, offset) =>
        faults.push({
            code: "M02",
            offset,
            message: `the key ${JSON.stringify(key)} stands here twice; the last one would win without a word`,
            fix: "keep one of them",
        });
    if (!scanner.scan(undefined)) {
        const message = `nested more than ${MAX_DEPTH} levels deep`;
        return {
            value: undefined,
            faults: [{ code: "M04", offset: scanner.at, message, fix: "write a document that is less deep" }],
        };
    }
    return { value, faults };
}

/** Where the value at a path, or its key, stands: an offset. The nearest existing parent for a missing one. */
export function locateJson(text: string, path: Path, part: "key" | "value"): number {
    const scanner = new JsonScanner(text);
    scanner.part = part;
    scanner.scan(path);
    return scanner.found;
}

/** Walks JSON that is known to parse, without building anything. */
class JsonScanner {
    at = 0;
    found = 0;
    part: "key" | "value" = "value";
    onRepeatedKey: ((key: string, offset: number) => void) | undefined;

    constructor(private readonly text: string) {}

    /** @returns false where the nesting is too deep */
    scan(path: Path | undefined): boolean {
        this.space();
        this.found = this.at;
        return this.value(path, 0);
    }

    private value(path: Path | undefined, depth: number): boolean {
        if (depth > MAX_DEPTH) return false;
        this.space();
        switch (this.text[this.at]) {
            case "{":
                return this.object(path, depth);
            case "[":
                return this.array(path, depth);
            case '"':
                this.string();
                return true;
            default:
                while (this.at < this.text.length && !/[,\]}\s]/.test(this.text[this.at]!)) this.at++;
                return true;
        }
    }

    private object(path: Path | undefined, depth: number): boolean {
        const seen = new Set<string>();
        for (this.at++; ; this.at++) {
            this.space();
            if (this.text[this.at] === "}") break;
            const keyAt = this.at;
            const key = this.string();
            if (seen.has(key)) this.onRepeatedKey?.(key, keyAt);
            seen.add(key);
            this.space();
            this.at++; // the colon
            this.space();
            const inside = path !== undefined && path.length > 0 && String(path[0]) === key;
            if (inside) this.found = path.length === 1 && this.part === "key" ? keyAt : this.at;
            if (!this.value(inside ? path.slice(1) : undefined, depth + 1)) return false;
            this.space();
            if (this.text[this.at] === "}") break;
        }
        this.at++;
        return true;
    }

    private array(path: Path | undefined, depth: number): boolean {
        this.at++;
        for (let index = 0; ; index++) {
            this.space();
            if (this.text[this.at] === "]") break;
            const inside = path !== undefined && path.length > 0 && path[0] === index;
            if (inside) this.found = this.at;
            if (!this.value(inside ? path.slice(1) : undefined, depth + 1)) return false;
            this.space();
            if (this.text[this.at] === "]") break;
            this.at++; // the comma
        }
        this.at++;
        return true;
    }

    private string(): string {
        const start = this.at++;
        for (; this.text[this.at] !== '"'; this.at++) if (this.text[this.at] === "\\") this.at++;
        const raw = this.text.slice(start, ++this.at);
        return raw.includes("\\") ? (JSON.parse(raw) as string) : raw.slice(1, -1);
    }

    private space(): void {
        while (/\s/.test(this.text[this.at] ?? "x")) this.at++;
    }
}
