import { spawn } from "node:child_process";
import { OperationError } from "./failure";

/** The `exec` of a kubeconfig's user (client.authentication.k8s.io). */
export interface ExecLogin {
    readonly apiVersion?: string;
    readonly command: string;
    readonly args?: readonly string[] | null;
    readonly env?: readonly { readonly name: string; readonly value: string }[] | null;
    readonly installHint?: string;
    readonly interactiveMode?: "Never" | "IfAvailable" | "Always";
}

/** What a login gave; one of token and certificate. Secrets: never printed. */
export interface ExecCredential {
    readonly token?: string;
    readonly clientCertificateData?: string;
    readonly clientKeyData?: string;
    /** Milliseconds since the epoch; undefined: for as long as it is accepted. */
    readonly expires?: number;
}

/** How to run it. */
export interface ExecOptions {
    readonly env: NodeJS.ProcessEnv;
    readonly signal?: AbortSignal | undefined;
    /** Seconds. A person who types a device code needs minutes. */
    readonly timeout: number;
}

/**
 * Runs a login program as kubectl does (client-go `plugin/pkg/client/auth/exec`): KUBERNETES_EXEC_INFO in its
 * environment; on a terminal it may ask the person there, else its words are kept for the message. The program that AKS
 * names is kubelogin.
 * @throws OperationError when it is missing, fails, answers something else or takes too long
 */
export async function execLogin(login: ExecLogin, options: ExecOptions): Promise<ExecCredential> {
    const interactive = process.stdin.isTTY && login.interactiveMode !== "Never";
    const { code, stdout, stderr } = await run(login, options, interactive);
    const command = login.command;
    if (code !== 0)
        throw new OperationError(
            `the login program ${command} of the kubeconfig failed (exit code ${code}${lastLine(stderr)})`,
            "log in again (`az login`), or run `kubelogin convert-kubeconfig -l azurecli` on a kubeconfig of your own and give it with --kubeconfig",
        );
    return credentialIn(stdout, command);
}

function run(
    login: ExecLogin,
    { env, signal, timeout }: ExecOptions,
    interactive: boolean,
): Promise<{ code: number | null; stdout: string; stderr: string }> {
    const apiVersion = login.apiVersion ?? "client.authentication.k8s.io/v1";
    const info = { apiVersion, kind: "ExecCredential", spec: { interactive } };
    const own = Object.fromEntries((login.env ?? []).map(({ name, value }) => [name, value]));
    const limit = AbortSignal.timeout(timeout * 1000);
    return new Promise((resolve, reject) => {
        const child = spawn(login.command, login.args ?? [], {
            env: { ...env, ...own, KUBERNETES_EXEC_INFO: JSON.stringify(info) },
            stdio: [interactive ? "inherit" : "ignore", "pipe", interactive ? "inherit" : "pipe"],
            signal: signal === undefined ? limit : AbortSignal.any([signal, limit]),
        });
        let stdout = "";
        let stderr = "";
        child.stdout?.setEncoding("utf8").on("data", (text: string) => (stdout += text));
        child.stderr?.setEncoding("utf8").on("data", (text: string) => (stderr += text));
        child.on("error", (error: NodeJS.ErrnoException) => {
            if (signal?.aborted === true) reject(error);
            else reject(limit.aborted ? tooSlow(login, timeout, stderr) : notStarted(login, error));
        });
        child.on("close", (code) => resolve({ code, stdout, stderr }));
    });
}

function notStarted({ command, installHint }: ExecLogin, error: NodeJS.ErrnoException): OperationError {
    if (error.code !== "ENOENT")
        return new OperationError(
            `the login program ${command} cannot be run (${error.message})`,
            "check the file",
        );
    const hint = (installHint ?? "").replace(/\s+/g, " ").trim().replace(/\.$/, "");
    return new OperationError(
        `the cluster's kubeconfig logs in with ${command}, which is not on PATH${hint === "" ? "" : ` (${hint})`}`,
        command === "kubelogin"
            ? "install it: `az aks install-cli`, or https://aka.ms/aks/kubelogin"
            : `install ${command}`,
    );
}

function tooSlow({ command }: ExecLogin, timeout: number, stderr: string): OperationError {
    return new OperationError(
        `the login program ${command} was not done in ${timeout} s${lastLine(stderr)}`,
        "log in before (`az login`), so that it need not ask",
    );
}

/** The last line that a program said, for a message. */
function lastLine(text: string): string {
    const line = text.trim().split("\n").at(-1) ?? "";
    return line === "" ? "" : `: ${line.slice(0, 300)}`;
}

function credentialIn(text: string, command: string): ExecCredential {
    const wrong = (why: string) =>
        new OperationError(
            `the login program ${command} of the kubeconfig ${why}`,
            "run it by hand to see what it prints",
        );
    let answer: { status?: Record<string, unknown> };
    try {
        answer = JSON.parse(text) as typeof answer;
    } catch {
        throw wrong("printed no JSON");
    }
    const status = answer.status ?? {};
    const field = (name: string) => (typeof status[name] === "string" ? status[name] : undefined);
    const token = field("token");
    const clientCertificateData = field("clientCertificateData");
    const clientKeyData = field("clientKeyData");
    const expires = Date.parse(field("expirationTimestamp") ?? "");
    if (token === undefined && (clientCertificateData === undefined || clientKeyData === undefined))
        throw wrong("gave neither a token nor a certificate with its key");
    return {
        ...(token === undefined ? {} : { token }),
        ...(clientCertificateData === undefined ? {} : { clientCertificateData }),
        ...(clientKeyData === undefined ? {} : { clientKeyData }),
        ...(Number.isNaN(expires) ? {} : { expires }),
    };
}
