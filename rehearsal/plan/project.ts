/** Pulumi.yaml and Pulumi.<stack>.yaml, read as the Pulumi CLI does before it starts a program. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseDocument } from "yaml";

/** Options that a language host takes from `runtime.options` (pulumi-language-nodejs, `parseOptions`). */
export interface RuntimeOptions {
    readonly typescript: boolean;
    /** Arguments for node, one string, split as a shell would. */
    readonly nodeargs: string;
    readonly tsconfig: string;
}

/** A project with one stack's configuration, ready to be handed to a program. */
export interface Project {
    readonly name: string;
    readonly stack: string;
    /** The folder of Pulumi.yaml. */
    readonly root: string;
    /** What the launcher is asked to run, relative to `root`; "." lets package.json say. */
    readonly main: string;
    readonly options: RuntimeOptions;
    /** `namespace:key` to text; objects and lists as JSON. */
    readonly config: Readonly<Record<string, string>>;
    readonly secretKeys: readonly string[];
}

/** A project that cannot be run, in one sentence with its fix. */
export class ProjectError extends Error {}

type Yaml = null | boolean | number | string | Yaml[] | { [key: string]: Yaml };
type Map = { [key: string]: Yaml };

const isMap = (value: Yaml | undefined): value is Map =>
    typeof value === "object" && value !== null && !Array.isArray(value);

/**
 * Reads a project and the configuration of one stack.
 *
 * Encrypted values stay encrypted: they become the text `[secret NAMESPACE:KEY]`, marked secret, because opening
 * them takes the stack's secrets provider, which only the CLI has.
 *
 * @param root folder that holds Pulumi.yaml
 * @param stack name of the stack, `Pulumi.<stack>.yaml`
 * @throws ProjectError when a file is missing or cannot be read, or a required key has no value
 */
export function readProject(root: string, stack: string): Project {
    const project = readMap(join(root, "Pulumi.yaml"));
    const name = project["name"];
    if (typeof name !== "string") throw new ProjectError(`${join(root, "Pulumi.yaml")} has no \`name\``);
    const file = join(root, `Pulumi.${stack}.yaml`);
    if (!existsSync(file)) {
        const stacks = readdirSync(root)
            .flatMap((each) => /^Pulumi\.(.+)\.yaml$/.exec(each)?.[1] ?? [])
            .join(", ");
        throw new ProjectError(
            `no stack "${stack}": ${file} does not exist; there are: ${stacks === "" ? "none" : stacks}`,
        );
    }
    const declared = isMap(project["config"]) ? project["config"] : {};
    const given = readMap(file)["config"];
    const merged = { ...defaults(name, declared), ...qualify(name, isMap(given) ? given : {}) };
    const missing = Object.entries(qualify(name, declared))
        .filter(([key, entry]) => !(key in merged) && key.startsWith(`${name}:`) && isMap(entry))
        .map(([key]) => key);
    if (missing.length > 0) {
        // The CLI's own words: "Stack 'dev' is missing configuration value 'project:key'".
        const fixes = missing.map((key) => `pulumi config set --stack ${stack} ${key} VALUE`);
        throw new ProjectError(
            `stack '${stack}' is missing configuration value(s) ${missing.join(", ")}; set: ${fixes.join("; ")}`,
        );
    }
    const secretKeys: string[] = [];
    const config: Record<string, string> = {};
    for (const [key, value] of Object.entries(merged)) {
        const [open, secret] = withoutCiphertext(value, key);
        config[key] = typeof open === "object" && open !== null ? JSON.stringify(open) : String(open ?? "");
        if (secret) secretKeys.push(key);
    }
    const main = project["main"];
    return {
        name,
        stack,
        root,
        main: typeof main === "string" ? main : ".",
        options: runtimeOptions(project["runtime"]),
        config,
        secretKeys,
    };
}

function readMap(file: string): Map {
    if (!existsSync(file)) throw new ProjectError(`${file} does not exist`);
    const document = parseDocument(readFileSync(file, "utf8"), { prettyErrors: true });
    const [problem] = document.errors;
    if (problem !== undefined) throw new ProjectError(`${file}: ${problem.message}`);
    const value = document.toJS() as Yaml;
    if (!isMap(value ?? {})) throw new ProjectError(`${file}: expected a mapping at the top`);
    return (value ?? {}) as Map;
}

/** Keys without a namespace are the project's own. */
function qualify(project: string, config: Map): Map {
    return Object.fromEntries(
        Object.entries(config).map(([key, value]) => [key.includes(":") ? key : `${project}:${key}`, value]),
    );
}

/** Own keys may have a `default`, foreign ones a `value`; a bare value is a default too (pulumi facts 5). */
function defaults(project: string, declared: Map): Map {
    const found = Object.entries(qualify(project, declared)).flatMap(([key, entry]): [string, Yaml][] => {
        if (!isMap(entry)) return [[key, entry]];
        const value = entry["default"] ?? entry["value"];
        return value === undefined ? [] : [[key, value]];
    });
    return Object.fromEntries(found);
}

function withoutCiphertext(value: Yaml, key: string): [Yaml, boolean] {
    if (Array.isArray(value)) {
        const items = value.map((item, index) => withoutCiphertext(item, `${key}[${index}]`));
        return [items.map(([open]) => open), items.some(([, secret]) => secret)];
    }
    if (!isMap(value)) return [value, false];
    if (Object.keys(value).length === 1 && typeof value["secure"] === "string")
        return [`[secret ${key}]`, true];
    const entries = Object.entries(value).map(
        ([name, inner]) => [name, withoutCiphertext(inner, `${key}.${name}`)] as const,
    );
    return [
        Object.fromEntries(entries.map(([name, [open]]) => [name, open])),
        entries.some(([, [, secret]]) => secret),
    ];
}

function runtimeOptions(runtime: Yaml | undefined): RuntimeOptions {
    const options = isMap(runtime) && isMap(runtime["options"]) ? runtime["options"] : {};
    const { typescript, nodeargs, tsconfig } = options;
    return {
        typescript: typescript !== false,
        nodeargs: typeof nodeargs === "string" ? nodeargs : "",
        tsconfig: typeof tsconfig === "string" ? tsconfig : "",
    };
}
