import { output, type Input, type Output, type StackReference } from "@pulumi/pulumi";
import type { AppliedPolicy } from "./cilium-policies";

/** Grows by adding; removing or retyping an output is a new number and a major release. */
export const STACK_OUTPUTS_VERSION = 1;

/** How the cluster's network is made. */
export interface NetworkOutputs {
    networkPlugin: string;
    networkPluginMode: string;
    networkDataplane: string;
    networkPolicy: string;
    /** ACNS tier: off, observability, fqdn or l7. */
    advancedNetworking: string;
    outboundType: string;
}

/** Address ranges in CIDR notation. */
export interface RangeOutputs {
    podCidr: string;
    serviceCidr: string;
    dnsServiceIP: string;
    /** Range of the existing node subnet; the empty string where AKS made one. */
    nodeSubnetCidr: string;
}

/** What other stacks and the command line may rely on. */
export interface StackOutputs {
    /** Of this contract: {@link STACK_OUTPUTS_VERSION}. */
    version: number;
    resourceGroupName: string;
    clusterName: string;
    /** ARM id. */
    clusterId: string;
    location: string;
    /** public, government or china. */
    cloudEnvironment: string;
    /** Declared minor, e.g. `1.35`; the patch is AKS's. */
    kubernetesVersion: string;
    /** Least Cilium version that AKS runs with this minor; the cluster's own may be newer. */
    minimumCiliumVersion: string;
    network: NetworkOutputs;
    ranges: RangeOutputs;
    /** Issuer of service account tokens; the empty string where it is off. */
    oidcIssuerUrl: string;
    /** Resource group that AKS keeps the nodes in. */
    nodeResourceGroup: string;
    appliedPolicies: AppliedPolicy[];
    /** Exec login (kubelogin), no secret in it. */
    kubeconfig: string;
    /** Whether Entra ID logs people in; without it the exec login of `kubeconfig` gets no token. */
    entraLogin: boolean;
    /** Static admin credentials, a secret; the empty string unless the setting adminCredentials asks for them. */
    adminKubeconfig: string;
}

/** Every output by name. A type error here is an output that was added, removed or renamed in one place only. */
const NAMES: { [K in keyof StackOutputs]: true } = {
    version: true,
    resourceGroupName: true,
    clusterName: true,
    clusterId: true,
    location: true,
    cloudEnvironment: true,
    kubernetesVersion: true,
    minimumCiliumVersion: true,
    network: true,
    ranges: true,
    oidcIssuerUrl: true,
    nodeResourceGroup: true,
    appliedPolicies: true,
    kubeconfig: true,
    entraLogin: true,
    adminKubeconfig: true,
};

/** Names of all outputs. */
export const STACK_OUTPUT_NAMES = Object.keys(NAMES) as (keyof StackOutputs)[];

/** The outputs as a program makes them. */
export type StackOutputInputs = { [K in keyof StackOutputs]: Input<StackOutputs[K]> };

/** The outputs as another stack reads them. */
export type StackOutputsOf = { [K in keyof StackOutputs]: Output<StackOutputs[K]> };

/**
 * Reads this project's outputs from another stack, typed; a secret stays one.
 * @param reference e.g. `new pulumi.StackReference("organization/aks-cilium/dev")`
 * @throws (in the output) when the stack has another version of the contract, or lacks an output
 */
export function readStackOutputs(reference: Pick<StackReference, "requireOutput" | "name">): StackOutputsOf {
    const version = output(reference.requireOutput("version")).apply((found) => {
        if (found !== STACK_OUTPUTS_VERSION)
            throw new Error(
                `The stack's outputs have version ${String(found)}, this reader knows ${STACK_OUTPUTS_VERSION}: use the readStackOutputs of the release that made the stack.`,
            );
        return found as number;
    });
    const read = STACK_OUTPUT_NAMES.map((name) => [
        name,
        output([version, reference.requireOutput(name)]).apply(([, value]) => value),
    ]);
    return Object.fromEntries(read) as StackOutputsOf;
}
