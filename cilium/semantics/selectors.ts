import { contains, type Prefix } from "./addresses";
import type { IdentityLabels } from "./labels";
import { parsePrefix } from "./addresses";

export type Operator = "In" | "NotIn" | "Exists" | "DoesNotExist";

/** One condition on a label. All conditions of a selector must hold. */
export interface Requirement {
    /** `any` matches the key whatever its source; other words match only that source. */
    readonly source: string;
    readonly key: string;
    readonly operator: Operator;
    readonly values: readonly string[];
    /** Written in matchLabels: a CiliumNetworkPolicy overwrites such a requirement on the namespace of its subject. */
    readonly fromLabels?: boolean;
}

/** A label selector in normal form. No requirement at all selects every identity, nodes and world included. */
export interface LabelSelector {
    readonly type: "labels";
    readonly requirements: readonly Requirement[];
    /** Equal texts mean equal selectors. */
    readonly text: string;
}

/** A CIDR with exceptions. Only identities with a `cidr` label (addresses outside the cluster) can match. */
export interface CidrSelector {
    readonly type: "cidr";
    /** Undefined where only {@link world} counts. */
    readonly prefix: Prefix | undefined;
    readonly except: readonly Prefix[];
    /** A /0 prefix also means the identity of addresses without any prefix, which carries these reserved labels only. */
    readonly world: readonly string[];
    readonly text: string;
}

/** Addresses that a DNS name resolved to. */
export interface FqdnSelectorPeer {
    readonly type: "fqdn";
    readonly name: string;
    readonly text: string;
}

/** The addresses of a CiliumCIDRGroup. */
export interface CidrGroupSelector {
    readonly type: "cidr-group";
    readonly prefixes: readonly Prefix[];
    readonly except: readonly Prefix[];
    readonly text: string;
}

export type PeerSelector = LabelSelector | CidrSelector | FqdnSelectorPeer | CidrGroupSelector;

/** Selects every identity: entity `all`, and the empty selector where Cilium adds nothing to it. */
export const EVERYTHING: LabelSelector = { type: "labels", requirements: [], text: "" };

/** A selector from requirements; order and duplicates do not matter for its {@link LabelSelector.text}. */
export function labelSelector(requirements: readonly Requirement[]): LabelSelector {
    const texts = requirements.map(
        ({ source, key, operator, values }) => `${source}:${key} ${operator} ${[...values].sort().join(",")}`,
    );
    return { type: "labels", requirements, text: [...new Set(texts)].sort().join("; ") };
}

/** `reserved:NAME`, as entities and Cilium's own rules use it. */
export function reservedSelector(name: string): LabelSelector {
    return labelSelector([{ source: "reserved", key: name, operator: "In", values: [""] }]);
}

/** The selector that Cilium's localhost handling names (`api.ReservedEndpointSelectors[host]`). */
export const HOST = reservedSelector("host");

/** @returns the value of the label, or undefined where the identity has none. Source: `labels.LabelArray.LookupLabel`. */
export function lookup(identity: IdentityLabels, source: string, key: string): string | undefined {
    const reserved = (): string | undefined => (identity.reserved.includes(key) ? "" : undefined);
    switch (source) {
        case "k8s":
            return identity.k8s.get(key);
        case "reserved":
            return reserved();
        case "cidr": {
            // CIDR-aware since 1.16: a shorter prefix has the key of every longer one in it (`Label.HasKey`).
            const wanted = parsePrefix(key.replaceAll("-", ":"));
            if (identity.cidr === undefined || wanted === undefined) return undefined;
            return contains(wanted, identity.cidr) ? "" : undefined;
        }
        case "fqdn":
            return identity.fqdn?.includes(key) === true ? "" : undefined;
        case "any":
            return (
                identity.k8s.get(key) ??
                reserved() ??
                (identity.cidr?.text === key || identity.fqdn?.includes(key) === true ? "" : undefined)
            );
        default:
            return undefined;
    }
}

/** Whether a requirement holds. `NotIn` holds where the label is absent, as in Kubernetes. */
export function holds(requirement: Requirement, identity: IdentityLabels): boolean {
    const value = lookup(identity, requirement.source, requirement.key);
    switch (requirement.operator) {
        case "In":
            return value !== undefined && requirement.values.includes(value);
        case "NotIn":
            return value === undefined || !requirement.values.includes(value);
        case "Exists":
            return value !== undefined;
        case "DoesNotExist":
            return value === undefined;
    }
}

/** Whether a peer or subject selector selects an identity. */
export function matches(selector: PeerSelector, identity: IdentityLabels): boolean {
    switch (selector.type) {
        case "labels":
            return selector.requirements.every((requirement) => holds(requirement, identity));
        case "fqdn":
            return identity.fqdn?.includes(selector.name) === true;
        case "cidr": {
            const { cidr } = identity;
            const inside =
                selector.prefix !== undefined && cidr !== undefined && contains(selector.prefix, cidr);
            const bare = selector.world.some((name) => identity.reserved.includes(name));
            return (inside || bare) && !excepted(selector.except, cidr);
        }
        case "cidr-group": {
            const { cidr } = identity;
            return (
                cidr !== undefined &&
                selector.prefixes.some((prefix) => contains(prefix, cidr)) &&
                !excepted(selector.except, cidr)
            );
        }
    }
}

function excepted(except: readonly Prefix[], cidr: Prefix | undefined): boolean {
    return cidr !== undefined && except.some((prefix) => contains(prefix, cidr));
}
