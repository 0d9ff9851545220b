import type { ManifestDocument } from "../../manifest/document";
import type { Problem } from "../finding";

/** A problem with the document it belongs to, for advice that is found for all policies together. */
export interface Placed {
    readonly document: ManifestDocument;
    readonly problem: Problem;
}
