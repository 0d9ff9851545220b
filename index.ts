import { AksCiliumCluster } from "./components/aks-cilium-cluster";
import { CiliumPolicies } from "./components/cilium-policies";
import { readPolicyFolder } from "./components/policy-folder";
import { loadSettings } from "./components/settings";

const settings = loadSettings();
const cluster = new AksCiliumCluster("aks", settings.cluster);
const policies = new CiliumPolicies(
    "policies",
    { files: readPolicyFolder("policies").policies, kubernetesVersion: settings.cluster.kubernetesVersion },
    { providers: { kubernetes: cluster.provider }, deletedWith: cluster.cluster },
);

export = {
    version: 1,
    resourceGroup: cluster.resourceGroupName,
    clusterName: cluster.clusterName,
    kubeconfig: cluster.kubeconfig,
    appliedPolicies: policies.applied,
};
