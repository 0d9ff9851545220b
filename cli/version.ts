declare const AKS_CILIUM_VERSION: string | undefined;

/** Version of the package; put in when it is bundled. */
export function toolVersion(): string {
    return typeof AKS_CILIUM_VERSION === "string" ? AKS_CILIUM_VERSION : "0.0.0-source";
}
