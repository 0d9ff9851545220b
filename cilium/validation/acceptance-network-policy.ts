import type { JsonObject, JsonValue, Path } from "../manifest/document";
import { isBefore } from "../model/crd";
import { parseAddress, parsePrefix } from "../model/address";
import type { CiliumMinor } from "../model/versions";
import { CIDR_RULES, ENTRY_RULES } from "./acceptance-peers";
import { PORT_RULES } from "./acceptance-ports";
import {
    when,
    type AcceptanceRule,
    type CidrRule,
    type Entry,
    type PortProtocol,
    type Selector,
} from "./acceptance-rule";
import { AcceptanceWalk, type Found } from "./acceptance-walk";
import { list, quote } from "./show";

const SOURCE = "pkg/k8s/network_policy.go ParseNetworkPolicy";
const NAMESPACE_LABELS = "k8s.io.cilium.k8s.namespace.labels.";

interface Peer {
    readonly podSelector?: Selector;
    readonly namespaceSelector?: Selector;
    readonly ipBlock?: { readonly cidr?: string; readonly except?: readonly string[] };
}
interface Port {
    readonly port?: string | number;
    readonly endPort?: number;
    readonly protocol?: string;
}

/**
 * Cilium's own parser for NetworkPolicy, apart from what the API server asks (kubernetes-network-policy.ts).
 * Up to 1.18 it translates the object to a Cilium rule and sanitizes that. 1.19 converts it directly and checks
 * nothing but protocols; what it cannot parse it panics on (answers 4.2).
 * @param value the decoded object
 */
export function networkPolicyAcceptance(value: JsonObject, minor: CiliumMinor): readonly Found[] {
    const walk = new AcceptanceWalk(minor, "NetworkPolicy");
    const spec = (value.spec ?? {}) as JsonObject;
    const translated = isBefore(minor, "1.19");
    if (translated) {
        walk.selector(spec.podSelector as Selector | undefined, ["spec", "podSelector"], podKey);
        walk.apply(SUBJECT_RULES, namespaceOf(value), ["metadata", "namespace"]);
    }
    for (const [section, peersKey] of [
        ["ingress", "from"],
        ["egress", "to"],
    ] as const) {
        for (const [index, entry] of items<JsonObject>(spec[section]).entries()) {
            const path: Path = ["spec", section, index];
            for (const [n, peer] of items<Peer>(entry[peersKey]).entries()) {
                const at = [...path, peersKey, n];
                if (translated) translatedPeer(walk, peer, at);
                else walk.apply(DIRECT_PEER_RULES, peer, at);
            }
            for (const [n, port] of items<Port>(entry.ports).entries()) {
                walk.apply(translated ? PORT_RULES : DIRECT_PORT_RULES, translatedPort(port), [
                    ...path,
                    "ports",
                    n,
                ]);
            }
        }
    }
    return walk.found;
}

const items = <T>(value: JsonValue | undefined): readonly T[] => (value ?? []) as unknown as readonly T[];

const podKey = (key: string): string => `k8s.${key}`;

/** Cilium falls back to `default` where a namespace is missing. */
function namespaceOf(value: JsonObject): string {
    const namespace = (value.metadata as JsonObject | undefined)?.namespace;
    return typeof namespace === "string" && namespace !== "" ? namespace : "default";
}

function translatedPeer(walk: AcceptanceWalk, peer: Peer, path: Path): void {
    walk.selector(
        peer.namespaceSelector,
        [...path, "namespaceSelector"],
        (key) => `${NAMESPACE_LABELS}${key}`,
    );
    walk.selector(peer.podSelector, [...path, "podSelector"], podKey);
    walk.apply(PEER_RULES, peer, path);
    if (peer.ipBlock === undefined) return;
    const block: CidrRule = { cidr: peer.ipBlock.cidr, except: [...(peer.ipBlock.except ?? [])] };
    walk.apply(CIDR_RULES, block, [...path, "ipBlock"]);
    // 1.16 panics on exceptions that are wider than the block, here as in a policy of its own.
    const inner = new AcceptanceWalk("1.16", "NetworkPolicy");
    const panics = ENTRY_RULES.filter((rule) => rule.code === "L16" && rule.until === "1.16");
    inner.apply(panics, { fromCIDRSet: [block] } as Entry, []);
    if (walk.minor !== "1.16") return;
    for (const { rule, violation } of inner.found) {
        walk.found.push({ rule, violation: { ...violation, path: [...path, "ipBlock", "except"] } });
    }
}

/** The port as Cilium's rule has it: no port means all of them. */
function translatedPort({ port, endPort, protocol }: Port): PortProtocol {
    return {
        port: port === undefined ? "0" : String(port),
        endPort: endPort ?? 0,
        protocol: (protocol ?? "TCP") as NonNullable<PortProtocol["protocol"]>,
    };
}

const SUBJECT_RULES: readonly AcceptanceRule<string>[] = [
    {
        code: "S08",
        what: "the namespace can be the value of a label",
        fix: "write the name of a namespace",
        source: `${SOURCE} parsePodSelector`,
        check: (namespace) =>
            when(
                namespace.length > 63 || !/^[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?$/.test(namespace),
                () => ({
                    path: [],
                    message: `${quote(namespace)} is no name of a namespace`,
                }),
            ),
    },
];

const PEER_RULES: readonly AcceptanceRule<Peer>[] = [
    {
        code: "K05",
        what: "ipBlock stands alone in its peer",
        fix: "write a peer for each",
        source: `${SOURCE}, pkg/policy/api/rule_validation.go l3Members; k-ipblock-pod`,
        check: (peer) => {
            const selectors = (["podSelector", "namespaceSelector"] as const).filter(
                (key) => peer[key] !== undefined,
            );
            return when(peer.ipBlock !== undefined && selectors.length > 0, () => ({
                path: ["ipBlock"],
                message: `ipBlock stands together with ${list(selectors)}`,
            }));
        },
    },
];

const DIRECT_PORT_RULES: readonly AcceptanceRule<PortProtocol>[] = PORT_RULES.filter(
    ({ code }) => code === "S03",
);

const DIRECT_PEER_RULES: readonly AcceptanceRule<Peer>[] = [
    {
        code: "A03",
        since: "1.19",
        panics: true,
        what: "cidr and except of an ipBlock parse as ranges",
        why: "The API server tolerates leading zeros (010.0.0.0/8), and Cilium 1.19 no longer checks before it parses.",
        fix: "write a range without leading zeros",
        source: "pkg/policy/types/selector.go NewCIDRSelector; v19-knp-ipblock-*",
        check: ({ ipBlock }) =>
            ipBlock === undefined
                ? []
                : [
                      ...when(!isBlock(ipBlock.cidr ?? ""), () => ({
                          path: ["ipBlock", "cidr"],
                          message: `${quote(ipBlock.cidr ?? "")} is no address range to Cilium, which panics on it`,
                      })),
                      ...(ipBlock.except ?? []).flatMap((range, index) =>
                          when(!isBlock(range), () => ({
                              path: ["ipBlock", "except", index],
                              message: `${quote(range)} is no address range to Cilium, which panics on it`,
                          })),
                      ),
                  ],
    },
];

/** What 1.19 turns into a label without a panic: a range, or an address without zone. */
function isBlock(text: string): boolean {
    if (text.includes("/")) return parsePrefix(text) !== undefined;
    return !text.includes("%") && parseAddress(text) !== undefined;
}
