import type { ManifestDocument } from "../cilium/manifest/document";
import { readManifests } from "../cilium/manifest/read";
import { appliesAtTier } from "../cilium/model/tier-selection";
import type { CiliumPoliciesArgs } from "./cilium-policies-args";

/** The documents that are meant for this cluster, checked. */
export function readPolicies(args: CiliumPoliciesArgs): ManifestDocument[] {
    const tier = args.advancedNetworking ?? "off";
    return (args.files ?? [])
        .flatMap(({ path, text }) => readManifests(text, { file: path }).documents)
        .filter((document) => appliesAtTier(document, tier));
}
