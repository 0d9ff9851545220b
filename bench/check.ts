/**
 * `npm run bench -- check [--documents N] [--runs N] [--oracle PROGRAM] [--minor 1.18]`: what `aks-cilium check` costs at
 * start and per document, beside Cilium's recording program on the same file where its path is given
 * (tests/conformance/oracle builds it).
 *
 * The command line is the bundle that users install, run by the Node this runs on. The recording program only validates
 * (structure and acceptance); check also gives advice.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { stringify } from "yaml";
import { generateCluster } from "./lib/generate";
import { measureInTurn, type Command, type Measurement } from "./lib/measure";
import type { BenchResult } from "./lib/result";

const EMPTY = "node -e 0";
const HELP = "aks-cilium --help";
const ONE = "aks-cilium check, one small file";
const START = "start above node -e 0, CPU seconds";
const OURS = (count: number): string => `aks-cilium check, ${count} documents`;
const THEIRS = (count: number): string => `recording program validate, ${count} documents`;

/** CPU that a check of one small file may take above an empty Node program (issue 3, must show 6). */
const START_LIMIT = 0.4;

/** See `npm run bench`. */
export async function bench(args: readonly string[]): Promise<BenchResult> {
    const { values } = parseArgs({
        args: [...args],
        options: {
            documents: { type: "string", default: "3000" },
            runs: { type: "string", default: "5" },
            minor: { type: "string", default: "1.18" },
            oracle: { type: "string" },
        },
    });
    const [count, runs] = [whole("--documents", values.documents), whole("--runs", values.runs)];
    const scratch = mkdtempSync(join(tmpdir(), "aks-cilium-bench-"));
    try {
        const { policies } = generateCluster({ workloads: count, policies: count });
        const small = join(scratch, "small.yaml");
        const large = join(scratch, "large.yaml");
        writeFileSync(small, stringify(policies[0]));
        writeFileSync(large, policies.map((policy) => stringify(policy)).join("---\n"));
        const node = process.execPath;
        const cli = [node, resolve(__dirname, "..", "cli", "bin", "aks-cilium.js")];
        const check = (file: string): Command => ({
            argv: [
                ...cli,
                "check",
                file,
                "--cilium",
                values.minor,
                "--advanced-networking",
                "l7",
                "--format",
                "json",
            ],
            exit: "any",
        });
        const commands = [
            { name: EMPTY, command: { argv: [node, "-e", "0"] } },
            { name: HELP, command: { argv: [...cli, "--help"] } },
            { name: ONE, command: check(small) },
            { name: OURS(count), command: check(large) },
            ...(values.oracle === undefined
                ? []
                : [
                      {
                          name: THEIRS(count),
                          command: { argv: [values.oracle, "validate", "-yaml", "-in", large] },
                      },
                  ]),
        ];
        await measureInTurn(commands, 1);
        const rows = await measureInTurn(commands, runs);
        return {
            rows,
            ratios: ratios(rows, count),
            limits: { [START]: { atMost: START_LIMIT } },
            notes: [
                "Both read the same YAML stream from a file and write one answer a document; check also gives advice and positions.",
            ],
        };
    } finally {
        rmSync(scratch, { recursive: true, force: true });
    }
}

function ratios(rows: readonly Measurement[], count: number): BenchResult["ratios"] {
    const cpu = (name: string): number => rows.find((row) => row.name === name)?.cpuSeconds ?? Number.NaN;
    const start = cpu(ONE) - cpu(EMPTY);
    const perDocument = (cpu(OURS(count)) - cpu(ONE)) / (count - 1);
    const theirs = rows.some(({ name }) => name === THEIRS(count)) ? cpu(THEIRS(count)) : undefined;
    return {
        [START]: start,
        "documents a second, whole process": count / cpu(OURS(count)),
        "documents a second, after the start": 1 / perDocument,
        ...(theirs === undefined
            ? {}
            : {
                  "recording program, documents a second, whole process": count / theirs,
                  "CPU of check / CPU of the recording program": cpu(OURS(count)) / theirs,
              }),
    };
}

function whole(option: string, text: string): number {
    const value = Number(text);
    if (!Number.isInteger(value) || value < 1)
        throw new Error(`${option} ${text}: a whole number of at least 1`);
    return value;
}
