/**
 * `npm run bench -- guardrails [--runs N]`: what the policy pack adds to a preview, beside an empty pack, under the real
 * engine (a rehearsal of its own, brought up before and removed after; its first start builds the engine).
 *
 * Every pack costs a process that loads the SDK. Whole previews are measured, plug-ins and program included, in turn.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { measureInTurn, type Command, type Measurement } from "./lib/measure";
import type { BenchResult } from "./lib/result";

const root = resolve(__dirname, "..");
const NAMES = {
    none: "preview, no pack",
    empty: "preview, empty pack",
    ours: "preview, guardrails",
    emptyMore: "preview with workloads, empty pack",
    oursMore: "preview with workloads, guardrails",
} as const;
const RATIO = "CPU, guardrails / empty pack";
const RATIO_MORE = "CPU, guardrails / empty pack, with workloads";

/**
 * The pack spares the SDK what no rule uses (guardrails/lazy-sdk.ts), so a preview must not cost more than with an empty one;
 * reading the stack's workloads and building the reachability model comes on top (measured: 1.11 on a busy machine).
 */
const MOST = 1;
const MOST_WITH_WORKLOADS = 1.25;

/** See `npm run bench`. */
export async function bench(args: readonly string[]): Promise<BenchResult> {
    const { values } = parseArgs({ args: [...args], options: { runs: { type: "string", default: "5" } } });
    const runs = Number(values.runs);
    if (!Number.isInteger(runs) || runs < 1)
        throw new Error(`--runs ${values.runs}: a whole number of at least 1`);
    const scratch = mkdtempSync(join(tmpdir(), "aks-cilium-bench-"));
    const state = join(scratch, "state");
    const rehearse = (...words: string[]): string =>
        execFileSync(process.execPath, [join(root, "rehearsal", "run.mjs"), ...words], {
            cwd: root,
            encoding: "utf8",
            env: { ...process.env, AKS_CILIUM_REHEARSAL: state },
            stdio: ["ignore", "pipe", "inherit"],
        });
    try {
        rehearse("up");
        const env = environmentOf(rehearse("env"));
        const settings = readFileSync(
            join(state, "pulumi", "settings", "aks-cilium", "Pulumi.dev.yaml"),
            "utf8",
        );
        const withWorkloads = settings.replace("config:\n", "config:\n  aks-cilium:sampleWorkloads: true\n");
        const preview = (folder: string, text: string, pack?: string): Command => {
            mkdirSync(join(scratch, folder));
            const file = join(scratch, folder, "Pulumi.dev.yaml");
            writeFileSync(file, text);
            const packs = pack === undefined ? [] : ["--policy-pack", pack];
            return {
                argv: ["pulumi", "preview", "--stack", "dev", "--config-file", file, ...packs],
                cwd: root,
                env,
            };
        };
        const empty = emptyPack(join(scratch, "empty-pack"));
        const ours = join(root, "guardrails");
        const commands = [
            { name: NAMES.none, command: preview("none", settings) },
            { name: NAMES.empty, command: preview("empty", settings, empty) },
            { name: NAMES.ours, command: preview("ours", settings, ours) },
            { name: NAMES.emptyMore, command: preview("empty-more", withWorkloads, empty) },
            { name: NAMES.oursMore, command: preview("ours-more", withWorkloads, ours) },
        ];
        // Once unmeasured: fills the caches, and a preview that is refused shows before it is timed.
        await measureInTurn(commands, 1);
        return result(await measureInTurn(commands, runs));
    } finally {
        rehearse("clean");
        rmSync(scratch, { recursive: true, force: true });
    }
}

/** The environment of the rehearsal, as `rehearse env` prints it for a shell. */
function environmentOf(script: string): NodeJS.ProcessEnv {
    const printed = execFileSync("bash", ["-c", 'eval "$0"; exec env -0', script], { encoding: "utf8" });
    return Object.fromEntries(
        printed
            .split("\0")
            .filter((line) => line.includes("="))
            .map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
    );
}

/** A pack without a rule: what any pack costs. */
function emptyPack(folder: string): string {
    mkdirSync(folder);
    symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
    writeFileSync(join(folder, "PulumiPolicy.yaml"), "name: empty\nruntime: nodejs\nmain: index.js\n");
    writeFileSync(
        join(folder, "package.json"),
        '{ "name": "empty", "version": "1.0.0", "main": "index.js" }\n',
    );
    writeFileSync(
        join(folder, "index.js"),
        'new (require("@pulumi/policy").PolicyPack)("empty", { policies: [] });\n',
    );
    return folder;
}

function result(rows: readonly Measurement[]): BenchResult {
    const cpu = (name: string): number => rows.find((row) => row.name === name)?.cpuSeconds ?? Number.NaN;
    return {
        rows,
        ratios: {
            [RATIO]: cpu(NAMES.ours) / cpu(NAMES.empty),
            [RATIO_MORE]: cpu(NAMES.oursMore) / cpu(NAMES.emptyMore),
            "CPU seconds, guardrails above an empty pack": cpu(NAMES.ours) - cpu(NAMES.empty),
            "CPU seconds, guardrails above an empty pack, with workloads":
                cpu(NAMES.oursMore) - cpu(NAMES.emptyMore),
            "CPU seconds, an empty pack above none": cpu(NAMES.empty) - cpu(NAMES.none),
        },
        limits: { [RATIO]: { atMost: MOST }, [RATIO_MORE]: { atMost: MOST_WITH_WORKLOADS } },
        notes: [
            "Stack dev of this checkout, up; with workloads: the sample shop's, so that the reachability model is built.",
        ],
    };
}
