import {
    chmodSync,
    closeSync,
    fsyncSync,
    lstatSync,
    mkdirSync,
    openSync,
    readFileSync,
    readlinkSync,
    renameSync,
    rmSync,
    writeSync,
} from "node:fs";
import { delimiter, dirname, join, resolve } from "node:path";
import { UsageError } from "../exit";

/**
 * The kubeconfig that credentials go to, as az and kubectl choose it: `--file`, else the first file of `KUBECONFIG`,
 * else `~/.kube/config`.
 * @param asked value of `--file`
 * @param environment where KUBECONFIG is looked up
 * @param home the user's home folder
 */
export function kubeconfigFile(
    asked: string | undefined,
    environment: NodeJS.ProcessEnv,
    home: string,
): string {
    if (asked !== undefined) return resolve(asked);
    const first = (environment["KUBECONFIG"] ?? "").split(delimiter)[0] ?? "";
    return first === "" ? join(home, ".kube", "config") : resolve(first);
}

/** Text of a file; undefined where there is none. @throws UsageError where it cannot be read */
export function readIfThere(file: string): string | undefined {
    try {
        return readFileSync(file, "utf8");
    } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
        throw new UsageError(`${file}: cannot be read (${reason(error)}); name another file with --file`);
    }
}

/**
 * Changes a kubeconfig: reads it, lets `change` say what it shall be, and puts that in its place in one step, readable
 * by its owner only. A file that is a symbolic link stays one; what it points at is written. Holds the lock that kubectl
 * holds while it writes (`FILE.lock`, client-go clientcmd `lockFile`), so that neither loses the other's entries.
 * @param change text that was there (undefined: no file) → text that shall be there; may refuse by throwing
 * @throws UsageError where the file or its folder cannot be written, or another program holds the lock
 */
export function changeKubeconfig<T extends { readonly text: string }>(
    file: string,
    change: (existing: string | undefined) => T,
): T {
    const target = followLink(file);
    const lock = `${file}.lock`;
    attempt(file, () => mkdirSync(dirname(target), { recursive: true, mode: 0o700 }));
    attempt(file, () => closeSync(openSync(lock, "wx", 0o600)), {
        EEXIST: `${lock} exists: another program is writing the file, or one died while it did; if none runs, remove it`,
    });
    const temporary = `${target}.${process.pid}.tmp`;
    try {
        const result = change(readIfThere(target));
        attempt(file, () => {
            writeAll(temporary, result.text);
            renameSync(temporary, target);
        });
        return result;
    } finally {
        rmSync(temporary, { force: true });
        rmSync(lock, { force: true });
    }
}

/** On the disk before the rename: a power cut must not leave an empty file under the old name. */
function writeAll(file: string, text: string): void {
    const handle = openSync(file, "wx", 0o600);
    try {
        const bytes = Buffer.from(text, "utf8");
        for (let at = 0; at < bytes.length;) at += writeSync(handle, bytes, at);
        fsyncSync(handle);
    } finally {
        closeSync(handle);
    }
    // Beyond what the umask allowed.
    chmodSync(file, 0o600);
}

/** @throws UsageError for a link that somebody else placed (az refuses every link, for fear of such) */
function followLink(file: string, depth = 0): string {
    if (!isLink(file)) return file;
    const { uid } = lstatSync(file);
    const own = process.getuid?.() ?? uid;
    if (uid !== own && uid !== 0)
        throw new UsageError(
            `${file}: is a symbolic link that belongs to another user; name another file with --file`,
        );
    if (depth > 8) throw new UsageError(`${file}: is a symbolic link that leads in a circle`);
    return followLink(resolve(dirname(file), readlinkSync(file)), depth + 1);
}

function isLink(file: string): boolean {
    try {
        return lstatSync(file).isSymbolicLink();
    } catch {
        return false;
    }
}

function attempt(file: string, work: () => void, messages: Readonly<Record<string, string>> = {}): void {
    try {
        work();
    } catch (error) {
        const known = messages[(error as NodeJS.ErrnoException).code ?? ""];
        throw new UsageError(
            `${file}: ${known ?? `cannot be written (${reason(error)}); name another file with --file`}`,
        );
    }
}

function reason(error: unknown): string {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "EACCES" || code === "EPERM") return "permission denied";
    if (code === "EISDIR") return "it is a folder";
    if (code === "EROFS") return "the file system is read-only";
    if (code === "ENOTDIR") return "a part of its path is a file";
    return code ?? message;
}
