import { connectionProblem, OperationError } from "./failure";
import { retryAfter, type Failure } from "./retry";

/** The API server could not be asked, or refused. */
export class KubernetesError extends OperationError {
    constructor(
        what: string,
        advice: string,
        /** HTTP status of the answer; undefined when there was none. */
        readonly status?: number,
        /** Milliseconds that the server asks to wait. */
        readonly after?: number,
        options?: ErrorOptions,
    ) {
        super(what, advice, options);
    }
}

/** Whether a failed request is worth another try: as client-go does, on 429 and 5xx, and where there was no answer. */
export function judgeKubernetes(error: unknown): Failure {
    if (!(error instanceof KubernetesError)) return { again: false };
    if (error.status === undefined)
        return { again: connectionProblem(error.cause)?.kind === "connection", after: undefined };
    return { again: [429, 500, 502, 503, 504].includes(error.status), after: error.after };
}

/** How somebody gets credentials that work, for advice. */
export interface Access {
    /** URL of the API server. */
    readonly server: string;
    /** `az aks get-credentials …` of this cluster, or words about the file given with --kubeconfig. */
    readonly renew: string;
}

/** An answer of the API server that is an error, in words. */
export function statusError(
    status: number,
    body: string,
    retry: string | undefined,
    what: string,
    access: Access,
): KubernetesError {
    const said = messageOf(body) ?? `HTTP ${status}`;
    const make = (text: string, advice: string) =>
        new KubernetesError(text, advice, status, retryAfter(retry));
    switch (status) {
        case 401:
            return make(
                `the API server ${access.server} does not accept the credentials (401: ${said}): they have expired or are another cluster's`,
                access.renew,
            );
        case 403:
            return make(
                `this login may not ${what} (403: ${said})`,
                'have the ClusterRole "aks-cilium-verify" of docs/verify.md bound to it, or log in as somebody who may',
            );
        case 404:
            return make(
                `could not ${what}: not found (404: ${said})`,
                "see `kubectl api-resources` for what the cluster has",
            );
        case 429:
            return make(
                `the API server ${access.server} is overloaded (429: ${said})`,
                "try again in a minute",
            );
        default:
            return make(
                `could not ${what}: the API server ${access.server} answered ${status} (${said})`,
                status >= 500
                    ? "try again; `kubectl get --raw /readyz?verbose` says what it lacks"
                    : "see the message",
            );
    }
}

/** A request that got no answer, in words. */
export function requestError(error: unknown, what: string, access: Access): KubernetesError {
    const make = (text: string, advice: string) =>
        new KubernetesError(text, advice, undefined, undefined, { cause: error });
    const problem = connectionProblem(error);
    if (problem?.kind === "certificate")
        return make(
            `the certificate of the API server ${access.server} is not trusted: ${problem.reason}`,
            access.renew,
        );
    if (problem !== undefined)
        return make(
            `the API server ${access.server} cannot be reached: ${problem.reason}`,
            "check that the cluster runs, that its authorized IP ranges include this machine, and the VPN where the cluster is private",
        );
    return make(`could not ${what} of ${access.server}: ${(error as Error).message}`, "try again");
}

/** `message` of a Status object; the first line of anything else. */
function messageOf(body: string): string | undefined {
    try {
        const status = JSON.parse(body) as { message?: unknown };
        if (typeof status.message === "string" && status.message !== "") return status.message;
    } catch {
        // Not JSON: a proxy's page, or nothing.
    }
    const line = body.trim().split("\n")[0] ?? "";
    return line === "" ? undefined : line.slice(0, 200);
}
