/** The resources that the stand-in knows: address, names, body, what replaces them. */
import { propertiesOfType, type ResourceSchema, schemaOf, type Type } from "./schema";

/** How a missing name is made (tests/rehearsal/azure-native/README.md, row "Check, names"). */
export type AutoName = "random" | "uuid" | "copy";

/** A resource with its place in ARM. */
export interface Kind {
    token: string;
    /** `{x}` is the input `x`; `{subscriptionId}` comes from the configuration. */
    path: string;
    /** The input that ends the path. */
    nameInput: string;
    autoName: AutoName;
    /** Body properties outside `properties`. */
    top: readonly string[];
    /** Paths of inputs that force a new resource (aks.md 3.1), `[]` for any element. */
    forceNew: readonly string[];
    schema: ResourceSchema;
}

const GROUP = "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}";
const CLUSTER = `${GROUP}/providers/Microsoft.ContainerService/managedClusters/{resourceName}`;
const NETWORK = [
    ...["serviceCidr", "serviceCidrs", "podCidrs", "dnsServiceIP", "networkMode"],
    ...[
        "networkPlugin",
        "networkPluginMode",
        "podCidr",
        "networkDataplane",
        "networkPolicy",
        "outboundType",
        "ipFamilies",
    ],
];

type Row = Omit<Kind, "token" | "schema" | "top" | "forceNew"> & { top?: string[]; forceNew?: string[] };

const ROWS: Record<string, Row> = {
    "azure-native:resources:ResourceGroup": {
        path: GROUP,
        nameInput: "resourceGroupName",
        autoName: "random",
        top: ["location", "tags", "managedBy"],
        forceNew: ["location"],
    },
    "azure-native:containerservice:ManagedCluster": {
        path: CLUSTER,
        nameInput: "resourceName",
        autoName: "random",
        top: ["location", "tags", "identity", "sku", "kind", "extendedLocation"],
        forceNew: [
            ...[
                "diskEncryptionSetID",
                "dnsPrefix",
                "fqdnSubdomain",
                "linuxProfile",
                "location",
                "nodeResourceGroup",
                "windowsProfile",
            ],
            ...NETWORK.map((key) => `networkProfile.${key}`),
        ],
    },
    "azure-native:containerservice:AgentPool": {
        path: `${CLUSTER}/agentPools/{agentPoolName}`,
        nameInput: "agentPoolName",
        autoName: "random",
        forceNew: ["gpuInstanceProfile", "vmSize", "networkProfile.nodePublicIPTags"],
    },
    "azure-native:containerservice:MaintenanceConfiguration": {
        path: `${CLUSTER}/maintenanceConfigurations/{configName}`,
        nameInput: "configName",
        autoName: "random",
    },
    "azure-native:authorization:RoleAssignment": {
        path: "/{scope}/providers/Microsoft.Authorization/roleAssignments/{roleAssignmentName}",
        nameInput: "roleAssignmentName",
        autoName: "uuid",
        // Not among the facts read in the provider; ARM refuses to change any of them (RoleAssignmentUpdateNotPermitted).
        forceNew: ["principalId", "roleDefinitionId"],
    },
    "azure-native:authorization:ManagementLockByScope": {
        path: "/{scope}/providers/Microsoft.Authorization/locks/{lockName}",
        nameInput: "lockName",
        autoName: "random",
    },
    "azure-native:authorization:ManagementLockAtResourceGroupLevel": {
        path: `${GROUP}/providers/Microsoft.Authorization/locks/{lockName}`,
        nameInput: "lockName",
        autoName: "random",
    },
    "azure-native:managedidentity:UserAssignedIdentity": {
        path: `${GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/{resourceName}`,
        nameInput: "resourceName",
        autoName: "random",
        top: ["location", "tags"],
        forceNew: ["location"],
    },
};

/**
 * The kind of a token.
 * @throws Error for a resource that the stand-in does not know
 */
export function kindOf(token: string): Kind {
    const row = ROWS[token];
    const schema = schemaOf(token);
    if (row !== undefined && schema !== undefined) return { top: [], forceNew: [], ...row, token, schema };
    const known = Object.keys(ROWS).map((one) => one.split(":").at(-1));
    throw new Error(`the azure-native stand-in knows ${known.join(", ")}; ${token} is not among them`);
}

/** The inputs that are part of the path; changing one means another resource. */
export const pathInputs = (kind: Kind): string[] =>
    [...kind.path.matchAll(/\{(\w+)\}/g)]
        .map(([, name]) => name ?? "")
        .filter((name) => name !== "subscriptionId");

/** A list of strings that ARM keeps as the keys of an object (`userAssignedIdentities`). */
export const isStringSet = (input: Type, output: Type | undefined): boolean =>
    input.kind === "array" && input.items.kind === "string" && output?.kind === "map";

export { propertiesOfType };
