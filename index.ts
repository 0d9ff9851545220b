/** The program: settings → policies read and checked → cluster → policies applied → outputs. */
import { AksCiliumCluster } from "./components/aks-cilium-cluster";
import { CiliumPolicies } from "./components/cilium-policies";
import type { CiliumPoliciesArgs } from "./components/cilium-policies-args";
import { CILIUM_NETWORK } from "./components/network-profile";
import { readPolicies } from "./components/policy-documents";
import { readPolicyFolder } from "./components/policy-folder";
import { loadSettings } from "./components/settings";
import { STACK_OUTPUTS_VERSION, type StackOutputInputs } from "./components/stack-outputs";
import { ciliumVersionFor } from "./components/versions";
import { Workloads } from "./components/workloads";

const { cluster: args, awaitValid, sampleWorkloads } = loadSettings();
const { kubernetesVersion, podCidr, serviceCidr, dnsServiceIP, advancedNetworking, outboundType } = args;
const folder = readPolicyFolder("policies");
const policyArgs: CiliumPoliciesArgs = {
    files: folder.policies,
    kubernetesVersion,
    advancedNetworking,
    podCidr,
    serviceCidr,
    dnsServiceIP,
    nodeCidrs: args.nodeSubnet && [args.nodeSubnet.cidr],
    awaitValid,
};
// Before the cluster, not only before the policies: a policy that cannot work must not leave a new cluster without any.
readPolicies(policyArgs);

const aks = new AksCiliumCluster("aks", args);
if (advancedNetworking !== "off")
    policyArgs.enforcedTiers = { fqdn: aks.enforces("fqdn"), l7: aks.enforces("l7") };
const inCluster = { providers: { kubernetes: aks.provider }, deletedWith: aks.cluster };
const policies = new CiliumPolicies("policies", policyArgs, inCluster);
if (sampleWorkloads)
    new Workloads("workloads", { files: folder.workloads }, { ...inCluster, dependsOn: policies });

const outputs: StackOutputInputs = {
    version: STACK_OUTPUTS_VERSION,
    resourceGroupName: aks.resourceGroupName,
    clusterName: aks.clusterName,
    clusterId: aks.clusterId,
    location: args.location,
    cloudEnvironment: args.cloudEnvironment,
    kubernetesVersion,
    minimumCiliumVersion: ciliumVersionFor(kubernetesVersion).minimumCilium,
    network: { ...CILIUM_NETWORK, advancedNetworking, outboundType },
    ranges: { podCidr, serviceCidr, dnsServiceIP, nodeSubnetCidr: args.nodeSubnet?.cidr ?? "" },
    oidcIssuerUrl: aks.oidcIssuerUrl,
    nodeResourceGroup: aks.nodeResourceGroup,
    appliedPolicies: policies.applied,
    kubeconfig: aks.kubeconfig,
    entraLogin: args.entraLogin,
    adminKubeconfig: aks.adminKubeconfig ?? "",
};

export = outputs;
