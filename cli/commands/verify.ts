import { InvalidArgumentError, Option, type Command } from "commander";
import { appliesAtTier, type AdvancedNetworking } from "../../cilium";
import { EXIT_FINDINGS, EXIT_OK, EXIT_USAGE, UsageError } from "../exit";
import { readInput } from "../input";
import { azureOf } from "../operations/azure";
import { interruptible, progressOn } from "../operations/progress";
import { surroundings } from "../operations/pulumi";
import type { Manifest } from "../operations/stack";
import { resolveTarget, targetOptions, type Target, type TargetOptions } from "../operations/target";
import { terminalPaint, terminalWidth, writeOut } from "../output";
import { azureChecks, tierOf } from "../verify/azure";
import type { Check } from "../verify/check";
import { clusterChecks, type Expectations } from "../verify/cluster";
import { gather, type Facts } from "../verify/gather";
import { lookAt } from "../verify/look";
import { policyChecks, type PolicyExpectations, type WantedPolicy } from "../verify/policies";
import { verifyJson, verifyText, type Report } from "../verify/print";
import { stackChecks } from "../verify/stack";

interface VerifyOptions extends TargetOptions {
    readonly policies?: readonly string[];
    readonly timeout: number;
    readonly format: "text" | "json";
}

/** `verify`: is the cluster what it should be, in Azure and inside? */
export function define(command: Command, exit: (code: number) => void): void {
    targetOptions(command)
        .option(
            "--policies <path>",
            "policies that must be there, where no stack says it; repeatable",
            (path: string, all: readonly string[] = []) => [...all, path],
        )
        .option("--timeout <seconds>", "for each question to Azure and to the API server", seconds, 60)
        .addOption(
            new Option("--format <format>", "how to print it").choices(["text", "json"]).default("text"),
        )
        .addHelpText("after", EXAMPLES)
        .action(async (options: VerifyOptions) => {
            exit(await interruptible((signal) => verify(options, signal)));
        });
}

async function verify(options: VerifyOptions, signal: AbortSignal): Promise<number> {
    const start = performance.now();
    if (options.stack !== undefined && options.policies !== undefined)
        throw new UsageError(
            "--policies: the stack says which policies there must be; leave one of --stack and --policies out",
        );
    const files = options.policies === undefined ? undefined : readPolicies(options.policies);
    const progress = progressOn();
    if (options.stack !== undefined) progress.update(`asking pulumi for stack ${options.stack} …`);
    const target = await resolveTarget(options, surroundings(signal)).finally(progress.done);
    const azure = azureOf(target, { signal, timeout: options.timeout });
    const wanted = target.stack?.policies ?? files ?? [];
    const facts = await gather(target, azure, { signal, timeout: options.timeout, progress, wanted });
    const { subscription, resourceGroup, cluster, cloud, stack } = target;
    const report: Report = {
        target: {
            ...{ subscription, resourceGroup, cluster, cloud },
            ...(stack === undefined ? {} : { stack: stack.name }),
        },
        checks: checksOf(facts, target, files, options.policies),
        seconds: (performance.now() - start) / 1000,
    };
    writeOut([
        options.format === "json"
            ? verifyJson(report)
            : verifyText(report, Math.min(100, terminalWidth()), terminalPaint()),
    ]);
    return exitCode(report.checks);
}

function checksOf(
    facts: Facts,
    target: Target,
    files: readonly FilePolicy[] | undefined,
    paths: readonly string[] | undefined,
): Check[] {
    const look = lookAt(target);
    const expected = expectations(facts, target);
    return [
        ...(target.stack === undefined ? [] : stackChecks(target.stack)),
        ...azureChecks(facts.azure, target, look),
        ...clusterChecks(facts.cluster, expected, look),
        ...policyChecks(facts.policies, policiesExpected(target, files, paths, expected.tier), look),
    ];
}

/** What Azure says now, else what the stack said; the version also by its nodes. */
function expectations({ azure, cluster: { nodes } }: Facts, { stack }: Target): Expectations {
    const cluster = "value" in azure ? azure.value : undefined;
    const kubelet = "value" in nodes ? nodes.value[0]?.status.nodeInfo?.kubeletVersion : undefined;
    return {
        kubernetes:
            cluster?.currentKubernetesVersion ??
            stack?.outputs.kubernetesVersion ??
            kubelet?.replace(/^v/, ""),
        podCidr: cluster?.networkProfile?.podCidr ?? stack?.outputs.ranges.podCidr,
        tier: cluster === undefined ? stack?.outputs.network.advancedNetworking : tierOf(cluster),
    };
}

function policiesExpected(
    { stack }: Target,
    files: readonly FilePolicy[] | undefined,
    paths: readonly string[] | undefined,
    tier: string | undefined,
): PolicyExpectations {
    const now = Date.now();
    if (stack !== undefined)
        return {
            wanted: stack.policies,
            source: `stack ${stack.name}`,
            restore: `\`pulumi up --refresh --stack ${stack.name}\` brings it back`,
            now,
        };
    return {
        // A policy for other tiers only is not applied here (aks-cilium.io/advanced-networking).
        wanted: files?.filter(({ appliesAt }) => tier === undefined || appliesAt(tier)),
        source: (paths ?? []).join(", "),
        restore: "`kubectl apply` the file again",
        now,
    };
}

interface FilePolicy extends WantedPolicy {
    readonly appliesAt: (tier: string) => boolean;
}

const KINDS = ["CiliumNetworkPolicy", "CiliumClusterwideNetworkPolicy", "CiliumCIDRGroup", "NetworkPolicy"];

function readPolicies(paths: readonly string[]): FilePolicy[] {
    const { documents, findings } = readInput(paths);
    const broken = findings.filter(({ severity }) => severity === "error");
    if (broken.length > 0)
        throw new UsageError(
            `--policies: ${broken.map(({ file, line, message }) => `${file}:${line}: ${message}`).join("\n            ")}`,
        );
    const found = documents.flatMap((document): FilePolicy[] => {
        const { kind, name, namespace } = document;
        if (!KINDS.includes(kind)) return [];
        const scoped = ["CiliumClusterwideNetworkPolicy", "CiliumCIDRGroup"].includes(kind);
        return [
            {
                kind,
                namespace: scoped ? "" : (namespace ?? "default"),
                name,
                manifest: document.value as unknown as Manifest,
                appliesAt: (tier) => appliesAtTier(document, tier as AdvancedNetworking),
            },
        ];
    });
    if (found.length === 0)
        throw new UsageError(
            `--policies ${paths.join(", ")}: no policy in there; name files with ${KINDS.join(", ")}`,
        );
    return found;
}

/** A failure outranks what could not be checked: it is certain, and says so even while Azure is down. */
function exitCode(checks: readonly Check[]): number {
    if (checks.some(({ verdict }) => verdict === "fail")) return EXIT_FINDINGS;
    return checks.some(({ verdict }) => verdict === "unknown") ? EXIT_USAGE : EXIT_OK;
}

function seconds(text: string): number {
    const value = Number(text);
    if (!Number.isFinite(value) || value <= 0 || value > 3600)
        throw new InvalidArgumentError("expected seconds between 0 and 3600, e.g. 60.");
    return value;
}

const EXAMPLES = `
Exit codes:
  0  every check passed, or warns
  1  a check failed (whatever else could not be checked)
  2  none failed, but something could not be checked; or wrong usage

Examples:
  aks-cilium verify --stack dev
  aks-cilium verify --resource-group rgcni --cluster aks --policies policies/
  aks-cilium verify --stack prod --format json | jq -r '.checks[] | select(.verdict != "pass") | .id'
  aks-cilium verify --stack dev --kubeconfig ~/.kube/config     the cluster although Azure is down`;
