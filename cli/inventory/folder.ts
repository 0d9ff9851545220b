import {
    existsSync,
    mkdirSync,
    readdirSync,
    readFileSync,
    renameSync,
    rmSync,
    statSync,
    writeFileSync,
} from "node:fs";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { UsageError } from "../exit";

/** Lies in every folder that `inventory` wrote. Hidden, so that `check` and `reach` pass it over. */
export const MARK = ".aks-cilium-inventory";

/** What the mark says. */
export interface Mark {
    readonly version: 1;
    /** Name of the cluster in Azure. */
    readonly cluster: string;
    /** RFC 3339. */
    readonly time: string;
    /** Paths below the folder, with `/`. */
    readonly files: readonly string[];
}

/**
 * Refuses a folder whose content would be lost: one with files that `inventory` did not write.
 * @param force lose them
 * @throws UsageError where it is a file, has other files and no `force`, or is a folder that nobody means: the current
 *   one or one above it, or a git working tree
 */
export function checkFolder(folder: string, force: boolean, current = process.cwd()): void {
    const at = resolve(folder);
    if (!existsSync(at)) return;
    if (!statSync(at).isDirectory())
        throw new UsageError(`--out ${folder}: is a file; name a folder that is new, empty or from before`);
    const inside = filesIn(at);
    if (inside.length === 0) return;
    const above = relative(at, resolve(current));
    if (above !== ".." && !above.startsWith(`..${sep}`))
        throw new UsageError(
            `--out ${folder}: is the current folder or one above it, and has other files; name a folder of its own`,
        );
    if (inside.some((file) => file === ".git" || file.startsWith(".git/")))
        throw new UsageError(`--out ${folder}: is a git working tree; name a folder in it`);
    if (force) return;
    const written = new Set(readMark(at)?.files ?? []);
    const others = inside.filter((file) => file !== MARK && !written.has(file));
    if (others.length === 0) return;
    throw new UsageError(
        `--out ${folder}: has ${others.length} ${others.length === 1 ? "file" : "files"} that inventory did not write (${others.slice(0, 3).join(", ")}${others.length > 3 ? ", …" : ""}); name another folder, or --force replaces all of it`,
    );
}

/**
 * Writes a folder in one step: into a new one beside it, which then takes its place. Whatever ends the program before
 * leaves the old content as it is.
 * @param files path below the folder (with `/`) → text
 */
export function writeFolder(
    folder: string,
    files: ReadonlyMap<string, string>,
    mark: Omit<Mark, "files">,
): void {
    const at = resolve(folder);
    const parent = dirname(at);
    try {
        mkdirSync(parent, { recursive: true });
        const fresh = join(parent, `.${basename(at)}.${process.pid}`);
        mkdirSync(fresh);
        try {
            for (const [path, text] of files) {
                mkdirSync(dirname(join(fresh, path)), { recursive: true });
                writeFileSync(join(fresh, path), text);
            }
            const complete: Mark = { ...mark, files: [...files.keys()] };
            writeFileSync(join(fresh, MARK), `${JSON.stringify(complete, undefined, 2)}\n`);
            swap(fresh, at);
        } finally {
            rmSync(fresh, { recursive: true, force: true });
        }
    } catch (error) {
        if (error instanceof UsageError) throw error;
        throw new UsageError(`--out ${folder}: cannot be written (${(error as Error).message})`);
    }
}

/** A folder with content cannot be renamed over: the old one steps aside, and comes back if the new one cannot come. */
function swap(fresh: string, at: string): void {
    if (!existsSync(at)) {
        renameSync(fresh, at);
        return;
    }
    const old = `${fresh}.old`;
    renameSync(at, old);
    try {
        renameSync(fresh, at);
    } catch (error) {
        renameSync(old, at);
        throw error;
    }
    rmSync(old, { recursive: true, force: true });
}

function filesIn(folder: string, prefix = ""): string[] {
    return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
        const path = prefix + entry.name;
        // Of a repository one name is enough.
        if (entry.name === ".git") return [path];
        return entry.isDirectory() ? filesIn(join(folder, entry.name), `${path}/`) : [path];
    });
}

function readMark(folder: string): Mark | undefined {
    try {
        return JSON.parse(readFileSync(join(folder, MARK), "utf8")) as Mark;
    } catch {
        return undefined;
    }
}
