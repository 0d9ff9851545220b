import { createReadStream, existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import { createGunzip } from "node:zlib";
import { checkLine, type LineOutcome } from "./check-line";

/** Documents and flows of each kind that came out right and wrong. */
export interface Tally {
    validate: { passed: number; failed: number };
    verdicts: { passed: number; failed: number };
}

/**
 * Compares our answers with the recorded ones, line by line.
 * @param files `.jsonl` or `.jsonl.gz`
 * @param report receives one line for each difference
 * @returns the counts, lines that cannot be read among the failed ones, and how many of those there were
 */
export async function runConformance(
    files: readonly string[],
    report: (line: string) => void,
): Promise<{ tally: Tally; unreadable: number }> {
    const tally: Tally = { validate: { passed: 0, failed: 0 }, verdicts: { passed: 0, failed: 0 } };
    let unreadable = 0;
    for (const file of files) {
        let number = 0;
        for await (const text of linesOf(file)) {
            number++;
            if (text.trim() === "") continue;
            let outcome: LineOutcome;
            try {
                outcome = checkLine(text);
            } catch (error) {
                unreadable++;
                tally[text.includes('"flows"') ? "verdicts" : "validate"].failed++;
                report(
                    `${file}:${number}: unreadable: ${error instanceof Error ? error.message : String(error)}`,
                );
                continue;
            }
            tally[outcome.kind].passed += outcome.passed;
            tally[outcome.kind].failed += outcome.failed;
            for (const { field, ours, theirs } of outcome.differences) {
                report(`${outcome.id} ${field}: ours ${ours}, Cilium's ${theirs}`);
            }
        }
    }
    return { tally, unreadable };
}

function linesOf(file: string): AsyncIterable<string> {
    const raw = createReadStream(file);
    const input = file.endsWith(".gz") ? raw.pipe(createGunzip()) : raw;
    const lines = createInterface({ input, crlfDelay: Infinity });
    // A broken stream would otherwise end the process without a word of the file.
    const fail = (error: Error): void => void input.emit("error", error);
    if (input !== raw) raw.on("error", fail);
    return lines;
}

/** The command: `npm run conformance [-- FILE…]`. Sets the exit code. */
export async function main(): Promise<void> {
    const named = process.argv.slice(2);
    const files = named.length > 0 ? named : samples();
    const missing = files.filter((file) => !existsSync(file));
    for (const file of missing) console.error(`${file}: no such file`);
    const { tally } = await runConformance(
        files.filter((file) => !missing.includes(file)),
        (line) => console.log(line),
    );
    let cases = 0;
    let failed = missing.length;
    for (const kind of ["validate", "verdicts"] as const) {
        const count = tally[kind];
        if (count.passed + count.failed === 0) continue;
        cases += count.passed + count.failed;
        failed += count.failed;
        console.log(`${kind}: ${count.passed} passed, ${count.failed} failed`);
    }
    if (cases === 0) console.error("no case was run");
    process.exitCode = cases === 0 || failed > 0 ? 1 : 0;
}

/** The committed samples. */
export function samples(): string[] {
    const folder = path.join(process.env.AKS_CILIUM_ROOT ?? process.cwd(), "tests/conformance/data");
    return readdirSync(folder)
        .filter((name) => /\.jsonl(\.gz)?$/.test(name))
        .sort()
        .map((name) => path.join(folder, name));
}
