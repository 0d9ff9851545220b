import { createHash } from "node:crypto";

/** What AKS cannot change on a living pool. Whoever adds one here renames no pool that leaves it undefined. */
export interface ImmutablePoolProperties {
    readonly vmSize: string;
    readonly zones?: readonly string[] | undefined;
    readonly maxPods?: number | undefined;
    readonly osDiskType?: string | undefined;
    readonly osDiskSizeGB?: number | undefined;
    readonly subnetId?: string | undefined;
}

/** AKS takes 12 characters for Linux (create-node-pools.md); four of them are the suffix. */
export const POOL_KEY_LENGTH = 8;

/**
 * Name of a pool in Azure: the user's name and four characters that change with what cannot change in place, so that a
 * new pool comes up beside the old one instead of in its place (azure-native deletes a named resource first).
 * Undefined properties do not count, so that a new optional property leaves existing names alone.
 * @param key the user's name, lower case letters and digits, at most {@link POOL_KEY_LENGTH}
 * @returns at most 12 characters, e.g. `user3f9a`
 */
export function poolName(key: string, properties: ImmutablePoolProperties): string {
    const { zones, ...rest } = properties;
    const given = Object.entries({ ...rest, zones: zones && [...zones].sort() })
        .filter(([, value]) => value !== undefined)
        .sort(([a], [b]) => (a < b ? -1 : 1));
    return key + createHash("sha256").update(JSON.stringify(given)).digest("hex").slice(0, 4);
}
