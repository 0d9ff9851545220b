import type { ManifestDocument, Path, Position } from "../manifest/document";
import type { ClusterFacts } from "../model/cluster";
import type { CiliumMinor } from "../model/versions";

/** Protocols that policies can tell apart. For ICMP and ICMPv6 the "port" is the ICMP type. */
export const PROTOCOLS = ["TCP", "UDP", "SCTP", "ICMP", "ICMPv6"] as const;
export type Protocol = (typeof PROTOCOLS)[number];

/** A container port with a name, as `toPorts` may refer to it. */
export interface NamedPort {
    readonly name: string;
    readonly port: number;
    /** @default "TCP" as in Kubernetes */
    readonly protocol: "TCP" | "UDP" | "SCTP";
}

/** Reserved identities of Cilium that can be one end of a flow without being a declared pod. */
export const RESERVED = [
    "host",
    "remote-node",
    "kube-apiserver",
    "health",
    "ingress",
    "init",
    "unmanaged",
    "world",
] as const;
export type Reserved = (typeof RESERVED)[number];

/** A workload (all its pods are alike) or a reserved endpoint that Cilium manages. */
export interface Endpoint {
    /** `NAMESPACE/NAME`, `NAMESPACE/KIND/NAME` where the short form is ambiguous, or the reserved name. */
    readonly id: string;
    readonly name: string;
    /** Undefined for reserved endpoints only. */
    readonly namespace: string | undefined;
    /** `Deployment`, `Pod`, …; undefined for reserved endpoints. */
    readonly kind: string | undefined;
    /** Pod labels as written; Cilium's identity label filter is applied by the engine, not by the reader. */
    readonly labels: Readonly<Record<string, string>>;
    /** Labels of the Namespace object; the engine adds `kubernetes.io/metadata.name` as the API server does. */
    readonly namespaceLabels: Readonly<Record<string, string>>;
    /** @default "default" in a cluster; undefined leaves the label out (recorded scenarios do) */
    readonly serviceAccount?: string | undefined;
    readonly namedPorts: readonly NamedPort[];
    /** Policies do not apply to a hostNetwork pod: it has the identity of its node. */
    readonly hostNetwork: boolean;
    /** Fixed address, known only in recorded scenarios and live dumps. */
    readonly ip?: string | undefined;
    /** Set for reserved endpoints that policies can select (health, ingress, init). */
    readonly reserved?: "health" | "ingress" | "init" | undefined;
    /** Belongs to AKS, not to the user (built-in set of system workloads, kube-system …). */
    readonly system?: boolean | undefined;
    readonly document?: ManifestDocument | undefined;
}

/** A Service, as far as policies are concerned (`toServices`, service port instead of target port, exposure). */
export interface ServiceDefinition {
    readonly namespace: string;
    readonly name: string;
    readonly labels: Readonly<Record<string, string>>;
    /** Undefined or empty: a Service without selector, whose backends are not known. */
    readonly selector: Readonly<Record<string, string>> | undefined;
    readonly type: "ClusterIP" | "NodePort" | "LoadBalancer" | "ExternalName";
    readonly externalTrafficPolicy: "Cluster" | "Local";
    readonly ports: readonly {
        readonly name?: string | undefined;
        readonly port: number;
        readonly targetPort: number | string;
        readonly protocol: "TCP" | "UDP" | "SCTP";
    }[];
    readonly document?: ManifestDocument | undefined;
}

/** What reachability is computed from. */
export interface ReachabilityInput {
    /** CiliumNetworkPolicy, CiliumClusterwideNetworkPolicy, NetworkPolicy and CiliumCIDRGroup documents; others are ignored. */
    readonly documents: readonly ManifestDocument[];
    readonly endpoints: readonly Endpoint[];
    readonly services: readonly ServiceDefinition[];
    readonly cluster: ClusterFacts;
    /** The one minor to answer for; callers with two ask twice and compare. */
    readonly minor: CiliumMinor;
    /** Address of the API server as pods see it. It is world too on AKS (managed control plane). */
    readonly kubeApiserver?: string | undefined;
    /** Names already resolved (recorded scenarios): name → addresses. Without it, names are symbolic destinations. */
    readonly resolvedNames?: Readonly<Record<string, readonly string[]>> | undefined;
    /**
     * DNS names that will be asked about (`fqdn:NAME`). Each becomes a destination of its own, so that a name that
     * several patterns match is answered exactly. @default none
     */
    readonly askedNames?: readonly string[] | undefined;
    /**
     * `engine` answers as Cilium's recording engine does (no services, no groups; conformance); `product` uses
     * services and workloads and says "depends" for what cannot be known. @default "product"
     */
    readonly mode?: "engine" | "product" | undefined;
}

/** Closed interval of ports (or ICMP types): 0..65535 (0..255). */
export interface PortRange {
    readonly from: number;
    readonly to: number;
}

/**
 * `allow`; `redirect`: allowed through the L7 or DNS proxy; `deny`: by a deny rule; `default-deny`: no rule matches
 * under default deny; `depends`: cannot be known offline, `reason` says on what; `n/a`: that end has no policy of its own.
 */
export type SideVerdict = "allow" | "redirect" | "deny" | "default-deny" | "depends" | "n/a";
export type OverallVerdict = "allow" | "redirect" | "deny" | "depends";

/** One rule of one policy that decides something. */
export interface RuleReference {
    readonly document: ManifestDocument;
    /** Place of the rule in the document, e.g. `["spec", "ingress", 0]`. */
    readonly path: Path;
    readonly effect: "allow" | "deny" | "default";
    /** e.g. `HTTP GET /orders` or `DNS *.example.com`; absent for plain L3/L4. */
    readonly l7?: string | undefined;
    readonly position: Position;
}

/** One end of a point query: a class, or an address or name outside. */
export type Peer =
    | { readonly endpoint: string }
    | { readonly reserved: Reserved }
    | { readonly address: string }
    | { readonly fqdn: string };

/** Answer to a point query, both ends. */
export interface Verdict {
    readonly egress: SideVerdict;
    readonly ingress: SideVerdict;
    readonly overall: OverallVerdict;
    /** Why it depends; absent otherwise. */
    readonly reason?: string | undefined;
}

/**
 * One end of connections: identical endpoints folded into a class, a reserved identity, a CIDR atom or an FQDN selector.
 */
export interface EndpointClass {
    /** Stable within one model: `c0`, `c1` … for pods, `world`, `host`, `cidr:10.0.0.0/8`, `fqdn:*.example.com`. */
    readonly id: string;
    readonly type: "pods" | "reserved" | "cidr" | "fqdn";
    /** Endpoint ids, in input order; empty for cidr and fqdn. */
    readonly members: readonly string[];
    /** What to call it: an example member, the CIDR (with what is excepted), the name pattern. */
    readonly example: string;
}

/** A maximal set of ports of one protocol with one verdict between two classes. Denied pairs are not listed. */
export interface Connection {
    readonly from: string;
    readonly to: string;
    readonly protocol: Protocol;
    readonly ports: readonly PortRange[];
    readonly verdict: "allow" | "redirect" | "depends";
    readonly reason?: string | undefined;
}

/** One side of an explanation: what applies to that endpoint in that direction, and what decides. */
export interface SideExplanation {
    readonly direction: "egress" | "ingress";
    readonly verdict: SideVerdict;
    /** Policies that select the endpoint in this direction. */
    readonly selectedBy: readonly ManifestDocument[];
    /** Default deny, and the rules that switch it on; empty when the direction is open. */
    readonly defaultDeny: readonly RuleReference[];
    /** Rules that decide this flow: the matching deny rules if any, else the matching allow rules. */
    readonly deciding: readonly RuleReference[];
    /** The smallest change that would flip this side, in words; undefined where none is known. */
    readonly flip?: string | undefined;
}

export interface Explanation extends Verdict {
    readonly from: string;
    readonly to: string;
    readonly protocol: Protocol;
    readonly port: number;
    readonly sides: readonly SideExplanation[];
    /** Things that matter but are not evaluated at all (HTTP matching, TLS, authentication …). */
    readonly notEvaluated: readonly string[];
}

/** A built model: exact, complete, immutable. */
export interface Reachability {
    readonly minor: CiliumMinor;
    readonly classes: readonly EndpointClass[];
    /** Class of an endpoint, reserved name, address (its CIDR atom), or `fqdn:NAME`; undefined if unknown. */
    classOf(name: string): EndpointClass | undefined;
    /** Over a million a second on a built model. */
    query(from: Peer, to: Peer, protocol: Protocol, port: number): Verdict;
    /** Every allowed or undecided connection between classes, lazily, grouped by source class. */
    connections(): Iterable<Connection>;
    explain(from: Peer, to: Peer, protocol: Protocol, port: number): Explanation;
    /**
     * Ports of a range at which a verdict can change, its first one included: asking about these is asking about all.
     */
    boundaries(protocol: Protocol, range: PortRange): readonly number[];
    /** Rules that let (part of) a connection through, for reports and diffs; recomputed on demand. */
    rules(connection: Connection): readonly RuleReference[];
    /** Documents not evaluated because Cilium would refuse them, with the reason. */
    readonly refused: readonly { readonly document: ManifestDocument; readonly reason: string }[];
    /** By name: what is present in the input and not evaluated (facts 4.5). */
    readonly notEvaluated: readonly string[];
}
