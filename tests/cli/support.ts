import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

export const ROOT = join(__dirname, "..", "..");

/** What a run of the command line printed and returned. */
export interface Run {
    readonly code: number;
    readonly out: string;
    readonly err: string;
}

/** A folder with these files; `remove` takes it away. */
export function folderWith(files: Readonly<Record<string, string>>): {
    readonly path: string;
    remove(): void;
} {
    const path = mkdtempSync(join(tmpdir(), "aks-cilium-"));
    for (const [name, text] of Object.entries(files)) {
        mkdirSync(dirname(join(path, name)), { recursive: true });
        writeFileSync(join(path, name), text);
    }
    return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** The command line bundled from the sources as they are now, in a folder of its own. */
export interface Bundle {
    /** Where it is: `cli/bin/aks-cilium.js` is below. */
    readonly folder: string;
    /** Runs it as a user does: in a process of its own. */
    run(
        args: readonly string[],
        options?: { readonly cwd?: string; readonly input?: string; readonly env?: NodeJS.ProcessEnv },
    ): Run;
    remove(): void;
}

export function bundle(): Bundle {
    const { path, remove } = folderWith({});
    const built = spawnSync(process.execPath, [join(ROOT, "cli", "build.mjs"), "--out", path], {
        encoding: "utf8",
    });
    if (built.status !== 0) throw new Error(`the build failed: ${built.stderr}`);
    cpSync(join(ROOT, "cli", "bin"), join(path, "cli", "bin"), { recursive: true });
    return {
        folder: path,
        remove,
        run: (args, { cwd, input, env } = {}) => {
            const { status, stdout, stderr } = spawnSync(
                process.execPath,
                [join(path, "cli", "bin", "aks-cilium.js"), ...args],
                { cwd, input: input ?? "", encoding: "utf8", env: { ...process.env, ...env } },
            );
            return { code: status ?? -1, out: stdout, err: stderr };
        },
    };
}
