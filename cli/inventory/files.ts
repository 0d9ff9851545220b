import { stringify } from "yaml";
import type { JsonObject } from "../../cilium";
import type { NamespaceInventory } from "./manifests";

export type FileFormat = "yaml" | "json";

/**
 * The files of an inventory: `workloads/NAMESPACE.yaml` with the Namespace, its workloads and Services, and
 * `policies/KIND.yaml` beside it.
 * @param policies by kind; undefined leaves them out
 * @returns path below the folder → text
 */
export function inventoryFiles(
    inventories: readonly NamespaceInventory[],
    policies: ReadonlyMap<string, readonly JsonObject[]> | undefined,
    format: FileFormat,
): ReadonlyMap<string, string> {
    const named: [string, readonly JsonObject[]][] = [
        ...inventories.map(({ namespace, objects }): [string, readonly JsonObject[]] => [
            `workloads/${namespace}`,
            objects,
        ]),
        ...[...(policies ?? [])]
            .filter(([, objects]) => objects.length > 0)
            .map(([kind, objects]): [string, readonly JsonObject[]] => [
                `policies/${kind.toLowerCase()}`,
                objects,
            ]),
    ];
    return new Map(named.map(([path, objects]) => [`${path}.${format}`, textOf(objects, format)]));
}

function textOf(objects: readonly JsonObject[], format: FileFormat): string {
    if (format === "json")
        return `${JSON.stringify({ apiVersion: "v1", kind: "List", items: objects }, undefined, 2)}\n`;
    // Without aliases: two workloads with equal labels are written out twice.
    return objects
        .map((object) => stringify(object, { aliasDuplicateObjects: false, lineWidth: 0, indentSeq: false }))
        .join("---\n");
}
