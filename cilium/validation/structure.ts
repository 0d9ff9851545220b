import type { JsonObject, JsonValue, Path } from "../manifest/document";
import { isServed, type PolicyKind } from "../model/kinds";
import { objectMetaSchema, structuralSchema } from "../model/structural";
import type { CiliumMinor } from "../model/versions";
import type { Problem } from "./finding";
import type { FaultContext } from "./structure-context";
import { describeFault } from "./structure-messages";
import { apiVersionProblem, metadataProblems, notAnObject } from "./structure-metadata";
import { isObject, put, StructureWalk, type Fault } from "./structure-walk";

/** What the API server does with an object on a write: prune unknown keys, fill in defaults, validate. */
export interface StructureResult {
    /** `errors`: the API server refuses the object; nothing is stored. */
    readonly crd: "ok" | "errors";
    /** Every problem at once, pruned keys (code L02) included. */
    readonly problems: readonly Problem[];
    /** Keys the API server would drop silently, in document order. */
    readonly pruned: readonly Path[];
    /** The object as it would be stored: without the pruned keys and nulls, with defaults. The input is not changed. */
    readonly stored: JsonObject;
}

/**
 * Checks an object against what the API server of a cluster with this Cilium minor accepts, quirks included.
 * `metadata` is checked too, but its problems leave `crd` alone, as a CRD does not describe it.
 * @param value the object as read
 * @param kind its kind; the caller has chosen it by `kind`, a wrong `apiVersion` is reported here
 * @param minor Cilium minor whose CRDs are installed
 */
export function checkStructure(value: JsonValue, kind: PolicyKind, minor: CiliumMinor): StructureResult {
    if (!isObject(value))
        return { crd: "errors", problems: [notAnObject(value, kind)], pruned: [], stored: {} };
    if (!isServed(kind, value.apiVersion)) {
        return { crd: "errors", problems: [apiVersionProblem(value, kind)], pruned: [], stored: value };
    }
    return kind === "NetworkPolicy" ? checkBuiltIn(value, kind, minor) : checkCustom(value, kind, minor);
}

/** A custom resource: its CRD for everything but `metadata`. */
function checkCustom(value: JsonObject, kind: PolicyKind, minor: CiliumMinor): StructureResult {
    const walk = new StructureWalk("crd");
    const stored = walk.visit(value, structuralSchema(kind, minor)) as JsonObject;
    const metadata = new StructureWalk("go");
    if (isObject(stored.metadata))
        put(stored, "metadata", metadata.visit(stored.metadata, objectMetaSchema()));
    const context: FaultContext = { kind, minor, stored };
    return {
        crd: walk.faults.some(isError) ? "errors" : "ok",
        problems: [
            ...walk.faults
                .filter((fault) => !isMissingMetadata(fault))
                .map((fault) => describeFault(fault, context)),
            ...metadata.faults.map((fault) =>
                describeFault({ ...fault, path: ["metadata", ...fault.path] }, context),
            ),
            ...metadataProblems(value, kind),
        ],
        pruned: walk.pruned,
        // The agent is given `metadata` as it was written (see checkAcceptance): decoding it is part of acceptance.
        stored: isObject(value.metadata) ? { ...stored, metadata: value.metadata } : stored,
    };
}

/** A kind of Kubernetes' own: decoded into Go types, which knows no defaults and no lengths. */
function checkBuiltIn(value: JsonObject, kind: PolicyKind, minor: CiliumMinor): StructureResult {
    const walk = new StructureWalk("go");
    const stored = walk.visit(value, structuralSchema(kind, minor)) as JsonObject;
    const refused = walk.faults.some(isError);
    return {
        crd: refused ? "errors" : "ok",
        problems: [
            ...walk.faults.map((fault) => describeFault(fault, { kind, minor, stored })),
            ...metadataProblems(value, kind),
        ],
        // An object that cannot be decoded is refused before any key is dropped.
        pruned: refused ? [] : walk.pruned,
        stored,
    };
}

const isError = (fault: Fault): boolean => fault.rule !== "unknown-key";

/** Said better by metadataProblems. */
const isMissingMetadata = (fault: Fault): boolean =>
    fault.rule === "required" && fault.path.length === 0 && fault.key === "metadata";
