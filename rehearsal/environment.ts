import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { PULUMI } from "./engine/versions";
import type { Places } from "./places";
import { providersOf } from "./plugins";

/** The stand-in of Azure, as it says itself when it is ready. */
export interface Azure {
    readonly endpoint: string;
    /** File of the certificate it shows. */
    readonly certificate: string;
    /** Where its tools get tokens: the App Service identity endpoint (proofs of az: plain http is fine there). */
    readonly identityEndpoint: string;
}

/** The account that the stand-in of Azure knows; nothing of a real one reaches the rehearsal. */
export const ACCOUNT = {
    ARM_SUBSCRIPTION_ID: "00000000-0000-0000-0000-000000000001",
    ARM_TENANT_ID: "00000000-0000-0000-0000-0000000000aa",
    ARM_CLIENT_ID: "00000000-0000-0000-0000-0000000000cc",
};

/** What the rehearsal adds to the environment of everything it runs. */
export function additions(places: Places, azure: Azure | undefined, kubeconfig: string | undefined) {
    return {
        AKS_CILIUM_REHEARSAL: places.state,
        AKS_CILIUM_CLUSTER: path.join(places.path, "cluster"),
        ...ACCOUNT,
        ...(azure === undefined
            ? {}
            : {
                  ARM_ENDPOINT: azure.endpoint,
                  ARM_CERTIFICATE: azure.certificate,
                  // Clients that bring their own list of authorities: Node's and Python's.
                  NODE_EXTRA_CA_CERTS: azure.certificate,
                  REQUESTS_CA_BUNDLE: azure.certificate,
                  IDENTITY_ENDPOINT: azure.identityEndpoint,
                  IDENTITY_HEADER: "rehearsal",
              }),
        ...(kubeconfig === undefined ? {} : { KUBECONFIG: kubeconfig }),
        PULUMI_HOME: places.pulumiHome,
        PULUMI_BACKEND_URL: `file://${places.backend}`,
        PULUMI_CONFIG_PASSPHRASE_FILE: path.join(places.state, "pulumi", "passphrase"),
        PULUMI_SKIP_UPDATE_CHECK: "true",
        PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
        PULUMI_AUTOMATION_API_SKIP_VERSION_CHECK: "true",
        NODE_COMPILE_CACHE: path.join(places.cache, "compile"),
        NO_PROXY: "127.0.0.1,localhost",
        no_proxy: "127.0.0.1,localhost",
    } satisfies NodeJS.ProcessEnv;
}

/**
 * What the released azure-native plug-in (`AKS_CILIUM_PROVIDERS=released`) needs to work with the stand-in: it takes no
 * address of ARM, only the host of a cloud's description (its argument `metadataHost`), and its HTTP client is Go's.
 * Never run: its download was out of reach where this was written.
 */
function releasedAzureNative(azure: Azure): NodeJS.ProcessEnv {
    return {
        ARM_METADATA_HOSTNAME: new URL(azure.endpoint).host,
        ARM_DISABLE_INSTANCE_DISCOVERY: "true",
        ARM_USE_MSI: "true",
        ARM_MSI_ENDPOINT: azure.identityEndpoint,
        SSL_CERT_FILE: azure.certificate,
    };
}

/**
 * The whole environment: the user's, without any credential or endpoint of a real Azure or Pulumi account, and ours.
 */
export function environment(
    places: Places,
    azure: Azure | undefined,
    kubeconfig: string | undefined,
    user: NodeJS.ProcessEnv = process.env,
): NodeJS.ProcessEnv {
    const real =
        /^(ARM_|AZURE_|AKS_CILIUM_REHEARSAL$|KUBECONFIG$|PULUMI_(ACCESS_TOKEN|BACKEND_URL|HOME|CONFIG|STACK))/;
    const kept = Object.fromEntries(Object.entries(user).filter(([name]) => !real.test(name)));
    return {
        ...kept,
        ...additions(places, azure, kubeconfig),
        ...(azure !== undefined && providersOf(user) === "released" ? releasedAzureNative(azure) : {}),
        PATH: `${places.path}${path.delimiter}${user["PATH"] ?? ""}`,
    };
}

/** Makes what the environment names: folders, the passphrase, and the executables that go first on PATH. */
export function prepareFolders(places: Places, executables: Readonly<Record<string, string>>): void {
    fs.mkdirSync(places.state, { recursive: true, mode: 0o700 });
    for (const folder of [places.path, places.pulumiHome, places.backend, places.run, places.log])
        fs.mkdirSync(folder, { recursive: true });
    const passphrase = path.join(places.state, "pulumi", "passphrase");
    if (!fs.existsSync(passphrase))
        fs.writeFileSync(passphrase, randomBytes(24).toString("base64url"), { mode: 0o600 });
    for (const name of fs.readdirSync(places.path))
        if (!(name in executables)) fs.rmSync(path.join(places.path, name), { force: true });
    for (const [name, target] of Object.entries(executables)) {
        const file = path.join(places.path, name);
        const temporary = `${file}.${process.pid}`;
        if (target.startsWith("#!")) fs.writeFileSync(temporary, target, { mode: 0o755 });
        else fs.symlinkSync(target, temporary);
        fs.renameSync(temporary, file);
    }
    // `npx` and npm scripts put the npm package `pulumi` before everything else on PATH: it looks for its engine here.
    const launcher = path.join(places.pulumiHome, "versions", PULUMI, "bin");
    fs.mkdirSync(path.dirname(launcher), { recursive: true });
    fs.rmSync(launcher, { force: true });
    fs.symlinkSync(places.path, launcher);
}
