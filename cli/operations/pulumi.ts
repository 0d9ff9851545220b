import { execFile } from "node:child_process";
import { UsageError } from "../exit";
import { stackFacts, type StackFacts } from "../stack";
import { readDeployment, type StackRecord } from "./stack";

/** Where commands run and what they see; tests give their own. */
export interface Surroundings {
    readonly env: NodeJS.ProcessEnv;
    readonly cwd: string;
    readonly signal?: AbortSignal | undefined;
}

export const surroundings = (signal?: AbortSignal): Surroundings => ({
    env: process.env,
    cwd: process.cwd(),
    signal,
});

const MINUTE = 60_000;

/**
 * What a stack's state says, read with the `pulumi` on PATH: this command line does not load Pulumi's SDK.
 * @param name `dev`, or `ORGANIZATION/PROJECT/STACK` from anywhere
 * @throws UsageError when pulumi is missing, not logged in, or does not know the stack; or see {@link readDeployment}
 */
export async function readStack(name: string, { env, cwd, signal }: Surroundings): Promise<StackRecord> {
    const text = await pulumi(["stack", "export", "--stack", name], name, { env, cwd, signal });
    return readDeployment(name, text, settingsOf(name, cwd));
}

/** Pulumi.STACK.yaml may be elsewhere (a stack named in full): then nothing is compared with it. */
function settingsOf(name: string, cwd: string): StackFacts | undefined {
    try {
        return stackFacts(name, cwd);
    } catch (error) {
        if (error instanceof UsageError) return undefined;
        throw error;
    }
}

function pulumi(args: readonly string[], stack: string, { env, cwd, signal }: Surroundings): Promise<string> {
    return new Promise((resolve, reject) => {
        const options = {
            cwd,
            signal,
            timeout: MINUTE,
            maxBuffer: 1 << 28,
            // The engine asks for an update check and colours where it sees fit; neither belongs into an answer.
            env: { ...env, PULUMI_SKIP_UPDATE_CHECK: "true" },
        };
        execFile(
            "pulumi",
            [...args, "--non-interactive", "--color", "never"],
            options,
            (error, stdout, stderr) => {
                if (error === null) resolve(stdout);
                else if (signal?.aborted === true) reject(error);
                else reject(new UsageError(`--stack ${stack}: ${why(error, stderr, stack)}`));
            },
        );
    });
}

const OTHERWISE = "or name the cluster with --resource-group and --cluster";

function why(error: Error & { code?: unknown; killed?: boolean }, stderr: string, stack: string): string {
    if (error.code === "ENOENT")
        return `there is no \`pulumi\` on PATH; install it (https://www.pulumi.com/docs/install/), ${OTHERWISE}`;
    if (error.killed === true)
        return `\`pulumi stack export\` gave no answer in a minute; is its backend reachable? Try again, ${OTHERWISE}`;
    const said = firstError(stderr);
    if (/no stack named|could not find stack|stack .* not found/i.test(said))
        return `there is no such stack (${said}); \`pulumi stack ls --all\` lists them`;
    if (/PULUMI_ACCESS_TOKEN|pulumi login|not logged in/i.test(said))
        return `pulumi is not logged in (${said}); run \`pulumi login\`, ${OTHERWISE}`;
    if (/no Pulumi.yaml project file/i.test(said))
        return `no Pulumi project here (${said}); run it in the project's folder, name the stack as ORGANIZATION/PROJECT/${stack}, ${OTHERWISE}`;
    return `\`pulumi stack export\` failed: ${said}`;
}

/** The line that says what went wrong, without the word "error:". */
function firstError(stderr: string): string {
    const lines = stderr
        .split("\n")
        .map((line) => line.trim())
        .filter((line) => line !== "");
    const line = lines.find((each) => /^error:/i.test(each)) ?? lines[0] ?? "it said nothing";
    return line.replace(/^error:\s*/i, "");
}
