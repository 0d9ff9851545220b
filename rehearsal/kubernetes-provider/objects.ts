/** Kubernetes objects as the provider sees them: kinds, names, annotations, what goes into the state. */
import { randomBytes } from "node:crypto";
import { isObject, type Properties, secret, type Value } from "../plugin/values";

/** The manager of a plain create; also the prefix of each resource's own manager (README, ground rules). */
export const MANAGER = "pulumi-kubernetes";
export const AUTONAMED = "pulumi.com/autonamed";

/** A manager's name for one resource, chosen at its creation. */
export const newManager = (): string => `${MANAGER}-${randomBytes(4).toString("hex")}`;

/** Inner objects, empty where there is none. */
export const child = (value: Properties, key: string): Properties => {
    const inner = value[key];
    return isObject(inner) ? inner : {};
};

/** Text, empty where there is none. */
export const text = (value: Value | undefined): string => (typeof value === "string" ? value : "");

/** `metadata.name` and `metadata.namespace`. */
export function nameOf(object: Properties): { name: string; namespace: string } {
    const metadata = child(object, "metadata");
    return { name: text(metadata["name"]), namespace: text(metadata["namespace"]) };
}

/** An annotation's value. */
export function annotation(object: Properties, name: string): string | undefined {
    const value = child(child(object, "metadata"), "annotations")[name];
    return typeof value === "string" ? value : undefined;
}

/** `apiVersion` and `kind` of a resource, from its inputs or its type token (`kubernetes:core/v1:ConfigMap`). */
export function kindOf(type: string, inputs: Properties): { apiVersion: string; kind: string } {
    const [, module = "", kind = ""] = type.split(":");
    return {
        apiVersion: text(inputs["apiVersion"]) || module.replace(/^core\//, ""),
        kind: text(inputs["kind"]) || kind,
    };
}

/** `namespace/name`, or `name` for cluster scope. */
export const idOf = (object: Properties): string => {
    const { name, namespace } = nameOf(object);
    return namespace === "" ? name : `${namespace}/${name}`;
};

/** The parts of an id. */
export function partsOf(id: string): { namespace: string; name: string } {
    const slash = id.indexOf("/");
    return slash < 0
        ? { namespace: "", name: id }
        : { namespace: id.slice(0, slash), name: id.slice(slash + 1) };
}

/** A map without nulls, at any depth below maps: a null in an input means "not given". */
export function prune(value: Properties): Properties {
    const entries = Object.entries(value).filter(([, inner]) => inner !== null);
    return Object.fromEntries(entries.map(([key, inner]) => [key, isObject(inner) ? prune(inner) : inner]));
}

/** A secret's data is secret in the state, whatever the program says (pulumi-kubernetes, kind Secret). */
function hideData(object: Properties): Properties {
    const hidden = { ...object };
    for (const key of ["data", "stringData"]) {
        const value = hidden[key];
        if (value !== undefined) hidden[key] = secret(value);
    }
    return hidden;
}

/** State of a resource: the live object, its inputs, the version it was made with, its field manager. */
export function stateOf(live: Properties, inputs: Properties, initial: string, manager: string): Properties {
    const isSecret = live["kind"] === "Secret" && live["apiVersion"] === "v1";
    const [object, own] = isSecret ? [hideData(live), hideData(inputs)] : [live, inputs];
    return { ...object, __inputs: own, __initialApiVersion: initial, __fieldManager: manager };
}

/** A state without the provider's own keys: the live object as it was last seen. */
export function liveOf(state: Properties): Properties {
    return Object.fromEntries(Object.entries(state).filter(([key]) => !key.startsWith("__")));
}

/**
 * The live object cut down to what the program sets: keys of the inputs, elements up to the inputs' length. The released
 * provider compares this with the new inputs, so a field that the server pruned is reported as added ("the same program
 * again", README, table b), and a field that somebody else added is not seen (table k).
 */
export function pruneLive(live: Properties, inputs: Properties): Properties {
    const entries = Object.entries(live).filter(([key]) => Object.hasOwn(inputs, key));
    return Object.fromEntries(entries.map(([key, value]) => [key, pruneValue(value, inputs[key] as Value)]));
}

function pruneValue(live: Value, input: Value): Value {
    if (isObject(live) && isObject(input)) return pruneLive(live, input);
    if (Array.isArray(live) && Array.isArray(input)) {
        const both = Math.min(live.length, input.length);
        return live.slice(0, both).map((item, index) => pruneValue(item, input[index] as Value));
    }
    return live;
}
