import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { newFolder, removeFolders, ROOT, writeProgram } from "./support/programs";

jest.setTimeout(60_000);
afterAll(removeFolders);

/** Runs a file below `program` with the loader and a cache of its own. */
function node(program: string, cache: string, file = "index.ts", more: string[] = []) {
    const env = { ...process.env, XDG_CACHE_HOME: cache };
    const run = spawnSync(process.execPath, [...more, "--require", join(program, "loader.cjs"), file], {
        cwd: program,
        env,
        encoding: "utf8",
        timeout: 30_000,
    });
    return { code: run.status, stdout: run.stdout.trim(), stderr: run.stderr };
}

const entries = (cache: string): string[] => readdirSync(join(cache, "aks-cilium", "transpiled")).sort();

const TWO_FILES = {
    "index.ts": 'import { answer } from "./answer";\nconst shown: number = answer();\nconsole.log(shown);\n',
    "answer.ts": "export const answer = (): number => 42;\n",
};

test("TypeScript runs, and each source is transpiled once", () => {
    const program = writeProgram(TWO_FILES);
    const cache = newFolder();
    expect(node(program, cache)).toEqual({ code: 0, stdout: "42", stderr: "" });
    const first = entries(cache);
    expect(first).toHaveLength(2);
    // Made unusable, so that a second run can only have come from the cache.
    const withoutEsbuild =
        "const M=require('module'),r=M._resolveFilename;M._resolveFilename=function(q,...a){if(q==='esbuild')throw new Error('transpiled again');return r.call(this,q,...a)}";
    writeFileSync(join(program, "no-esbuild.cjs"), withoutEsbuild);
    expect(node(program, cache, "index.ts", ["--require", "./no-esbuild.cjs"]).stdout).toBe("42");
    expect(entries(cache)).toEqual(first);
});

test("a changed source is transpiled anew, a damaged entry as well", () => {
    const program = writeProgram(TWO_FILES);
    const cache = newFolder();
    node(program, cache);
    writeFileSync(join(program, "answer.ts"), "export const answer = (): number => 43;\n");
    expect(node(program, cache).stdout).toBe("43");
    for (const entry of entries(cache)) {
        const file = join(cache, "aks-cilium", "transpiled", entry);
        writeFileSync(file, readFileSync(file, "utf8").slice(0, 40));
    }
    expect(node(program, cache)).toEqual({ code: 0, stdout: "43", stderr: "" });
});

test.each([
    [
        "a file where the cache folder would be",
        (folder: string) => (writeFileSync(join(folder, "aks-cilium"), ""), folder),
    ],
    ["a folder that cannot be made", (folder: string) => join(folder, "missing", "deeper")],
    ["a place where nothing can be made", () => "/proc/nowhere"],
])("without a cache the program runs all the same: %s", (_, place) => {
    expect(node(writeProgram(TWO_FILES), place(newFolder()))).toEqual({ code: 0, stdout: "42", stderr: "" });
});

test("an entry that cannot be written leaves no draft behind", () => {
    const program = writeProgram(TWO_FILES);
    const cache = newFolder();
    node(program, cache);
    const names = entries(cache);
    expect(names.every((name) => /^[0-9a-f]{40}\.js$/.test(name))).toBe(true);
    // Folders in the way of the entries: the rename fails, also for root.
    const blocked = newFolder();
    mkdirSync(join(blocked, "aks-cilium", "transpiled"), { recursive: true });
    for (const name of names) mkdirSync(join(blocked, "aks-cilium", "transpiled", name));
    expect(node(program, blocked).stdout).toBe("42");
    expect(entries(blocked)).toEqual(names);
});

test.each(["cold", "warm"])("stack traces name line and column of the TypeScript (%s cache)", (state) => {
    const program = writeProgram({
        "index.ts":
            "interface Long {\n    name: string;\n}\n\nfunction fail(what: Long): never {\n    throw new Error(what.name);\n}\nfail({ name: 'boom' });\n",
    });
    const cache = newFolder();
    if (state === "warm") node(program, cache);
    const { code, stderr } = node(program, cache);
    expect(code).not.toBe(0);
    expect(stderr).toMatch(/index\.ts:6:11\)/);
    expect(stderr).toMatch(/index\.ts:8:1\)/);
});

test("the cache is outside the checkout", () => {
    expect(node(ROOT, newFolder(), "cilium/validation/finding.ts").code).toBe(0);
    expect(readdirSync(ROOT)).not.toContain("aks-cilium");
});
