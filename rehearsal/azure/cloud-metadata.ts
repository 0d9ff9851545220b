/** What a cloud says of itself, without a login: `GET /metadata/endpoints?api-version=2022-09-01`. */
import type { JsonObject } from "./arm";
import { TENANT } from "./token";

/** Path of the description; clients of clouds other than Azure's own are told its host (`ARM_METADATA_HOSTNAME`). */
export const METADATA = "/metadata/endpoints";

/**
 * The description of this cloud: everything is at one address.
 * @param endpoint `https://127.0.0.1:PORT`
 * @returns the fields that the azure-native and azurerm providers' SDK (hashicorp/go-azure-sdk, `environments`) reads;
 * services that the rehearsal has not are left out
 */
export function cloudMetadata(endpoint: string): JsonObject {
    return {
        name: "Rehearsal",
        resourceManager: `${endpoint}/`,
        authentication: {
            loginEndpoint: `${endpoint}/`,
            audiences: [endpoint, `${endpoint}/`],
            tenant: TENANT,
            identityProvider: "AAD",
        },
        graph: `${endpoint}/`,
        graphAudience: `${endpoint}/`,
        microsoftGraphResourceId: `${endpoint}/`,
        suffixes: {},
    };
}
