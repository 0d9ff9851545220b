/** The command by which a language host starts a Node program, and running it. */
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { Project } from "./project";

/** `preview`: outputs of resources are unknown, as before the first update; `up`: they have values. */
export type Mode = "preview" | "up";

/**
 * `released`: honours `runtime.options` of Pulumi.yaml. `3.68`: the language host that is still to be had from the
 * Go module proxy; it takes options from its own command line, where the engine puts none, so the program runs
 * with `typescript: true` and no arguments for node.
 */
export type LanguageHost = "released" | "3.68";

/** A process to start. */
export interface Launch {
    readonly argv: readonly [string, ...string[]];
    readonly cwd: string;
    readonly env: NodeJS.ProcessEnv;
}

/**
 * The process a language host starts for a program
 * (pulumi-language-nodejs main.go: `execRuntime`, `constructArguments`, `constructConfig`).
 *
 * @param project what to run
 * @param engine address of resource monitor and engine, `127.0.0.1:PORT`
 * @param node the Node to run on; default: this process's
 */
export function launchCommand(
    project: Project,
    engine: string,
    mode: Mode,
    { host = "released", node = process.execPath, env = process.env }: LaunchOptions = {},
): Launch {
    const run = createRequire(join(project.root, "index.js")).resolve("@pulumi/pulumi/cmd/run");
    const { typescript, nodeargs, tsconfig } =
        host === "released" ? project.options : { typescript: true, nodeargs: "", tsconfig: "" };
    return {
        argv: [
            node,
            ...splitShellWords(nodeargs),
            run,
            ...["--monitor", engine, "--engine", engine],
            ...["--organization", "organization", "--project", project.name],
            ...["--root-directory", project.root, "--stack", project.stack, "--pwd", project.root],
            ...(mode === "preview" ? ["--dry-run"] : []),
            ...["--parallel", "16", project.main],
        ],
        // Language hosts leave the directory alone: it is the engine's, which is the project's.
        cwd: project.root,
        env: {
            ...env,
            PULUMI_CONFIG: JSON.stringify(
                Object.fromEntries(
                    Object.entries(project.config).map(([key, value]) => [
                        key.replace(":", ":config:"),
                        value,
                    ]),
                ),
            ),
            PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(project.secretKeys),
            ...(typescript ? { PULUMI_NODEJS_TYPESCRIPT: "true" } : {}),
            ...(tsconfig === "" ? {} : { PULUMI_NODEJS_TSCONFIG_PATH: tsconfig }),
        },
    };
}

/** Who starts the program, on what, with which environment below Pulumi's own variables. */
export interface LaunchOptions {
    readonly host?: LanguageHost;
    readonly node?: string;
    readonly env?: NodeJS.ProcessEnv;
}

/** How a program ended. */
export interface Ended {
    readonly code: number;
    readonly stdout: string;
    readonly stderr: string;
}

/** Starts the process and waits for its end; an interrupt of ours ends it too, as they share the process group. */
export function run({ argv: [file, ...args], cwd, env }: Launch): Promise<Ended> {
    return new Promise((resolve, reject) => {
        const child = spawn(file, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
        let stdout = "";
        let stderr = "";
        child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
        child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
        child.on("error", reject);
        child.on("close", (code, signal) =>
            resolve({ code: code ?? 1, stdout, stderr: stderr + (signal ?? "") }),
        );
    });
}

/** Words as `shlex.Split` of the language host makes them: blanks separate, quotes and backslashes protect. */
export function splitShellWords(text: string): string[] {
    const words = text.match(/(?:[^\s"'\\]|\\.|"(?:[^"\\]|\\.)*"|'[^']*')+/g) ?? [];
    return words.map((word) =>
        word.replace(
            /"((?:[^"\\]|\\.)*)"|'([^']*)'|\\(.)/g,
            (_, double?: string, single?: string, escaped?: string) =>
                double === undefined ? (single ?? escaped ?? "") : double.replace(/\\(["\\])/g, "$1"),
        ),
    );
}
