import { parse, stringify } from "yaml";

/** A plain YAML or JSON mapping. */
export type Mapping = Readonly<Record<string, unknown>>;

/** The three entries of a kubeconfig that belong to one cluster, and the name that becomes the current context. */
export interface Credentials {
    readonly cluster: { readonly name: string; readonly cluster: Mapping };
    readonly user: { readonly name: string; readonly user: Mapping };
    readonly context: { readonly name: string; readonly context: Mapping };
}

/**
 * Reads the kubeconfig that Azure lists for a cluster.
 * @param text YAML with one cluster, one user and the context that joins them
 * @throws Error that says what is missing, never what is in it: the text holds secrets
 */
export function readCredentials(text: string): Credentials {
    let value: unknown;
    try {
        value = parse(text);
    } catch {
        throw new Error("Azure answered with a kubeconfig that is not YAML");
    }
    const config = isMapping(value) ? value : {};
    const current = config["current-context"];
    const context = named(config["contexts"], "context", current) ?? named(config["contexts"], "context");
    const cluster = named(config["clusters"], "cluster", context?.value["cluster"]);
    const user = named(config["users"], "user", context?.value["user"]);
    if (context === undefined || cluster === undefined || user === undefined) {
        const missing = [
            ...(context === undefined ? ["context"] : []),
            ...(cluster === undefined ? ["cluster"] : []),
            ...(user === undefined ? ["user"] : []),
        ];
        throw new Error(`Azure answered with a kubeconfig without ${missing.join(" and ")}`);
    }
    return {
        cluster: { name: cluster.name, cluster: cluster.value },
        user: { name: user.name, user: user.value },
        context: { name: context.name, context: context.value },
    };
}

/** The entry of a list that has this name; the first one where no name is given. */
function named(
    list: unknown,
    key: string,
    ...names: readonly unknown[]
): { readonly name: string; readonly value: Mapping } | undefined {
    const items: readonly unknown[] = Array.isArray(list) ? list : [];
    for (const item of items) {
        if (!isMapping(item)) continue;
        const { name, [key]: value } = item;
        if (typeof name === "string" && isMapping(value) && (names.length === 0 || names.includes(name)))
            return { name, value };
    }
    return undefined;
}

/**
 * Names the entries as `az aks get-credentials` does (azure-cli 2.91.0, acs/custom.py
 * `merge_kubernetes_configurations`): cluster and context after the cluster or after `--context`, the user as Azure
 * calls it (`clusterUser_GROUP_CLUSTER`); the context of an admin ends in `-admin`, so that both can stay side by side.
 * @param context name asked for with `--context`; @default what Azure calls it
 */
export function nameAsAz(credentials: Credentials, context?: string): Credentials {
    const cluster = context ?? credentials.cluster.name;
    const admin = credentials.user.name.startsWith("clusterAdmin");
    const name = context ?? credentials.context.name;
    return {
        cluster: { ...credentials.cluster, name: cluster },
        user: credentials.user,
        context: {
            name: admin && !name.endsWith("-admin") ? `${name}-admin` : name,
            context: { ...credentials.context.context, cluster },
        },
    };
}

/** A kubeconfig with nothing but these entries, as YAML. */
export function kubeconfigOf({ cluster, user, context }: Credentials): string {
    return stringify(
        {
            apiVersion: "v1",
            kind: "Config",
            clusters: [cluster],
            contexts: [context],
            "current-context": context.name,
            preferences: {},
            users: [user],
        },
        YAML_STYLE,
    );
}

/** As kubectl writes it: items of lists not indented, long certificates on one line. */
export const YAML_STYLE = { indentSeq: false, lineWidth: 0 } as const;

export function isMapping(value: unknown): value is Mapping {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}
