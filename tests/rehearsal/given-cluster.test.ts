import { leftInCluster } from "../../rehearsal/given-cluster";

test("what a destroy leaves in a cluster that stays: Kubernetes objects that left the state, no providers", () => {
    const resource = (type: string, name: string, id?: string) => ({
        urn: `urn:pulumi:dev::p::${type}::${name}`,
        type,
        ...(id === undefined ? {} : { id }),
    });
    const policy = resource("kubernetes:cilium.io/v2:CiliumNetworkPolicy", "a", "shop/a");
    const retained = resource("kubernetes:core/v1:ConfigMap", "kept", "shop/kept");
    const before = {
        resources: [
            resource("pulumi:pulumi:Stack", "p-dev"),
            resource("pulumi:providers:kubernetes", "aks-kubernetes", "1-2-3"),
            resource("azure-native:resources:ResourceGroup", "g", "/subscriptions/s/resourceGroups/g"),
            resource("kubernetes:yaml:ConfigFile", "a component"),
            policy,
            retained,
        ],
    };
    expect(leftInCluster(before, { resources: [retained] })).toEqual([policy]);
    expect(leftInCluster(before, undefined)).toEqual([policy, retained]);
    expect(leftInCluster(undefined, undefined)).toEqual([]);
});
