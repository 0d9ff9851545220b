import type { Input } from "@pulumi/pulumi";
import type { AdvancedNetworking } from "./aks-cilium-cluster-args";

/** A file of manifests: its text, and its name for messages. The component itself reads no files. */
export interface ManifestFileArgs {
    /** As the user would name it, e.g. `policies/namespaces/shop/orders.yaml`. */
    path: string;
    /** YAML or JSON, one or more documents. */
    text: string;
}

/** Each ACNS tier that policies may need, known as soon as the cluster has it (`AksCiliumCluster.enforces`). */
export interface EnforcedTiersArgs {
    /** Rules by DNS name. @default policies that need it do not wait */
    fqdn?: Input<string>;
    /** Rules for HTTP, gRPC and Kafka. @default policies that need it do not wait */
    l7?: Input<string>;
}

/** Arguments of {@link CiliumPolicies}. What decides *which* objects there are is plain, not an Input. */
export interface CiliumPoliciesArgs {
    /** Manifests of policies, CIDR groups and namespaces. Anything else is refused. @default none */
    files?: ManifestFileArgs[];
    /** The same as objects; leaves may be outputs (e.g. an address that another resource gets). @default none */
    objects?: { [key: string]: any }[]; // eslint-disable-line @typescript-eslint/no-explicit-any -- any JSON with Inputs
    /** Kubernetes minor of the cluster, e.g. `1.35`: decides which Cilium minors the policies are checked for. */
    kubernetesVersion: string;
    /** ACNS tier of the cluster: decides what it enforces, and which documents are meant for it. @default "off" */
    advancedNetworking?: AdvancedNetworking;
    /**
     * Tiers that the cluster is known to have: policies that need one wait for it, in previews too, so that raising the
     * tier and adding what it allows is one update. @default they do not wait
     */
    enforcedTiers?: EnforcedTiersArgs;
    /** Pod range of the cluster, for rules that would try to match pods by address. @default not checked */
    podCidr?: string;
    /** Service range of the cluster. @default not checked */
    serviceCidr?: string;
    /** Ranges of the node subnets. @default not checked */
    nodeCidrs?: string[];
    /** Address of the cluster's DNS. @default not checked */
    dnsServiceIP?: string;
    /** Make a Namespace for each namespace that is named but has no document of its own. @default false */
    createNamespaces?: boolean;
    /** Wait until Cilium's operator reports a policy `Valid`. @default false: older AKS builds report nothing */
    awaitValid?: boolean;
}
