import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { Option, type Command } from "commander";
import { UsageError } from "../exit";
import { CLOUDS, type Cloud } from "./clouds";
import { readStack, surroundings, type Surroundings } from "./pulumi";
import type { StackRecord } from "./stack";

/** The options of {@link targetOptions} as commander gives them. */
export interface TargetOptions {
    readonly stack?: string;
    readonly resourceGroup?: string;
    readonly cluster?: string;
    readonly subscription?: string;
    readonly cloud?: string;
    readonly kubeconfig?: string;
}

/** The cluster a command is about. */
export interface Target {
    /** Id. */
    readonly subscription: string;
    readonly resourceGroup: string;
    /** Name in Azure. */
    readonly cluster: string;
    readonly cloud: Cloud;
    /** With `--stack`. */
    readonly stack?: StackRecord;
    /** File that is used instead of credentials from Azure. */
    readonly kubeconfig?: string;
}

/** Adds the options that say which cluster a command is about. */
export function targetOptions(command: Command): Command {
    return command
        .option("--stack <name>", "the cluster of this Pulumi stack (asks the pulumi on PATH)")
        .option("--resource-group <name>", "resource group of the cluster, instead of --stack")
        .option("--cluster <name>", "name of the cluster in Azure, with --resource-group")
        .option(
            "--subscription <id>",
            "subscription id (default: the stack's, ARM_SUBSCRIPTION_ID, AZURE_SUBSCRIPTION_ID, az's)",
        )
        .addOption(
            new Option("--cloud <name>", "Azure's cloud (default: the stack's, else public)").choices(CLOUDS),
        )
        .option("--kubeconfig <file>", "talk to the cluster with this file, not with credentials from Azure");
}

/**
 * Decides which cluster is meant; everything wrong with the options is told at once.
 * @param options see {@link targetOptions}
 * @param around environment, folder and a signal that ends the asking of pulumi
 * @throws UsageError for options that exclude each other or say too little, an unreadable kubeconfig, or see {@link readStack}
 */
export async function resolveTarget(
    options: TargetOptions,
    around: Surroundings = surroundings(),
): Promise<Target> {
    const kubeconfig = options.kubeconfig === undefined ? undefined : resolve(around.cwd, options.kubeconfig);
    refuse(problems(options, kubeconfig));
    const stack = options.stack === undefined ? undefined : await readStack(options.stack, around);
    const id = stack === undefined ? undefined : clusterOfId(stack);
    const subscription = options.subscription ?? id?.subscription ?? defaultSubscription(around.env);
    if (subscription === undefined)
        refuse([
            "--subscription is missing, and neither ARM_SUBSCRIPTION_ID nor AZURE_SUBSCRIPTION_ID is set nor has az a default: give --subscription ID",
        ]);
    return {
        subscription: subscription ?? "",
        resourceGroup: id?.resourceGroup ?? options.resourceGroup ?? "",
        cluster: id?.cluster ?? options.cluster ?? "",
        cloud: cloudOf(options.cloud ?? stack?.outputs.cloudEnvironment),
        ...(stack === undefined ? {} : { stack }),
        ...(kubeconfig === undefined ? {} : { kubeconfig }),
    };
}

/** Rules of ARM for names of resource groups and managed clusters, and the form of a subscription id. */
const GROUP = /^[-\w.()\p{L}\p{N}]{1,90}$/u;
const CLUSTER = /^[a-zA-Z0-9]([-_a-zA-Z0-9]{0,61}[a-zA-Z0-9])?$/;
const SUBSCRIPTION = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

function problems(options: TargetOptions, kubeconfig: string | undefined): string[] {
    const { stack, resourceGroup, cluster, subscription } = options;
    const found: string[] = [];
    if (stack !== undefined && (resourceGroup !== undefined || cluster !== undefined))
        found.push("--stack says which cluster it is: leave --resource-group and --cluster out, or --stack");
    if (stack === undefined && resourceGroup === undefined && cluster === undefined)
        found.push(
            "which cluster? Give --stack NAME, or --resource-group RG and --cluster NAME [--subscription ID]",
        );
    else if (stack === undefined && (resourceGroup === undefined || cluster === undefined))
        found.push(
            `--${resourceGroup === undefined ? "resource-group" : "cluster"} is missing: --resource-group and --cluster go together`,
        );
    if (stack === "") found.push("--stack is empty: give the stack's name, e.g. dev");
    if (resourceGroup !== undefined && !GROUP.test(resourceGroup))
        found.push(
            `--resource-group ${resourceGroup}: 1 to 90 letters, digits and -_.() are allowed in the name of a resource group`,
        );
    if (cluster !== undefined && !CLUSTER.test(cluster))
        found.push(
            `--cluster ${cluster}: AKS allows 1 to 63 letters, digits, - and _, a letter or digit first and last`,
        );
    if (subscription !== undefined && !SUBSCRIPTION.test(subscription))
        found.push(
            `--subscription ${subscription}: an id such as 00000000-0000-0000-0000-000000000000 is expected (\`az account list -o table\`)`,
        );
    if (kubeconfig !== undefined && !existsSync(kubeconfig))
        found.push(`--kubeconfig ${kubeconfig}: there is no such file`);
    return found;
}

function refuse(found: readonly string[]): void {
    if (found.length > 0) throw new UsageError(found.join("\n            "));
}

/** The parts of the cluster's ARM id, which the stack's outputs hold. */
function clusterOfId(stack: StackRecord): Pick<Target, "subscription" | "resourceGroup" | "cluster"> {
    const { clusterId } = stack.outputs;
    const [, subscription, resourceGroup, cluster] =
        /^\/subscriptions\/([^/]+)\/resourceGroups\/([^/]+)\/providers\/Microsoft\.ContainerService\/managedClusters\/([^/]+)$/i.exec(
            clusterId,
        ) ?? [];
    if (subscription === undefined || resourceGroup === undefined || cluster === undefined)
        throw new UsageError(
            `--stack ${stack.name}: its output clusterId (${clusterId}) is no ARM id of a managed cluster`,
        );
    return { subscription, resourceGroup, cluster };
}

function cloudOf(name: string | undefined): Cloud {
    if (name === undefined) return "public";
    const cloud = CLOUDS.find((each) => each === name);
    if (cloud === undefined)
        throw new UsageError(
            `the stack's output cloudEnvironment is ${name}; one of ${CLOUDS.join(", ")} is known: give --cloud`,
        );
    return cloud;
}

function defaultSubscription(env: NodeJS.ProcessEnv): string | undefined {
    const given = [env["ARM_SUBSCRIPTION_ID"], env["AZURE_SUBSCRIPTION_ID"]].find(
        (each) => each !== undefined && each !== "",
    );
    return given ?? subscriptionOfAz(env);
}

/** What `az account show` would say: az keeps it in a file, and asking az itself costs a second. */
function subscriptionOfAz(env: NodeJS.ProcessEnv): string | undefined {
    const folder = env["AZURE_CONFIG_DIR"] ?? join(env["HOME"] ?? homedir(), ".azure");
    try {
        // az writes a byte order mark.
        const text = readFileSync(join(folder, "azureProfile.json"), "utf8").replace(/^\uFEFF/, "");
        const { subscriptions } = JSON.parse(text) as {
            subscriptions?: { id: string; isDefault: boolean }[];
        };
        return subscriptions?.find(({ isDefault }) => isDefault)?.id;
    } catch {
        return undefined;
    }
}
