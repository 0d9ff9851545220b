/** Programs to launch: small ones written for a test, and copies of the real one that a test may break. */
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";

/** The checkout. */
export const ROOT = resolve(__dirname, "../../..");

const folders: string[] = [];

/** A folder of its own, removed by {@link removeFolders}. */
export function newFolder(): string {
    const folder = mkdtempSync(join(tmpdir(), "aks-cilium-launcher-"));
    folders.push(folder);
    return folder;
}

/** Removes what {@link newFolder} made; for `afterAll`. */
export function removeFolders(): void {
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}

/** Writes `files` (path to text) and a link to the installed packages into a new folder. */
export function writeProgram(files: Readonly<Record<string, string>>): string {
    const folder = newFolder();
    const all = {
        "package.json": '{ "name": "small", "main": "index.ts" }\n',
        "tsconfig.json":
            '{ "compilerOptions": { "module": "node16" }, "ts-node": { "transpileOnly": true } }\n',
        "Pulumi.yaml":
            "name: small\nruntime:\n  name: nodejs\n  options: { typescript: false, nodeargs: --require ./loader.cjs }\n",
        "Pulumi.dev.yaml": "config: {}\n",
        ...files,
    };
    for (const [path, text] of Object.entries(all)) {
        mkdirSync(dirname(join(folder, path)), { recursive: true });
        writeFileSync(join(folder, path), text);
    }
    cpSync(join(ROOT, "loader.cjs"), join(folder, "loader.cjs"));
    symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
    return folder;
}

/** The real program in a folder of its own. */
export function copyOfTheProgram(): string {
    const folder = newFolder();
    const parts = [
        "index.ts",
        "components",
        "cilium",
        "policies",
        "loader.cjs",
        "package.json",
        "tsconfig.json",
    ];
    for (const part of [...parts, "Pulumi.yaml", "Pulumi.dev.yaml", "Pulumi.prod.yaml"]) {
        cpSync(join(ROOT, part), join(folder, part), {
            recursive: true,
            filter: (file) => !/[/\\](node_modules|dist)([/\\]|$)/.test(file.slice(ROOT.length)),
        });
    }
    symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
    return folder;
}
