/**
 * `npm run bench -- start [--runs N] [--project FOLDER]`: what the program adds to each preview and up, through Pulumi's own launcher as
 * a language host calls it, against the stand-in engine of `npm run plan` (in this process, so not in the figures).
 *
 * Page cache warm; medians; all variants on the same Node, run in turn.
 */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { type Engine, startEngine } from "../rehearsal/plan/engine";
import { type LanguageHost, launchCommand } from "../rehearsal/plan/launch";
import { type Project, readProject } from "../rehearsal/plan/project";
import { type Command, measureInTurn } from "./lib/measure";
import type { BenchResult } from "./lib/result";
import { type ImportStyle, WITHOUT_TS_NODE, writeTemplateProgram } from "./lib/template";

const NAMES = {
    floor: "empty program, plain JS",
    floorCached: "empty program, plain JS, compile cache",
    ours: "this program",
    cold: "this program, first run (caches empty)",
    oldHost: "this program, host 3.68 (ts-node, transpile only)",
    sub: "as the templates run it: service imports, type-checked",
    root: "as the templates run it: root imports, type-checked",
} as const;

interface Variant {
    readonly name: string;
    readonly project: Project;
    readonly host?: LanguageHost;
    readonly env: NodeJS.ProcessEnv;
    readonly before?: () => void;
    readonly runs?: number;
}

/** See `npm run bench`. */
export async function bench(args: readonly string[]): Promise<BenchResult> {
    const { values } = parseArgs({
        args: [...args],
        options: { runs: { type: "string", default: "5" }, project: { type: "string", default: "." } },
    });
    const runs = Number(values.runs);
    if (!Number.isInteger(runs) || runs < 1)
        throw new Error(`--runs ${values.runs}: a whole number of at least 1`);
    const root = resolve(values.project);
    const scratch = mkdtempSync(join(tmpdir(), "aks-cilium-bench-"));
    const engines: Engine[] = [];
    try {
        const commands: (Variant & { command: Command; engine: Engine })[] = [];
        for (const variant of variants(root, scratch)) {
            const engine = await startEngine(variant.project, "preview");
            engines.push(engine);
            const { argv, cwd, env } = launchCommand(variant.project, engine.address, "preview", variant);
            const command: Command = { argv, cwd, env };
            commands.push({ ...variant, command, engine });
        }
        // Once unmeasured: fills the caches of those that have any, and shows a variant that does not run at all.
        await measureInTurn(commands, 1).catch((error: unknown) => {
            const logged = engines.flatMap(({ recording }) =>
                recording.logs.filter(({ severity }) => severity === "error"),
            );
            throw new Error(`${String(error)}\n${logged.map(({ message }) => message).join("\n")}`);
        });
        refuseEmpty(commands);
        return result(await measureInTurn(commands, runs));
    } finally {
        for (const engine of engines) engine.stop();
        rmSync(scratch, { recursive: true, force: true });
    }
}

function variants(root: string, scratch: string): Variant[] {
    const { NODE_COMPILE_CACHE: _, NODE_OPTIONS: __, ...clean } = process.env;
    const noCache = { ...clean, NODE_DISABLE_COMPILE_CACHE: "1" };
    const ours = readProject(root, "dev");
    const empty = emptyProgram(root, join(scratch, "empty"));
    const warm = { ...clean, XDG_CACHE_HOME: folder(scratch, "warm") };
    const cold = join(scratch, "cold");
    const template = (style: ImportStyle, name: string, most: number): Variant => {
        const program = join(scratch, style);
        writeTemplateProgram(root, program, style);
        const project = readProject(program, "dev");
        const temporary = join(scratch, `tmp-${style}`);
        return {
            name,
            project: {
                ...project,
                options: { ...project.options, nodeargs: `--require ./${WITHOUT_TS_NODE}` },
            },
            env: { ...noCache, TMPDIR: temporary },
            // ts-node 7 keeps its output in TMPDIR and skips the check for a source it has seen.
            before: () => {
                rmSync(temporary, { recursive: true, force: true });
                mkdirSync(temporary);
            },
            runs: most,
        };
    };
    return [
        { name: NAMES.floor, project: empty, env: noCache },
        {
            name: NAMES.floorCached,
            project: empty,
            env: { ...clean, NODE_COMPILE_CACHE: folder(scratch, "floor") },
        },
        { name: NAMES.ours, project: ours, env: warm },
        {
            name: NAMES.cold,
            project: ours,
            env: { ...clean, XDG_CACHE_HOME: cold },
            before: () => {
                rmSync(cold, { recursive: true, force: true });
                mkdirSync(cold);
            },
            runs: 3,
        },
        { name: NAMES.oldHost, project: ours, host: "3.68", env: noCache, runs: 3 },
        template("sub", NAMES.sub, 3),
        template("root", NAMES.root, 3),
    ];
}

/** A program that only loads the SDK: what nobody can go below with plain means. */
function emptyProgram(root: string, program: string): Project {
    mkdirSync(program);
    symlinkSync(join(root, "node_modules"), join(program, "node_modules"));
    writeFileSync(join(program, "package.json"), '{ "name": "empty", "main": "index.js" }\n');
    writeFileSync(join(program, "index.js"), '"use strict";\nrequire("@pulumi/pulumi");\n');
    writeFileSync(
        join(program, "Pulumi.yaml"),
        "name: empty\nruntime:\n  name: nodejs\n  options: { typescript: false }\n",
    );
    writeFileSync(join(program, "Pulumi.dev.yaml"), "config: {}\n");
    return readProject(program, "dev");
}

function folder(scratch: string, name: string): string {
    mkdirSync(join(scratch, name));
    return join(scratch, name);
}

/** A variant that registered nothing did not run the program, and its figures would say nothing. */
function refuseEmpty(commands: readonly { name: string; project: Project; engine: Engine }[]): void {
    const counts = commands
        .filter(({ project }) => project.name !== "empty")
        .map(({ name, engine }) => ({
            name,
            urns: new Set(engine.recording.resources.map(({ urn }) => urn)).size,
        }));
    const most = Math.max(...counts.map(({ urns }) => urns));
    for (const { name, urns } of counts) {
        if (urns < 2 || urns !== most)
            throw new Error(`"${name}" registered ${urns} resources, others ${most}`);
    }
}

function result(rows: BenchResult["rows"]): BenchResult {
    const row = (name: string) => rows.find((each) => each.name === name)!;
    const cpu = (above: string, below: string) => row(above).cpuSeconds / row(below).cpuSeconds;
    const memory = (above: string, below: string) => row(above).maxRssMB / row(below).maxRssMB;
    return {
        rows,
        ratios: {
            "CPU, this program / empty program": cpu(NAMES.ours, NAMES.floor),
            "CPU, this program / empty program with compile cache": cpu(NAMES.ours, NAMES.floorCached),
            "CPU, templates with service imports / this program": cpu(NAMES.sub, NAMES.ours),
            "memory, templates with service imports / this program": memory(NAMES.sub, NAMES.ours),
            "CPU, templates with root imports / this program": cpu(NAMES.root, NAMES.ours),
            "memory, templates with root imports / this program": memory(NAMES.root, NAMES.ours),
        },
        limits: {
            "CPU, this program / empty program": { atMost: 1.15 },
            "CPU, templates with service imports / this program": { atLeast: 6 },
            "memory, templates with service imports / this program": { atLeast: 4 },
            "CPU, templates with root imports / this program": { atLeast: 6 },
            "memory, templates with root imports / this program": { atLeast: 4 },
        },
        notes: [
            "The empty program and the templates run without Node's compile cache, as they would; this program brings its own (loader.cjs).",
            "The templates' variants are this program with rewritten imports, checked by the SDK's ts-node 7.0.1 and TypeScript 5.9.",
        ],
    };
}
