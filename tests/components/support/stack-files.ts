import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";

/** The checkout. */
export const ROOT = join(__dirname, "../../..");

/** Every stack file of the checkout, so that a new one is tested by being there. */
export const STACKS = readdirSync(ROOT)
    .map((file) => /^Pulumi\.([\w-]+)\.yaml$/.exec(file)?.[1])
    .filter((stack) => stack !== undefined);

/** A declared key of Pulumi.yaml. */
export interface DeclaredKey {
    type: "string" | "integer" | "boolean" | "array" | "object";
    description?: string;
    default?: unknown;
    items?: { type: string };
}

/** Keys of Pulumi.yaml without the project's name. */
export function declaredKeys(): Record<string, DeclaredKey> {
    const { name, config } = parse(readFileSync(join(ROOT, "Pulumi.yaml"), "utf8")) as {
        name: string;
        config: Record<string, DeclaredKey>;
    };
    return Object.fromEntries(
        Object.entries(config).map(([key, value]) => [key.replace(`${name}:`, ""), value]),
    );
}

/**
 * What Pulumi's engine hands to the program for the text of a stack file: defaults of Pulumi.yaml, keys without
 * namespace; anything but text as JSON.
 */
export function entriesOf(stackFile: string): Record<string, string> {
    const { config } = parse(stackFile) as { config: Record<string, unknown> };
    const defaults = Object.entries(declaredKeys()).flatMap(([key, { default: value }]) =>
        value === undefined ? [] : [[key, value] as const],
    );
    const own = Object.entries(config)
        .filter(([key]) => key.startsWith("aks-cilium:"))
        .map(([key, value]) => [key.replace("aks-cilium:", ""), value] as const);
    return Object.fromEntries(
        [...defaults, ...own].map(([key, value]) => [
            key,
            typeof value === "string" ? value : JSON.stringify(value),
        ]),
    );
}

/** Text of a stack file. */
export function stackFile(stack: string): string {
    return readFileSync(join(ROOT, `Pulumi.${stack}.yaml`), "utf8");
}
