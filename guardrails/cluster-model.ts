import type { PolicyResource } from "@pulumi/policy";
import {
    aksCiliumVersion,
    CILIUM_MINORS,
    DEFAULT_KUBERNETES,
    readManifests,
    type AdvancedNetworking,
    type ClusterFacts,
    type ManifestDocument,
} from "../cilium/index";
import { MANAGED_CLUSTER } from "./resources";

/** A Kubernetes object of the stack, and the URN to report on. */
export interface StackObject {
    readonly urn: string;
    readonly document: ManifestDocument;
}

/** What a rule over the whole stack works on. */
export interface StackObjects {
    readonly objects: readonly StackObject[];
    readonly cluster: ClusterFacts;
    /**
     * Throws what the first object with values unknown at preview threw, so that the engine says that the rule was not
     * fully evaluated. Call it last: what is known has been reported by then.
     */
    settle(): void;
}

/** The Kubernetes objects among a stack's resources, as the library reads them, and the cluster they are for. */
export function stackObjects(resources: readonly PolicyResource[]): StackObjects {
    const objects: StackObject[] = [];
    let unknown: Error | undefined;
    for (const { type, urn, props } of resources) {
        if (!/^kubernetes:[^:]+\/[^:]+:[^:]+$/.test(type)) continue;
        try {
            const { documents } = readManifests(JSON.stringify(manifestOf(props)), { file: urn });
            objects.push(...documents.map((document) => ({ urn, document })));
        } catch (error) {
            unknown ??= error as Error;
        }
    }
    return {
        objects,
        cluster: clusterFacts(resources.find((resource) => resource.type === MANAGED_CLUSTER)?.props),
        settle: () => {
            if (unknown !== undefined) throw unknown;
        },
    };
}

/** A resource's properties without what the provider keeps for itself. */
function manifestOf(props: PolicyResource["props"]): Record<string, unknown> {
    return Object.fromEntries(
        Object.entries(props).filter(([key]) => !key.startsWith("__") && key !== "status"),
    );
}

/** Version and ACNS tier as the cluster's inputs say them; AKS's defaults where they say nothing. */
function clusterFacts(props: PolicyResource["props"] | undefined): ClusterFacts {
    const kubernetes = String(props?.["kubernetesVersion"] ?? DEFAULT_KUBERNETES);
    const network = (props?.["networkProfile"] ?? {}) as Record<string, unknown>;
    return {
        kubernetes,
        cilium: aksCiliumVersion(kubernetes)?.ciliumMinors ?? CILIUM_MINORS,
        advancedNetworking: tier((network["advancedNetworking"] ?? {}) as Record<string, unknown>),
        podCidr: network["podCidr"] as string | undefined,
        serviceCidr: network["serviceCidr"] as string | undefined,
        dnsServiceIP: network["dnsServiceIP"] as string | undefined,
    };
}

function tier(advanced: Record<string, unknown>): AdvancedNetworking {
    if (advanced["enabled"] !== true) return "off";
    const policies = ((advanced["security"] ?? {}) as Record<string, unknown>)["advancedNetworkPolicies"];
    return policies === "L7" ? "l7" : policies === "FQDN" ? "fqdn" : "observability";
}
