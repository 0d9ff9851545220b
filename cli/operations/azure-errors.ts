import { connectionProblem, OperationError } from "./failure";
import type { Failure } from "./retry";
import { retryAfter } from "./retry";
import { CLOUD_SERVICES } from "./clouds";
import type { Target } from "./target";

/** Azure Resource Manager could not be asked, or refused. */
export class AzureError extends OperationError {
    constructor(
        what: string,
        advice: string,
        /** HTTP status of the answer; undefined when there was none. */
        readonly status?: number,
        options?: ErrorOptions,
    ) {
        super(what, advice, options);
    }
}

/** What a request to ARM was for. */
export interface Asked {
    /** For messages: `read the cluster`, `get the user's credentials`. */
    readonly action: string;
    /** Least built-in role that allows it (docs/verify.md). */
    readonly role: string;
}

/** The parts of `RestError` (@azure/core-rest-pipeline) that are looked at. */
interface RestError extends Error {
    readonly statusCode?: number;
    readonly code?: string;
    readonly response?: { readonly headers: { get(name: string): string | undefined } };
    readonly details?: { readonly error?: { readonly code?: string; readonly message?: string } };
}

const TRANSIENT = [408, 429, 500, 502, 503, 504];

/** Whether a failed request to ARM is worth another try. */
export function judgeAzure(error: unknown): Failure {
    const { statusCode, response } = error as RestError;
    if (statusCode === undefined) return { again: connectionProblem(error)?.kind === "connection" };
    return { again: TRANSIENT.includes(statusCode), after: retryAfter(response?.headers.get("retry-after")) };
}

/** The cluster's name with where it is, for messages. */
const place = ({ cluster, resourceGroup }: Target) => `cluster ${cluster} in resource group ${resourceGroup}`;

/** Time that was up: the limit in seconds, and whether the login had not come to its end by then. */
export interface TimedOut {
    readonly seconds: number;
    readonly loggingIn: boolean;
}

/**
 * A failed request to ARM in words.
 * @param timedOut undefined when it was not given up for its time
 */
export function azureError(
    error: unknown,
    asked: Asked,
    target: Target,
    timedOut?: TimedOut,
): OperationError {
    if (error instanceof OperationError) return error;
    const { what, advice } = explain(error, asked, target, timedOut);
    return new AzureError(what, advice, (error as RestError).statusCode, { cause: error });
}

function explain(
    error: unknown,
    asked: Asked,
    target: Target,
    timedOut: TimedOut | undefined,
): { what: string; advice: string } {
    const rest = error as RestError;
    const said = sentence(rest);
    if (timedOut?.loggingIn === true)
        return {
            what: `the login to Azure came to no end in ${timedOut.seconds} s`,
            advice: "log in before (`az login`), or see what the environment asks for (ARM_*, AZURE_*, IDENTITY_ENDPOINT)",
        };
    if (timedOut !== undefined)
        return {
            what: `Azure gave no answer in ${timedOut.seconds} s (to ${asked.action} of ${place(target)})`,
            advice: "look at https://azure.status.microsoft, or try again with a longer --timeout",
        };
    const login = loginProblem(rest, target);
    if (login !== undefined) return login;
    const connection = connectionProblem(error);
    if (connection?.kind === "certificate")
        return {
            what: `Azure's certificate is not trusted: ${connection.reason}`,
            advice: "where a proxy replaces certificates, name its authority with NODE_EXTRA_CA_CERTS=FILE (ARM_CERTIFICATE with ARM_ENDPOINT)",
        };
    if (connection !== undefined)
        return {
            what: `Azure cannot be reached: ${connection.reason}`,
            advice: "check the network, proxy and --cloud (ARM_ENDPOINT where it is set), then try again",
        };
    switch (rest.statusCode) {
        case 401:
            return {
                what: `Azure does not accept the login (401: ${said})`,
                advice: `log in again (\`az login\`), to the tenant of the cluster and its cloud, ${CLOUD_SERVICES[target.cloud].azName}`,
            };
        case 403:
            return {
                what: `Azure does not allow this login to ${asked.action} of ${place(target)} (403: ${said})`,
                advice: `have the role "${asked.role}" assigned on the cluster, or log in as somebody who has it`,
            };
        case 404:
            return {
                what: `there is no ${place(target)} in subscription ${target.subscription} (404: ${said})`,
                advice: `see what is there: az aks list --subscription ${target.subscription} -o table`,
            };
        case 429:
            return throttled(rest);
        case undefined:
            return { what: `could not ${asked.action} of ${place(target)}: ${said}`, advice: "try again" };
        default:
            return rest.statusCode >= 500
                ? {
                      what: `Azure failed (${rest.statusCode}: ${said}), also when asked again`,
                      advice: "look at https://azure.status.microsoft and try again later",
                  }
                : {
                      what: `Azure refused to ${asked.action} of ${place(target)} (${rest.statusCode}: ${said})`,
                      advice:
                          localAccounts(said) ??
                          "see the message; `--subscription` and `--cloud` decide what is asked",
                  };
    }
}

/** aks.md 2.4: a cluster with disableLocalAccounts has no static credentials. */
const localAccounts = (said: string) =>
    /disable local accounts/i.test(said)
        ? "leave --admin out: people log in with Entra ID on this cluster"
        : undefined;

function throttled(rest: RestError): { what: string; advice: string } {
    const after = retryAfter(rest.response?.headers.get("retry-after"));
    const seconds = after === undefined ? undefined : Math.ceil(after / 1000);
    return {
        what: `Azure throttles requests (429${seconds === undefined ? "" : `; it asks to wait ${seconds} s`})`,
        advice: `try again ${seconds === undefined ? "in some minutes" : `in ${seconds} s`}; other clients of the subscription count too`,
    };
}

/** ARM's own message, one line of it. */
function sentence(error: RestError): string {
    const message = error.details?.error?.message ?? armMessage(error.message) ?? error.message;
    const line = (message.split("\n")[0] ?? "").trim().replace(/\.$/, "");
    const code = error.details?.error?.code ?? error.code;
    return code === undefined || line.includes(code) ? line : `${code}: ${line}`;
}

/** Some errors carry the body of the answer as their message. */
function armMessage(message: string): string | undefined {
    try {
        return (JSON.parse(message) as { error?: { message?: string } }).error?.message;
    } catch {
        return undefined;
    }
}

/** Errors of @azure/identity: no login at all, or one that Entra does not take any more. */
function loginProblem(error: Error, target: Target): { what: string; advice: string } | undefined {
    if (
        !/^(CredentialUnavailable|Authentication|AggregateAuthentication|AuthenticationRequired)Error$/.test(
            error.name,
        )
    )
        return undefined;
    const login = `az login${target.cloud === "public" ? "" : ` (after \`az cloud set -n ${CLOUD_SERVICES[target.cloud].azName}\`)`}`;
    const entra = /AADSTS\d+/.exec(error.message)?.[0];
    if (entra !== undefined) {
        const expired = /AADSTS(70043|700082|50078|50173|700084|50132|70008)/.test(entra);
        return {
            what: expired
                ? `the login to Azure has expired (${entra})`
                : `Entra ID refused the login (${entraMessage(error.message, entra)})`,
            advice: `log in again: ${login}`,
        };
    }
    if (/CredentialUnavailable/.test(error.name) || /Aggregate/.test(error.name))
        return {
            what: "nobody is logged in to Azure: neither the environment (ARM_*, AZURE_*) nor az nor azd gives a token",
            advice: `log in: ${login}`,
        };
    return { what: `the login to Azure failed: ${sentence(error)}`, advice: `log in again: ${login}` };
}

function entraMessage(message: string, code: string): string {
    const rest = message.slice(message.indexOf(code));
    return (rest.split(/Trace ID|\n/)[0] ?? code).trim().replace(/\.$/, "");
}
