/** Diff: old inputs against new inputs (tests/rehearsal/azure-native/README.md, rows "Diff"; order of rules read in the provider's source). */
import { type Change, changes, formatPath } from "../plugin/diff";
import type { Difference, PropertyChange } from "../plugin/provider";
import { equal, isObject, type Properties, type Value } from "../plugin/values";
import { CREATE_BEFORE_DELETE } from "./names";
import { type Kind, pathInputs } from "./resources";

const normalLocation = (location: string): string => location.toLowerCase().replaceAll(" ", "");

/** "Basic" and "Base", "Paid" and "Standard" are two names of one SKU (pulumi-azure-native#2600). */
function sameSku(old: Value | undefined, now: Value | undefined): boolean {
    if (!isObject(old) || !isObject(now)) return false;
    const keys = [old, now].every((sku) => Object.keys(sku).sort().join() === "name,tier");
    const alike = (key: string, names: string[]): boolean =>
        old[key] === now[key] || (names.includes(String(old[key])) && names.includes(String(now[key])));
    return keys && alike("name", ["Basic", "Base"]) && alike("tier", ["Paid", "Standard"]);
}

/** Changes that mean nothing: casing of a location, SKU names, casing of backendPoolType (PAN#4772). */
function insignificant({ segments }: Change, old: Properties, now: Properties): boolean {
    const path = formatPath(segments);
    if (segments[0] === "sku") return sameSku(old["sku"], now["sku"]);
    const [before, after] = [old, now].map((side) =>
        segments.reduce<Value | undefined>(
            (value, key) => (isObject(value) ? value[String(key)] : undefined),
            side,
        ),
    );
    if (typeof before !== "string" || typeof after !== "string") return false;
    if (path === "location") return normalLocation(before) === normalLocation(after);
    return (
        path === "networkProfile.loadBalancerProfile.backendPoolType" &&
        before.toLowerCase() === after.toLowerCase()
    );
}

/** The path with every index as `[]`, as `forceNew` writes it. */
const general = (segments: (string | number)[]): string =>
    segments
        .map((segment) => (typeof segment === "number" ? "[]" : `.${segment}`))
        .join("")
        .slice(1);

function replaces(change: Change, keys: string[]): boolean {
    const last = change.segments.at(-1);
    // Elements added to or removed from an array never replace by themselves.
    if (typeof last === "number" && change.kind !== "update") return false;
    if (keys.includes(general(change.segments))) return true;
    // Below a force-new object, updated children replace too (additions and removals do not).
    if (change.kind !== "update") return false;
    return change.segments.some((_, end) => end > 0 && keys.includes(general(change.segments.slice(0, end))));
}

const REPLACE = { add: "addReplace", delete: "deleteReplace", update: "updateReplace" } as const;

/** The difference between two sets of inputs. `outputs`: the old state, where a new input may already be true. */
export function difference(
    kind: Kind,
    oldInputs: Properties,
    news: Properties,
    outputs: Properties,
): Difference {
    // A state without azureApiVersion among its inputs comes from v2 of the provider.
    const migrated = outputs["azureApiVersion"];
    const olds =
        "azureApiVersion" in oldInputs || migrated === undefined
            ? oldInputs
            : { ...oldInputs, azureApiVersion: migrated };
    const found = changes(olds, news).filter((change) => !insignificant(change, olds, news));
    const keys = [...pathInputs(kind), ...kind.forceNew];
    const detailed: Record<string, PropertyChange> = {};
    const replacing: string[] = [];
    for (const change of found) {
        const path = formatPath(change.segments);
        const already = change.kind === "add" && equal(news[path], outputs[path]);
        const forced = !already && replaces(change, keys);
        if (forced) replacing.push(path);
        detailed[path] = { kind: forced ? REPLACE[change.kind] : change.kind, inputDiff: true };
    }
    if (found.length === 0) return { changes: false };
    const flag = oldInputs[CREATE_BEFORE_DELETE];
    const deleteBeforeReplace = typeof flag === "boolean" ? !flag : replacing.length > 0;
    const diffs = [...new Set(Object.keys(detailed).map((path) => path.split(".")[0] ?? ""))];
    return { changes: true, replaces: replacing, diffs, detailed, deleteBeforeReplace };
}

/**
 * Copies into `values` what differs between `before` and `after`: the provider's guess at new inputs from old and new
 * outputs, so that values that Azure changed appear and defaults that never changed do not (row "Read").
 */
export function applyChanges(values: Properties, before: Properties, after: Properties): Properties {
    const result: Properties = {};
    for (const [key, value] of Object.entries(values)) {
        if (!(key in before) || key in after) result[key] = value;
    }
    for (const [key, value] of Object.entries(after)) {
        const old = before[key];
        if (equal(old, value)) continue;
        const base = values[key];
        result[key] = old === undefined || base === undefined ? value : merge(base, old, value);
    }
    return result;
}

function merge(base: Value, before: Value, after: Value): Value {
    if (isObject(base) && isObject(before) && isObject(after)) return applyChanges(base, before, after);
    if (Array.isArray(base) && Array.isArray(before) && Array.isArray(after)) {
        return after.map((item, index) => {
            const [own, old] = [base[index], before[index]];
            return own === undefined || old === undefined ? item : merge(own, old, item);
        });
    }
    return after;
}
