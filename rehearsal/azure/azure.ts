/** What every service of the control plane works with. */
import type { Clusters } from "./clusters";
import type { Operations } from "./operations";
import { ArmError, type ArmResponse, groupNotFound, partsOf, type Resource } from "./arm";
import type { Store } from "./store";

/** The parts that services share. */
export interface Azure {
    store: Store;
    operations: Operations;
    clusters: Clusters;
    /** `https://127.0.0.1:PORT`, known once the server listens. */
    endpoint(): string;
}

const OPERATIONS_VERSION = "2016-03-30";

/** Headers of an answer to a request that goes on in the background. */
export function asyncHeaders(
    azure: Azure,
    resource: string,
    location: string,
    operation: string,
): Record<string, string> {
    const { subscription } = partsOf(resource);
    const base = `${azure.endpoint()}/subscriptions/${subscription}/providers/Microsoft.ContainerService/locations/${location}`;
    return {
        "Azure-AsyncOperation": `${base}/operations/${operation}?api-version=${OPERATIONS_VERSION}`,
        Location: `${base}/operationresults/${operation}?api-version=${OPERATIONS_VERSION}`,
        "Retry-After": "1",
    };
}

/** The resource group that an id lies in. @throws ArmError ResourceGroupNotFound */
export function groupOf(azure: Azure, id: string): Resource {
    const { subscription, group } = partsOf(id);
    const found = azure.store.get(`/subscriptions/${subscription}/resourceGroups/${group}`);
    if (found === undefined) throw groupNotFound(group);
    return found;
}

/** ARM's text for a delete below a lock (Microsoft.Authorization/locks, level CanNotDelete or ReadOnly). */
export function refuseLocked(azure: Azure, id: string): void {
    const below = id.toLowerCase();
    const locks = azure.store
        .list("", "Microsoft.Authorization/locks")
        .map((lock) => lock.id.split(/\/providers\/Microsoft\.Authorization\/locks\//i)[0] ?? "")
        .filter((scope) => {
            const locked = scope.toLowerCase();
            // Deleting a group deletes what is locked inside it, so a lock below counts as well.
            return below === locked || below.startsWith(`${locked}/`) || locked.startsWith(`${below}/`);
        });
    if (locks.length === 0) return;
    const message =
        `The scope '${id}' cannot perform delete operation because following scope(s) are locked: ` +
        `'${[...new Set(locks)].join(",")}'. Please remove the lock and try again.`;
    throw new ArmError(409, "ScopeLocked", message);
}

/** 200 with a list, as ARM's collections answer. */
export const listOf = (value: Resource[]): ArmResponse => ({ status: 200, body: { value } });
