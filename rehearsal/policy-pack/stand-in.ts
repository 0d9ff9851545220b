import { createHash } from "node:crypto";
import * as fs from "node:fs";
import { createRequire } from "node:module";
import * as path from "node:path";

/**
 * The runtime under which a pack is handed to the engine. There is no language host of that name, so the engine falls
 * back to the analyzer plug-in `pulumi-analyzer-policy-packnode` (executables.ts).
 */
export const RUNTIME = "packnode";

/** File of a stand-in folder that holds the path of the SDK's `run-policy-pack`, as the pack itself resolves it. */
export const RUNNER = "run-policy-pack";

/** A value of `--policy-pack`, found among the arguments of `pulumi`. */
interface Given {
    /** Where in the arguments it stands. */
    readonly index: number;
    /** What stands before the folders there: `--policy-pack=`, or nothing. */
    readonly prefix: string;
    readonly folders: readonly string[];
}

/**
 * The arguments of `pulumi` with every Node policy pack replaced by a stand-in folder that today's engine can run without
 * a language host that knows packs; a pack in another language, and a folder that is none, stay as they are: what is wrong
 * with them is the engine's to say.
 * @param cwd where pulumi was started
 * @param below folder for the stand-ins, one for each content of a pack
 */
export function withStandIns(
    argv: readonly string[],
    cwd: string,
    below: string,
): { readonly argv: readonly string[]; readonly packs: readonly string[] } {
    const base = path.resolve(cwd, valueOf(argv, "--cwd", "-C") ?? "");
    const result = [...argv];
    const packs: string[] = [];
    for (const { index, prefix, folders } of given(argv)) {
        const replaced = folders.map((folder) => {
            const standIn = standInOf(path.resolve(base, folder), below);
            if (standIn !== undefined) packs.push(folder);
            return standIn ?? folder;
        });
        result[index] = `${prefix}${replaced.join(",")}`;
    }
    return { argv: result, packs };
}

/** Cobra's forms: `--policy-pack A`, `--policy-pack=A`, repeated or as a list with commas. */
function given(argv: readonly string[]): Given[] {
    const option = "--policy-pack";
    return argv.flatMap((word, index): Given[] => {
        if (word.startsWith(`${option}=`))
            return [{ index, prefix: `${option}=`, folders: word.slice(option.length + 1).split(",") }];
        if (argv[index - 1] === option) return [{ index, prefix: "", folders: word.split(",") }];
        return [];
    });
}

function valueOf(argv: readonly string[], ...names: readonly string[]): string | undefined {
    for (const [index, word] of argv.entries()) {
        if (names.includes(word)) return argv[index + 1];
        const name = names.find((each) => word.startsWith(`${each}=`));
        if (name !== undefined) return word.slice(name.length + 1);
    }
    return undefined;
}

/**
 * A folder with the pack's project file (runtime {@link RUNTIME}) and a package.json whose `main` is the pack's own code,
 * where it is: nothing of the pack is copied, its imports and its TypeScript settings resolve as ever.
 * @returns undefined for a folder without a Node pack
 */
function standInOf(folder: string, below: string): string | undefined {
    const project = path.join(folder, "PulumiPolicy.yaml");
    const manifest = path.join(folder, "package.json");
    if (!fs.existsSync(project) || !fs.existsSync(manifest)) return undefined;
    const text = fs.readFileSync(project, "utf8");
    const runtime = /^runtime:[ \t]*(?:["']?nodejs["']?[ \t]*|\n[ \t]+name:[ \t]*["']?nodejs["']?[ \t]*)$/m;
    if (!runtime.test(text)) return undefined;
    const { main, ...rest } = JSON.parse(fs.readFileSync(manifest, "utf8")) as Record<string, unknown>;
    const entry = /^main:[ \t]*["']?([^"'\n]+?)["']?[ \t]*$/m.exec(text)?.[1] ?? main ?? "index.js";
    const files = {
        "PulumiPolicy.yaml": text.replace(runtime, `runtime: ${RUNTIME}`).replace(/^main:.*\n?/m, ""),
        "package.json": JSON.stringify({ ...rest, main: path.resolve(folder, String(entry)) }),
        [RUNNER]: createRequire(manifest).resolve("@pulumi/pulumi/cmd/run-policy-pack/index.js"),
    };
    return written(path.join(below, path.basename(folder)), files);
}

/** Written once for each content and renamed into place: a preview that runs beside this one keeps what it reads. */
function written(prefix: string, files: Readonly<Record<string, string>>): string {
    const hash = createHash("sha256").update(JSON.stringify(files)).digest("hex").slice(0, 12);
    const to = `${prefix}-${hash}`;
    if (fs.existsSync(to)) return to;
    const draft = `${to}.${process.pid}`;
    fs.mkdirSync(draft, { recursive: true });
    for (const [name, text] of Object.entries(files)) fs.writeFileSync(path.join(draft, name), text);
    try {
        fs.renameSync(draft, to);
    } catch (error) {
        fs.rmSync(draft, { recursive: true, force: true });
        if (!fs.existsSync(to)) throw error;
    }
    return to;
}
