import { AgentPool } from "@pulumi/azure-native/containerservice/agentPool";
import {
    getManagedClusterOutput,
    type GetManagedClusterResult,
} from "@pulumi/azure-native/containerservice/getManagedCluster";
import { listManagedClusterAdminCredentialsOutput } from "@pulumi/azure-native/containerservice/listManagedClusterAdminCredentials";
import { listManagedClusterUserCredentialsOutput } from "@pulumi/azure-native/containerservice/listManagedClusterUserCredentials";
import { ManagedCluster } from "@pulumi/azure-native/containerservice/managedCluster";
import { ResourceGroup } from "@pulumi/azure-native/resources/resourceGroup";
import { Provider } from "@pulumi/kubernetes/provider";
import * as pulumi from "@pulumi/pulumi";
import { RandomString } from "@pulumi/random/randomString";
import type { AksCiliumClusterArgs } from "./aks-cilium-cluster-args";
import { clusterAdmins, nodeSubnetIdentity, type NodeSubnetIdentity } from "./cluster-access";
import { clusterInputs } from "./cluster-inputs";
import { clusterProblems, type PlainClusterArgs } from "./cluster-problems";
import { clusterLock, maintenanceWindows } from "./cluster-upkeep";
import { execKubeconfig } from "./kubeconfig";
import { judged } from "./plain";
import { includesTier, type AcnsTier } from "./network-profile";
import { agentPoolName, poolInputs } from "./pool-inputs";
import { formatProblem, formatProblems } from "./setting-problem";

/**
 * An AKS cluster on Azure CNI Powered by Cilium, and a Kubernetes provider that waits until something can be deployed
 * into it.
 *
 * Makes: a resource group, a random suffix for the DNS prefix, the managed cluster with its System pool, one agent pool
 * for each further pool, a Kubernetes provider; where asked for, an identity with Network Contributor on an existing
 * subnet, RBAC Cluster Admin assignments, maintenance windows and an Azure lock.
 *
 * Costs: the virtual machines, their disks, a load balancer with one public address, the control plane from tier
 * standard on, and ACNS by node and hour where `advancedNetworking` is not off.
 */
export class AksCiliumCluster extends pulumi.ComponentResource {
    /** Name of the resource group. */
    public readonly resourceGroupName: pulumi.Output<string>;
    /** Name of the cluster: generated, so that a replaced cluster has another one. */
    public readonly clusterName: pulumi.Output<string>;
    /** ARM id of the cluster. */
    public readonly clusterId: pulumi.Output<string>;
    /** Resource group that AKS keeps nodes, disks and load balancers in. */
    public readonly nodeResourceGroup: pulumi.Output<string>;
    /** Issuer of service account tokens; the empty string where it is off. */
    public readonly oidcIssuerUrl: pulumi.Output<string>;
    /** Exec login (kubelogin), no secret in it. */
    public readonly kubeconfig: pulumi.Output<string>;
    /** Static admin credentials, secret; undefined unless `adminCredentials`. */
    public readonly adminKubeconfig: pulumi.Output<string> | undefined;
    /** For everything inside the cluster: registered after the pools and the roles that deploying needs. */
    public readonly provider: Provider;
    /** The cluster itself, for `deletedWith`: what lives in it needs no deleting of its own. */
    public readonly cluster: ManagedCluster;

    /** The cluster as Azure has it now, asked for once and only where somebody needs to know. */
    private live: pulumi.Output<GetManagedClusterResult> | undefined;

    /**
     * @param name prefix of every child's name, and of the generated names in Azure
     * @param args see {@link AksCiliumClusterArgs}
     * @param opts options of the component; children inherit its providers
     */
    constructor(name: string, args: AksCiliumClusterArgs, opts?: pulumi.ComponentResourceOptions) {
        const verdict = judged(args, (known) => refuseOrWarn(name, known));
        super("aks-cilium:index:AksCiliumCluster", name, {}, opts);
        const protect = args.protectFromDeletion ?? true;

        const group = this.resourceGroup(name, args, protect, verdict);
        const suffix = new RandomString(
            `${name}-suffix`,
            { length: 6, lower: true, upper: false, numeric: true, special: false },
            { parent: this },
        );
        const subnet = nodeSubnetIdentity(this, name, args, group);
        this.cluster = this.managedCluster(name, args, group, suffix, subnet, protect);
        const pools = this.agentPools(name, args, group);
        const admins = clusterAdmins(this, name, args, this.cluster);
        maintenanceWindows(this, name, args, group, this.cluster);
        clusterLock(this, name, args, group, [this.cluster, ...pools]);

        this.resourceGroupName = group.name;
        this.clusterName = this.cluster.name;
        this.clusterId = this.cluster.id;
        this.nodeResourceGroup = this.cluster.nodeResourceGroup.apply((value) => value ?? "");
        this.oidcIssuerUrl = this.cluster.oidcIssuerProfile.apply((profile) => profile?.issuerURL ?? "");
        const user = this.userKubeconfig();
        this.kubeconfig = this.execLogin(args, user);
        this.adminKubeconfig = args.adminCredentials === true ? this.adminCredentials() : undefined;
        this.provider = new Provider(
            `${name}-kubernetes`,
            {
                kubeconfig: pulumi.secret(args.entraLogin === true ? this.kubeconfig : user),
                // Not the kubeconfig says which cluster this is: an unknown one would replace the provider and every
                // object in it with each in-place change of the cluster (proofs: kubernetes provider, table e).
                clusterIdentifier: this.cluster.id,
            },
            { parent: this, dependsOn: [...pools, ...admins] },
        );
        this.registerOutputs({ clusterName: this.clusterName, resourceGroupName: this.resourceGroupName });
    }

    /**
     * What needs an ACNS tier waits for this. A preview asks the cluster as it is whether it would take an object (dry
     * run), and one that is still below the tier refuses policies that only the tier allows; so while an update that
     * raises the tier is previewed, this is unknown and nothing that comes of it is asked for (proofs: kubernetes
     * provider, ground rules: inputs with unknowns come back as they are).
     * @param tier the tier that is needed
     * @returns the tier, as soon as the cluster has it
     */
    public enforces(tier: AcnsTier): pulumi.Output<AcnsTier> {
        const live = (this.live ??= getManagedClusterOutput(
            { resourceGroupName: this.resourceGroupName, resourceName: this.clusterName },
            { parent: this },
        ));
        return live.apply(({ networkProfile }) =>
            includesTier(networkProfile?.advancedNetworking, tier)
                ? pulumi.output(tier)
                : // Unknown in the preview of any change to the cluster (azure-native's PreviewOutputs), known after it.
                  this.cluster.provisioningState.apply(() => tier),
        );
    }

    private resourceGroup(
        name: string,
        args: AksCiliumClusterArgs,
        protect: boolean,
        verdict: pulumi.Output<never[]> | undefined,
    ): ResourceGroup {
        const { resourceGroupName, location, resourceGroupTags: tags } = args;
        return new ResourceGroup(
            `${name}-group`,
            { location, tags, ...(resourceGroupName === undefined ? {} : { resourceGroupName }) },
            { parent: this, protect, dependsOn: verdict },
        );
    }

    private managedCluster(
        name: string,
        args: AksCiliumClusterArgs,
        group: ResourceGroup,
        suffix: RandomString,
        subnet: NodeSubnetIdentity | undefined,
        protect: boolean,
    ): ManagedCluster {
        const inputs = clusterInputs(args, subnet?.identityId);
        return new ManagedCluster(
            name,
            // No resourceName: azure-native generates one, so that a replaced cluster comes up beside the old one.
            {
                ...inputs,
                resourceGroupName: group.name,
                dnsPrefix: pulumi.interpolate`${name}-${suffix.result}`,
            },
            {
                parent: this,
                protect,
                deleteBeforeReplace: false,
                dependsOn: subnet === undefined ? [] : [subnet.assignment],
                ignoreChanges: args.systemPool.autoscale === undefined ? [] : ["agentPoolProfiles[0].count"],
            },
        );
    }

    private agentPools(name: string, args: AksCiliumClusterArgs, group: ResourceGroup): AgentPool[] {
        const around = { kubernetesVersion: args.kubernetesVersion, subnetId: args.nodeSubnet?.id };
        return Object.entries(args.pools ?? {}).map(
            ([key, pool]) =>
                new AgentPool(
                    `${name}-${key}`,
                    {
                        ...poolInputs(pool, pool.mode ?? "User", around),
                        resourceGroupName: group.name,
                        resourceName: this.cluster.name,
                        agentPoolName: agentPoolName(key, pool, around),
                    },
                    {
                        parent: this,
                        deleteBeforeReplace: false,
                        deletedWith: this.cluster,
                        ignoreChanges: pool.autoscale === undefined ? [] : ["count"],
                    },
                ),
        );
    }

    /** Asked for with names only: they stay known while the cluster is changed in place, its other outputs do not. */
    private userKubeconfig(): pulumi.Output<string> {
        const credentials = listManagedClusterUserCredentialsOutput(
            { resourceGroupName: this.resourceGroupName, resourceName: this.clusterName },
            { parent: this },
        );
        return pulumi.secret(credentials.kubeconfigs).apply(firstKubeconfig);
    }

    private adminCredentials(): pulumi.Output<string> {
        const credentials = listManagedClusterAdminCredentialsOutput(
            { resourceGroupName: this.resourceGroupName, resourceName: this.clusterName },
            { parent: this },
        );
        return pulumi.secret(credentials.kubeconfigs).apply(firstKubeconfig);
    }

    /** Not secret any more: nothing but the server's address and certificate is taken over. */
    private execLogin(args: AksCiliumClusterArgs, user: pulumi.Output<string>): pulumi.Output<string> {
        const cloud = args.cloudEnvironment ?? "public";
        return pulumi.unsecret(
            pulumi
                .all([user, this.clusterName, cloud])
                .apply(([text, cluster, where]) => execKubeconfig(text, cluster, where)),
        );
    }
}

/**
 * Says the warnings.
 * @throws RunError with every error
 */
function refuseOrWarn(name: string, args: PlainClusterArgs): void {
    const problems = clusterProblems(args);
    const errors = problems.filter(({ severity }) => severity === "error");
    if (errors.length > 0) throw new pulumi.RunError(formatProblems(`AksCiliumCluster "${name}"`, errors));
    for (const problem of problems)
        void pulumi.log.warn(`AksCiliumCluster "${name}":\n${formatProblem(problem)}`);
}

/** The first of the base64 kubeconfigs that AKS lists. */
function firstKubeconfig(kubeconfigs: { value: string }[]): string {
    const value = kubeconfigs[0]?.value;
    if (value === undefined) throw new Error("AKS listed no credentials for the cluster.");
    return Buffer.from(value, "base64").toString("utf8");
}
