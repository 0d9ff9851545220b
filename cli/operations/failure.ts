/**
 * Something outside could not be asked, or refused: what happened, and what to do, each a sentence for people. Ends a
 * command with exit code 2; `verify` makes an unknown verdict of it and goes on.
 */
export class OperationError extends Error {
    override readonly name: string = "OperationError";

    /**
     * @param what happened, without a full stop
     * @param advice what to do, an imperative without a full stop
     */
    constructor(
        readonly what: string,
        readonly advice: string,
        options?: ErrorOptions,
    ) {
        super(`${what}. ${upper(advice)}.`, options);
    }
}

/** The user ended the command (Ctrl-C); nothing was left half done. */
export class Interrupted extends Error {
    override readonly name = "Interrupted";
    constructor() {
        super("interrupted");
    }
}

const upper = (text: string) => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;

/** The system's words for a connection that failed, in ours. */
const CONNECTION: Readonly<Record<string, string>> = {
    ECONNREFUSED: "nothing listens there",
    ECONNRESET: "the connection was cut",
    EPIPE: "the connection was cut",
    ENOTFOUND: "the name does not resolve",
    EAI_AGAIN: "the name does not resolve at the moment",
    ETIMEDOUT: "no answer",
    EHOSTUNREACH: "there is no way to that host",
    ENETUNREACH: "there is no way to that network",
};

/** Codes of TLS: a certificate that is not trusted, has expired or is for another name. */
const TLS =
    /^(DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_.*|CERT_.*|ERR_TLS_.*|ERR_SSL_.*|EPROTO)$/;

/** What a failed connection was about; undefined when the error is none of a connection. */
export function connectionProblem(
    error: unknown,
): { readonly kind: "connection" | "certificate"; readonly reason: string } | undefined {
    // What wraps it keeps it as its cause: Azure's and Entra's clients do.
    let each = error as (NodeJS.ErrnoException & { cause?: unknown }) | undefined;
    for (let depth = 0; each !== undefined && each !== null && depth < 5; depth += 1) {
        const { code, message } = each;
        const reason = CONNECTION[code ?? ""];
        if (reason !== undefined) return { kind: "connection", reason };
        if (typeof code === "string" && TLS.test(code))
            return { kind: "certificate", reason: `${message} (${code})` };
        each = each.cause as typeof each;
    }
    return undefined;
}
