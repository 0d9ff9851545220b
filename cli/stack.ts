import { existsSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { parse } from "yaml";
import { ADVANCED_NETWORKING, type ClusterFacts } from "../cilium";
import { UsageError } from "./exit";

/** What is read from the settings; absent where they do not say. */
export type StackFacts = Partial<
    Pick<
        ClusterFacts,
        | "kubernetes"
        | "advancedNetworking"
        | "podCidr"
        | "serviceCidr"
        | "nodeCidrs"
        | "dnsServiceIP"
        | "localDns"
        | "dualStack"
    >
>;

/**
 * What a Pulumi stack's settings say about its cluster, read from `Pulumi.STACK.yaml` and the defaults in
 * `Pulumi.yaml`, without Pulumi: a check before commit must not need an engine, a login or the state.
 * @param stack name of the stack; only the last part of `ORG/PROJECT/STACK` matters
 * @param folder searched for Pulumi.yaml, then its parents, as Pulumi does
 * @throws UsageError when there is no such file, or a value in it is none that a cluster can have
 */
export function stackFacts(stack: string, folder: string): StackFacts {
    const root = projectFolder(resolve(folder));
    if (root === undefined) throw new UsageError(`--stack ${stack}: no Pulumi.yaml in ${folder} or above`);
    const name = stack.split("/").at(-1) ?? stack;
    const file = join(root, `Pulumi.${name}.yaml`);
    if (!existsSync(file)) throw new UsageError(`--stack ${stack}: there is no ${file}`);
    const project = readYaml(join(root, "Pulumi.yaml"));
    const settings = new Map<string, unknown>();
    const own = `${String(project["name"])}:`;
    const set = (key: string, value: unknown): void => {
        // Keys of others (`azure-native:location`) keep their prefix; Pulumi lets a project leave its own out.
        if (value !== undefined) settings.set(key.startsWith(own) ? key.slice(own.length) : key, value);
    };
    for (const [key, declared] of entries(project["config"])) {
        set(key, isRecord(declared) ? (declared["value"] ?? declared["default"]) : declared);
    }
    for (const [key, value] of entries(readYaml(file)["config"])) set(key, value);
    return facts(settings, file);
}

function facts(settings: ReadonlyMap<string, unknown>, file: string): StackFacts {
    const text = (key: string): string | undefined => {
        const value = settings.get(key);
        if (value === undefined || isRecord(value)) return undefined;
        return String(value);
    };
    const tier = text("advancedNetworking");
    const advancedNetworking = ADVANCED_NETWORKING.find((each) => each === tier);
    if (tier !== undefined && advancedNetworking === undefined) {
        throw new UsageError(
            `${file}: advancedNetworking: ${tier} is no tier; one of ${ADVANCED_NETWORKING.join(", ")}`,
        );
    }
    const subnet = settings.get("nodeSubnet");
    const nodeCidr = isRecord(subnet) && typeof subnet["cidr"] === "string" ? subnet["cidr"] : undefined;
    const localDns = text("localDns");
    return {
        kubernetes: text("kubernetesVersion"),
        ...(advancedNetworking === undefined ? {} : { advancedNetworking }),
        podCidr: text("podCidr"),
        serviceCidr: text("serviceCidr"),
        dnsServiceIP: text("dnsServiceIP"),
        nodeCidrs: nodeCidr === undefined ? undefined : [nodeCidr],
        localDns: localDns === undefined ? undefined : localDns === "true",
    };
}

function projectFolder(folder: string): string | undefined {
    if (existsSync(join(folder, "Pulumi.yaml"))) return folder;
    const parent = dirname(folder);
    return parent === folder ? undefined : projectFolder(parent);
}

function readYaml(file: string): Record<string, unknown> {
    let value: unknown;
    try {
        value = parse(readFileSync(file, "utf8"));
    } catch (error) {
        throw new UsageError(`${file}: ${(error as Error).message.split("\n")[0]}`);
    }
    return isRecord(value) ? value : {};
}

function entries(value: unknown): [string, unknown][] {
    return isRecord(value) ? Object.entries(value) : [];
}

/** Whether a value of YAML or JSON is an object. */
export function isRecord(value: unknown): value is Record<string, unknown> {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}
