import { mkdirSync, writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { join } from "node:path";
import type { Measurement } from "./measure";

/** What a benchmark hands back (interfaces.md, `bench/results/NAME.json`). */
export interface BenchResult {
    readonly rows: readonly Measurement[];
    /** Figures by name; a name says what is divided by what, or what is counted ("documents per second"). */
    readonly ratios: Readonly<Record<string, number>>;
    /** Limits on ratios: a benchmark with one that is not kept ends with 1. */
    readonly limits?: Readonly<Record<string, { readonly atMost?: number; readonly atLeast?: number }>>;
    /** Lines printed below the table: what was compared with what. */
    readonly notes?: readonly string[];
}

/** Every benchmark module exports `bench` with this shape. */
export type Bench = (args: readonly string[]) => Promise<BenchResult>;

/** Names of the limits that the ratios do not keep. */
export function broken(result: BenchResult): string[] {
    return Object.entries(result.limits ?? {})
        .filter(([name, { atMost, atLeast }]) => {
            const ratio = result.ratios[name] ?? Number.NaN;
            return !(ratio <= (atMost ?? Infinity) && ratio >= (atLeast ?? -Infinity));
        })
        .map(([name]) => name);
}

/** The table and the ratios as text for a terminal. */
export function render(result: BenchResult): string {
    const cells = [
        ["", "CPU s", "wall s", "RSS MB"],
        ...result.rows.map((row) => [
            row.name,
            row.cpuSeconds.toFixed(2),
            row.wallSeconds.toFixed(2),
            row.maxRssMB.toFixed(0),
        ]),
    ];
    const failed = new Set(broken(result));
    const ratios = Object.entries(result.ratios).map(([name, value]) => {
        const { atMost, atLeast } = result.limits?.[name] ?? {};
        const limit = [atMost && `at most ${atMost}`, atLeast && `at least ${atLeast}`]
            .filter(Boolean)
            .join(", ");
        const verdict = limit === "" ? "" : `${limit}: ${failed.has(name) ? "NOT KEPT" : "kept"}`;
        return [name, figure(value), verdict];
    });
    return [
        ...table(cells),
        "",
        ...table(ratios),
        ...(result.notes ?? []).flatMap((note) => ["", note]),
    ].join("\n");
}

/** Writes `bench/results/NAME.json` below `root` and gives its path. */
export function writeResult(root: string, name: string, result: BenchResult): string {
    const folder = join(root, "bench", "results");
    mkdirSync(folder, { recursive: true });
    const file = join(folder, `${name}.json`);
    const cpu = cpus();
    const machine = `${cpu.length} × ${cpu[0]?.model.trim() ?? process.arch}, ${Math.round(totalmem() / 2 ** 30)} GiB, ${process.platform}`;
    const { rows, ratios } = result;
    writeFileSync(
        file,
        JSON.stringify({ version: 1, machine, node: process.version, rows, ratios }, undefined, 4) + "\n",
    );
    return file;
}

function figure(value: number): string {
    return Math.abs(value) >= 100 ? Math.round(value).toLocaleString("en-US") : value.toFixed(2);
}

/** First column to the left, numbers to the right. */
function table(rows: readonly (readonly string[])[]): string[] {
    const widths = (rows[0] ?? []).map((_, column) =>
        Math.max(...rows.map((row) => row[column]?.length ?? 0)),
    );
    return rows.map((row) =>
        row
            .map((cell, column) => {
                const numeric = /^[-\d.,]+$/.test(cell) || rows[0]?.[column] === cell;
                return column > 0 && numeric
                    ? cell.padStart(widths[column] ?? 0)
                    : cell.padEnd(widths[column] ?? 0);
            })
            .join("  ")
            .trimEnd(),
    );
}
