/**
 * `npm run check:workflows`: the workflows with actionlint, their scripts and the documented ones with ShellCheck.
 *
 * A linter that cannot be had (no Go, no pip, no registry) is an error where `CI` is set, and a line on stderr elsewhere:
 * who edits a rule must not have to install Go.
 */
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { say } from "../../../rehearsal/say";
import { actionlint, shellcheck } from "./tools";

const root = path.resolve(__dirname, "..", "..", "..");

/** Shell that users or workflows run; `.ci/run` and docs/runbook.sh where they exist. */
function scripts(): string[] {
    const folder = path.join(".github", "scripts");
    const own = fs.readdirSync(path.join(root, folder)).filter((name) => name.endsWith(".sh"));
    const more = [path.join(".ci", "run"), path.join("docs", "runbook.sh")];
    return [...own.map((name) => path.join(folder, name)), ...more].filter((file) =>
        fs.existsSync(path.join(root, file)),
    );
}

/** Runs one linter; true when it is content, or cannot be had outside CI. */
async function lint(
    name: string,
    find: () => Promise<string>,
    options: readonly string[],
    files: readonly string[],
): Promise<boolean> {
    let command: string;
    try {
        command = await find();
    } catch (error) {
        const inCi = (process.env["CI"] ?? "") !== "";
        say(`${name} cannot be had: ${(error as Error).message}`);
        say(inCi ? "That is an error in CI." : `Left out; in CI (variable CI set) this is an error.`);
        return !inCi;
    }
    const { status, error } = spawnSync(command, [...options, ...files], { cwd: root, stdio: "inherit" });
    if (error !== undefined) throw error;
    if (status === 0) say(`${name}: ${files.length} files, no findings.`);
    return status === 0;
}

async function main(): Promise<number> {
    const checker = await shellcheck().catch(() => "");
    const workflows = fs
        .readdirSync(path.join(root, ".github", "workflows"))
        .map((name) => path.join(".github", "workflows", name));
    const verdicts = [
        // Given ShellCheck, actionlint holds the shell inside the workflows to it as well.
        await lint("actionlint", actionlint, ["-shellcheck", checker, "-pyflakes", ""], workflows),
        await lint("ShellCheck", shellcheck, ["--severity", "warning", "--external-sources"], scripts()),
    ];
    return verdicts.every(Boolean) ? 0 : 1;
}

main().then(
    (code) => (process.exitCode = code),
    (error: unknown) => {
        say(error instanceof Error ? error.message : String(error));
        process.exitCode = 2;
    },
);
