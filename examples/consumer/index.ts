/**
 * A second program: reads the cluster's stack, typed, logs in with its own Azure identity, and deploys a ConfigMap that
 * says what the cluster is.
 */
import { listManagedClusterUserCredentialsOutput } from "@pulumi/azure-native/containerservice/listManagedClusterUserCredentials";
import { CustomResource } from "@pulumi/kubernetes/apiextensions/customResource";
import { Provider } from "@pulumi/kubernetes/provider";
import * as pulumi from "@pulumi/pulumi";
import { readStackOutputs } from "../../components/stack-outputs";

const stack = new pulumi.Config().require("cluster"); // eslint-disable-line no-restricted-syntax -- its own program
const cluster = readStackOutputs(new pulumi.StackReference(stack));

// The exec login of the outputs holds no secret and works for people and pipelines that Entra ID knows. A cluster
// without Entra login gives its credentials to whoever Azure lets ask for them.
const { resourceGroupName, clusterName } = cluster;
const credentials = listManagedClusterUserCredentialsOutput({ resourceGroupName, resourceName: clusterName });
const kubeconfig = pulumi
    .all([cluster.entraLogin, cluster.kubeconfig, pulumi.secret(credentials.kubeconfigs)])
    .apply(([entraLogin, exec, [first]]) =>
        entraLogin ? exec : Buffer.from(first?.value ?? "", "base64").toString("utf8"),
    );

const provider = new Provider("cluster", { kubeconfig, clusterIdentifier: cluster.clusterId });
const about = new CustomResource(
    "about",
    {
        apiVersion: "v1",
        kind: "ConfigMap",
        metadata: { name: "about-this-cluster", namespace: "shop" },
        data: {
            kubernetes: cluster.kubernetesVersion,
            podCidr: cluster.ranges.podCidr,
            dataplane: cluster.network.networkDataplane,
            policies: cluster.appliedPolicies.apply((policies) => String(policies.length)),
        },
    },
    { provider },
);

export = { configMap: about.id, podCidr: cluster.ranges.podCidr, policies: cluster.appliedPolicies };
