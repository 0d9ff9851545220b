import { accessSync, constants } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { Option, type Command } from "commander";
import { changeKubeconfig, kubeconfigFile, readIfThere } from "../credentials/file";
import { kubeconfigOf, nameAsAz, readCredentials, type Credentials } from "../credentials/kubeconfig";
import { convertLogin, kubeloginOf, LOGIN_NEEDS, loginOf, LOGINS, type Login } from "../credentials/login";
import { mergeKubeconfig, readKubeconfig } from "../credentials/merge";
import { UsageError } from "../exit";
import { azureOf } from "../operations/azure";
import { interruptible } from "../operations/progress";
import { surroundings } from "../operations/pulumi";
import { resolveTarget, targetOptions, type TargetOptions } from "../operations/target";
import { writeOut } from "../output";

interface CredentialsOptions extends TargetOptions {
    readonly admin?: boolean;
    readonly file?: string;
    readonly context?: string;
    readonly overwriteExisting?: boolean;
    readonly login?: Login;
    readonly clientId?: string;
    readonly print?: boolean;
    readonly format: "text" | "json";
}

const HELP = `
Does what \`az aks get-credentials\` does, without az: the entries of the cluster are merged into the kubeconfig, its
context becomes the current one. Other entries, their order, comments and unknown fields stay; the file is readable by
its owner only; a symbolic link stays one. Entra ID logins go through kubelogin, with the login of az unless --login
says otherwise. Secrets are printed only with --print.

Examples:
  aks-cilium credentials --stack dev
  aks-cilium credentials --resource-group rgcni --cluster aks --overwrite-existing
  aks-cilium credentials --stack dev --file ./kubeconfig --login workloadidentity`;

export function define(command: Command): void {
    targetOptions(command)
        .option("--admin", "static admin credentials; the context ends in -admin")
        .option(
            "--file <file>",
            "kubeconfig to merge into (default: KUBECONFIG's first file, ~/.kube/config)",
        )
        .option("--context <name>", "name of the context (default: the cluster's name, as az does)")
        .option("--overwrite-existing", "replace different entries of the same names")
        .addOption(
            new Option("--login <mode>", "how kubelogin gets a token (default: azurecli)").choices(LOGINS),
        )
        .option("--client-id <id>", "of the identity, for --login spn, msi or workloadidentity")
        .option("--print", "print the kubeconfig, secrets and all, instead of writing it")
        .addOption(
            new Option("--format <format>", "how to print what was done")
                .choices(["text", "json"])
                .default("text"),
        )
        .addHelpText("after", HELP)
        .action((options: CredentialsOptions) => interruptible((signal) => credentials(options, signal)));
}

async function credentials(options: CredentialsOptions, signal: AbortSignal): Promise<void> {
    refuse(options);
    const file = kubeconfigFile(options.file, process.env, homedir());
    // Before Azure is asked: a file that cannot be used does not get better by waiting.
    if (options.print !== true) readKubeconfig(readIfThere(file) ?? "", file);
    const target = await resolveTarget(options, surroundings(signal));
    const azure = azureOf(target, { signal });
    const text = await (options.admin === true ? azure.adminCredential() : azure.userCredential());
    const named = nameAsAz(readCredentials(text), options.context);
    const ready = convertLogin(named, options.login, options.clientId);
    if (options.print === true) {
        writeOut([kubeconfigOf(ready)]);
    } else {
        const { replaced } = changeKubeconfig(file, (existing) =>
            mergeKubeconfig(existing, ready, { file, overwrite: options.overwriteExisting === true }),
        );
        writeOut([options.format === "json" ? asJson(ready, file, replaced) : asText(ready, file, replaced)]);
    }
    const kubelogin = kubeloginOf(ready);
    if (kubelogin !== undefined && !isOnPath(kubelogin)) {
        process.stderr.write(
            `aks-cilium: note: this cluster's login needs ${kubelogin}, which is not on PATH; install it with \`az aks install-cli\` or from https://azure.github.io/kubelogin/install.html\n`,
        );
    }
}

function refuse({ kubeconfig, print, file, format, context, admin, login }: CredentialsOptions): void {
    const problems = [
        ...(kubeconfig === undefined
            ? []
            : ["--kubeconfig: credentials come from Azure here; the file to write is --file"]),
        ...(file === "-" ? ["--file -: use --print to have the kubeconfig printed"] : []),
        ...(file === "" ? ["--file is empty: name a file"] : []),
        ...(context === "" ? ["--context is empty: name a context"] : []),
        ...(print === true && file !== undefined ? ["--print and --file: choose one of them"] : []),
        ...(print === true && format === "json" ? ["--print prints YAML: leave --format out"] : []),
        ...(admin === true && login !== undefined
            ? ["--admin and --login: an admin's credential is a certificate, there is no login to choose"]
            : []),
    ];
    if (problems.length > 0) throw new UsageError(problems.join("\naks-cilium: "));
}

function asText(ready: Credentials, file: string, replaced: readonly string[]): string {
    const login = loginOf(ready);
    const needs = LOGINS.find((each) => each === login);
    return [
        `Merged "${ready.context.name}" as current context into ${file}`,
        ...(replaced.length === 0 ? [] : [`Replaced: ${replaced.join(", ")}`]),
        login === undefined
            ? `Login: a credential in the file itself; whoever can read the file can use the cluster`
            : `Login: kubelogin ${login}${needs === undefined ? "" : `, which ${LOGIN_NEEDS[needs]}`}`,
        "",
    ].join("\n");
}

/** `{"version":1,"file","context","cluster","user","login":null|MODE,"replaced":[…]}` */
function asJson(
    { context, cluster, user, ...rest }: Credentials,
    file: string,
    replaced: readonly string[],
): string {
    const login = loginOf({ context, cluster, user, ...rest }) ?? null;
    const names = { context: context.name, cluster: cluster.name, user: user.name };
    return `${JSON.stringify({ version: 1, file, ...names, login, replaced }, undefined, 2)}\n`;
}

function isOnPath(program: string): boolean {
    const candidates = program.includes("/")
        ? [program]
        : (process.env["PATH"] ?? "")
              .split(delimiter)
              .flatMap((folder) =>
                  folder === "" ? [] : [join(folder, program), join(folder, `${program}.exe`)],
              );
    return candidates.some((candidate) => {
        try {
            accessSync(candidate, constants.X_OK);
            return true;
        } catch {
            return false;
        }
    });
}
