/** Addresses of a node's /24 that pods get: from .4 to .253, as the ones before are Azure's and the node's. */
const FIRST = 4;
const PODS = 250;

/** Gives pods addresses out of their nodes' ranges, no address to two pods that are there at the same time. */
export class Addresses {
    private readonly last = new Map<string, number>();
    private readonly holders = new Map<string, string>();

    /**
     * A pod has an address already: one of before a restart, or one given here.
     * @param pod NAMESPACE/NAME
     */
    has(pod: string, address: string): void {
        this.holders.set(address, pod);
    }

    /** A pod is gone; its address may be another one's. */
    release(pod: string, address: string): void {
        if (this.holders.get(address) === pod) this.holders.delete(address);
    }

    /**
     * The next free address, so that one is not given out again right away.
     * @param pod NAMESPACE/NAME
     * @param range the node's /24
     * @throws when all are taken: AKS allows no more than 250 pods on a node
     */
    take(pod: string, range: string): string {
        const start = this.last.get(range) ?? PODS - 1;
        for (let tried = 1; tried <= PODS; tried++) {
            const index = (start + tried) % PODS;
            const address = range.replace(/\d+\/24$/, String(FIRST + index));
            if (this.holders.has(address)) continue;
            this.last.set(range, index);
            this.has(pod, address);
            return address;
        }
        throw new Error(`no address is left in ${range}: a node holds ${PODS} pods`);
    }
}
