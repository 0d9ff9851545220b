import { isSloppyCidr, parseAddress, parsePrefix, prefixContains } from "../model/address";
import { ENTITIES } from "../model/peers";
import { some, when, type AcceptanceRule, type CidrRule, type Entry } from "./acceptance-rule";
import { removeCidrsPanics } from "./remove-cidrs";
import { list, quote } from "./show";

const SOURCE = "pkg/policy/api/rule_validation.go";
const NODES = ["fromNodes", "toNodes"] as const;

/** Kinds of peer of which one rule may have one that is not empty. fromRequires and toRequires do not count. */
const PEER_KINDS = {
    ingress: ["fromEndpoints", "fromCIDR", "fromCIDRSet", "fromEntities", "fromNodes", "fromGroups"],
    egress: [
        "toEndpoints",
        "toCIDR",
        "toCIDRSet",
        "toEntities",
        "toServices",
        "toGroups",
        "toNodes",
        "toFQDNs",
    ],
} as const;

/** Names Go knows beyond the CRD. */
const GO_ENTITIES: readonly string[] = [...ENTITIES, "world-ipv4", "world-ipv6"];

/** What is asked of each entry of ingress, ingressDeny, egress and egressDeny. */
export const ENTRY_RULES: readonly AcceptanceRule<Entry>[] = [
    {
        code: "L04",
        what: "one rule has one kind of peer",
        why: "Empty lists do not count: `toEndpoints: []` beside `toCIDR` passes, and then selects nothing.",
        fix: "write one rule for each kind of peer; rules add up",
        source: `${SOURCE} l3Members; r9-*`,
        check: (entry, { ingress }) => {
            const kinds = PEER_KINDS[ingress ? "ingress" : "egress"].filter((kind) => some(entry[kind]));
            return when(kinds.length > 1, () => ({
                path: [kinds[1]!],
                message: `one rule combines ${list(kinds)}, which Cilium does not support`,
            }));
        },
    },
    {
        code: "L07",
        until: "1.16",
        what: "toServices and toPorts do not stand in one rule",
        fix: "remove toPorts, or select the pods behind the Service with toEndpoints",
        source: `${SOURCE} l3DependentL4Support; cilium/cilium#20067; r12-*`,
        check: (entry) =>
            when(some(entry.toServices) && some(entry.toPorts), () => ({
                path: ["toServices"],
                message: "toServices stands together with toPorts",
            })),
    },
    {
        code: "L10",
        what: "fromNodes and toNodes need the agent setting enable-node-selector-labels, which AKS leaves off",
        fix: "use the entities host and remote-node",
        source: `${SOURCE} ErrFromToNodesRequiresNodeSelectorOption; r10-*`,
        check: (entry) =>
            NODES.filter((key) => some(entry[key])).map((key) => ({
                path: [key],
                message: `${key} needs an agent setting that AKS does not allow`,
            })),
    },
    {
        code: "S03",
        what: "entities are known by name, in lower case",
        fix: `write one of ${list(ENTITIES, "or")}`,
        source: `${SOURCE} EntitySelectorMapping; r11-*`,
        check: (entry) =>
            (["fromEntities", "toEntities"] as const).flatMap((key) =>
                (entry[key] ?? []).flatMap((entity, index) =>
                    when(!GO_ENTITIES.includes(entity), () => ({
                        path: [key, index],
                        message: `${quote(entity)} is no entity`,
                    })),
                ),
            ),
    },
    {
        code: "A03",
        what: "each item of fromCIDR and toCIDR is a range, or an address",
        why: "Cilium parses more strictly than the API server: leading zeros (010.0.0.0/8, 10.0.0.0/08) are stored and then refused.",
        fix: "write a range without leading zeros, such as 10.1.0.0/16",
        source: `${SOURCE} CIDR.sanitize; r13-cidr-*`,
        check: (entry) =>
            (["fromCIDR", "toCIDR"] as const).flatMap((key) =>
                (entry[key] ?? []).flatMap((cidr, index) =>
                    when(parsePrefix(cidr) === undefined && parseAddress(cidr) === undefined, () => ({
                        path: [key, index],
                        message: `${quote(cidr)} is no address range to Cilium`,
                        ...structural(cidr),
                    })),
                ),
            ),
    },
    {
        code: "A03",
        since: "1.19",
        panics: true,
        what: "an address with a zone is no range",
        why: "The agent panics on the value while it converts the policy.",
        fix: "remove the zone (%…)",
        source: "pkg/policy/types/selector.go NewCIDRSelector; r13-cidr-12",
        check: (entry) =>
            (["fromCIDR", "toCIDR"] as const).flatMap((key) =>
                selectsNothing(entry)
                    ? []
                    : (entry[key] ?? []).flatMap((cidr, index) =>
                          when(cidr.includes("%") && parseAddress(cidr) !== undefined, () => ({
                              path: [key, index],
                              message: `${quote(cidr)} has an IPv6 zone`,
                          })),
                      ),
            ),
    },
    {
        code: "L12",
        what: "icmps and toPorts do not stand in one rule",
        fix: "write a rule of its own for icmps",
        source: `${SOURCE} errUnsupportedICMPWithToPorts; r17-*`,
        check: (entry) =>
            when(some(entry.icmps) && some(entry.toPorts), () => ({
                path: ["icmps"],
                message: "icmps stands together with toPorts",
            })),
    },
    {
        code: "L16",
        until: "1.16",
        panics: true,
        what: "no exception is wider than its range, and none stands beside a cidrGroupRef",
        why: "Cilium 1.16 panics while it takes the exceptions out of the range (pkg/ip RemoveCIDRs).",
        fix: "write exceptions that lie inside `cidr`, and none beside cidrGroupRef",
        source: "pkg/policy/api/cidr.go ComputeResultantCIDRSet; r14-except-03, r14-group-except",
        check: (entry, { ingress }) =>
            (["fromCIDRSet", "toCIDRSet"] as const).flatMap((key) =>
                aggregatesNothing(entry, ingress)
                    ? []
                    : (entry[key] ?? []).flatMap(({ cidr, except }, index) =>
                          when(some(except) && removeCidrsPanics(cidr ?? "", except ?? []), () => ({
                              path: [key, index, "except"],
                              message: `taking ${list((except ?? []).map(quote))} out of ${quote(cidr ?? "")} makes Cilium 1.16 panic`,
                          })),
                      ),
            ),
    },
    {
        code: "L16",
        since: "1.19",
        panics: true,
        what: "exceptions beside cidrGroupRef or cidrGroupSelector parse as ranges",
        why: "Nothing checks them before the agent converts the policy, and there it panics: one such object stops every agent that reads it.",
        fix: "write ranges without leading zeros",
        source: "pkg/policy/types/selector.go newCIDRSelectorFromRequirements; v19-except-*",
        check: (entry) =>
            (["fromCIDRSet", "toCIDRSet"] as const).flatMap((key) =>
                selectsNothing(entry)
                    ? []
                    : (entry[key] ?? []).flatMap(({ cidr, except }, index) =>
                          (except ?? []).flatMap((range, n) =>
                              when(
                                  (cidr ?? "") === "" &&
                                      (parsePrefix(range) ?? parseAddress(range)) === undefined,
                                  () => ({
                                      path: [key, index, "except", n],
                                      message: `${quote(range)} is no address range to Cilium, which panics on it`,
                                  }),
                              ),
                          ),
                      ),
            ),
    },
];

/** What is asked of each item of fromCIDRSet and toCIDRSet, and of an ipBlock. */
export const CIDR_RULES: readonly AcceptanceRule<CidrRule>[] = [
    {
        code: "S06",
        since: "1.17",
        what: "exactly one of cidr, cidrGroupRef and cidrGroupSelector is there",
        fix: "write an item for each",
        source: `${SOURCE} CIDRRule.sanitize; r14-blank, r14-group-cidr`,
        check: ({ cidr, cidrGroupRef, cidrGroupSelector }) => {
            const there = [(cidr ?? "") !== "", (cidrGroupRef ?? "") !== "", cidrGroupSelector !== undefined];
            const count = there.filter(Boolean).length;
            return when(count !== 1, () => ({
                path: [],
                message:
                    count === 0
                        ? "the item has none of cidr, cidrGroupRef and cidrGroupSelector"
                        : "the item has more than one of cidr, cidrGroupRef and cidrGroupSelector",
            }));
        },
    },
    {
        code: "A03",
        what: "cidr is an address, a slash and a length",
        why: "Cilium parses more strictly than the API server: leading zeros (010.0.0.0/8, 10.0.0.0/08) are stored and then refused.",
        fix: "write a range without leading zeros, such as 10.1.0.0/16",
        source: `${SOURCE} CIDRRule.sanitize; r14-cidr-*`,
        check: (item, { minor }) => {
            // 1.16 parses an empty cidr as well, unless there is a reference.
            const asked = minor === "1.16" ? (item.cidrGroupRef ?? "") === "" : isPlainCidr(item);
            return when(asked && parsePrefix(item.cidr ?? "") === undefined, () => ({
                path: item.cidr === undefined ? [] : ["cidr"],
                message: `${quote(item.cidr ?? "")} is no address range to Cilium`,
                ...(item.cidr === undefined ? {} : structural(item.cidr)),
            }));
        },
    },
    {
        code: "L16",
        what: "every exception is a range whose address, as written, lies in cidr",
        fix: "write exceptions that lie inside `cidr`, without leading zeros",
        source: `${SOURCE} CIDRRule.sanitize; r14-except-*`,
        check: (item, { minor }) => {
            const range = parsePrefix(item.cidr ?? "");
            const asked = minor === "1.16" ? (item.cidrGroupRef ?? "") === "" : isPlainCidr(item);
            if (!asked || range === undefined) return [];
            return (item.except ?? []).flatMap((text, index) => {
                const except = parsePrefix(text);
                const outside = except !== undefined && !prefixContains(range, except.bytes);
                return when(except === undefined || outside, () => ({
                    path: ["except", index],
                    message: outside
                        ? `the exception ${quote(text)} does not lie in ${quote(item.cidr ?? "")}`
                        : `${quote(text)} is no address range to Cilium`,
                    ...structural(text),
                }));
            });
        },
    },
];

/** What is no range to the API server either, its check has named. */
const structural = (text: string): { readonly code?: string } => (isSloppyCidr(text) ? {} : { code: "S04" });

const isPlainCidr = ({ cidr, cidrGroupRef, cidrGroupSelector }: CidrRule): boolean =>
    (cidr ?? "") !== "" && (cidrGroupRef ?? "") === "" && cidrGroupSelector === undefined;

/** A list that is there and empty makes 1.16 give up before it computes ranges (SetAggregatedSelectors). */
function aggregatesNothing(entry: Entry, ingress: boolean): boolean {
    const lists = ingress
        ? [entry.fromCIDR, entry.fromCIDRSet, entry.fromEntities]
        : [entry.toEntities, entry.toCIDR, entry.toCIDRSet];
    return lists.some((items) => items?.length === 0);
}

/** The same in 1.19 before it converts (pkg/policy/utils mergeEndpointSelectors). */
function selectsNothing(entry: Entry): boolean {
    return (
        [
            "fromEndpoints",
            "fromNodes",
            "fromEntities",
            "fromCIDR",
            "fromCIDRSet",
            "toEndpoints",
            "toNodes",
            "toEntities",
            "toCIDR",
            "toCIDRSet",
        ] as const
    ).some((key) => entry[key]?.length === 0);
}
