import type { PolicyResource } from "@pulumi/policy";
import type { AdvancedNetworking, ClusterFacts } from "../cilium/index";
import { library } from "./library";
import { MANAGED_CLUSTER } from "./resources";

/** Version and ACNS tier as the stack's cluster says them; AKS's defaults where it says nothing, or there is none. */
export function clusterFacts(resources: readonly PolicyResource[]): ClusterFacts {
    const { aksCiliumVersion, CILIUM_MINORS, DEFAULT_KUBERNETES } = library();
    const props = resources.find(({ type }) => type === MANAGED_CLUSTER)?.props;
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
