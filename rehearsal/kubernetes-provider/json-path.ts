/** The part of JSONPath that `kubectl wait` and `pulumi.com/waitFor` conditions use: keys, indices, `[*]`, one filter. */
import { isObject, type Value } from "../plugin/values";

const STEP = /^(?:\.([\w-]+)|\['([^']+)'\]|\[(\d+)\]|\[\*\]|\[\?\(@\.([\w.]+)\s*==\s*["']([^"']*)["']\)\])/;

const at = (value: Value, path: string): Value | undefined =>
    path
        .split(".")
        .reduce<Value | undefined>((inner, key) => (isObject(inner) ? inner[key] : undefined), value);

/**
 * The values that a path selects.
 * @param path `{.status.conditions[?(@.type=="Valid")].status}`, braces and first dot may be left out
 * @throws Error naming the part that is not understood
 */
export function select(root: Value, path: string): Value[] {
    const inner = path.replace(/^\{/, "").replace(/\}$/, "");
    let rest = inner.startsWith(".") || inner.startsWith("[") ? inner : `.${inner}`;
    let values: Value[] = [root];
    while (rest !== "") {
        const match = STEP.exec(rest);
        if (match === null) throw new Error(`unrecognized character in action: ${rest}`);
        const [whole, plain, quoted, index, filter, wanted] = match;
        const key = plain ?? quoted;
        values = values.flatMap((value): Value[] => {
            if (key !== undefined) {
                const found = isObject(value) ? value[key] : undefined;
                return found === undefined ? [] : [found];
            }
            if (!Array.isArray(value)) return [];
            if (index !== undefined) return value.slice(Number(index), Number(index) + 1);
            return filter === undefined ? value : value.filter((item) => String(at(item, filter)) === wanted);
        });
        rest = rest.slice(whole.length);
    }
    return values;
}
