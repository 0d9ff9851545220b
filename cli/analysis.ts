import { existsSync } from "node:fs";
import type { Command } from "commander";
import {
    appliesAtTier,
    buildReachability,
    diffReachability,
    readWorkloads,
    withSystemEndpoints,
    type CiliumMinor,
    type ClusterFacts,
    type Endpoint,
    type Finding,
    type ManifestDocument,
    type Reachability,
    type ServiceDefinition,
} from "../cilium";
import { clusterFacts, type ClusterOptions } from "./cluster";
import { UsageError } from "./exit";
import { collect, placeholderValues, readInput, type Input } from "./input";

/** Options that every command over reachability takes. */
export interface AnalysisOptions extends ClusterOptions {
    readonly workloads?: readonly string[];
    readonly namespace?: string;
    readonly set?: readonly string[];
    /** `aks`, `none` or a path. @default "aks" */
    readonly system?: string;
}

/** Adds the options of `AnalysisOptions` to a command. */
export function analysisOptions(command: Command): Command {
    return command
        .option(
            "-w, --workloads <path>",
            "more manifests: workloads, Services, Namespaces, or a dump of a cluster (repeatable)",
            collect,
        )
        .option("--kubernetes <version>", "Kubernetes minor of the cluster, which decides the Cilium version")
        .option("--cilium <minor>", "Cilium minor, instead of --kubernetes")
        .option("--stack <name>", "take versions and ranges from Pulumi.<name>.yaml")
        .option("--advanced-networking <tier>", "ACNS tier: off, observability, fqdn, l7")
        .option("--namespace <name>", "namespace of manifests that name none")
        .option("--set <var=value>", "value of a ${VAR} placeholder (repeatable)", collect)
        .option(
            "--system <what>",
            "workloads of kube-system: aks (built in), none, or a PATH with manifests of them",
            "aks",
        );
}

/** What is in a cluster, read and ready to be asked. */
export interface ClusterState {
    readonly documents: readonly ManifestDocument[];
    readonly endpoints: readonly Endpoint[];
    readonly services: readonly ServiceDefinition[];
}

/**
 * Policies and workloads from files and folders.
 * @param paths where policies are, and workloads perhaps; @default `policies` if there is such a folder
 * @throws UsageError naming everything that cannot be read, with its place
 */
export function readState(paths: readonly string[], options: AnalysisOptions): ClusterState {
    const all = [...defaultPaths(paths), ...(options.workloads ?? []), ...systemPath(options.system)];
    const set = placeholderValues(options.set ?? []);
    return stateOf(readInput(all, { namespace: options.namespace, set }), options);
}

/** The same for text that has been read already, e.g. out of a git revision. */
export function stateOf(
    input: Pick<Input, "documents" | "findings">,
    options: AnalysisOptions,
): ClusterState {
    const { stack, advancedNetworking } = options;
    const tier = clusterFacts({ stack, advancedNetworking }).advancedNetworking;
    const documents = input.documents.filter((document) => appliesAtTier(document, tier));
    const { endpoints, services, namespaces, problems } = readWorkloads(documents);
    const wrong = [...input.findings, ...problems].filter(({ severity }) => severity === "error");
    if (wrong.length > 0) throw new UsageError(wrong.map(describe).join("\naks-cilium: "));
    const system = options.system ?? "aks";
    return {
        documents,
        endpoints: system === "aks" ? withSystemEndpoints(endpoints, namespaces) : endpoints,
        services,
    };
}

/** PATHs as given, or the folder that this project and its readers keep policies in. */
export function defaultPaths(paths: readonly string[]): readonly string[] {
    if (paths.length > 0) return paths;
    if (existsSync("policies")) return ["policies"];
    throw new UsageError(
        "no PATH given and there is no folder policies/ here; name the files or folders with the policies",
    );
}

function systemPath(system = "aks"): readonly string[] {
    return system === "aks" || system === "none" ? [] : [system];
}

function describe({ file, line, column, message, fix }: Finding): string {
    return `${file}:${line}:${column}: ${message}. ${fix.charAt(0).toUpperCase()}${fix.slice(1)}.`;
}

/**
 * Refuses to answer about nothing: without a workload every report is empty, which reads as "all is closed".
 * @throws UsageError where the state has no workload of the user's
 */
export function requireWorkloads({ endpoints }: ClusterState): void {
    if (endpoints.some(({ system }) => system !== true)) return;
    throw new UsageError(
        "no workload found (Pod, Deployment, StatefulSet, DaemonSet, ReplicaSet, Job, CronJob); name their manifests, or a dump of them, with -w PATH",
    );
}

/** @param names ends that will be asked about; of these the DNS names (`fqdn:NAME`) have to be known beforehand */
export function buildModel(
    state: ClusterState,
    cluster: ClusterFacts,
    minor: CiliumMinor,
    names: readonly string[] = [],
): Reachability {
    const askedNames = names.flatMap((name) =>
        name.startsWith("fqdn:") ? [name.slice("fqdn:".length)] : [],
    );
    return buildReachability({ ...state, cluster, minor, askedNames });
}

/** The cluster that is asked about, and the Cilium minor that reports speak of: the oldest it may run. */
export function analysedCluster(options: AnalysisOptions): { cluster: ClusterFacts; minor: CiliumMinor } {
    const cluster = clusterFacts(options);
    const [minor] = cluster.cilium;
    if (minor === undefined)
        throw new UsageError("no Cilium minor is known for this cluster; say one with --cilium");
    return { cluster, minor };
}

/**
 * A Kubernetes minor may run more than one Cilium minor. Reports speak of the oldest; where another would decide
 * otherwise, standard error says so, so that nobody takes one answer for both.
 * @param model of the minor that the report speaks of
 */
export function noteOtherMinors(state: ClusterState, cluster: ClusterFacts, model: Reachability): void {
    for (const minor of cluster.cilium.filter((each) => each !== model.minor)) {
        const { opened, closed, changed } = diffReachability(model, buildModel(state, cluster, minor));
        const count = opened.length + closed.length + changed.length;
        if (count === 0) continue;
        process.stderr.write(
            `aks-cilium: note: this is Cilium ${model.minor}; Kubernetes ${cluster.kubernetes ?? ""} may also run ${minor}, ` +
                `which decides ${count} ${count === 1 ? "connection" : "connections"} otherwise (--cilium ${minor} shows it)\n`,
        );
    }
}
