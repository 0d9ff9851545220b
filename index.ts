import { AksCiliumCluster } from "./components/aks-cilium-cluster";
import { CiliumPolicies } from "./components/cilium-policies";
import { readPolicyFolder } from "./components/policy-folder";

const cluster = new AksCiliumCluster("aks", {
    location: "westeurope",
    kubernetesVersion: "1.35",
    tier: "free",
    systemPool: { vmSize: "Standard_B2s", count: 1 },
    protectFromDeletion: false,
    production: false,
});
const policies = new CiliumPolicies(
    "policies",
    { files: readPolicyFolder("policies").policies, kubernetesVersion: "1.35" },
    { providers: { kubernetes: cluster.provider }, deletedWith: cluster.cluster },
);

export = {
    version: 1,
    resourceGroup: cluster.resourceGroupName,
    clusterName: cluster.clusterName,
    kubeconfig: cluster.kubeconfig,
    appliedPolicies: policies.applied,
};
