import { kubeloginArgs, kubeloginEnvironment } from "../../../cli/operations/kubelogin";
import { loginsOf } from "../../../cli/operations/login";

const person = { ARM_TENANT_ID: "t", ARM_CLIENT_ID: "c" };

describe("logins to Azure |", () => {
    it.each<[string, NodeJS.ProcessEnv, string[]]>([
        ["a person at a terminal", {}, []],
        ["an id alone proves nothing", person, []],
        ["a client secret", { ...person, ARM_CLIENT_SECRET: "s" }, ["client secret"]],
        ["an empty secret is none", { ...person, ARM_CLIENT_SECRET: "" }, []],
        [
            "a certificate, Azure's own names",
            { AZURE_TENANT_ID: "t", AZURE_CLIENT_ID: "c", AZURE_CLIENT_CERTIFICATE_PATH: "f" },
            ["client certificate"],
        ],
        ["OIDC without a token", { ...person, ARM_USE_OIDC: "true" }, []],
        [
            "OIDC in a GitHub workflow",
            {
                ...person,
                ARM_USE_OIDC: "true",
                ACTIONS_ID_TOKEN_REQUEST_URL: "https://x",
                ACTIONS_ID_TOKEN_REQUEST_TOKEN: "t",
            },
            ["OIDC token"],
        ],
        ["a workload identity", { AZURE_FEDERATED_TOKEN_FILE: "f" }, ["workload identity"]],
        ["an App Service identity", { IDENTITY_ENDPOINT: "http://x" }, ["managed identity"]],
        ["an identity of a VM, asked for", { ARM_USE_MSI: "true" }, ["managed identity"]],
    ])("%s", (_, env, first) => {
        expect(loginsOf(env)).toEqual([...first, "az", "azd"]);
    });
});

describe("kubelogin |", () => {
    const aks = [
        "get-token",
        "--environment",
        "AzurePublicCloud",
        "--server-id",
        "S",
        "--client-id",
        "C",
        "--tenant-id",
        "T",
        "--login",
        "devicecode",
    ];

    it.each<[NodeJS.ProcessEnv, string[]]>([
        [{}, ["get-token", "--login", "azurecli", "--server-id", "S"]],
        [{ IDENTITY_ENDPOINT: "http://x" }, ["get-token", "--login", "msi", "--server-id", "S"]],
        [
            { AZURE_FEDERATED_TOKEN_FILE: "f" },
            ["get-token", "--login", "workloadidentity", "--server-id", "S"],
        ],
        [
            { ...person, ARM_CLIENT_SECRET: "s" },
            [
                "get-token",
                "--login",
                "spn",
                "--environment",
                "AzurePublicCloud",
                "--tenant-id",
                "T",
                "--server-id",
                "S",
            ],
        ],
    ])("takes the login that there is, not a device code: %j", (env, args) => {
        expect(kubeloginArgs(aks, loginsOf(env))).toEqual(args);
    });

    it("leaves a login alone that somebody chose", () => {
        const chosen = ["get-token", "--login", "azurecli", "--server-id", "S"];
        expect(kubeloginArgs(chosen, ["client secret"])).toBe(chosen);
        expect(kubeloginArgs(["get-token"], ["az"])).toEqual(["get-token"]);
    });

    it("finds azure-native's service principal under Azure's names, which win", () => {
        expect(
            kubeloginEnvironment({ ARM_CLIENT_ID: "a", ARM_CLIENT_SECRET: "s", AZURE_CLIENT_ID: "b" }),
        ).toMatchObject({
            AZURE_CLIENT_ID: "b",
            AZURE_CLIENT_SECRET: "s",
        });
    });
});
