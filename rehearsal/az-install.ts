import { execFile, spawn } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { promisify } from "node:util";
import { lock, LockedError } from "./lock";
import type { Places } from "./places";
import { isExecutable } from "./process";
import { duration, say, UsageError } from "./say";

/** Released on PyPI; the version whose requests were recorded (the stand-in of Azure answers those). */
const VERSION = "2.91.0";
/** What its package asks for (Requires-Python). */
const PYTHON = [3, 10] as const;
/** A machine may keep an older one under the plain name. */
const PYTHONS = ["python3", "python3.14", "python3.13", "python3.12", "python3.11", "python3.10"];
const PATIENCE = 30 * 60_000;
const STEP = process.stderr.isTTY ? 1000 : 20_000;

/**
 * The real Azure CLI: the one on PATH, else one in a virtual environment of our own, installed from PyPI once.
 * @param except folder on PATH that holds only a way back to this command.
 * @throws UsageError saying what the machine lacks.
 */
export async function findAz(places: Places, env: NodeJS.ProcessEnv, except: string): Promise<string> {
    const onPath = (env["PATH"] ?? "")
        .split(path.delimiter)
        .filter((folder) => folder !== except)
        .map((folder) => path.join(folder, "az"))
        .find(isExecutable);
    if (onPath !== undefined) return onPath;
    const venv = path.join(places.bin, `azure-cli-${VERSION}`);
    const az = path.join(venv, "bin", "az");
    if (isExecutable(az)) return az;
    const unlock = await oneAtATime(path.join(places.bin, "azure-cli.lock"));
    // Scripts of a virtual environment name its folder, so it is made where it stays: a folder for each attempt, which
    // the pip of a killed one cannot spoil, and a link once it is whole.
    const attempt = `${venv}.${process.pid}`;
    try {
        if (isExecutable(az)) return az;
        for (const left of fs.readdirSync(places.bin).filter((name) => name.startsWith(path.basename(venv))))
            fs.rmSync(path.join(places.bin, left), { recursive: true, force: true });
        await install(attempt);
        fs.symlinkSync(path.basename(attempt), venv);
        return az;
    } catch (error) {
        fs.rmSync(attempt, { recursive: true, force: true });
        throw new UsageError(
            `there is no \`az\` on PATH, and azure-cli ${VERSION} could not be installed from PyPI: ` +
                `${(error as Error).message} Or install the Azure CLI yourself.`,
        );
    } finally {
        unlock();
    }
}

/** Whoever comes second waits until the first has installed it. */
async function oneAtATime(file: string): Promise<() => void> {
    const what = "installing the Azure CLI";
    try {
        return await lock(file, what);
    } catch (error) {
        if (!(error instanceof LockedError)) throw error;
        say("Another process is installing the Azure CLI; waiting for it…");
        return lock(file, what, PATIENCE);
    }
}

async function install(venv: string): Promise<void> {
    const python = await findPython();
    say(`Installing azure-cli ${VERSION} from PyPI into ${path.dirname(venv)} (once; some minutes, 400 MB)…`);
    const began = Date.now();
    await promisify(execFile)(python, ["-m", "venv", venv]).catch((error: Error) => {
        throw new Error(`${python} -m venv: ${lastLine(error.message)}.`);
    });
    await pipInstall(path.join(venv, "bin", "python"));
    say(`Installed azure-cli ${VERSION} in ${duration(Date.now() - began)}.`);
}

/** A Python that is new enough and can make virtual environments: Debian keeps ensurepip in a package of its own. */
async function findPython(): Promise<string> {
    const script = "import sys; print(*sys.version_info[:2]); import venv, ensurepip";
    const found: string[] = [];
    for (const python of PYTHONS) {
        const { error, stdout } = await new Promise<{ error: Error | null; stdout: string }>((resolve) =>
            execFile(python, ["-c", script], (error, stdout) => resolve({ error, stdout })),
        );
        const [major = 0, minor = 0] = stdout.trim().split(" ").map(Number);
        if (major === 0) continue;
        const isNew = major > PYTHON[0] || (major === PYTHON[0] && minor >= PYTHON[1]);
        if (isNew && error === null) return python;
        found.push(`${python} is ${major}.${minor}${isNew ? " without venv and ensurepip" : ""}`);
    }
    const had = found.length === 0 ? "there is no python3" : found.join(", ");
    const need = `it needs Python ${PYTHON.join(".")} or newer with venv (${had}).`;
    throw new Error(`${need} On Debian and Ubuntu: apt-get install python3-venv.`);
}

/** Runs pip, and says now and then how far it is: it takes minutes on a slow line. */
async function pipInstall(python: string): Promise<void> {
    // Most of its modules are never imported: Python compiles those that are, when they are.
    const options = ["--no-compile", "--no-input", "--disable-pip-version-check", "--progress-bar", "off"];
    const child = spawn(python, ["-m", "pip", "install", ...options, `azure-cli==${VERSION}`], {
        stdio: ["ignore", "pipe", "pipe"],
    });
    const began = Date.now();
    let packages = 0;
    let doing = "looking for packages";
    let errors = "";
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
        packages += chunk.match(/^Collecting /gm)?.length ?? 0;
        if (packages > 0) doing = `${packages} packages found`;
        if (chunk.includes("Installing collected packages")) doing = `unpacking ${packages} packages`;
    });
    child.stderr.setEncoding("utf8").on("data", (chunk: string) => (errors += chunk));
    const timer = setInterval(() => {
        const text = `  ${doing}, ${duration(Date.now() - began)}`;
        if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
        else say(text);
    }, STEP);
    try {
        const code = await new Promise<number | null>((resolve, reject) => {
            child.on("error", reject).on("close", resolve);
        });
        if (code !== 0) throw new Error(`pip: ${lastLine(errors)}.`);
    } finally {
        clearInterval(timer);
        if (process.stderr.isTTY) process.stderr.write("\r\x1b[K");
    }
}

const lastLine = (text: string): string => (text.trim().split("\n").at(-1) ?? "").replace(/\.$/, "");
