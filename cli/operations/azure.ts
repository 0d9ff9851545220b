import { readFileSync } from "node:fs";
import type { ManagedCluster } from "@azure/arm-containerservice";
import type { TokenCredential } from "@azure/identity";
import { UsageError } from "../exit";
import { azureError, judgeAzure, type Asked } from "./azure-errors";
import { clients } from "./clients";
import { CLOUD_SERVICES } from "./clouds";
import { Interrupted } from "./failure";
import { credentialFor } from "./login";
import { withRetries } from "./retry";
import type { Target } from "./target";

export type { ManagedCluster };

/** What is asked of Azure Resource Manager about one cluster. Every method throws `OperationError`. */
export interface Azure {
    /** `GET` of the managed cluster, as it is now. */
    cluster(): Promise<ManagedCluster>;
    /** Kubeconfig (YAML) for people: an exec login where the cluster uses Entra ID. Holds a secret where it does not. */
    userCredential(): Promise<string>;
    /** Kubeconfig (YAML) with static admin credentials: a secret. */
    adminCredential(): Promise<string>;
}

/** How to ask. */
export interface AzureOptions {
    /** Ends what is under way. */
    readonly signal?: AbortSignal | undefined;
    /** Seconds for each question, retries included. @default 60 */
    readonly timeout?: number | undefined;
    /** `ARM_ENDPOINT` (https) and `ARM_CERTIFICATE` (PEM file) point at another ARM; the rest is about the login. */
    readonly env?: NodeJS.ProcessEnv;
}

const READ: Asked = { action: "read the properties", role: "Reader" };
const USER: Asked = {
    action: "list user credentials",
    role: "Azure Kubernetes Service Cluster User Role",
};
const ADMIN: Asked = {
    action: "list admin credentials",
    role: "Azure Kubernetes Service Cluster Admin Role",
};

/**
 * Azure Resource Manager for a cluster. Nothing is loaded or asked before the first method is called.
 * @throws UsageError when ARM_ENDPOINT or ARM_CERTIFICATE cannot be used
 */
export function azureOf(target: Target, options: AzureOptions = {}): Azure {
    const { signal, timeout = 60, env = process.env } = options;
    const endpoint = endpointOf(target, env);
    const ca = certificateOf(env);
    let made: ReturnType<typeof connect> | undefined;
    /** Logins under way. */
    let loggingIn = 0;

    function connect() {
        const library = clients();
        const login = credentialFor(target.cloud, env, library);
        const credential: TokenCredential = {
            getToken: async (scopes, asked) => {
                loggingIn += 1;
                try {
                    return await login.getToken(scopes, asked);
                } finally {
                    // A login that was given up is told as one that came to no end.
                    if (asked?.abortSignal?.aborted !== true) loggingIn -= 1;
                }
            },
        };
        const context = library.createContainerService(credential, target.subscription, {
            endpoint,
            credentials: { scopes: [`${endpoint}/.default`] },
            // Retries are ours: the library's wait as long as a server asks, without a bound.
            retryOptions: { maxRetries: 0 },
            userAgentOptions: { userAgentPrefix: "aks-cilium" },
            ...(ca === undefined ? {} : { tlsOptions: { ca } }),
        });
        return { library, context };
    }

    async function ask<T>(
        asked: Asked,
        work: (connection: ReturnType<typeof connect>, abortSignal: AbortSignal) => Promise<T>,
    ): Promise<T> {
        const limit = AbortSignal.timeout(timeout * 1000);
        const both = signal === undefined ? limit : AbortSignal.any([signal, limit]);
        const deadline = Date.now() + timeout * 1000;
        try {
            const connection = (made ??= connect());
            return await ended(
                withRetries(() => work(connection, both), { signal: both, deadline, judge: judgeAzure }),
                both,
            );
        } catch (error) {
            if (signal?.aborted === true) throw new Interrupted();
            const timedOut = limit.aborted ? { seconds: timeout, loggingIn: loggingIn > 0 } : undefined;
            throw azureError(error, asked, target, timedOut);
        }
    }

    const { resourceGroup, cluster } = target;
    return {
        cluster: () =>
            ask(READ, ({ library, context }, abortSignal) =>
                library.get(context, resourceGroup, cluster, { abortSignal }),
            ),
        userCredential: async () =>
            kubeconfigOf(
                await ask(USER, ({ library, context }, abortSignal) =>
                    library.listClusterUserCredentials(context, resourceGroup, cluster, { abortSignal }),
                ),
            ),
        adminCredential: async () =>
            kubeconfigOf(
                await ask(ADMIN, ({ library, context }, abortSignal) =>
                    library.listClusterAdminCredentials(context, resourceGroup, cluster, { abortSignal }),
                ),
            ),
    };
}

/** The first kubeconfig of an answer, as az takes it (proofs of az: only element 0 is used). */
function kubeconfigOf(answer: { kubeconfigs?: { value?: Uint8Array }[] }): string {
    const value = answer.kubeconfigs?.[0]?.value;
    if (value === undefined) throw new Error("Azure's answer holds no kubeconfig");
    return Buffer.from(value).toString("utf8");
}

/** Settles when `work` does, or when the signal ends it: a login of a tool does not look at signals. */
function ended<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
    return new Promise((resolve, reject) => {
        const abort = () => reject(new Error("aborted"));
        signal.addEventListener("abort", abort, { once: true });
        work.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
    });
}

function endpointOf({ cloud }: Target, env: NodeJS.ProcessEnv): string {
    const given = env["ARM_ENDPOINT"];
    if (given === undefined || given === "") return CLOUD_SERVICES[cloud].resourceManager;
    if (!URL.canParse(given) || new URL(given).protocol !== "https:")
        throw new UsageError(
            `ARM_ENDPOINT=${given}: an https URL is expected (tokens are not sent over plain http)`,
        );
    return given.replace(/\/+$/, "");
}

function certificateOf(env: NodeJS.ProcessEnv): string | undefined {
    const file = env["ARM_CERTIFICATE"];
    if (file === undefined || file === "") return undefined;
    try {
        return readFileSync(file, "utf8");
    } catch (error) {
        throw new UsageError(
            `ARM_CERTIFICATE=${file}: cannot be read (${(error as NodeJS.ErrnoException).code ?? "unknown"}); a PEM file is expected`,
        );
    }
}
