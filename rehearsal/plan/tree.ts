/** A recorded run as text: the resource tree with options and the inputs that matter, then the outputs. */
import { stringify } from "yaml";
import { isObject, isSecret, isUnknown, type Properties, type Value } from "../plugin/values";
import type { ProgramRun } from "./plan";
import type { PlannedOptions, PlannedResource } from "./resource";

/** How much to print. */
export interface TreeOptions {
    /** Every input of every resource instead of those that matter. */
    readonly full?: boolean;
    /** Columns; default 110. */
    readonly width?: number;
}

/** Inputs that decide what a cluster is; the rest of its inputs shows with `full`. */
const CLUSTER_INPUTS = [
    "location",
    "kubernetesVersion",
    "sku",
    "networkProfile",
    "agentPoolProfiles",
    "apiServerAccessProfile",
    "aadProfile",
    "disableLocalAccounts",
    "autoUpgradeProfile",
];

/** Kubernetes objects whose content is the point; of others the name is enough. */
const POLICIES = /:(CiliumNetworkPolicy|CiliumClusterwideNetworkPolicy|CiliumCIDRGroup|NetworkPolicy)$/;

/**
 * The whole plan.
 * @returns lines joined by newlines, without one at the end
 */
export function renderPlan(run: ProgramRun, options: TreeOptions = {}): string {
    const children = new Map<string, PlannedResource[]>();
    for (const resource of run.resources) {
        children.set(resource.parent, [...(children.get(resource.parent) ?? []), resource]);
    }
    const roots = run.resources.filter(({ parent }) => !run.resources.some(({ urn }) => urn === parent));
    const lines = roots.flatMap((root) => branch(root, children, "", options));
    const outputs =
        Object.keys(run.outputs).length === 0 ? [] : ["", "outputs:", ...block(run.outputs, "    ", options)];
    return [...lines, ...outputs].join("\n");
}

function branch(
    resource: PlannedResource,
    children: ReadonlyMap<string, readonly PlannedResource[]>,
    indent: string,
    options: TreeOptions,
): string[] {
    const below = children.get(resource.urn) ?? [];
    const rail = below.length > 0 ? "│ " : "  ";
    const inputs = options.full === true ? resource.inputs : mattering(resource);
    const details = [
        ...describeOptions(resource.options).map((line) => `${indent}${rail}    ${line}`),
        ...block(inputs, `${indent}${rail}    `, options),
    ];
    return [
        `${resource.type}  ${resource.name}`,
        ...details,
        ...below.flatMap((child, index) => {
            const last = index === below.length - 1;
            const [head = "", ...rest] = branch(child, children, `${indent}${last ? "   " : "│  "}`, options);
            return [`${indent}${last ? "└─ " : "├─ "}${head}`, ...rest];
        }),
    ];
}

function mattering({ type, inputs, custom }: PlannedResource): Properties {
    if (!custom) return {};
    if (type.endsWith(":ManagedCluster")) return pick(inputs, CLUSTER_INPUTS);
    if (POLICIES.test(type)) return pick(inputs, ["spec", "specs"]);
    if (type.startsWith("kubernetes:")) return {};
    return inputs;
}

function pick(inputs: Properties, keys: readonly string[]): Properties {
    return Object.fromEntries(
        keys.flatMap((key): [string, Value][] => (inputs[key] === undefined ? [] : [[key, inputs[key]]])),
    );
}

/** Options that change what an update or a destroy does; `dependsOn` is left out, as inputs imply most of it. */
function describeOptions(options: PlannedOptions): string[] {
    // azure-native's SDK adds an alias for each API version a type ever had; those with a name are the program's.
    const aliases = options.aliases.filter((alias) => /^(urn:|name=)/.test(alias));
    const flags = [
        options.protect && "protect",
        options.retainOnDelete && "retainOnDelete",
        options.deleteBeforeReplace !== undefined && `deleteBeforeReplace: ${options.deleteBeforeReplace}`,
        options.deletedWith !== "" && `deletedWith: ${nameOf(options.deletedWith)}`,
        options.provider !== "" && !isDefault(options.provider) && `provider: ${nameOf(options.provider)}`,
        options.ignoreChanges.length > 0 && `ignoreChanges: ${options.ignoreChanges.join(", ")}`,
        options.replaceOnChanges.length > 0 && `replaceOnChanges: ${options.replaceOnChanges.join(", ")}`,
        aliases.length > 0 && `aliases: ${aliases.join(", ")}`,
    ].filter((flag) => flag !== false);
    return flags.length === 0 ? [] : [`[${flags.join("; ")}]`];
}

/** The resource's own name out of a URN, or out of a provider reference (`URN::ID`). */
function nameOf(reference: string): string {
    return reference.split("::")[3] ?? reference;
}

const isDefault = (provider: string): boolean => nameOf(provider).startsWith("default");

function block(properties: Properties, indent: string, { width = 110 }: TreeOptions): string[] {
    if (Object.keys(properties).length === 0) return [];
    return opened(readable(properties), Math.max(width - indent.length, 40)).map((line) => indent + line);
}

/** A map or a list of YAML, opened one level; below it, what fits into the room stays on its line. */
function opened(value: Value, room: number): string[] {
    const fits = (inner: Value, prefix: string): boolean =>
        typeof inner === "string" ? !inner.includes("\n") : prefix.length + flat(inner).length <= room;
    const indented = (inner: Value): string[] => opened(inner, room - 2).map((line) => `  ${line}`);
    if (Array.isArray(value)) {
        return value.flatMap((item) => {
            if (fits(item, "- ")) return [`- ${flat(item)}`];
            const [first = "", ...rest] = indented(item);
            return [`- ${first.trimStart()}`, ...rest];
        });
    }
    if (isObject(value)) {
        return Object.entries(value).flatMap(([key, inner]) => {
            const name = `${flat(key)}:`;
            if (fits(inner, `${name} `)) return [`${name} ${flat(inner)}`];
            return [typeof inner === "string" ? `${name} |` : name, ...indented(inner)];
        });
    }
    return String(value).trimEnd().split("\n");
}

function flat(value: Value): string {
    return stringify(value, { collectionStyle: "flow", lineWidth: 0 })
        .trimEnd()
        .replace(/"(\[(?:unknown|secret)\])"/g, "$1");
}

/** Values as people read them: `[secret]` and `[unknown]` as Pulumi's own previews say, references by name. */
export function readable(value: Value): Value {
    if (isUnknown(value)) return "[unknown]";
    if (isSecret(value)) return "[secret]";
    if (Array.isArray(value)) return value.map(readable);
    if (!isObject(value)) return value;
    if (typeof value["urn"] === "string" && RESOURCE_SIGNATURE in value)
        return `[resource ${nameOf(value["urn"])}]`;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, readable(inner)]));
}

/** Key of the envelope around a reference to a resource (pulumi sdk, `resourceReferenceSig` under `specialSigKey`). */
const RESOURCE_SIGNATURE = "4dabf18193072939515e22adb298388d";
