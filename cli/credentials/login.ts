import { UsageError } from "../exit";
import { isMapping, type Credentials, type Mapping } from "./kubeconfig";

/** Ways of kubelogin to get a token (https://azure.github.io/kubelogin/concepts/login-modes.html). */
export const LOGINS = ["azurecli", "devicecode", "workloadidentity", "spn", "msi"] as const;
export type Login = (typeof LOGINS)[number];

/** What each way needs beside the kubeconfig, for whoever reads the command's output. */
export const LOGIN_NEEDS: Readonly<Record<Login, string>> = {
    azurecli: "uses the login of `az login`",
    devicecode: "asks for a code in the browser at the first call",
    workloadidentity: "uses the federated token of the pod or pipeline (AZURE_FEDERATED_TOKEN_FILE)",
    spn: "needs AAD_SERVICE_PRINCIPAL_CLIENT_ID and AAD_SERVICE_PRINCIPAL_CLIENT_SECRET at each call",
    msi: "uses the managed identity of the machine it runs on",
};

/** Of an entry that runs kubelogin; undefined for one that holds a certificate or token itself. */
export function loginOf({ user }: Credentials): string | undefined {
    const args = execArgs(user.user);
    return args === undefined ? undefined : (valueOf(args, "--login") ?? valueOf(args, "-l") ?? "devicecode");
}

/**
 * Makes the entry log in another way, with the arguments that `kubelogin convert-kubeconfig -l LOGIN` writes
 * (Azure/kubelogin pkg/internal/converter/convert.go). Only this entry changes; kubelogin itself would convert every
 * entry of the file.
 * @param login @default `azurecli` where Azure says `devicecode` (as az converts it, acs/custom.py
 *   `uses_kubelogin_devicecode`), else as it is
 * @param clientId of the service principal or managed identity, for `spn`, `msi` and `workloadidentity`
 * @throws UsageError for a login where there is none to choose, or without what it needs
 */
export function convertLogin(
    credentials: Credentials,
    login: Login | undefined,
    clientId?: string,
): Credentials {
    const { exec } = credentials.user.user;
    const args = execArgs(credentials.user.user);
    if (args === undefined || !isMapping(exec)) {
        if (login === undefined && clientId === undefined) return credentials;
        throw new UsageError(
            `${login === undefined ? "--client-id" : `--login ${login}`}: the credential of this cluster is a certificate or token of its own, there is no login to choose; leave the option out`,
        );
    }
    const found = loginOf(credentials);
    const wanted = login ?? (found === "devicecode" ? "azurecli" : undefined);
    if (wanted === undefined) return credentials;
    if (clientId !== undefined && (wanted === "azurecli" || wanted === "devicecode"))
        throw new UsageError(`--client-id: only for --login spn, msi and workloadidentity, not ${wanted}`);
    const converted = loginArgs(wanted, args, clientId);
    const user = { ...credentials.user.user, exec: { ...exec, args: converted } };
    return { ...credentials, user: { name: credentials.user.name, user } };
}

/** Where kubelogin is: an executable of an exec entry whose name contains it; undefined for other entries. */
export function kubeloginOf({ user }: Credentials): string | undefined {
    const { exec } = user.user;
    return execArgs(user.user) !== undefined && isMapping(exec) ? String(exec["command"]) : undefined;
}

function execArgs(user: Mapping): readonly string[] | undefined {
    const { exec } = user;
    if (!isMapping(exec) || typeof exec["command"] !== "string") return undefined;
    if (!exec["command"].toLowerCase().includes("kubelogin")) return undefined;
    return Array.isArray(exec["args"]) ? exec["args"].map(String) : [];
}

function loginArgs(login: Login, args: readonly string[], clientId: string | undefined): string[] {
    const server = required(args, "--server-id", login);
    const start = ["get-token", "--login", login, "--server-id", server];
    const optional = (name: string, value = valueOf(args, name)): string[] =>
        value === undefined ? [] : [name, value];
    switch (login) {
        // The tenant is left out: an Azure CLI that is logged in as a managed identity takes none (kubelogin#123).
        case "azurecli":
            return start;
        case "devicecode":
        case "spn":
            return [
                ...start,
                "--client-id",
                clientId ?? required(args, "--client-id", login),
                "--tenant-id",
                required(args, "--tenant-id", login),
                ...optional("--environment"),
                ...(args.includes("--legacy") ? ["--legacy"] : []),
            ];
        case "msi":
        case "workloadidentity":
            return [...start, ...(clientId === undefined ? [] : ["--client-id", clientId])];
    }
}

function required(args: readonly string[], name: string, login: Login): string {
    const value = valueOf(args, name);
    if (value !== undefined) return value;
    throw new UsageError(
        `--login ${login}: the credential from Azure has no ${name}, which kubelogin needs for it; choose another --login`,
    );
}

function valueOf(args: readonly string[], name: string): string | undefined {
    const at = args.indexOf(name);
    return at < 0 ? undefined : args[at + 1];
}
