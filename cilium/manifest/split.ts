/** One YAML document of a stream: its text, and where it starts. */
export interface Chunk {
    readonly text: string;
    readonly offset: number;
}

/**
 * Splits a stream at its `---` and `...` lines, so that one broken document leaves the others alone. At the start of a
 * line these are markers whatever they stand in, by YAML's grammar.
 */
export function splitDocuments(text: string): Chunk[] {
    const chunks: Chunk[] = [];
    const marker = /^(?:---|\.\.\.)(?=[ \t\r\n]|$)/gm;
    let start = 0;
    let directives = false;
    for (let match = marker.exec(text); match !== null; match = marker.exec(text)) {
        const before = text.slice(start, match.index);
        // A directive (%YAML) belongs to the document after the marker.
        if (!directives && /^%/m.test(before) && isBlank(before.replace(/^%.*$/gm, ""))) {
            directives = true;
            continue;
        }
        push(chunks, before, start);
        directives = false;
        start = match.index + 3;
    }
    push(chunks, text.slice(start), start);
    return chunks;
}

function push(chunks: Chunk[], text: string, offset: number): void {
    if (!isBlank(text)) chunks.push({ text, offset });
}

/** Nothing but white space and comments: no line starts with anything else. */
function isBlank(text: string): boolean {
    return !/^[ \t\r\f]*[^\s#]/m.test(text);
}
