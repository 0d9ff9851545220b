/**
 * Cilium minors whose behaviour is modelled, and which of them an AKS Kubernetes minor may run.
 * Source: MicrosoftDocs/azure-aks-docs `azure-cni-powered-by-cilium.md` (minimum per Kubernetes version) and the
 * Azure/AKS CHANGELOG (newer builds); the user cannot choose the Cilium version.
 */
export const CILIUM_MINORS = ["1.16", "1.17", "1.18", "1.19"] as const;
export type CiliumMinor = (typeof CILIUM_MINORS)[number];

/** What AKS runs for a Kubernetes minor: the documented minimum build, and every Cilium minor seen with it. */
export interface AksCiliumVersion {
    readonly kubernetes: string;
    /** Smallest Cilium version AKS documents for this Kubernetes minor. A floor: real clusters run newer builds. */
    readonly minimumCilium: string;
    /** Every Cilium minor a cluster of this Kubernetes minor may run, oldest first. */
    readonly ciliumMinors: readonly CiliumMinor[];
}

export const AKS_CILIUM_VERSIONS: readonly AksCiliumVersion[] = [
    { kubernetes: "1.31", minimumCilium: "1.16.16", ciliumMinors: ["1.16"] },
    { kubernetes: "1.32", minimumCilium: "1.17.9", ciliumMinors: ["1.17"] },
    { kubernetes: "1.33", minimumCilium: "1.17.9", ciliumMinors: ["1.17"] },
    { kubernetes: "1.34", minimumCilium: "1.18.6", ciliumMinors: ["1.18"] },
    { kubernetes: "1.35", minimumCilium: "1.18.6", ciliumMinors: ["1.18"] },
    // The documentation says 1.18.9, the changelog of 2026-05-29 and 2026-07-17 names 1.19.3 and 1.19.5.
    { kubernetes: "1.36", minimumCilium: "1.18.9", ciliumMinors: ["1.18", "1.19"] },
];

/** Assumed where nobody says which cluster the policies are for. */
export const DEFAULT_KUBERNETES = "1.35";

/** ACNS (Advanced Container Networking Services) tier of the cluster; each includes the ones before it. */
export const ADVANCED_NETWORKING = ["off", "observability", "fqdn", "l7"] as const;
export type AdvancedNetworking = (typeof ADVANCED_NETWORKING)[number];

/**
 * The row for a Kubernetes version.
 * @param kubernetes `1.35` or `1.35.4`, with or without a leading `v`
 * @returns undefined for a minor that AKS does not run with Cilium (or that is not known yet)
 */
export function aksCiliumVersion(kubernetes: string): AksCiliumVersion | undefined {
    const minor = /^v?(\d+\.\d+)(\.\d+)?$/.exec(kubernetes)?.[1];
    return AKS_CILIUM_VERSIONS.find((row) => row.kubernetes === minor);
}
