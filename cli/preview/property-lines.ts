import { code } from "./markdown";
import { MASK, masked } from "./mask";
import type { Action, PropertyChange, ResourceChange } from "./preview";

/** Longer values are cut. */
const MAX_VALUE = 300;

/**
 * What the engine writes for values that are not known before the update, one for each type (pulumi
 * sdk/go/common/resource/plugin/rpc.go, `UnknownStringValue` and others).
 */
const UNKNOWN =
    /"(04da6b54-80e4-46f7-96ec-b56ff0331ba9|1c4a061d-8072-4f0a-a4cb-0ff528b18fe7|3eeb2bf0-c639-47a8-9e75-3b44932eb421|6a19a0b0-7e62-4c92-b797-7f8e31da9cc2|030794c1-ac77-496b-92df-f27374a8bd58|e48ece36-62e2-4504-bad9-02848725956a|dd056dcd-154b-4c76-9bd3-c8f88648b5ff)"/g;
const LATER = "known after the update";

/**
 * One property of a resource, e.g. `podCidr: "a" → "b"`, as an item of a list.
 * @param marked says where a property replaces the resource
 */
export function propertyLine(
    { path, kind, before, after, replaces }: PropertyChange,
    marked: boolean,
): string {
    const [from, to] = [masked(path, before), masked(path, after)];
    const change =
        kind === "add"
            ? `set to ${shown(to)}`
            : kind === "delete"
              ? `${shown(from)} removed`
              : from === MASK && to === MASK
                ? "a secret, changes"
                : `${shown(from)} → ${shown(to)}`;
    return `- ${code(path)}: ${change}${marked && replaces ? " (replaces)" : ""}`;
}

function shown(value: unknown): string {
    const json = JSON.stringify(value) as string | undefined;
    if (json === undefined) return "nothing";
    const text = json.replace(UNKNOWN, LATER);
    if (text === LATER) return `_${LATER}_`;
    return code(text.length > MAX_VALUE ? `${text.slice(0, MAX_VALUE - 1)}…` : text);
}

/** All changes of one kind: those with properties each for itself, the others by type in one line. */
export function changeList(action: Action, changes: readonly ResourceChange[]): string[] {
    const bare = new Map<string, string[]>();
    const own: string[] = [];
    for (const change of changes) {
        const lines = change.properties.map((property) => propertyLine(property, true));
        if (lines.length > 0)
            own.push(`**${action}** ${code(change.name)} (${change.type})\n${lines.join("\n")}`);
        else bare.set(change.type, [...(bare.get(change.type) ?? []), change.name]);
    }
    const rest = [...bare].map(([type, names]) => `**${action}** ${names.map(code).join(", ")} (${type})`);
    return [...own, ...rest];
}
