/** Words of a collection's URL. */
export interface Collection {
    readonly apiVersion: string;
    /** `pods`, or the kind `Pod`. */
    readonly resource: string;
    readonly namespace?: string | undefined;
    readonly name?: string | undefined;
}

/** URL path of a collection or an object of the Kubernetes API. */
export function resourcePath({ apiVersion, resource, namespace, name }: Collection): string {
    return [
        apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`,
        ...(namespace === undefined || namespace === "" ? [] : ["namespaces", encodeURIComponent(namespace)]),
        pluralOf(resource),
        ...(name === undefined ? [] : [encodeURIComponent(name)]),
    ].join("/");
}

/**
 * The plural of a kind, by the rule that Kubernetes' own clients guess by (k8s.io/apimachinery
 * `meta.UnsafeGuessKindToResource`); what is no kind, i.e. starts with a small letter, is taken as the plural it is.
 */
export function pluralOf(resource: string): string {
    if (!/^[A-Z]/.test(resource)) return resource;
    const name = resource.toLowerCase();
    if (name === "endpoints") return name;
    if (name.endsWith("s")) return `${name}es`;
    if (name.endsWith("y")) return `${name.slice(0, -1)}ies`;
    return `${name}s`;
}
