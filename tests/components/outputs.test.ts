import * as pulumi from "@pulumi/pulumi";
import {
    readStackOutputs,
    STACK_OUTPUT_NAMES,
    STACK_OUTPUTS_VERSION,
    type StackOutputs,
} from "../../components/stack-outputs";

/**
 * One of each: a name that goes, or a type that changes, breaks this test, and other people's stacks with it. Adding is
 * fine (add it here); for anything else STACK_OUTPUTS_VERSION goes up and the release is a major one.
 */
const VERSION_1: StackOutputs = {
    version: 1,
    resourceGroupName: "aks-group1a2b3c4d",
    clusterName: "aks5e6f7a8b",
    clusterId: "/subscriptions/x",
    location: "westeurope",
    cloudEnvironment: "public",
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
    oidcIssuerUrl: "https://oidc.example/",
    nodeResourceGroup: "MC_x",
    appliedPolicies: [{ kind: "CiliumNetworkPolicy", namespace: "shop", name: "dns" }],
    kubeconfig: "apiVersion: v1",
    entraLogin: false,
    adminKubeconfig: "",
};

/** A stack reference over plain values. */
const reference = (outputs: Record<string, unknown>) => ({
    name: pulumi.output("organization/aks-cilium/dev"),
    requireOutput: (name: pulumi.Input<string>) => pulumi.output(name).apply((key) => outputs[key]),
});

const value = <T>(output: pulumi.Output<T>) => (output as unknown as { promise(): Promise<T> }).promise();

test("the contract has these names, and version 1", () => {
    expect([...STACK_OUTPUT_NAMES].sort()).toEqual(Object.keys(VERSION_1).sort());
    expect(STACK_OUTPUTS_VERSION).toBe(1);
});

test("every output is read, typed and as it was written", async () => {
    const read = readStackOutputs(reference({ ...VERSION_1 }));
    for (const name of STACK_OUTPUT_NAMES) expect(await value<unknown>(read[name])).toEqual(VERSION_1[name]);
    const podCidr: pulumi.Output<string> = read.ranges.podCidr;
    expect(await value(podCidr)).toBe("192.168.0.0/16");
    const first: pulumi.Output<string | undefined> = read.appliedPolicies.apply(
        (policies) => policies[0]?.name,
    );
    expect(await value(first)).toBe("dns");
});

test("a secret stays one", async () => {
    const read = readStackOutputs(reference({ ...VERSION_1, adminKubeconfig: pulumi.secret("token") }));
    expect(await pulumi.isSecret(read.adminKubeconfig)).toBe(true);
    expect(await pulumi.isSecret(read.clusterName)).toBe(false);
});

// @ts-expect-error -- an output that nobody promised
export const notPromised: unknown = (outputs: StackOutputs) => outputs.token;
