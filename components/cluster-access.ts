import { getClientConfigOutput } from "@pulumi/azure-native/authorization/getClientConfig";
import { RoleAssignment } from "@pulumi/azure-native/authorization/roleAssignment";
import type { ManagedCluster } from "@pulumi/azure-native/containerservice/managedCluster";
import { UserAssignedIdentity } from "@pulumi/azure-native/managedidentity/userAssignedIdentity";
import type { ResourceGroup } from "@pulumi/azure-native/resources/resourceGroup";
import { output, type ComponentResource, type Input, type Output } from "@pulumi/pulumi";
import type { AksCiliumClusterArgs } from "./aks-cilium-cluster-args";

/** Azure's built-in roles, the same in every tenant (learn.microsoft.com, Azure built-in roles). */
const NETWORK_CONTRIBUTOR = "4d97b98b-1d4f-4787-a291-c67834d212e7";
const RBAC_CLUSTER_ADMIN = "b1ff04bb-8a4e-4dc4-8eb5-8693973ce19b";

/** An identity that may already join the subnet when the cluster is made. */
export interface NodeSubnetIdentity {
    readonly identityId: Output<string>;
    readonly assignment: RoleAssignment;
}

/**
 * A cluster in an existing subnet needs Network Contributor on it before it exists, so the identity comes first; with a
 * system-assigned one it would be the hen and the egg (concepts-network-cni-overview.md).
 * @returns undefined where AKS makes the subnet
 */
export function nodeSubnetIdentity(
    parent: ComponentResource,
    name: string,
    args: AksCiliumClusterArgs,
    group: ResourceGroup,
): NodeSubnetIdentity | undefined {
    if (args.nodeSubnet === undefined) return undefined;
    const { location, resourceGroupTags: tags, nodeSubnet } = args;
    const identity = new UserAssignedIdentity(
        `${name}-identity`,
        { resourceGroupName: group.name, location, tags },
        { parent },
    );
    const assignment = new RoleAssignment(
        `${name}-subnet-contributor`,
        {
            scope: nodeSubnet.id,
            roleDefinitionId: roleDefinition(nodeSubnet.id, NETWORK_CONTRIBUTOR),
            principalId: identity.principalId,
            // Said, because Entra may not know a principal made a second ago and Azure would look it up.
            principalType: "ServicePrincipal",
        },
        { parent },
    );
    return { identityId: identity.id, assignment };
}

/**
 * With Azure RBAC nobody may do anything inside a new cluster, the identity that made it included. These assignments
 * come before anything in the cluster (the Kubernetes provider depends on them).
 * @returns none without Azure RBAC
 */
export function clusterAdmins(
    parent: ComponentResource,
    name: string,
    args: AksCiliumClusterArgs,
    cluster: ManagedCluster,
): RoleAssignment[] {
    if (args.azureRbac !== true) return [];
    const named = args.clusterAdminPrincipalIds ?? [];
    const admins: [string, Input<string>][] =
        named.length > 0
            ? named.map((id) => [`${name}-admin-${id.slice(0, 8)}`, id])
            : [[`${name}-admin-deployer`, getClientConfigOutput({ parent }).objectId]];
    return admins.map(
        ([resourceName, principalId]) =>
            new RoleAssignment(
                resourceName,
                {
                    scope: cluster.id,
                    roleDefinitionId: roleDefinition(cluster.id, RBAC_CLUSTER_ADMIN),
                    principalId,
                },
                { parent, deletedWith: cluster },
            ),
    );
}

/** Id of a built-in role in the subscription of the resource that it is assigned on. */
function roleDefinition(scope: Input<string>, role: string): Output<string> {
    return output(scope).apply((id) => {
        const subscription = /^\/subscriptions\/[^/]+/i.exec(id)?.[0];
        if (subscription === undefined)
            throw new Error(
                `"${id}" is not the id of an Azure resource: it does not start with /subscriptions/…`,
            );
        return `${subscription}/providers/Microsoft.Authorization/roleDefinitions/${role}`;
    });
}
