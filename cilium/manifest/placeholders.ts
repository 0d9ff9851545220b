/**
 * `${NAME}` of envsubst and Flux, with or without a default (`${NAME:-text}`, `${NAME:=text}`). Filled in the text, as
 * both do, before anything is parsed: `port: ${PORT}` with 80 is a number afterwards, on the cluster too.
 */
const PLACEHOLDER = /\$?\$\{([A-Za-z_][A-Za-z0-9_]*)(?::?[-=]([^}\n]*))?\}/g;

/** A filled text, and the way back from its offsets to those of the text as written. */
export interface FilledText {
    readonly text: string;
    /** Offset in the text as written, of an offset in the filled one. */
    readonly original: (offset: number) => number;
}

/**
 * Fills placeholders that have a value or a default; the others stay as they are. `$${NAME}` stays too: it is Flux's way
 * to write a dollar sign.
 */
export function fillPlaceholders(written: string, values: Readonly<Record<string, string>>): FilledText {
    if (!written.includes("${")) return { text: written, original: (offset) => offset };
    const replaced: {
        readonly end: number;
        readonly writtenEnd: number;
        readonly start: number;
        readonly from: number;
    }[] = [];
    let shift = 0;
    const text = written.replace(
        PLACEHOLDER,
        (whole: string, name: string, fallback: string | undefined, from: number) => {
            if (whole.startsWith("$$")) return whole;
            const value = Object.hasOwn(values, name) ? values[name]! : fallback;
            if (value === undefined) return whole;
            const start = from + shift;
            shift += value.length - whole.length;
            replaced.push({ start, end: start + value.length, from, writtenEnd: from + whole.length });
            return value;
        },
    );
    return {
        text,
        original: (offset) => {
            const last = replaced.findLast(({ start }) => start <= offset);
            if (last === undefined) return offset;
            return offset < last.end ? last.from : last.writtenEnd + offset - last.end;
        },
    };
}

/** Names of the placeholders left in a value. */
export function placeholdersIn(text: string): string[] {
    if (!text.includes("${")) return [];
    return [...text.matchAll(PLACEHOLDER)]
        .filter(([whole]) => !whole.startsWith("$$"))
        .map(([, name]) => name!);
}

/**
 * `${NAME}` inside a flow mapping (`{port: ${PORT}}`) is no YAML until it is filled. Hides what is left behind characters
 * that are plain text to a parser, one for one, so that offsets stay; {@link revealPlaceholders} undoes it in values.
 */
export function hidePlaceholders(text: string): string {
    return text.replace(PLACEHOLDER, (whole: string) =>
        whole.startsWith("$$") ? whole : `\ue000\ue001${whole.slice(2, -1).replace(/[^\w-]/g, "_")}\ue002`,
    );
}

/** See {@link hidePlaceholders}. */
export function revealPlaceholders(text: string): string {
    return text.includes("\ue000\ue001") ? text.replace(/\ue000\ue001/g, "${").replace(/\ue002/g, "}") : text;
}
