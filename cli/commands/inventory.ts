import { Option, type Command } from "commander";
import type { JsonObject } from "../../cilium";
import { UsageError } from "../exit";
import { collect } from "../input";
import { inventoryFiles, type FileFormat } from "../inventory/files";
import { checkFolder, writeFolder } from "../inventory/folder";
import { inventoryOf, type NamespaceInventory } from "../inventory/manifests";
import { INVENTORY_POLICY_KINDS, policyManifest } from "../inventory/policies";
import { readCluster } from "../inventory/read";
import { azureOf } from "../operations/azure";
import { Interrupted, OperationError } from "../operations/failure";
import { kubernetesOf, type Kubernetes } from "../operations/kubernetes";
import { interruptible, progressOn } from "../operations/progress";
import { surroundings } from "../operations/pulumi";
import { resolveTarget, targetOptions, type TargetOptions } from "../operations/target";
import { writeOut } from "../output";

interface InventoryOptions extends TargetOptions {
    readonly out?: string;
    readonly withPolicies?: boolean;
    readonly system: boolean;
    readonly namespace?: readonly string[];
    readonly force?: boolean;
    readonly format: FileFormat;
}

const HELP = `
Writes what \`check -w\` and \`reach -w\` need and nothing else: labels, service accounts, named ports, who uses the
node's network, what Services select. Each object is built from those fields; environment variables, volumes, commands,
images, annotations and Secrets have no way into a file. --with-policies adds the policies, with values of HTTP headers
masked. The folder is replaced in one step; one with other files is refused.

Examples:
  aks-cilium inventory --stack dev --out dump
  aks-cilium reach policies/ -w dump
  aks-cilium inventory --stack dev --out dump --with-policies && aks-cilium reach dump --exposure`;

export function define(command: Command): void {
    targetOptions(command)
        .requiredOption("--out <dir>", "folder to write: new, empty, or written by an earlier run")
        .option("--with-policies", "the cluster's policies too, into DIR/policies")
        .option("--no-system", "without AKS's own namespaces: reach then uses the workloads it knows of AKS")
        .option("--namespace <name>", "only this namespace (repeatable)", collect)
        .option("--force", "replace a folder that has other files")
        .addOption(new Option("--format <format>", "of the files").choices(["yaml", "json"]).default("yaml"))
        .addHelpText("after", HELP)
        .action((options: InventoryOptions) => interruptible((signal) => inventory(options, signal)));
}

async function inventory(options: InventoryOptions, signal: AbortSignal): Promise<void> {
    const out = options.out ?? "";
    if (out === "") throw new UsageError("--out is empty: name a folder");
    checkFolder(out, options.force === true);
    const target = await resolveTarget(options, surroundings(signal));
    const kubernetes = await kubernetesOf(target, azureOf(target, { signal }), { signal });
    const progress = progressOn();
    const workloads = await readCluster(kubernetes, progress);
    const [problem] = workloads.problems;
    if (problem !== undefined)
        throw new OperationError(
            `${problem.document ?? "an object"} of the cluster cannot be read: ${problem.message}`,
            "report it: the API server should have refused that object",
        );
    const { system, namespace: namespaces } = options;
    const unknown = (namespaces ?? []).filter((name) => !workloads.namespaces.has(name));
    if (unknown.length > 0)
        throw new UsageError(
            `--namespace ${unknown.join(", ")}: no such namespace; the cluster has ${[...workloads.namespaces.keys()].sort().join(", ")}`,
        );
    const inventories = inventoryOf(workloads, { system, namespaces });
    const policies = options.withPolicies === true ? await readPolicies(kubernetes, namespaces) : undefined;
    if (signal.aborted) throw new Interrupted();
    checkFolder(out, options.force === true);
    const time = new Date().toISOString();
    writeFolder(out, inventoryFiles(inventories, policies, options.format), {
        version: 1,
        cluster: target.cluster,
        time,
    });
    writeOut([summary(out, inventories, policies)]);
}

/** Cluster-wide policies always: they apply to the namespaces that were asked for too. */
async function readPolicies(
    kubernetes: Kubernetes,
    namespaces: readonly string[] | undefined,
): Promise<ReadonlyMap<string, readonly JsonObject[]>> {
    const read = INVENTORY_POLICY_KINDS.map(async (each): Promise<[string, readonly JsonObject[]]> => {
        const list = await kubernetes.list(each.apiVersion, each.kind);
        const wanted = list.filter(
            ({ metadata: { namespace } }) =>
                namespace === undefined || (namespaces?.includes(namespace) ?? true),
        );
        return [each.kind, wanted.map((policy) => policyManifest(each, policy as unknown as JsonObject))];
    });
    return new Map(await Promise.all(read));
}

function summary(
    out: string,
    inventories: readonly NamespaceInventory[],
    policies: ReadonlyMap<string, readonly JsonObject[]> | undefined,
): string {
    const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);
    const count = (number: number, one: string, many = `${one}s`): string =>
        `${number} ${number === 1 ? one : many}`;
    const parts = [
        count(inventories.length, "namespace"),
        count(sum(inventories.map(({ workloads }) => workloads)), "workload"),
        count(sum(inventories.map(({ services }) => services)), "Service"),
        ...(policies === undefined
            ? []
            : [count(sum([...policies.values()].map(({ length }) => length)), "policy", "policies")]),
    ];
    const use = policies === undefined ? `aks-cilium reach policies/ -w ${out}` : `aks-cilium reach ${out}`;
    return `Wrote ${parts.join(", ")} to ${out}. Try: ${use}\n`;
}
