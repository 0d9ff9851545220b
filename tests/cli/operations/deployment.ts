/** What `pulumi stack export` prints, cut down to what is read. */

export const SUBSCRIPTION = "00000000-0000-0000-0000-000000000001";
const SIGNATURE = "4dabf18193072939515e22adb298388d";
export const secret = (ciphertext: string) => ({
    [SIGNATURE]: "1b47061264138c4ac30d75fd1eb44270",
    ciphertext,
});

export const outputs = {
    version: 1,
    resourceGroupName: "rgcni",
    clusterName: "aks1",
    clusterId: `/subscriptions/${SUBSCRIPTION}/resourceGroups/rgcni/providers/Microsoft.ContainerService/managedClusters/aks1`,
    location: "westeurope",
    cloudEnvironment: "government",
    kubernetesVersion: "1.35",
    minimumCiliumVersion: "1.18.6",
    network: {
        networkPlugin: "azure",
        networkPluginMode: "overlay",
        networkDataplane: "cilium",
        networkPolicy: "cilium",
        advancedNetworking: "off",
        outboundType: "loadBalancer",
    },
    ranges: {
        podCidr: "192.168.0.0/16",
        serviceCidr: "10.0.0.0/16",
        dnsServiceIP: "10.0.0.10",
        nodeSubnetCidr: "",
    },
    oidcIssuerUrl: "https://oidc.example/1/",
    nodeResourceGroup: "MC_rgcni_aks1_westeurope",
    appliedPolicies: [{ kind: "CiliumNetworkPolicy", namespace: "shop", name: "dns" }],
    kubeconfig: "apiVersion: v1",
    entraLogin: false,
    adminKubeconfig: secret("hidden"),
};

export const policy = (name: string, spec: object, more: object = {}) => ({
    type: "kubernetes:cilium.io/v2:CiliumNetworkPolicy",
    inputs: {
        apiVersion: "cilium.io/v2",
        kind: "CiliumNetworkPolicy",
        metadata: { name, namespace: "shop" },
        spec,
    },
    ...more,
});

export function deployment(change: { outputs?: object; resources?: object[]; pending?: object[] } = {}) {
    return {
        version: 3,
        deployment: {
            resources: [
                { type: "pulumi:pulumi:Stack", outputs: change.outputs ?? outputs },
                ...(change.resources ?? [policy("dns", { endpointSelector: {} })]),
            ],
            ...(change.pending === undefined ? {} : { pending_operations: change.pending }),
        },
    };
}
