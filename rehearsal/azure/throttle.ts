/** Throttling of PUT on managed clusters: a bucket of 20, refilled with one a minute (aks.md 2.5). */
import { ArmError } from "./arm";

const SIZE = 20;
const REFILL_MS = 60_000;
const CLUSTER = /\/managedClusters\/[^/]+$/i;

/** Takes one from the bucket of a cluster's subscription for each PUT. */
export class Throttle {
    private left = SIZE;
    private since: number;

    constructor(private readonly now: () => number = Date.now) {
        this.since = now();
    }

    /** @throws ArmError 429 with Retry-After when the bucket is empty */
    take(method: string, path: string): void {
        if (method !== "PUT" || !CLUSTER.test(path)) return;
        const time = this.now();
        const refilled = Math.floor((time - this.since) / REFILL_MS);
        if (refilled > 0) {
            this.left = Math.min(SIZE, this.left + refilled);
            this.since += refilled * REFILL_MS;
        }
        if (this.left === 0) {
            const seconds = Math.ceil((this.since + REFILL_MS - time) / 1000);
            const message = `Too many requests on PUT managedClusters: try again in ${seconds} seconds.`;
            throw new ArmError(429, "TooManyRequests", message, undefined, {
                "Retry-After": String(seconds),
            });
        }
        this.left -= 1;
    }
}
