import type { JsonObject, ManifestDocument, Path } from "../manifest/document";
import { object, objects, type Direction } from "./policy-view";

/** A Kubernetes NetworkPolicy as the checks walk it. */
export interface NetworkPolicyView {
    readonly document: ManifestDocument;
    readonly spec: JsonObject;
    readonly rules: readonly NetworkPolicyRule[];
}

export interface NetworkPolicyRule {
    readonly path: Path;
    readonly direction: Direction;
    readonly value: JsonObject;
    readonly peers: readonly { readonly path: Path; readonly value: JsonObject }[];
    readonly ports: readonly { readonly path: Path; readonly value: JsonObject }[];
}

/** Reads a NetworkPolicy; undefined for other kinds. */
export function networkPolicyView(document: ManifestDocument): NetworkPolicyView | undefined {
    if (document.kind !== "NetworkPolicy") return undefined;
    const spec = object(document.value["spec"]) ?? {};
    const rules = (["ingress", "egress"] as const).flatMap((direction) =>
        objects(spec[direction]).map(([value, index]): NetworkPolicyRule => {
            const path = ["spec", direction, index];
            const key = direction === "ingress" ? "from" : "to";
            const items = (name: string) =>
                objects(value[name]).map(([item, at]) => ({ path: [...path, name, at], value: item }));
            return { path, direction, value, peers: items(key), ports: items("ports") };
        }),
    );
    return { document, spec, rules };
}
