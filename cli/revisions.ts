import { execFileSync, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { isExpectations, readManifests } from "../cilium";
import { UsageError } from "./exit";
import type { Input, InputOptions } from "./input";

const MANIFEST = /\.(ya?ml|json)$/i;
const SKIPPED = /(^|\/)(\.[^/]+|node_modules|vendor)\//;
/** A repository of manifests is far below this; a larger answer is a wrong path. */
const MAX_BUFFER = 1 << 30;

/** Whether a name is a commit of the repository around the current folder. */
export function isRevision(name: string): boolean {
    if (name.startsWith("-")) return false;
    return (
        spawnSync("git", ["rev-parse", "--quiet", "--verify", `${name}^{commit}`], { stdio: "ignore" })
            .status === 0
    );
}

/**
 * Manifests of a git revision, read out of the repository: neither the working tree nor the index is touched.
 * @param revision anything git understands: a branch, a tag, a commit, `HEAD~2`
 * @param paths files or folders, relative to the current folder
 * @throws UsageError if none of the paths has a manifest in that revision
 */
export function readRevision(revision: string, paths: readonly string[], options: InputOptions): Input {
    const names = git(["ls-tree", "-r", "-z", "--name-only", revision, "--", ...paths])
        .toString("utf8")
        .split("\0")
        .filter((name) => MANIFEST.test(name) && !SKIPPED.test(name));
    if (names.length === 0) {
        throw new UsageError(
            `${revision}: no .yaml, .yml or .json file under ${paths.join(", ")} in that revision`,
        );
    }
    const texts = new Map(blobs(revision, names).filter(([, text]) => !isExpectations(text)));
    const results = [...texts].map(([file, text]) =>
        readManifests(text, {
            file,
            ...(options.namespace === undefined ? {} : { namespace: options.namespace }),
            ...(options.set === undefined ? {} : { set: options.set }),
        }),
    );
    return {
        documents: results.flatMap(({ documents }) => documents),
        findings: results.flatMap(({ findings }) => findings),
        texts,
    };
}

/** Which of the paths a revision has; those that git does not track (a dump of a cluster) are read from the disk. */
export function pathsIn(revision: string, paths: readonly string[]): { tracked: string[]; others: string[] } {
    const tracked: string[] = [];
    const others: string[] = [];
    for (const path of paths) {
        const known =
            git(["ls-tree", "-z", "--name-only", revision, "--", path.replace(/\/+$/, "")]).length > 0;
        if (known) tracked.push(path);
        else if (existsSync(path)) others.push(path);
    }
    return { tracked, others };
}

/** Contents of files, through one process for all of them. */
function blobs(revision: string, names: readonly string[]): [string, string][] {
    const input = names.map((name) => `${revision}:./${name}\n`).join("");
    const output = git(["cat-file", "--batch"], input);
    let at = 0;
    return names.map((name) => {
        const end = output.indexOf(10, at);
        const header = output.toString("utf8", at, end);
        const size = Number(/^\S+ blob (\d+)$/.exec(header)?.[1]);
        if (Number.isNaN(size)) throw new UsageError(`${revision}:${name}: git has no such file (${header})`);
        const text = output.toString("utf8", end + 1, end + 1 + size);
        at = end + size + 2;
        return [name, text];
    });
}

function git(args: readonly string[], input?: string): Buffer {
    try {
        return execFileSync("git", [...args], {
            input,
            maxBuffer: MAX_BUFFER,
            stdio: ["pipe", "pipe", "pipe"],
        });
    } catch (error) {
        const { stderr, code } = error as { stderr?: Buffer; code?: string };
        if (code === "ENOENT")
            throw new UsageError("comparing revisions needs git, and there is none on the PATH");
        throw new UsageError(`git ${args[0] ?? ""}: ${stderr?.toString("utf8").trim() ?? String(error)}`);
    }
}
