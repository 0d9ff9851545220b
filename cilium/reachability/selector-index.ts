import { matches, type LabelSelector, type PeerSelector, type Requirement } from "../semantics/selectors";
import { clearBit, emptyBits, fullBits, intersect, setBit, subtract, unite, type Bits } from "./bitset";
import type { Identity } from "./identities";

/** What a selector selects: `must` surely, `may` only if an unknown address happens to fit. */
export interface Selection {
    readonly must: Bits;
    /** Undefined where nothing is unknown. Never overlaps with `must`. */
    readonly may: Bits | undefined;
}

/** Identities that have a label key, and those that have it with one of the values that selectors ask for. */
interface Posting {
    readonly exists: Bits;
    readonly values: Map<string, Bits>;
}

/**
 * Matches selectors against all identities at once, through an inverted index from labels to identities, so that the
 * cost of a selector does not depend on how many labels a pod has. Only labels that selectors ask for are indexed.
 */
export class SelectorIndex {
    /** By label key, then source. */
    private readonly postings = new Map<string, Map<string, Posting>>();
    private readonly outside: number[] = [];
    private readonly placed: number[] = [];
    private readonly cache = new Map<string, Selection>();

    /**
     * @param selectors every selector that will be asked for, or selectors of its requirements
     * @param mirrorWorld up to 1.17, what selects the identity `world` of a dual-stack cluster also selects both halves
     */
    constructor(
        private readonly identities: readonly Identity[],
        selectors: Iterable<PeerSelector>,
        private readonly mirrorWorld: readonly number[],
    ) {
        for (const selector of selectors) if (selector.type === "labels") this.prepare(selector.requirements);
        identities.forEach(({ labels, type, hostNetwork }, index) => {
            if (hostNetwork) {
                this.placed.push(index);
                return;
            }
            for (const [key, value] of labels.k8s) this.post("k8s", key, value, index);
            for (const name of labels.reserved) this.post("reserved", name, "", index);
            if (labels.cidr !== undefined) this.post("cidr", labels.cidr.text, "", index);
            for (const name of labels.fqdn ?? []) this.post("fqdn", name, "", index);
            if (type !== "pods") this.outside.push(index);
        });
    }

    /** The identities a selector selects. Equal texts are matched once. */
    select(selector: PeerSelector): Selection {
        const known = this.cache.get(selector.text);
        if (known !== undefined) return known;
        const selection =
            selector.type === "labels"
                ? { must: this.selectByLabels(selector), may: undefined }
                : this.selectOutside(selector);
        this.cache.set(selector.text, selection);
        return selection;
    }

    private prepare(requirements: readonly Requirement[]): void {
        const { length } = this.identities;
        for (const { source, key, values } of requirements) {
            let bySource = this.postings.get(key);
            if (bySource === undefined) this.postings.set(key, (bySource = new Map()));
            let posting = bySource.get(source);
            if (posting === undefined) {
                bySource.set(source, (posting = { exists: emptyBits(length), values: new Map() }));
            }
            for (const value of values) {
                if (!posting.values.has(value)) posting.values.set(value, emptyBits(length));
            }
        }
    }

    private post(source: string, key: string, value: string, index: number): void {
        const bySource = this.postings.get(key);
        if (bySource === undefined) return;
        for (const posting of [bySource.get(source), bySource.get("any")]) {
            if (posting === undefined) continue;
            setBit(posting.exists, index);
            const bits = posting.values.get(value);
            if (bits !== undefined) setBit(bits, index);
        }
    }

    private selectByLabels(selector: LabelSelector): Bits {
        const bits = fullBits(this.identities.length);
        for (const requirement of selector.requirements) this.restrict(bits, requirement);
        for (const index of this.placed) clearBit(bits, index);
        if (this.mirrorWorld.length > 0 && selectsBareWorld(selector)) {
            for (const index of this.mirrorWorld) setBit(bits, index);
        }
        return bits;
    }

    private restrict(bits: Bits, requirement: Requirement): void {
        const { source, key, operator, values } = requirement;
        if (source !== "k8s" && source !== "reserved" && source !== "any") {
            this.scan(bits, requirement);
            return;
        }
        const posting = this.postings.get(key)?.get(source);
        if (posting === undefined) throw new Error(`label ${key} was not indexed`);
        let found = posting.exists;
        if (operator === "In" || operator === "NotIn") {
            const [first, ...others] = values.map((value) => posting.values.get(value)!);
            found = others.length === 0 ? (first ?? emptyBits(this.identities.length)) : first!.slice();
            for (const other of others) unite(found, other);
        }
        if (operator === "In" || operator === "Exists") intersect(bits, found);
        else subtract(bits, found);
    }

    /** Sources that are not indexed: `cidr`, whose keys match by containment, and sources that no identity has. */
    private scan(bits: Bits, requirement: Requirement): void {
        const selector: LabelSelector = { type: "labels", requirements: [requirement], text: "" };
        this.identities.forEach(({ labels }, index) => {
            if (!matches(selector, labels)) clearBit(bits, index);
        });
    }

    private selectOutside(selector: PeerSelector): Selection {
        const must = emptyBits(this.identities.length);
        let may: Bits | undefined;
        for (const index of this.outside) {
            const identity = this.identities[index];
            if (identity === undefined) continue;
            const answer = identity.unknownAddress
                ? guess(selector, identity)
                : matches(selector, identity.labels);
            if (answer === true) setBit(must, index);
            else if (answer === "maybe") setBit((may ??= emptyBits(this.identities.length)), index);
        }
        return { must, may };
    }
}

/** A CIDR and an address that nobody knows: sure only where the CIDR is everything there is. */
function guess(selector: PeerSelector, identity: Identity): boolean | "maybe" {
    if (selector.type === "cidr") {
        const families = identity.labels.reserved.filter((name) => name.startsWith("world"));
        const all = families.length > 0 && families.every((name) => selector.world.includes(name));
        if (all && selector.except.length === 0) return true;
        return selector.prefix === undefined && selector.world.length === 0 ? false : "maybe";
    }
    if (selector.type === "cidr-group") return selector.prefixes.length > 0 && "maybe";
    return matches(selector, identity.labels);
}

/** Whether a selector selects the identity that has no label but `reserved:world`. */
function selectsBareWorld(selector: LabelSelector): boolean {
    return matches(selector, { k8s: new Map(), reserved: ["world"] });
}
