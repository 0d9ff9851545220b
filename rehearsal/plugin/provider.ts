/** What a provider plug-in implements; the gRPC frame in `server.ts` does the rest. */
import type { DiffKind } from "./diff";
import type { Properties } from "./values";

/** A refused input: the engine prints it against the property. */
export interface CheckFailure {
    /** Path of the property, empty for the resource as a whole. */
    property: string;
    reason: string;
}

/** The answer to Check and CheckConfig. */
export interface Checked {
    inputs: Properties;
    failures: CheckFailure[];
}

/** The engine's wish for names that the program leaves out (CheckRequest.AutonamingOptions). */
export interface Autonaming {
    mode: "propose" | "enforce" | "disable";
    proposedName: string;
}

/** One entry of a detailed diff; `inputDiff` means that the path is one of the inputs. */
export interface PropertyChange {
    kind: DiffKind;
    inputDiff?: boolean;
}

/** The answer to Diff and DiffConfig. */
export interface Difference {
    /** Does anything change? Undefined: the provider does not say, the engine compares the inputs. */
    changes: boolean | undefined;
    /** Paths that force a new resource; not empty means a replacement. */
    replaces?: string[];
    /** Names of the changed top-level properties (DiffConfig of pulumi-kubernetes; Diff uses `detailed`). */
    diffs?: string[];
    /** By path; left out when the provider gives no detailed diff. */
    detailed?: Record<string, PropertyChange>;
    deleteBeforeReplace?: boolean;
}

/** What every call about one resource carries. `type` is the token, `name` the last part of the URN. */
export interface ResourceCall {
    urn: string;
    type: string;
    name: string;
    /** Seconds from `customTimeouts`, 0 when the program sets none. */
    timeout: number;
}

/**
 * A way to show a line next to a resource in the engine's output. `passing`: a state that the next one replaces; it is
 * not repeated under "Diagnostics".
 */
export type Log = (
    severity: "debug" | "info" | "warning" | "error",
    message: string,
    urn: string,
    passing?: boolean,
) => void;

/**
 * A provider. Values come without secret envelopes; what was secret among the inputs is marked again by the frame
 * in whatever comes back. Unknown values are the sentinel `UNKNOWN`.
 */
export interface Provider {
    /** Package name (`kubernetes`) and version (that of the npm package, which the engine asks for). */
    name: string;
    version: string;
    /** Does the plug-in answer Handshake? pulumi-kubernetes does not (its README, "Ground rules"). */
    handshake: boolean;
    checkConfig?(request: { olds: Properties; news: Properties }): Checked;
    diffConfig(request: { oldInputs: Properties; olds: Properties; news: Properties }): Difference;
    configure(args: Properties, log: Log): Promise<void> | void;
    check(
        request: ResourceCall & {
            olds: Properties;
            news: Properties;
            /** 8 or more bytes; the same for the same resource in preview and up. */
            seed: Uint8Array;
            autonaming: Autonaming | undefined;
        },
    ): Promise<Checked> | Checked;
    diff(
        request: ResourceCall & {
            id: string;
            olds: Properties;
            oldInputs: Properties;
            news: Properties;
            ignoreChanges: string[];
        },
    ): Promise<Difference> | Difference;
    create(
        request: ResourceCall & { inputs: Properties; preview: boolean },
    ): Promise<{ id: string; outputs: Properties }>;
    /** Undefined: the resource is gone. */
    read(
        request: ResourceCall & { id: string; inputs: Properties; outputs: Properties },
    ): Promise<{ id: string; inputs: Properties; outputs: Properties } | undefined>;
    update(
        request: ResourceCall & {
            id: string;
            olds: Properties;
            oldInputs: Properties;
            inputs: Properties;
            preview: boolean;
            ignoreChanges: string[];
        },
    ): Promise<{ outputs: Properties }>;
    delete(request: ResourceCall & { id: string; outputs: Properties; oldInputs: Properties }): Promise<void>;
    invoke(token: string, args: Properties): Promise<{ result: Properties; failures?: CheckFailure[] }>;
    /** The engine is going away: stop waiting for anything. */
    cancel?(): void;
}

/**
 * The resource exists but is not as it should be: the engine stores `outputs` and the reasons, and plans an update
 * the next time (pulumi's ErrorResourceInitFailed; azure-native calls it a partial error).
 */
export class InitFailed extends Error {
    constructor(
        message: string,
        readonly id: string,
        readonly outputs: Properties,
        readonly inputs: Properties | undefined,
        readonly reasons: string[],
    ) {
        super(message);
    }
}
