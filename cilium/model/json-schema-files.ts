import { jsonSchema } from "./json-schema";
import { POLICY_KINDS } from "./kinds";
import { CILIUM_MINORS } from "./versions";

/** Every JSON Schema that is shipped: its name below `cilium/schemas/`, and its text. */
export function jsonSchemaFiles(): readonly (readonly [name: string, text: string])[] {
    return CILIUM_MINORS.flatMap((minor) =>
        POLICY_KINDS.map(
            (kind) =>
                [`cilium-${minor}/${kind}.json`, `${JSON.stringify(jsonSchema(kind, minor))}\n`] as const,
        ),
    );
}
