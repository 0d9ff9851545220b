import * as pulumi from "@pulumi/pulumi";

/** A resource as the engine would have been asked for it, options included. */
export interface Recorded {
    type: string;
    name: string;
    inputs: Record<string, any>; // eslint-disable-line @typescript-eslint/no-explicit-any
    parent: string;
    provider: string;
    protect: boolean;
    dependsOn: string[];
    deletedWith: string;
    ignoreChanges: string[];
    replaceOnChanges: string[];
    aliases: number;
    /** undefined: not said. */
    deleteBeforeReplace: boolean | undefined;
}

/** What running a program under the recorder gave. */
export interface Recording {
    resources: Recorded[];
    /** Names and arguments of invokes. */
    calls: { token: string; inputs: Record<string, unknown> }[];
    find(name: string, type?: string): Recorded;
}

export const SUBSCRIPTION = "/subscriptions/00000000-0000-0000-0000-000000000001";
export const KUBECONFIG = `apiVersion: v1
kind: Config
current-context: aks
clusters:
- name: aks
  cluster: {server: "https://aks-dev.hcp.westeurope.azmk8s.io:443", certificate-authority-data: Q0E=}
contexts:
- name: aks
  context: {cluster: aks, user: admin}
users:
- name: admin
  user: {token: MARKED-SECRET}
`;

/** What Azure would add, by type; unmocked invokes throw (a mock that guesses proves nothing). */
const OUTPUTS: Record<string, (name: string, inputs: Record<string, unknown>) => Record<string, unknown>> = {
    "azure-native:resources:ResourceGroup": (name, inputs) => ({
        name: inputs.resourceGroupName ?? `${name}1a2b3c4d`,
    }),
    "azure-native:containerservice:ManagedCluster": (name) => ({
        name: `${name}5e6f7a8b`,
        nodeResourceGroup: `MC_${name}`,
        oidcIssuerProfile: { enabled: true, issuerURL: "https://oidc.example/" },
    }),
    "azure-native:managedidentity:UserAssignedIdentity": () => ({
        principalId: "99999999-0000-0000-0000-000000000000",
    }),
    "random:index/randomString:RandomString": () => ({ result: "abc123" }),
};

const CALLS: Record<string, () => Record<string, unknown>> = {
    "azure-native:containerservice:listManagedClusterUserCredentials": () => ({
        kubeconfigs: [{ name: "clusterUser", value: Buffer.from(KUBECONFIG).toString("base64") }],
    }),
    "azure-native:containerservice:listManagedClusterAdminCredentials": () => ({
        kubeconfigs: [{ name: "clusterAdmin", value: Buffer.from(KUBECONFIG).toString("base64") }],
    }),
    "azure-native:containerservice:getManagedCluster": () => ({
        networkProfile: {
            advancedNetworking: { enabled: true, security: { advancedNetworkPolicies: "FQDN" } },
        },
    }),
    "azure-native:authorization:getClientConfig": () => ({
        objectId: "11111111-2222-3333-4444-555555555555",
        subscriptionId: "00000000-0000-0000-0000-000000000001",
    }),
};

/** Ids in the manner of ARM, so that what is read out of an id can be. */
const idOf = (type: string, name: string): string =>
    type.startsWith("azure-native:") ? `${SUBSCRIPTION}/x/${type.split(":").pop()}/${name}` : `${name}-id`;

/**
 * Runs something that makes resources and returns what was asked of the engine. Names instead of URNs, because mocks put
 * the stack into URNs and engines do not (facts: pulumi.md 3.1).
 */
export async function record(run: () => unknown, preview: boolean): Promise<Recording> {
    const resources: Recorded[] = [];
    const calls: Recording["calls"] = [];
    const failures: unknown[] = [];
    const onRejection = (reason: unknown) => failures.push(reason);
    process.on("unhandledRejection", onRejection);
    await pulumi.runtime.setMocks(
        {
            newResource: ({ type, name, inputs }) => ({
                id: idOf(type, name),
                // In a preview nothing that Azure makes is known yet.
                state: preview ? inputs : { ...inputs, ...(OUTPUTS[type]?.(name, inputs) ?? {}) },
            }),
            call: ({ token, inputs }) => {
                calls.push({ token, inputs });
                const answer = CALLS[token];
                if (answer === undefined) throw new Error(`unmocked call ${token}`);
                return answer();
            },
        },
        "aks-cilium",
        "test",
        preview,
    );
    // eslint-disable-next-line @typescript-eslint/no-explicit-any -- the monitor is not a public type
    const monitor = pulumi.runtime.getMonitor() as any;
    const original = monitor.registerResource.bind(monitor);
    const shortName = (urn: string) => urn.split("::").pop() ?? "";
    // eslint-disable-next-line @typescript-eslint/no-explicit-any -- protobuf request
    monitor.registerResource = (request: any, callback: any) => {
        const object = request.getObject().toJavaScript();
        resources.push({
            type: request.getType(),
            name: request.getName(),
            inputs: object,
            parent: shortName(request.getParent()),
            provider: shortName(request.getProvider().replace(/::[^:]*$/, "")),
            protect: request.getProtect(),
            dependsOn: request.getDependenciesList().map(shortName).sort(),
            deletedWith: shortName(request.getDeletedwith()),
            ignoreChanges: request.getIgnorechangesList(),
            replaceOnChanges: request.getReplaceonchangesList(),
            aliases: request.getAliasesList().length,
            deleteBeforeReplace: request.getDeletebeforereplacedefined()
                ? request.getDeletebeforereplace()
                : undefined,
        });
        return original(request, callback);
    };
    try {
        const result = run();
        if (!preview) await result;
        await pulumi.runtime.disconnect();
        // Rejections of outputs come in by and by; one that came after this run would fail the next one.
        await new Promise((resolve) => setTimeout(resolve, 50));
    } finally {
        process.off("unhandledRejection", onRejection);
    }
    if (failures.length > 0) throw failures[0];
    return {
        resources,
        calls,
        find: (name, type) => {
            const found = resources.filter(
                (one) => one.name === name && (type === undefined || one.type === type),
            );
            if (found.length !== 1)
                throw new Error(`${found.length} resources named ${name} (${type ?? "any type"})`);
            return found[0]!;
        },
    };
}
