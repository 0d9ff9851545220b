/** Builds the recording programs, one for each minor of Cilium. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

const sources = join(__dirname, "go");

/** The minors there is a program for, oldest first. */
export const MINORS = readdirSync(sources)
    .flatMap((folder) => /^cilium-(\d+\.\d+)$/.exec(folder)?.[1] ?? [])
    .sort((a, b) => a.localeCompare(b, "en", { numeric: true }));

/** Where programs and Go's caches are kept. */
export function cacheFolder(): string {
    const base = process.env.XDG_CACHE_HOME ?? "";
    return join(base === "" ? join(homedir(), ".cache") : base, "aks-cilium");
}

/**
 * Builds one program; Go itself finds out whether anything has changed.
 *
 * Needs Go of the version in the go.mod or newer, and a module proxy. The first build of a minor takes 4 to 8 minutes
 * on two cores. `GOMODCACHE` and `GOCACHE` are honoured; otherwise both lie in the cache folder.
 * @returns path of the program
 * @throws Error when there is no Go, or with the compiler's output
 */
export function buildProgram(minor: string): string {
    const cache = cacheFolder();
    const folder = join(sources, `cilium-${minor}`);
    const program = join(cache, "bin", `oracle-${minor}`);
    mkdirSync(join(cache, "bin"), { recursive: true });
    const draft = `${program}.${process.pid}`;
    const { status, error, stderr } = spawnSync(
        go(),
        ["build", "-trimpath", "-ldflags=-s -w", "-o", draft, "."],
        {
            cwd: folder,
            encoding: "utf8",
            stdio: ["ignore", "ignore", "pipe"],
            env: {
                GOMODCACHE: join(cache, "oracle", "modules"),
                GOCACHE: join(cache, "oracle", "build"),
                ...process.env,
                CGO_ENABLED: "0",
                GOFLAGS: "-mod=readonly -buildvcs=false",
                GOTOOLCHAIN: "local",
            },
        },
    );
    if (error !== undefined) throw error;
    if (status !== 0) {
        rmSync(draft, { force: true });
        throw new Error(`go build in ${folder} ended with ${status}:\n${stderr}`);
    }
    renameSync(draft, program);
    return program;
}

/** The version of Cilium that a minor's program is built with, from its go.mod. */
export function pinnedVersion(minor: string): string {
    const text = readFileSync(join(sources, `cilium-${minor}`, "go.mod"), "utf8");
    return /github\.com\/cilium\/cilium (v\S+)/.exec(text)?.[1] ?? "unknown";
}

function go(): string {
    const found = ["go", "/usr/local/go/bin/go"].find((each) =>
        each === "go" ? spawnSync("go", ["version"]).status === 0 : existsSync(each),
    );
    if (found === undefined)
        throw new Error(
            "no Go on the PATH: install Go 1.25 or newer (apt-get install golang-go, or go.dev/dl)",
        );
    return found;
}
