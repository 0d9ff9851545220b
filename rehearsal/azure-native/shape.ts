/** Between the SDK's flat shape and ARM's bodies (azure-native's converter, read in its public source). */
import { isObject, isUnknown, type Properties, UNKNOWN, type Value } from "../plugin/values";
import { isStringSet, type Kind, pathInputs } from "./resources";
import { propertiesOfType, type Property, type Type } from "./schema";

const named = (properties: Property[], name: string): Property | undefined =>
    properties.find((one) => one.name === name);

/** The resource's id. Path inputs that hold ids themselves (`scope`) lose their leading slash. */
export function idOf(kind: Kind, inputs: Properties, subscription: string): string {
    return kind.path.replace(/\{(\w+)\}/g, (_, name: string) => {
        if (name === "subscriptionId") return subscription;
        const value = String(inputs[name]);
        return name === "scope" ? value.replace(/^\//, "") : encodeURIComponent(value);
    });
}

/** The body of a PUT: known inputs only, all but the top-level ones below `properties`. */
export function bodyOf(kind: Kind, inputs: Properties): Properties {
    const top: Properties = {};
    const inner: Properties = {};
    const inPath = pathInputs(kind);
    for (const { name, type } of kind.schema.inputs) {
        const value = inputs[name];
        if (value === undefined || inPath.includes(name)) continue;
        (kind.top.includes(name) ? top : inner)[name] = toBody(
            value,
            type,
            named(kind.schema.outputs, name)?.type,
        );
    }
    return kind.top.length > 0 && Object.keys(inner).length === 0 ? top : { ...top, properties: inner };
}

function toBody(value: Value, type: Type, output: Type | undefined): Value {
    if (isStringSet(type, output) && Array.isArray(value)) {
        return Object.fromEntries(value.map((item) => [String(item), {}]));
    }
    if (type.kind === "array" && Array.isArray(value)) {
        const inner = output?.kind === "array" ? output.items : undefined;
        return value.map((item) => toBody(item, type.items, inner));
    }
    if (type.kind === "object" && isObject(value)) {
        const outputs = output?.kind === "object" ? propertiesOfType(output.name) : [];
        const known = propertiesOfType(type.name).filter(({ name }) => value[name] !== undefined);
        // An input that the schema does not know is dropped without a word ("Check, validation").
        return Object.fromEntries(
            known.map((property) => [
                property.name,
                toBody(value[property.name] as Value, property.type, named(outputs, property.name)?.type),
            ]),
        );
    }
    return value;
}

/** ARM's answer in the SDK's shape: flat, known properties only, no nulls. */
export function outputsOf(kind: Kind, response: Properties): Properties {
    const inner = isObject(response["properties"]) ? response["properties"] : {};
    const outputs: Properties = { azureApiVersion: kind.schema.apiVersion };
    for (const { name, type } of kind.schema.outputs) {
        if (name === "azureApiVersion") continue;
        // `type` and `name` exist on both levels of an agent pool; the resource's own win.
        const value = response[name] ?? (name === "properties" ? undefined : inner[name]);
        if (value !== undefined && value !== null) outputs[name] = known(value, type);
    }
    return outputs;
}

function known(value: Value, type: Type): Value {
    if (type.kind === "array" && Array.isArray(value)) return value.map((item) => known(item, type.items));
    if (type.kind === "map" && isObject(value)) {
        return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, known(item, type.items)]));
    }
    if (type.kind !== "object" || !isObject(value)) return value;
    const entries = propertiesOfType(type.name).flatMap((property): [string, Value][] => {
        const inner = value[property.name];
        return inner === undefined || inner === null ? [] : [[property.name, known(inner, property.type)]];
    });
    return Object.fromEntries(entries);
}

/** Outputs in preview: what the inputs say, everything else unknown. */
export function previewOutputs(inputs: Properties, outputs: Property[]): Properties {
    return Object.fromEntries(
        outputs.map(({ name, type }) => {
            const value = inputs[name];
            return [name, value === undefined ? UNKNOWN : previewValue(value, type)];
        }),
    );
}

function previewValue(value: Value, type: Type): Value {
    if (isUnknown(value)) return UNKNOWN;
    // A string set comes back as a map whose values only Azure knows.
    if (type.kind === "map" && Array.isArray(value)) return UNKNOWN;
    if (type.kind === "array" && Array.isArray(value))
        return value.map((item) => previewValue(item, type.items));
    if (type.kind === "map" && isObject(value)) {
        return Object.fromEntries(
            Object.entries(value).map(([key, item]) => [key, previewValue(item, type.items)]),
        );
    }
    return type.kind === "object" && isObject(value)
        ? previewOutputs(value, propertiesOfType(type.name))
        : value;
}

/** The part of outputs that could have been inputs: read-only properties left out. */
export function inputProjection(kind: Kind, outputs: Properties): Properties {
    const inPath = pathInputs(kind);
    return project(
        outputs,
        kind.schema.inputs.filter(({ name }) => !inPath.includes(name)),
        kind.schema.outputs,
    );
}

function project(outputs: Properties, inputs: Property[], response: Property[]): Properties {
    const entries = inputs.flatMap(({ name, type }): [string, Value][] => {
        const value = outputs[name];
        return value === undefined ? [] : [[name, projectValue(value, type, named(response, name)?.type)]];
    });
    return Object.fromEntries(entries);
}

function projectValue(value: Value, type: Type, output: Type | undefined): Value {
    if (isStringSet(type, output) && isObject(value)) return Object.keys(value);
    if (type.kind === "array" && Array.isArray(value)) {
        const inner = output?.kind === "array" ? output.items : undefined;
        return value.map((item) => projectValue(item, type.items, inner));
    }
    if (type.kind !== "object" || !isObject(value)) return value;
    const response = output?.kind === "object" ? propertiesOfType(output.name) : [];
    return project(value, propertiesOfType(type.name), response);
}

/** Path inputs out of an id, for imports. */
export function inputsOfId(kind: Kind, id: string): Properties {
    const names: string[] = [];
    const source = kind.path.replace(/\./g, "\\.").replace(/\{(\w+)\}/g, (_, name: string) => {
        names.push(name);
        return name === "scope" ? "(.+)" : "([^/]+)";
    });
    const match = new RegExp(`^${source}$`, "i").exec(id);
    if (match === null) throw new Error(`'${id}' is not an id of the form ${kind.path}`);
    const values = names.map((name, index): [string, Value] => {
        const text = match[index + 1] ?? "";
        return [name, name === "scope" ? `/${text}` : decodeURIComponent(text)];
    });
    return Object.fromEntries(values.filter(([name]) => name !== "subscriptionId"));
}
