/** The annotation `pulumi.com/waitFor` (README, table h). */
import { isObject, type Properties } from "../plugin/values";
import { select } from "./json-path";
import { child } from "./objects";

/** What a look at the live object said. */
export interface Look {
    done: boolean;
    severity?: "info" | "warning";
    message?: string;
}
/** Looks at a live object. */
export type Condition = (live: Properties) => Look;

function byCondition(text: string): Condition {
    const [type = "", wanted = "True"] = text.split("=");
    return (live) => {
        const conditions = child(live, "status")["conditions"];
        if (!Array.isArray(conditions))
            return { done: false, severity: "warning", message: "Has no .status.conditions" };
        const found = conditions
            .filter(isObject)
            .find((one) => String(one["type"]).toLowerCase() === type.toLowerCase());
        const status = String(found?.["status"] ?? "");
        if (status.toLowerCase() === wanted.toLowerCase())
            return { done: true, severity: "info", message: `Found ${type}=${status}` };
        return { done: false, severity: "info", message: `Waiting for ${type}=${wanted}` };
    };
}

function byPath(text: string): Condition {
    const end = text.lastIndexOf("}");
    const path = end < 0 ? text : text.slice(0, end + 1);
    const wanted = /^=(.*)$/.exec(text.slice(path.length))?.[1];
    select({}, path); // a malformed path is refused before anything is waited for
    return (live) => {
        const [found] = select(live, path);
        if (found === undefined)
            return { done: false, severity: "info", message: `${path} selected nothing` };
        const value = typeof found === "string" ? found : JSON.stringify(found);
        if (wanted !== undefined && value !== wanted)
            return { done: false, severity: "info", message: `Waiting for ${path}=${wanted}` };
        return { done: true, severity: "info", message: `Found ${path}=${value}` };
    };
}

/**
 * Reads the annotation: one condition, or a JSON list of conditions that must all hold.
 * @throws Error with the provider's text for anything else
 */
export function parseWaitFor(value: string): Condition[] {
    const list = value.trim().startsWith("[") ? (JSON.parse(value) as unknown[]).map(String) : [value];
    return list.map((one) => {
        if (one.startsWith("condition=")) return byCondition(one.slice("condition=".length));
        if (one.startsWith("jsonpath=")) return byPath(one.slice("jsonpath=".length));
        throw new Error(`expected a "jsonpath=" or "condition=" prefix, got ${JSON.stringify(one)}`);
    });
}
