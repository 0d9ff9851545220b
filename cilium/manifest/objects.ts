import type { JsonObject, JsonValue, Path } from "./document";

/** An object that has a kind. */
export type ReadObject = JsonObject & { readonly kind: string };

/** Lists inside lists that are followed; kubectl writes one level. */
const MAX_LISTS = 5;

/**
 * The objects of a value: itself, or the items of a `List` (`kubectl get -o yaml`, `CiliumNetworkPolicyList` of the API)
 * with the path they stand at. Items of a typed list may leave out what the list's own kind says.
 */
export function expandLists(
    value: JsonValue,
    path: Path = [],
    depth = 0,
): { value: JsonValue; path: Path }[] {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return [{ value, path }];
    const { kind, items, apiVersion } = value;
    if (typeof kind !== "string" || !kind.endsWith("List") || !Array.isArray(items) || depth >= MAX_LISTS) {
        return [{ value, path }];
    }
    const itemKind = kind.slice(0, -"List".length);
    return items.flatMap((item, index) =>
        expandLists(typed(item, itemKind, apiVersion), [...path, "items", index], depth + 1),
    );
}

function typed(item: JsonValue, kind: string, apiVersion: JsonValue | undefined): JsonValue {
    if (kind === "" || typeof item !== "object" || item === null || Array.isArray(item)) return item;
    return { ...(apiVersion === undefined ? {} : { apiVersion }), kind, ...item };
}
