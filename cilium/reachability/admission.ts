import type { JsonObject } from "../manifest/document";
import { isPolicyKind } from "../model/kinds";
import type { CiliumMinor } from "../model/versions";
import { checkAcceptance } from "../validation/acceptance";
import { checkStructure } from "../validation/structure";
import type { Admission } from "./translate";

/** Takes every document as it is; for callers that have checked them. */
export const admitAll: Admission = (document): { stored: JsonObject } => ({ stored: document.value });

/**
 * What a cluster does with a document: the API server refuses it or stores what is left after pruning, then Cilium
 * enforces it or not. A refused document changes nothing for anybody, so it does not take part in reachability.
 * @returns the stored object, or why it is not in force
 */
export function admitAsCluster(minor: CiliumMinor): Admission {
    return ({ kind, value }) => {
        if (!isPolicyKind(kind)) return { reason: `${kind} is no policy` };
        const { crd, stored, problems } = checkStructure(value, kind, minor);
        if (crd !== "ok") {
            const first = problems.find(({ severity }) => severity === "error");
            return { reason: `refused by the API server: ${first?.message ?? "it does not fit the schema"}` };
        }
        const { sanitize, problems: refusals } = checkAcceptance(stored, kind, minor);
        if (sanitize === "ok") return { stored };
        return { reason: `not enforced by Cilium ${minor}: ${refusals[0]?.message ?? sanitize}` };
    };
}
