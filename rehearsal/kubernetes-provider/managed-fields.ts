/** Taking over the fields of earlier managers before the first server-side apply (README, table d). */
import { equal, isObject, type Properties, type Value } from "../plugin/values";
import { child, MANAGER } from "./objects";

/** Managers whose fields become ours: our own create, kubectl in every form (prefix match), older providers. */
const taken = (manager: string): boolean =>
    manager.startsWith("kubectl") ||
    [MANAGER, "before-first-apply", "pulumi-resource-kubernetes"].includes(manager);

function union(a: Value | undefined, b: Value | undefined): Value {
    if (!isObject(a) || !isObject(b)) return a ?? b ?? {};
    const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
    return Object.fromEntries([...keys].map((key) => [key, union(a[key], b[key])]));
}

const entriesOf = (live: Properties): Properties[] => {
    const list = child(live, "metadata")["managedFields"];
    return Array.isArray(list) ? list.filter(isObject) : [];
};

/** Is the object still as a plain create left it? Then a preview forces its dry run (README, table c). */
export const untouched = (live: Properties): boolean =>
    entriesOf(live).some(
        (entry) =>
            entry["manager"] === MANAGER &&
            entry["operation"] === "Update" &&
            entry["subresource"] === undefined,
    );

/** The JSON patch that moves taken entries into `manager`/Apply; empty when there is nothing to move. */
export function takeOver(live: Properties, manager: string): Properties[] {
    const entries = entriesOf(live);
    const ours = (entry: Properties): boolean =>
        entry["subresource"] === undefined &&
        (taken(String(entry["manager"])) || (entry["manager"] === manager && entry["operation"] === "Apply"));
    const merged = entries.filter(ours);
    if (merged.length === 0) return [];
    const fieldsV1 = merged.reduce<Value>((sum, entry) => union(sum, entry["fieldsV1"]), {});
    const [first] = merged;
    const own: Properties = { ...first, manager, operation: "Apply", fieldsV1 };
    const value = [own, ...entries.filter((entry) => !ours(entry))];
    if (equal(value, entries)) return [];
    return [
        { op: "replace", path: "/metadata/managedFields", value },
        // Fails when somebody wrote in between.
        {
            op: "replace",
            path: "/metadata/resourceVersion",
            value: child(live, "metadata")["resourceVersion"] ?? "",
        },
    ];
}
