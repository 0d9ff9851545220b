/**
 * `npm run oracle`: builds the recording programs and lets Cilium's own code answer the committed cases again.
 *
 *     npm run oracle                               every file of tests/conformance/data, and what differs
 *     npm run oracle -- --generate 100             also makes generated-*.jsonl.gz anew, 100 cases of each kind
 *     npm run oracle -- --fresh 2000 --seed 7 --out FOLDER
 *                                                  new cases into FOLDER, nothing committed changes
 *                                                  (then: npm run conformance -- FOLDER/*)
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { gunzipSync, gzipSync } from "node:zlib";
import type { JsonObject } from "../../../cilium/manifest/document";
import { CILIUM_MINORS } from "../../../cilium/model/versions";
import { Random, randomPolicy } from "../../support/random-policies";
import { buildProgram, MINORS, pinnedVersion } from "./build";
import { randomScenario } from "./scenarios";

type Kind = "validate" | "verdicts";

interface Recorded {
    readonly cilium: string;
    readonly case: JsonObject;
    readonly result: JsonObject;
}

const data = resolve(__dirname, "..", "data");

function main(argv: readonly string[]): void {
    const { values } = parseArgs({
        args: [...argv],
        options: {
            generate: { type: "string" },
            fresh: { type: "string" },
            seed: { type: "string", default: "1" },
            out: { type: "string" },
        },
    });
    const programs = new Map<string, string>();
    for (const minor of MINORS) {
        process.stderr.write(`building the program of Cilium ${pinnedVersion(minor)} …\n`);
        programs.set(minor, buildProgram(minor));
    }
    const seed = count("--seed", values.seed);
    if (values.fresh !== undefined) {
        if (values.out === undefined) throw new Error("--fresh needs --out FOLDER");
        mkdirSync(values.out, { recursive: true });
        generate(programs, resolve(values.out), "fresh", count("--fresh", values.fresh), seed);
        return;
    }
    for (const file of readdirSync(data)
        .filter((name) => name.endsWith(".jsonl.gz"))
        .sort()) {
        again(programs, join(data, file));
    }
    if (values.generate !== undefined)
        generate(programs, data, "generated", count("--generate", values.generate), seed);
}

/** Records the cases of a file again; rewrites it only where an answer changed. */
function again(programs: ReadonlyMap<string, string>, file: string): void {
    const lines = readLines(file);
    const minor = /^v?(\d+\.\d+)/.exec(lines[0]?.cilium ?? "")?.[1] ?? "";
    const program = programs.get(minor);
    if (program === undefined) throw new Error(`${file}: no program for Cilium ${lines[0]?.cilium}`);
    const kind: Kind = Array.isArray(lines[0]?.case["flows"]) ? "verdicts" : "validate";
    const answers = ask(
        program,
        kind,
        lines.map((line) => line.case),
    );
    const changed = answers.filter(
        (answer, index) => JSON.stringify(answer.result) !== JSON.stringify(lines[index]?.result),
    );
    console.log(`${file.slice(data.length + 1)}: ${answers.length} cases, ${changed.length} answers changed`);
    for (const {
        case: { id },
    } of changed.slice(0, 10))
        console.log(`    ${String(id)}`);
    if (changed.length > 0) writeLines(file, answers);
}

/**
 * New cases, the same for every minor, except that 1.19 is not asked about NetworkPolicies that 1.18 refuses: it no
 * longer validates them, and the API server would never store them (README.md).
 */
function generate(
    programs: ReadonlyMap<string, string>,
    folder: string,
    prefix: string,
    cases: number,
    seed: number,
): void {
    const newest = CILIUM_MINORS[CILIUM_MINORS.length - 1]!;
    const random = new Random(seed);
    const made: Record<Kind, JsonObject[]> = {
        validate: Array.from({ length: cases }, (_, index) => ({
            id: `g-${seed}-${index}`,
            policy: randomPolicy(random, newest),
        })),
        verdicts: Array.from({ length: cases }, (_, index) => randomScenario(random, `s-${seed}-${index}`)),
    };
    for (const kind of ["validate", "verdicts"] as const) {
        const refused = new Set<unknown>();
        for (const [minor, program] of programs) {
            const answers = ask(
                program,
                kind,
                made[kind].filter(({ id }) => minor < "1.19" || !refused.has(id)),
            );
            for (const {
                case: { id },
                result,
            } of answers) {
                const documents = (kind === "validate" ? [result] : result["policies"]) as JsonObject[];
                if (documents.some((each) => each["kind"] === "NetworkPolicy" && each["sanitize"] !== "ok"))
                    refused.add(id);
            }
            writeLines(join(folder, `${prefix}-${kind}-${minor}.jsonl.gz`), answers);
            console.log(`${prefix}-${kind}-${minor}.jsonl.gz: ${answers.length} cases`);
        }
    }
}

function ask(program: string, kind: Kind, cases: readonly JsonObject[]): Recorded[] {
    const input = cases.map((each) => JSON.stringify(each)).join("\n") + "\n";
    const { status, stdout, stderr, error } = spawnSync(program, [kind, "-join"], {
        input,
        encoding: "utf8",
        maxBuffer: 2 ** 30,
    });
    if (error !== undefined) throw error;
    if (status !== 0) throw new Error(`${program} ${kind} ended with ${status}: ${stderr}`);
    const answers = stdout
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line) as Recorded);
    if (answers.length !== cases.length)
        throw new Error(`${program} answered ${answers.length} of ${cases.length} cases`);
    return answers;
}

function readLines(file: string): Recorded[] {
    if (!existsSync(file)) throw new Error(`${file}: no such file`);
    const text = gunzipSync(readFileSync(file)).toString("utf8");
    return text
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line) as Recorded);
}

/** The same lines give the same bytes: Node's gzip header carries no time. */
function writeLines(file: string, lines: readonly Recorded[]): void {
    writeFileSync(file, gzipSync(lines.map((line) => `${JSON.stringify(line)}\n`).join(""), { level: 9 }));
}

function count(option: string, text: string): number {
    const number = Number(text);
    if (!Number.isInteger(number) || number < 1)
        throw new Error(`${option} ${text}: a whole number of at least 1`);
    return number;
}

main(process.argv.slice(2));
