import type { AdvancedNetworking, CiliumMinor } from "./versions";

/** What has to be known of a cluster to say what a policy does on it. Everything has an AKS default. */
export interface ClusterFacts {
    /** Kubernetes minor, e.g. `1.35`; undefined when only a Cilium minor was given. */
    readonly kubernetes?: string | undefined;
    /** Every Cilium minor to check against, oldest first; at least one. */
    readonly cilium: readonly CiliumMinor[];
    /** ACNS tier. @default "off" where nobody says */
    readonly advancedNetworking: AdvancedNetworking;
    /** Pod range in CIDR notation. */
    readonly podCidr?: string | undefined;
    /** Service range in CIDR notation. */
    readonly serviceCidr?: string | undefined;
    /** Node subnets in CIDR notation. */
    readonly nodeCidrs?: readonly string[] | undefined;
    /** Address of the cluster's DNS service. */
    readonly dnsServiceIP?: string | undefined;
    /** Whether pools use LocalDNS (node-local DNS at 169.254.10.0/24); undefined when unknown. */
    readonly localDns?: boolean | undefined;
    /** IPv6 beside IPv4. @default false */
    readonly dualStack?: boolean | undefined;
}
