import type { ManifestDocument, Path } from "../manifest/document";
import type { Protocol } from "../reachability/types";
import type { LabelSelector, PeerSelector, Requirement } from "./selectors";

export type Direction = "ingress" | "egress";

/** What a port rule does beyond letting packets through: they go to a proxy, which may filter further. */
export interface L7 {
    /** Cilium's parser: `http`, `dns`, `kafka`, `tls` (TLS contexts, server names), `crd` (listener) or an `l7proto`. */
    readonly parser: string;
    /** For people, e.g. `HTTP GET /orders`. */
    readonly text: string;
}

/** One port of a rule, for one protocol (ANY is split up before). For ICMP the number is the type. */
export interface PortSpec {
    readonly protocol: Protocol;
    /** 0 is every port of the protocol, unless the port has a name. */
    readonly number: number;
    /** 0 where there is no `endPort`; below the number it has no effect. */
    readonly end: number;
    /** A container port's name in lower case; undefined for a number. */
    readonly name: string | undefined;
    /** The filter that Cilium files this port under: equal texts share one filter, and the first rule shapes it. */
    readonly filter: string;
    readonly l7: L7 | undefined;
}

/** A peer of a rule; `requirable` ones take on the `fromRequires` of every rule of the endpoint (up to 1.18). */
export interface RulePeer {
    readonly selector: PeerSelector;
    readonly requirable: boolean;
}

/**
 * One rule of any policy kind in normal form. Nothing after this knows CiliumNetworkPolicy from NetworkPolicy.
 */
export interface Rule {
    readonly document: ManifestDocument;
    readonly path: Path;
    /** Namespace whose endpoints the rule can apply to; undefined for cluster-wide policies. */
    readonly namespace: string | undefined;
    readonly subject: LabelSelector;
    readonly direction: Direction;
    readonly effect: "allow" | "deny";
    /** Whether this rule switches default deny on in its direction. */
    readonly defaultDeny: boolean;
    /** `none` selects nothing; an empty list is everyone as soon as there are ports (facts 3.3). */
    readonly peers: readonly RulePeer[] | "none";
    /** `all` is every protocol and port of the peers; an empty list allows nothing at all. */
    readonly ports: readonly PortSpec[] | "all";
    /** Added to every requirable peer of the same direction and effect of the endpoint. */
    readonly requires: readonly Requirement[];
    /** The rule has an `authentication` block. It is not enforced, but changes how 1.16 builds its map. @default false */
    readonly authenticated?: boolean;
}

/** What could not be turned into rules, to be said by name. */
export interface RuleSet {
    readonly rules: readonly Rule[];
    /** e.g. `fromGroups in a/b: only AWS groups exist, and an agent does not import the policy`. */
    readonly notEvaluated: readonly string[];
}
