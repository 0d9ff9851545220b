import type { JsonObject, ManifestDocument } from "../manifest/document";
import { parseCidr, type Prefix } from "./addresses";
import { asObject, asString, asStringMap, asStrings } from "./json";
import { requirementsOf } from "./label-selectors";
import { holds, type CidrGroupSelector } from "./selectors";

/** A declared CiliumCIDRGroup. */
export interface CidrGroup {
    readonly name: string;
    readonly labels: ReadonlyMap<string, string>;
    readonly prefixes: readonly Prefix[];
}

export type CidrGroups = readonly CidrGroup[];

/** Reads a CiliumCIDRGroup: `spec.externalCIDRs`. */
export function cidrGroup(document: ManifestDocument): CidrGroup {
    const metadata = asObject(document.value["metadata"]);
    const cidrs = asStrings(asObject(document.value["spec"])?.["externalCIDRs"]) ?? [];
    return {
        name: document.name,
        labels: asStringMap(metadata?.["labels"]),
        prefixes: cidrs.flatMap((text) => parseCidr(text) ?? []),
    };
}

/**
 * `cidrGroupRef` or `cidrGroupSelector` of a CIDR set. A group that is not declared matches nothing, but stays in the
 * list of peers, so it does not open ports (facts 3.3).
 */
export function groupSelectors(
    set: JsonObject,
    context: { readonly mode: "engine" | "product"; readonly groups: CidrGroups },
): readonly CidrGroupSelector[] {
    const name = asString(set["cidrGroupRef"]);
    const selector = asObject(set["cidrGroupSelector"]);
    if (name === undefined && selector === undefined) return [];
    const requirements = requirementsOf(selector);
    const members = (context.mode === "engine" ? [] : context.groups).filter((group) =>
        name !== undefined
            ? group.name === name
            : requirements.every((item) =>
                  holds({ ...item, source: "k8s" }, { k8s: group.labels, reserved: [] }),
              ),
    );
    const prefixes = members.flatMap((group) => group.prefixes);
    const except = (asStrings(set["except"]) ?? []).flatMap((text) => parseCidr(text) ?? []);
    const text = `group ${prefixes.map((prefix) => prefix.text).join(" ")} - ${except.map((item) => item.text).join(" ")}`;
    return [{ type: "cidr-group", prefixes, except, text }];
}
