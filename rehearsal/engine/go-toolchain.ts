import { execFile } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { promisify } from "node:util";
import { say, UsageError } from "../say";

const run = promisify(execFile);

/** The least Go that builds every target: the highest `go` line of rehearsal's go.mod files (a test compares them). */
export const LEAST_GO = "1.25.11";
/** The Go that is fetched where the machine's own is older. */
const FETCHED_GO = "1.26.8";

const ARCHITECTURES: Readonly<Record<string, string>> = { x64: "amd64", arm64: "arm64" };

/** Whether a Go that calls itself `version` (`go1.26.8`, `go1.25rc1`, `devel …`) is at least `least` (`1.25.11`). */
export function isRecentGo(version: string, least: string = LEAST_GO): boolean {
    const found = /^go(\d+)\.(\d+)(?:\.(\d+))?$/.exec(version.trim());
    if (found === null) return false;
    const wanted = least.split(".").map(Number);
    for (const [index, want] of wanted.entries()) {
        const have = Number(found[index + 1] ?? 0);
        if (have !== want) return have > want;
    }
    return true;
}

/**
 * A Go that is recent enough, as the path of its command: the one on PATH or in /usr/local/go, else the release that Go's
 * own module `golang.org/toolchain` carries, fetched with the older Go and verified by it against Go's checksum database.
 * Debian 12 packages Go 1.19, which cannot switch toolchains itself (that came with 1.21), but can download a module.
 * @param bin folder where the fetched one is kept, `go-VERSION` in it
 * @param commands where a Go may be, best first
 * @throws UsageError where there is no Go at all, or the fetch fails
 */
export async function findGo(
    bin: string,
    commands: readonly string[] = ["go", "/usr/local/go/bin/go"],
): Promise<string> {
    const fetched = path.join(bin, `go-${FETCHED_GO}`, "bin", "go");
    if (fs.existsSync(fetched)) return fetched;
    let older: { go: string; version: string } | undefined;
    for (const go of commands) {
        const version = await versionOf(go);
        if (version === undefined) continue;
        if (isRecentGo(version)) return go;
        older ??= { go, version };
    }
    const install = `Install Go ${LEAST_GO} or newer (https://go.dev/dl), or your system's package of any Go.`;
    if (older === undefined) throw new UsageError(`there is no \`go\` on PATH. ${install}`);
    say(`${older.version} is older than ${LEAST_GO}: fetching Go ${FETCHED_GO} as a module (70 MB, once)…`);
    try {
        await fetchGo(older.go, path.join(bin, `go-${FETCHED_GO}`));
    } catch (error) {
        const why = (error as Error).message.trim().split("\n").at(-1);
        throw new UsageError(
            `${older.version} is too old and Go ${FETCHED_GO} could not be had (${why}). ${install}`,
        );
    }
    return fetched;
}

/** `go1.26.8` of a command; undefined where there is none. */
async function versionOf(go: string): Promise<string | undefined> {
    try {
        // `local`: with another setting a newer Go would answer for the toolchain that some go.mod asks for.
        const env = { ...process.env, GOTOOLCHAIN: "local" };
        const { stdout } = await run(go, ["env", "GOVERSION"], { cwd: "/", env });
        return stdout.trim();
    } catch {
        return undefined;
    }
}

async function fetchGo(older: string, folder: string): Promise<void> {
    const architecture = ARCHITECTURES[process.arch];
    if (architecture === undefined) throw new Error(`no release for ${process.platform} ${process.arch}`);
    const module = `golang.org/toolchain@v0.0.1-go${FETCHED_GO}.${process.platform}-${architecture}`;
    fs.mkdirSync(path.dirname(folder), { recursive: true });
    const modules = fs.mkdtempSync(`${folder}.`);
    try {
        const { stdout } = await run(older, ["mod", "download", "-json", module], {
            cwd: "/",
            env: {
                ...process.env,
                GOMODCACHE: modules,
                GOFLAGS: "-modcacherw",
                GOTOOLCHAIN: "local",
                GOWORK: "off",
            },
        });
        const { Dir: root } = JSON.parse(stdout) as { Dir: string };
        // A module's files are not executable; Go's own toolchain switch sets the same two folders' bits.
        for (const tools of [path.join(root, "bin"), path.join(root, "pkg", "tool")])
            for (const file of fs.readdirSync(tools, { recursive: true, withFileTypes: true }))
                if (file.isFile()) fs.chmodSync(path.join(file.parentPath, file.name), 0o755);
        fs.rmSync(folder, { recursive: true, force: true });
        fs.renameSync(root, folder);
    } finally {
        fs.rmSync(modules, { recursive: true, force: true });
    }
}
