import type { JsonObject } from "../manifest/document";
import type { PolicyKind } from "../model/kinds";
import type { CiliumMinor } from "../model/versions";

/** What a sentence about a fault needs besides the fault. */
export interface FaultContext {
    readonly kind: PolicyKind;
    readonly minor: CiliumMinor;
    /** The object as it would be stored, to say what is left after pruning. */
    readonly stored: JsonObject;
}

/** Where the structure of a kind is written down. */
export function sourceOf({ kind, minor }: FaultContext): string {
    return kind === "NetworkPolicy"
        ? "k8s.io/api networking/v1"
        : `CRD of Cilium ${minor} (pkg/k8s/apis/cilium.io/client/crds/v2)`;
}
