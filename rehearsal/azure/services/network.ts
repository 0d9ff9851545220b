/** Virtual networks, subnets and user-assigned identities: what a cluster in an existing network refers to. */
import { uuidOf } from "../aks/cluster-defaults";
import { ArmError, child, type JsonObject, partsOf, type Resource, text } from "../arm";
import { type Azure } from "../azure";
import type { Route } from "../router";
import { TENANT } from "../token";
import { simpleRoutes } from "./simple";

const GROUP = "/subscriptions/{subscription}/resourceGroups/{group}/providers";

const common = (id: string, type: string, body: JsonObject): Resource => ({
    id,
    name: partsOf(id).name,
    type,
    ...(text(body, "location") === undefined ? {} : { location: text(body, "location") ?? "" }),
    ...(body["tags"] === undefined ? {} : { tags: body["tags"] }),
});

/** Routes of networks and identities. */
export function networkRoutes(azure: Azure): Route[] {
    const provisioned = (body: JsonObject): JsonObject => ({
        ...child(body, "properties"),
        provisioningState: "Succeeded",
    });
    return [
        ...simpleRoutes(azure, {
            type: "Microsoft.Network/virtualNetworks",
            path: `${GROUP}/Microsoft.Network/virtualNetworks/{network}`,
            make: ({ body }, id) => ({
                ...common(id, "Microsoft.Network/virtualNetworks", body),
                properties: provisioned(body),
            }),
        }),
        ...simpleRoutes(azure, {
            type: "Microsoft.Network/virtualNetworks/subnets",
            path: `${GROUP}/Microsoft.Network/virtualNetworks/{network}/subnets/{subnet}`,
            make: ({ body }, id) => ({
                ...common(id, "Microsoft.Network/virtualNetworks/subnets", body),
                properties: provisioned(body),
            }),
        }),
        ...simpleRoutes(azure, {
            type: "Microsoft.ManagedIdentity/userAssignedIdentities",
            path: `${GROUP}/Microsoft.ManagedIdentity/userAssignedIdentities/{identity}`,
            make: ({ body }, id) => {
                if (text(body, "location") === undefined) {
                    throw new ArmError(
                        400,
                        "LocationRequired",
                        "The location property is required for this definition.",
                    );
                }
                const principal = {
                    clientId: uuidOf(`${id}/client`),
                    principalId: uuidOf(`${id}/principal`),
                };
                return {
                    ...common(id, "Microsoft.ManagedIdentity/userAssignedIdentities", body),
                    properties: { tenantId: TENANT, ...principal },
                };
            },
        }),
    ];
}
