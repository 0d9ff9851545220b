import type { Login } from "./login";

/** kubelogin's name for a login (Azure/kubelogin, "Login modes"); undefined where it has none. */
const MODES: Readonly<Record<Login, string | undefined>> = {
    "client secret": "spn",
    "client certificate": "spn",
    "OIDC token": undefined,
    "workload identity": "workloadidentity",
    "managed identity": "msi",
    az: "azurecli",
    azd: "azd",
};

/**
 * The arguments of kubelogin in a kubeconfig from Azure, for a login that there is already: AKS writes `--login devicecode`,
 * which waits for a person with a browser. `az aks get-credentials` does the same with `kubelogin convert-kubeconfig -l
 * azurecli` (azure-cli 2.91 `acs/custom.py`); which arguments stay is kubelogin's `converter.go`.
 * @param args as in the kubeconfig, starting with `get-token`
 * @param logins of {@link loginsOf}
 * @returns `args` unchanged where they ask for something else than a device code
 */
export function kubeloginArgs(args: readonly string[], logins: readonly Login[]): readonly string[] {
    const value = (name: string) => args[args.indexOf(name) + 1];
    if (!args.includes("--login") || value("--login") !== "devicecode") return args;
    const mode = logins.map((login) => MODES[login]).find((each) => each !== undefined) ?? "azurecli";
    const kept = mode === "spn" ? ["--environment", "--tenant-id", "--server-id"] : ["--server-id"];
    return [
        ...["get-token", "--login", mode],
        ...kept.flatMap((name) => (args.includes(name) ? [name, value(name) ?? ""] : [])),
    ];
}

/** The environment that kubelogin's `spn` reads, from azure-native's names where only those are set. */
export function kubeloginEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
    const names = {
        AZURE_CLIENT_ID: "ARM_CLIENT_ID",
        AZURE_CLIENT_SECRET: "ARM_CLIENT_SECRET",
        AZURE_TENANT_ID: "ARM_TENANT_ID",
        AZURE_CLIENT_CERTIFICATE_PATH: "ARM_CLIENT_CERTIFICATE_PATH",
        AZURE_CLIENT_CERTIFICATE_PASSWORD: "ARM_CLIENT_CERTIFICATE_PASSWORD",
    };
    const added = Object.entries(names).flatMap(([azure, arm]) =>
        env[azure] === undefined && env[arm] !== undefined ? [[azure, env[arm]]] : [],
    );
    return { ...env, ...Object.fromEntries(added) };
}
