/** What a piece of text is; a terminal may colour it, a file does not. */
export type Paint = (role: "strong" | "quiet" | "good" | "bad" | "warn", text: string) => string;

export const PLAIN: Paint = (_, text) => text;

/**
 * Joins items into lines of at most `width` characters; an item longer than that has a line of its own.
 * @param separator between items on a line. @default ", " (a line that goes on ends with a comma)
 */
export function wrap(items: readonly string[], width: number, separator = ", "): string[] {
    const lines: string[] = [];
    let line = "";
    items.forEach((item, index) => {
        const last = index === items.length - 1;
        const piece = last ? item : `${item}${separator.trimEnd()}`;
        if (line === "") line = piece;
        else if (line.length + 1 + piece.length <= width) line += ` ${piece}`;
        else {
            lines.push(line);
            line = piece;
        }
    });
    return line === "" ? lines : [...lines, line];
}

/** Rows of title, label and a list of names, aligned; the list wraps under itself. */
export function columns(
    rows: readonly (readonly [title: string, label: string, names: readonly string[]])[],
    width: number,
): string[] {
    // One long label (an HTTP filter) must not push every list to the right edge.
    const longest = (texts: readonly string[]): number =>
        Math.min(34, Math.max(0, ...texts.map(({ length }) => length)));
    const titles = longest(rows.map(([title]) => title));
    const labels = longest(rows.map(([, label]) => label));
    const column = (text: string, length: number): string => (length === 0 ? "" : `${text.padEnd(length)}  `);
    const indent = column("", titles).length + column("", labels).length;
    return rows.flatMap(([title, label, names]) => {
        const [first = "", ...more] = wrap(names, Math.max(24, width - indent - 4));
        const rest = more.map((line) => " ".repeat(indent) + line);
        const start = column(title, titles) + column(label, labels);
        if (label.length <= labels) return [`${start}${first}`.trimEnd(), ...rest];
        return [start.trimEnd(), " ".repeat(indent) + first, ...rest];
    });
}
