import type { ManifestDocument } from "../manifest/document";
import { ADVANCED_NETWORKING, type AdvancedNetworking } from "./versions";

/**
 * Annotation naming the ACNS tiers a manifest is meant for, e.g. `fqdn,l7`; without it: all. So a rule by DNS name and
 * its stand-in by address can lie side by side, and the tier of the cluster chooses (issue 1, part 3).
 */
export const TIER_ANNOTATION = "aks-cilium.io/advanced-networking";

/**
 * The tiers a document is meant for.
 * @returns the tiers, and the words in the annotation that are none (to be reported, never skipped silently)
 */
export function tiersOf(document: Pick<ManifestDocument, "value">): {
    readonly tiers: readonly AdvancedNetworking[];
    readonly unknown: readonly string[];
} {
    const metadata = document.value.metadata;
    const annotations = isObject(metadata) ? metadata.annotations : undefined;
    const text = isObject(annotations) ? annotations[TIER_ANNOTATION] : undefined;
    if (typeof text !== "string") return { tiers: ADVANCED_NETWORKING, unknown: [] };
    const words = text.split(",").map((word) => word.trim());
    const tiers = ADVANCED_NETWORKING.filter((tier) => words.includes(tier));
    const unknown = words.filter((word) => !(ADVANCED_NETWORKING as readonly string[]).includes(word));
    return { tiers, unknown };
}

/** Whether a document is applied to a cluster of this tier. A document with an unknown word stays, to be reported. */
export function appliesAtTier(document: Pick<ManifestDocument, "value">, tier: AdvancedNetworking): boolean {
    const { tiers, unknown } = tiersOf(document);
    return unknown.length > 0 || tiers.includes(tier);
}

function isObject(value: unknown): value is Record<string, unknown> {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}
