/** The SDK's types, as `schema.build.mjs` reads them from its declarations. */
import content from "./schema.json";

/** What a property holds. */
export type Type =
    | { kind: "string" | "number" | "boolean" | "any" }
    | { kind: "array" | "map"; items: Type }
    | { kind: "object"; name: string };

/** One property of an object. */
export interface Property {
    name: string;
    required: boolean;
    type: Type;
}

/** A resource's inputs and outputs. */
export interface ResourceSchema {
    apiVersion: string;
    inputs: Property[];
    outputs: Property[];
}

function typeOf(text: string): Type {
    if (text.startsWith("[]")) return { kind: "array", items: typeOf(text.slice(2)) };
    if (text.startsWith("{}")) return { kind: "map", items: typeOf(text.slice(2)) };
    if (text.startsWith("#")) return { kind: "object", name: text.slice(1) };
    return { kind: text as "string" };
}

const propertiesOf = (members: Record<string, string>): Property[] =>
    Object.entries(members).map(([key, text]) => ({
        name: key.replace("!", ""),
        required: key.endsWith("!"),
        type: typeOf(text),
    }));

const types = new Map<string, Property[]>();

/** The properties of a named object type. */
export function propertiesOfType(name: string): Property[] {
    const known = types.get(name);
    if (known !== undefined) return known;
    const made = propertiesOf((content.types as Record<string, Record<string, string>>)[name] ?? {});
    types.set(name, made);
    return made;
}

/** The version of @pulumi/azure-native that the types come from. */
export const VERSION: string = content.version;

/** The schema of a resource token; undefined when it is not among those of schema.json. */
export function schemaOf(token: string): ResourceSchema | undefined {
    const found = (
        content.resources as Record<
            string,
            { apiVersion: string; inputs: Record<string, string>; outputs: Record<string, string> }
        >
    )[token];
    return (
        found && {
            apiVersion: found.apiVersion,
            inputs: propertiesOf(found.inputs),
            outputs: propertiesOf(found.outputs),
        }
    );
}
