import type { Credentials } from "../../../cli/credentials/kubeconfig";
import { convertLogin, kubeloginOf, loginOf, LOGINS } from "../../../cli/credentials/login";

const credentials = (user: Record<string, unknown>): Credentials => ({
    cluster: { name: "aks", cluster: {} },
    context: { name: "aks", context: {} },
    user: { name: "clusterUser_rg_aks", user },
});
const ENTRA = credentials({
    exec: {
        apiVersion: "client.authentication.k8s.io/v1beta1",
        command: "kubelogin",
        args: [
            ...["get-token", "--environment", "AzurePublicCloud", "--server-id", "S", "--client-id", "C"],
            ...["--tenant-id", "T", "--login", "devicecode"],
        ],
        installHint: "install it",
    },
});
const STATIC = credentials({ "client-key-data": "x" });
const argsOf = (each: Credentials): string => (each.user.user["exec"] as { args: string[] }).args.join(" ");

describe("logins of kubelogin |", () => {
    it.each([
        [undefined, undefined, "get-token --login azurecli --server-id S"],
        ["azurecli", undefined, "get-token --login azurecli --server-id S"],
        [
            "devicecode",
            undefined,
            "get-token --login devicecode --server-id S --client-id C --tenant-id T --environment AzurePublicCloud",
        ],
        [
            "spn",
            "mine",
            "get-token --login spn --server-id S --client-id mine --tenant-id T --environment AzurePublicCloud",
        ],
        ["msi", undefined, "get-token --login msi --server-id S"],
        ["msi", "mine", "get-token --login msi --server-id S --client-id mine"],
        ["workloadidentity", undefined, "get-token --login workloadidentity --server-id S"],
    ] as const)("%s with client %s has the arguments that kubelogin writes", (login, client, expected) => {
        expect(argsOf(convertLogin(ENTRA, login, client))).toBe(expected);
    });

    it("what kubelogin does not know of the entry stays: command, version, hint", () => {
        const { exec } = convertLogin(ENTRA, "msi").user.user as { exec: Record<string, unknown> };
        expect([exec["command"], exec["apiVersion"], exec["installHint"]]).toEqual([
            "kubelogin",
            "client.authentication.k8s.io/v1beta1",
            "install it",
        ]);
    });

    it("a login that somebody chose in Azure's answer is kept unless another is asked for", () => {
        const spn = convertLogin(ENTRA, "spn");
        expect(convertLogin(spn, undefined)).toBe(spn);
        expect(loginOf(convertLogin(spn, "devicecode"))).toBe("devicecode");
    });

    it("a certificate has no login to choose, and needs no kubelogin", () => {
        expect(convertLogin(STATIC, undefined)).toBe(STATIC);
        expect([loginOf(STATIC), kubeloginOf(STATIC), kubeloginOf(ENTRA)]).toEqual([
            undefined,
            undefined,
            "kubelogin",
        ]);
        for (const login of LOGINS)
            expect(() => convertLogin(STATIC, login)).toThrow(/there is no login to choose/);
    });

    it("says what is missing or out of place", () => {
        const bare = credentials({ exec: { command: "kubelogin", args: ["get-token", "--server-id", "S"] } });
        expect(() => convertLogin(bare, "spn")).toThrow(/has no --client-id/);
        expect(() => convertLogin(ENTRA, "azurecli", "mine")).toThrow(/--client-id: only for/);
    });
});
