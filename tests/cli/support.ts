import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
    cpSync,
    existsSync,
    mkdirSync,
    mkdtempSync,
    readdirSync,
    renameSync,
    rmSync,
    statSync,
    writeFileSync,
} from "node:fs";
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

/** The command line bundled from the sources as they are now, outside the checkout: no node_modules is above it. */
export interface Bundle {
    /** Where it is: `cli/bin/aks-cilium.js` is below. */
    readonly folder: string;
    /** Runs it as a user does: in a process of its own. */
    run(
        args: readonly string[],
        options?: { readonly cwd?: string; readonly input?: string; readonly env?: NodeJS.ProcessEnv },
    ): Run;
}

/** Built once for all test files and runs, until a source changes. */
export function bundle(): Bundle {
    const folder = join(tmpdir(), `aks-cilium-command-line-${fingerprint()}`);
    if (!existsSync(folder)) {
        const draft = mkdtempSync(`${folder}.`);
        const args = [join(ROOT, "cli", "build.mjs"), "--out", draft];
        const built = spawnSync(process.execPath, args, { encoding: "utf8" });
        if (built.status !== 0) throw new Error(`the build failed: ${built.stderr}`);
        cpSync(join(ROOT, "cli", "bin"), join(draft, "cli", "bin"), { recursive: true });
        try {
            renameSync(draft, folder);
        } catch (error) {
            // Another test file was first with the same.
            rmSync(draft, { recursive: true, force: true });
            if (!existsSync(folder)) throw error;
        }
    }
    return {
        folder,
        run: (args, { cwd, input, env } = {}) => {
            const { status, stdout, stderr } = spawnSync(
                process.execPath,
                [join(folder, "cli", "bin", "aks-cilium.js"), ...args],
                { cwd, input: input ?? "", encoding: "utf8", env: { ...process.env, ...env } },
            );
            return { code: status ?? -1, out: stdout, err: stderr };
        },
    };
}

/** Of everything that the bundle is made of: names, sizes and times of the sources, and the locked packages. */
function fingerprint(): string {
    const hash = createHash("sha256").update(ROOT);
    const sources = ["cilium", "cli"].flatMap((part) =>
        readdirSync(join(ROOT, part), { recursive: true, encoding: "utf8" }).map((name) => join(part, name)),
    );
    for (const name of [...sources, "package-lock.json"].sort()) {
        if (/(^|\/)(dist|node_modules)(\/|$)/.test(name)) continue;
        const { size, mtimeMs } = statSync(join(ROOT, name));
        hash.update(`${name} ${size} ${mtimeMs}\n`);
    }
    return hash.digest("hex").slice(0, 16);
}
