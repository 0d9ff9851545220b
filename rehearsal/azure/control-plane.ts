/** The control plane as one function from request to answer, without sockets. */
import { join } from "node:path";
import { ArmError, type ArmRequest, type ArmResponse } from "./arm";
import type { Azure } from "./azure";
import type { Clusters } from "./clusters";
import { Operations } from "./operations";
import { router } from "./router";
import { agentPoolRoutes } from "./services/agent-pools";
import { authorizationRoutes } from "./services/authorization";
import { credentialRoutes } from "./services/credentials";
import { maintenanceRoutes } from "./services/maintenance";
import { managedClusterRoutes } from "./services/managed-clusters";
import { networkRoutes } from "./services/network";
import { resourceGroupRoutes } from "./services/resource-groups";
import { subscriptionRoutes } from "./services/subscriptions";
import { Store } from "./store";

/** Answers requests, and knows its operations. */
export interface ControlPlane {
    answer(request: ArmRequest): Promise<ArmResponse>;
    operations: Operations;
}

/**
 * The control plane over a state folder.
 * @param folder where `resources.json` lives
 * @param endpoint the address for polling headers, asked when needed
 */
export function controlPlane(folder: string, clusters: Clusters, endpoint: () => string): ControlPlane {
    const store = new Store(join(folder, "resources.json"));
    const operations = new Operations(store);
    const azure: Azure = { store, operations, clusters, endpoint };
    const route = router([
        ...subscriptionRoutes(azure),
        ...resourceGroupRoutes(azure),
        ...managedClusterRoutes(azure),
        ...agentPoolRoutes(azure),
        ...maintenanceRoutes(azure),
        ...credentialRoutes(azure),
        ...networkRoutes(azure),
        ...authorizationRoutes(azure),
    ]);
    const answer = async (request: ArmRequest): Promise<ArmResponse> => {
        try {
            return await route(request);
        } catch (error) {
            if (error instanceof ArmError) return error.response();
            const message = error instanceof Error ? error.message : String(error);
            return { status: 500, body: { error: { code: "InternalServerError", message } } };
        }
    };
    return { answer, operations };
}
