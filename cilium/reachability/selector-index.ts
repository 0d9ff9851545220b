import { matches, type LabelSelector, type PeerSelector, type Requirement } from "../semantics/selectors";
import { clearBit, emptyBits, fullBits, intersect, setBit, subtract, unite, type Bits } from "./bitset";
import type { Identity } from "./identities";

/** What a selector selects: `must` surely, `may` only if an unknown address happens to fit. */
export interface Selection {
    readonly must: Bits;
    /** Undefined where nothing is unknown. Never overlaps with `must`. */
    readonly may: Bits | undefined;
}

/**
 * Matches selectors against all identities at once, through an inverted index from labels to identities, so that the
 * cost of a selector does not depend on how many labels a pod has.
 */
export class SelectorIndex {
    private readonly postings = new Map<string, Bits>();
    private readonly outside: number[] = [];
    private readonly placed: number[] = [];
    private readonly cache = new Map<string, Selection>();

    /** @param mirrorWorld up to 1.17, what selects the identity `world` of a dual-stack cluster also selects both halves */
    constructor(
        private readonly identities: readonly Identity[],
        private readonly mirrorWorld: readonly number[],
    ) {
        identities.forEach(({ labels, type, hostNetwork }, index) => {
            if (hostNetwork) {
                this.placed.push(index);
                return;
            }
            for (const [key, value] of labels.k8s) this.post("k8s", key, value, index);
            for (const name of labels.reserved) this.post("reserved", name, "", index);
            if (labels.cidr !== undefined) this.post("", labels.cidr.text, "", index);
            for (const name of labels.fqdn ?? []) this.post("", name, "", index);
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

    private post(source: string, key: string, value: string, index: number): void {
        const { length } = this.identities;
        const any = [`any\0${key}`, `any\0${key}\0${value}`];
        const own = source === "" ? [] : [`${source}\0${key}`, `${source}\0${key}\0${value}`];
        for (const posting of [...own, ...any]) {
            let bits = this.postings.get(posting);
            if (bits === undefined) this.postings.set(posting, (bits = emptyBits(length)));
            setBit(bits, index);
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
        const found = emptyBits(this.identities.length);
        const wanted = operator === "In" || operator === "NotIn" ? values.map((value) => `\0${value}`) : [""];
        for (const value of wanted) {
            const posting = this.postings.get(`${source}\0${key}${value}`);
            if (posting !== undefined) unite(found, posting);
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
