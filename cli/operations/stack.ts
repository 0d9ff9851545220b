import { UsageError } from "../exit";
import { isRecord, type StackFacts } from "../stack";

/** Version of the outputs' contract that this command line reads (docs/outputs.md). */
export const STACK_OUTPUTS_VERSION = 1;

/** The outputs of a stack that are no secret, as docs/outputs.md has them. */
export interface StackOutputs {
    readonly version: number;
    readonly resourceGroupName: string;
    readonly clusterName: string;
    /** ARM id. */
    readonly clusterId: string;
    readonly location: string;
    /** public, government or china */
    readonly cloudEnvironment: string;
    /** Declared minor, e.g. `1.35`. */
    readonly kubernetesVersion: string;
    readonly minimumCiliumVersion: string;
    readonly network: {
        readonly networkPlugin: string;
        readonly networkPluginMode: string;
        readonly networkDataplane: string;
        readonly networkPolicy: string;
        /** ACNS tier: off, observability, fqdn or l7. */
        readonly advancedNetworking: string;
        readonly outboundType: string;
    };
    readonly ranges: {
        readonly podCidr: string;
        readonly serviceCidr: string;
        readonly dnsServiceIP: string;
        /** The empty string where AKS made the subnet. */
        readonly nodeSubnetCidr: string;
    };
    readonly oidcIssuerUrl: string;
    readonly nodeResourceGroup: string;
    readonly appliedPolicies: readonly PolicyName[];
    readonly kubeconfig: string;
    readonly entraLogin: boolean;
}

/** A policy or CIDR group as it is called in the cluster. */
export interface PolicyName {
    readonly kind: string;
    /** The empty string for cluster scope. */
    readonly namespace: string;
    readonly name: string;
}

/** A Kubernetes object as JSON. */
export interface Manifest {
    readonly apiVersion: string;
    readonly kind: string;
    readonly metadata: {
        readonly name: string;
        readonly namespace?: string;
        readonly labels?: Readonly<Record<string, string>>;
        readonly annotations?: Readonly<Record<string, string>>;
    };
    readonly [field: string]: unknown;
}

/** A policy in the stack's state. */
export interface RecordedPolicy extends PolicyName {
    /** As it was applied; undefined where the state keeps it encrypted. */
    readonly manifest: Manifest | undefined;
}

/** A node pool in the stack's state, as it was asked for. */
export interface RecordedPool {
    readonly name: string;
    readonly mode: string;
    readonly vmSize: string;
}

/** What a stack's state says about its cluster. */
export interface StackRecord {
    /** As given to `--stack`. */
    readonly name: string;
    readonly outputs: StackOutputs;
    readonly policies: readonly RecordedPolicy[];
    readonly pools: readonly RecordedPool[];
    /** Operations that a killed update left behind; the state may lack what they made. */
    readonly pendingOperations: number;
    /** What Pulumi.STACK.yaml says now, an edit since the last update included; undefined without that file. */
    readonly settings: StackFacts | undefined;
}

/** Kinds that count as policies; their namespaces, the sample workloads and everything else are left aside. */
const RECORDED_KINDS = [
    "CiliumNetworkPolicy",
    "CiliumClusterwideNetworkPolicy",
    "CiliumCIDRGroup",
    "NetworkPolicy",
];

/** Key and value by which Pulumi marks a secret in a state (pulumi/sdk: `resource.SigKey`, `SecretSig`). */
const SIGNATURE = "4dabf18193072939515e22adb298388d";

interface Resource {
    readonly type: string;
    readonly inputs?: Record<string, unknown>;
    readonly outputs?: Record<string, unknown>;
    /** Already replaced by another one, still to be deleted. */
    readonly delete?: boolean;
    readonly external?: boolean;
}

/**
 * Reads what `pulumi stack export` prints. Export alone holds outputs and policies of one moment; `stack output` beside it
 * could be of another one.
 * @param name the stack, for messages
 * @param text JSON
 * @param settings of Pulumi.STACK.yaml, where there is one
 * @throws UsageError when it is no deployment, has no outputs, or outputs of another version of the contract
 */
export function readDeployment(name: string, text: string, settings?: StackFacts): StackRecord {
    const deployment = deploymentOf(name, text);
    const resources = (deployment.resources ?? []).filter((resource) => resource.delete !== true);
    const outputs = resources.find(({ type }) => type === "pulumi:pulumi:Stack")?.outputs ?? {};
    if (Object.keys(outputs).length === 0)
        throw new UsageError(
            `--stack ${name}: the stack has no outputs; run \`pulumi up --stack ${name}\` to its end first`,
        );
    return {
        name,
        outputs: checkedOutputs(name, outputs),
        policies: resources.flatMap(recordedPolicy),
        pools: resources.flatMap(recordedPools),
        pendingOperations: deployment.pending_operations?.length ?? 0,
        settings,
    };
}

function deploymentOf(
    name: string,
    text: string,
): { resources?: readonly Resource[]; pending_operations?: readonly unknown[] } {
    let parsed: unknown;
    try {
        parsed = JSON.parse(text);
    } catch {
        throw new UsageError(`--stack ${name}: \`pulumi stack export\` printed no JSON`);
    }
    const deployment = isRecord(parsed) ? parsed["deployment"] : undefined;
    if (!isRecord(deployment))
        throw new UsageError(`--stack ${name}: \`pulumi stack export\` printed no deployment`);
    return deployment as ReturnType<typeof deploymentOf>;
}

/** Text outputs that everything relies on; all that are missing are told at once. */
const NEEDED = [
    "resourceGroupName",
    "clusterName",
    "clusterId",
    "location",
    "cloudEnvironment",
    "kubernetesVersion",
    "minimumCiliumVersion",
    "network",
    "ranges",
    "nodeResourceGroup",
    "appliedPolicies",
] as const;

function checkedOutputs(name: string, outputs: Record<string, unknown>): StackOutputs {
    const version = outputs["version"];
    if (version !== STACK_OUTPUTS_VERSION)
        throw new UsageError(
            version === undefined
                ? `--stack ${name}: its outputs are not those of docs/outputs.md (no \`version\`); is it a stack of this program?`
                : `--stack ${name}: its outputs have version ${JSON.stringify(version)}, this aks-cilium reads version ${STACK_OUTPUTS_VERSION}; use the release that made the stack`,
        );
    const missing = NEEDED.filter((key) => outputs[key] === undefined);
    if (missing.length > 0)
        throw new UsageError(
            `--stack ${name}: outputs are missing (${missing.join(", ")}); run \`pulumi up --stack ${name}\` to its end`,
        );
    const hidden = NEEDED.filter((key) => isSecret(outputs[key]));
    if (hidden.length > 0)
        throw new UsageError(
            `--stack ${name}: outputs are marked secret (${hidden.join(", ")}), which this program never does; was the state edited?`,
        );
    // What is kept as a secret stays in the state: no command here needs it.
    return Object.fromEntries(
        Object.entries(outputs).filter(([, value]) => !isSecret(value)),
    ) as unknown as StackOutputs;
}

function recordedPolicy({ type, inputs }: Resource): RecordedPolicy[] {
    if (inputs === undefined || !type.startsWith("kubernetes:")) return [];
    const { kind, metadata } = inputs;
    if (typeof kind !== "string" || !RECORDED_KINDS.includes(kind) || !isRecord(metadata)) return [];
    const { name, namespace } = metadata;
    if (typeof name !== "string") return [];
    return [
        {
            kind,
            namespace: typeof namespace === "string" ? namespace : "",
            name,
            manifest: holdsSecret(inputs) ? undefined : (inputs as unknown as Manifest),
        },
    ];
}

function recordedPools({ type, inputs }: Resource): RecordedPool[] {
    if (inputs === undefined) return [];
    if (/^azure-native:containerservice.*:AgentPool$/.test(type))
        return [pool({ ...inputs, name: inputs["agentPoolName"] })];
    if (!/^azure-native:containerservice.*:ManagedCluster$/.test(type)) return [];
    const profiles = inputs["agentPoolProfiles"];
    return Array.isArray(profiles) ? profiles.filter(isRecord).map(pool) : [];
}

function pool({ name, mode, vmSize }: Record<string, unknown>): RecordedPool {
    return { name: String(name), mode: String(mode ?? "User"), vmSize: String(vmSize) };
}

function holdsSecret(value: unknown): boolean {
    if (isSecret(value)) return true;
    if (Array.isArray(value)) return value.some(holdsSecret);
    return isRecord(value) && Object.values(value).some(holdsSecret);
}

const isSecret = (value: unknown): boolean => isRecord(value) && SIGNATURE in value;
