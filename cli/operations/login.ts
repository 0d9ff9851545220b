import { readFileSync } from "node:fs";
import type { TokenCredential } from "@azure/identity";
import type { Clients } from "./clients";
import { CLOUD_SERVICES, type Cloud } from "./clouds";

/** How to log in to Azure; what the environment names first, then the login of a tool. */
export type Login =
    | "client secret"
    | "client certificate"
    | "OIDC token"
    | "workload identity"
    | "managed identity"
    | "az"
    | "azd";

const given = (env: NodeJS.ProcessEnv, ...names: readonly string[]): string | undefined =>
    names.map((name) => env[name]).find((value) => value !== undefined && value !== "");

const tenant = (env: NodeJS.ProcessEnv) => given(env, "ARM_TENANT_ID", "AZURE_TENANT_ID");
const client = (env: NodeJS.ProcessEnv) => given(env, "ARM_CLIENT_ID", "AZURE_CLIENT_ID");
const secret = (env: NodeJS.ProcessEnv) => given(env, "ARM_CLIENT_SECRET", "AZURE_CLIENT_SECRET");
const certificate = (env: NodeJS.ProcessEnv) =>
    given(env, "ARM_CLIENT_CERTIFICATE_PATH", "AZURE_CLIENT_CERTIFICATE_PATH");
const isOn = (env: NodeJS.ProcessEnv, name: string) => /^(true|1)$/i.test(env[name] ?? "");

/**
 * The logins to try, in order. Those of azure-native (ARM_*: pulumi-azure-native, "Authenticate") come first, so that a
 * command uses what the update used; then those of Azure's own libraries (AZURE_*). One that the environment does not
 * name is not tried: a probe for a managed identity takes seconds where there is none (`ARM_USE_MSI=true` asks for it).
 */
export function loginsOf(env: NodeJS.ProcessEnv): readonly Login[] {
    const person = tenant(env) !== undefined && client(env) !== undefined;
    const named: [Login, boolean][] = [
        ["client secret", person && secret(env) !== undefined],
        ["client certificate", person && certificate(env) !== undefined],
        ["OIDC token", person && isOn(env, "ARM_USE_OIDC") && hasOidcToken(env)],
        ["workload identity", given(env, "AZURE_FEDERATED_TOKEN_FILE") !== undefined],
        [
            "managed identity",
            isOn(env, "ARM_USE_MSI") || given(env, "IDENTITY_ENDPOINT", "MSI_ENDPOINT") !== undefined,
        ],
    ];
    return [...named.flatMap(([login, possible]) => (possible ? [login] : [])), "az", "azd"];
}

const hasOidcToken = (env: NodeJS.ProcessEnv) =>
    given(env, "ARM_OIDC_TOKEN", "ARM_OIDC_TOKEN_FILE_PATH") !== undefined ||
    (oidcRequestUrl(env) !== undefined && oidcRequestToken(env) !== undefined);
const oidcRequestUrl = (env: NodeJS.ProcessEnv) =>
    given(env, "ARM_OIDC_REQUEST_URL", "ACTIONS_ID_TOKEN_REQUEST_URL");
const oidcRequestToken = (env: NodeJS.ProcessEnv) =>
    given(env, "ARM_OIDC_REQUEST_TOKEN", "ACTIONS_ID_TOKEN_REQUEST_TOKEN");

/** The login for a cloud: the first of {@link loginsOf} that gives a token. */
export function credentialFor(cloud: Cloud, env: NodeJS.ProcessEnv, library: Clients): TokenCredential {
    const credentials = loginsOf(env).map((login) => credential(login, cloud, env, library));
    const [only] = credentials;
    return credentials.length === 1 && only !== undefined
        ? only
        : new library.ChainedTokenCredential(...credentials);
}

function credential(login: Login, cloud: Cloud, env: NodeJS.ProcessEnv, library: Clients): TokenCredential {
    const authorityHost = CLOUD_SERVICES[cloud].authority;
    const tenantId = tenant(env) ?? "";
    const clientId = client(env) ?? "";
    switch (login) {
        case "client secret":
            return new library.ClientSecretCredential(tenantId, clientId, secret(env) ?? "", {
                authorityHost,
            });
        case "client certificate":
            return new library.ClientCertificateCredential(
                tenantId,
                clientId,
                {
                    certificatePath: certificate(env) ?? "",
                    certificatePassword:
                        given(env, "ARM_CLIENT_CERTIFICATE_PASSWORD", "AZURE_CLIENT_CERTIFICATE_PASSWORD") ??
                        "",
                },
                { authorityHost },
            );
        case "OIDC token":
            return new library.ClientAssertionCredential(tenantId, clientId, () => oidcToken(env), {
                authorityHost,
            });
        case "workload identity":
            return new library.WorkloadIdentityCredential({ authorityHost });
        case "managed identity": {
            // ARM_CLIENT_ID belongs to a service principal unless ARM_USE_MSI says otherwise.
            const id = isOn(env, "ARM_USE_MSI") ? clientId : (given(env, "AZURE_CLIENT_ID") ?? "");
            return id === ""
                ? new library.ManagedIdentityCredential()
                : new library.ManagedIdentityCredential({ clientId: id });
        }
        case "az":
            return new library.AzureCliCredential();
        case "azd":
            return new library.AzureDeveloperCliCredential();
    }
}

/** The token that a workflow proves itself with: given, in a file, or asked for where GitHub Actions says. */
async function oidcToken(env: NodeJS.ProcessEnv): Promise<string> {
    const token = given(env, "ARM_OIDC_TOKEN");
    if (token !== undefined) return token;
    const file = given(env, "ARM_OIDC_TOKEN_FILE_PATH");
    if (file !== undefined) return readFileSync(file, "utf8").trim();
    const url = new URL(oidcRequestUrl(env) ?? "");
    url.searchParams.set("audience", "api://AzureADTokenExchange");
    const response = await fetch(url, { headers: { authorization: `Bearer ${oidcRequestToken(env)}` } });
    if (!response.ok)
        throw new Error(`the workflow's OIDC token was refused: ${response.status} ${response.statusText}`);
    return ((await response.json()) as { value: string }).value;
}
