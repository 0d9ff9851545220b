import { isBefore } from "../model/crd";
import { MAX_ENTRIES } from "../model/ports";
import type { CiliumMinor } from "../model/versions";
import {
    some,
    when,
    type AcceptanceRule,
    type Layer7,
    type PortProtocol,
    type PortRule,
} from "./acceptance-rule";
import { list, quote } from "./show";

const SOURCE = "pkg/policy/api/rule_validation.go";

/** What is asked of each port of a rule, allow or deny. */
export const PORT_RULES: readonly AcceptanceRule<PortProtocol>[] = [
    {
        code: "L06",
        what: "a port is a number from 0 to 65535 or an IANA service name of at most 15 characters",
        why: 'Numbers are read as Go writes them, so a leading 0 means octal: "010" is 8.',
        fix: 'write one number in quotes, such as "8080", with endPort for a range, or the name of a container port',
        source: `${SOURCE} PortProtocol.sanitize, pkg/iana; r21-*, r22-port-*`,
        check: ({ port }) =>
            when(portNumber(port ?? "") === undefined && !isServiceName(port ?? ""), () => ({
                path: port === undefined ? [] : ["port"],
                message:
                    (port ?? "") === "" ? "the port is missing" : `${quote(port ?? "")} is no port to Cilium`,
                ...portFix(port ?? ""),
            })),
    },
    {
        code: "S03",
        what: "the protocol is TCP, UDP, SCTP or ANY; VRRP and IGMP since 1.19",
        fix: "write TCP, UDP, SCTP or ANY; ICMP is written under icmps",
        source: `${SOURCE} ParseL4Proto; r23-*`,
        check: ({ protocol }, { minor }) =>
            when(!protocols(minor).includes(normalProtocol(protocol)), () => ({
                path: ["protocol"],
                message: `${quote(protocol ?? "")} is no protocol Cilium ${minor} takes here`,
            })),
    },
    {
        code: "A04",
        since: "1.19",
        what: "VRRP and IGMP have no ports",
        fix: 'write port: "0"',
        source: `${SOURCE} PortProtocol.sanitize; v19-port-*`,
        check: ({ port = "", protocol }) =>
            when(
                ["VRRP", "IGMP"].includes(protocol ?? "") &&
                    !["", "0"].includes(port) &&
                    !isServiceName(port),
                () => ({ path: ["port"], message: `${protocol} has no port ${quote(port)}` }),
            ),
    },
];

const protocols = (minor: CiliumMinor): readonly string[] =>
    isBefore(minor, "1.19") ? ["ANY", "TCP", "UDP", "SCTP"] : ["ANY", "TCP", "UDP", "SCTP", "VRRP", "IGMP"];

/** Go is not particular about letter case; nothing means any. */
const normalProtocol = (protocol: string | undefined): string =>
    (protocol ?? "") === "" ? "ANY" : protocol!.toUpperCase();

/** `pkg/iana` IsSvcName. Some numbers as Go writes them (0x50, 1e3) are names. */
export function isServiceName(text: string): boolean {
    return text.length <= 15 && /^(?:[a-zA-Z0-9]-?)*[a-zA-Z](?:-?[a-zA-Z0-9])*$/.test(text);
}

/** Go's `strconv.ParseUint(text, 0, 16)`: base by prefix, underscores between digits. Undefined for an error. */
export function portNumber(text: string): number | undefined {
    const form = NUMBER_FORMS.find(({ is }) => is.test(text));
    if (form === undefined) return undefined;
    const digits = text.replace(/_/g, "").slice(form.skip);
    const value = digits === "" ? 0 : Number.parseInt(digits, form.base);
    return value <= 65535 ? value : undefined;
}

const NUMBER_FORMS: readonly { readonly is: RegExp; readonly base: number; readonly skip: number }[] = [
    { is: /^[1-9](?:_?[0-9])*$/, base: 10, skip: 0 },
    { is: /^0(?:_?[0-7])*$/, base: 8, skip: 1 },
    { is: /^0[xX](?:_?[0-9a-fA-F])+$/, base: 16, skip: 2 },
    { is: /^0[oO](?:_?[0-7])+$/, base: 8, skip: 2 },
    { is: /^0[bB](?:_?[01])+$/, base: 2, skip: 2 },
];

function portFix(port: string): { readonly fix: string } | undefined {
    const range = /^([0-9]+)-([0-9]+)$/.exec(port);
    if (range !== null) return { fix: `write port: "${range[1]}" with endPort: ${range[2]}` };
    if (/^[0-9]+(?:\s*,\s*[0-9]+)+$/.test(port)) return { fix: "write an entry for each port" };
    const number = port.trim().replace(/^\+?0*(?=[0-9])/, "");
    if (/^[0-9]+$/.test(number) && Number(number) <= 65535) return { fix: `write "${number}"` };
    if (/^[0-9]+$/.test(number)) return { fix: "write a number up to 65535" };
    return undefined;
}

/** Rules count as layer 7 when one of their lists has items (L7Rules.IsEmpty). */
export const hasLayer7 = (rules: Layer7 | undefined): boolean =>
    [rules?.http, rules?.kafka, rules?.dns, rules?.l7].some(some);
const hasDns = (rules: Layer7 | undefined): boolean => some(rules?.dns);

/** What is asked of each item of toPorts in deny rules, and of those in allow rules too. */
export const PORT_LIST_RULES: readonly AcceptanceRule<PortRule>[] = [
    {
        code: "S05",
        what: `at most ${MAX_ENTRIES} ports in one list`,
        fix: "split it into several items of toPorts, or use endPort",
        source: `${SOURCE} maxPorts; r20-*`,
        check: ({ ports }) =>
            when((ports?.length ?? 0) > MAX_ENTRIES, () => ({
                path: ["ports"],
                message: `${ports?.length} ports; at most ${MAX_ENTRIES} are allowed`,
            })),
    },
];

/** What is asked of each item of toPorts in allow rules. */
export const PORT_RULE_RULES: readonly AcceptanceRule<PortRule>[] = [
    {
        code: "A05",
        what: "DNS rules are for egress",
        fix: "move the rule to egress",
        source: `${SOURCE} PortRule.sanitize; r27-dns-ingress`,
        check: ({ rules }, { ingress }) =>
            when(ingress && hasDns(rules), () => ({
                path: ["rules", "dns"],
                message: "DNS rules stand under ingress",
            })),
    },
    {
        code: "A06",
        until: "1.16",
        what: "policies for nodes have no layer-7 rules",
        fix: "remove `rules`",
        source: `${SOURCE} Rule.Sanitize (host policies do not support L7 rules yet); r28-*`,
        check: ({ rules }, { hostPolicy }) =>
            when(hostPolicy && hasLayer7(rules), () => ({
                path: ["rules"],
                message: "a policy for nodes has layer-7 rules",
            })),
    },
    {
        code: "A06",
        since: "1.17",
        what: "policies for nodes have no layer-7 rules on ingress, and DNS only on egress",
        fix: "remove `rules`",
        source: `${SOURCE} IngressRule.sanitize, EgressRule.sanitize; r28-*`,
        check: ({ rules }, { hostPolicy, ingress }) =>
            when(
                hostPolicy && (ingress ? hasLayer7(rules) : some(rules?.http) || some(rules?.kafka)),
                () => ({
                    path: ["rules"],
                    message: `a policy for nodes has layer-7 rules on ${ingress ? "ingress" : "egress"}`,
                }),
            ),
    },
    {
        code: "L05",
        what: "layer-7 rules other than DNS stand on ports with protocol TCP",
        fix: "write protocol: TCP beside every port",
        source: `${SOURCE} PortRule.sanitize; r29-*`,
        check: ({ ports, rules }) =>
            hasLayer7(rules) && !hasDns(rules)
                ? (ports ?? []).flatMap(({ port, protocol }, index) =>
                      when(normalProtocol(protocol) !== "TCP", () => ({
                          path: protocol === undefined ? ["ports", index] : ["ports", index, "protocol"],
                          message: `port ${quote(port ?? "")} with ${protocol === undefined ? "no protocol, which means ANY," : `protocol ${protocol}`} has layer-7 rules`,
                      })),
                  )
                : [],
    },
    {
        code: "A07",
        what: "layer-7 rules do not stand on port 0",
        fix: "name the port",
        source: `${SOURCE} PortRule.sanitize; r30-*`,
        check: ({ ports, rules }) =>
            hasLayer7(rules)
                ? (ports ?? []).flatMap(({ port }, index) =>
                      when(!isServiceName(port ?? "") && portNumber(port ?? "") === 0, () => ({
                          path: ["ports", index, "port"],
                          message: `port ${quote(port ?? "")}, which means all ports, has layer-7 rules`,
                      })),
                  )
                : [],
    },
    {
        code: "A08",
        what: "DNS rules (until 1.16 all layer-7 rules) do not stand on a range of ports",
        fix: "write an entry for each port",
        source: `${SOURCE} PortProtocol.sanitize; r32-*`,
        check: ({ ports, rules }, { minor }) => {
            const asked = minor === "1.16" ? hasLayer7(rules) : hasDns(rules);
            if (!asked) return [];
            return (ports ?? []).flatMap(({ port = "", endPort = 0 }, index) => {
                const first = isServiceName(port) ? undefined : portNumber(port);
                return when(first !== undefined && endPort > first, () => ({
                    path: ["ports", index, "endPort"],
                    message: `the range ${port} to ${endPort} has ${hasDns(rules) ? "DNS" : "layer-7"} rules`,
                }));
            });
        },
    },
    {
        code: "A09",
        what: "DNS rules stand on a port",
        fix: 'write ports: [{port: "53", protocol: ANY}]',
        source: `${SOURCE} L7Rules.sanitize; r31-dns-noports`,
        check: ({ ports, rules }) =>
            when(hasLayer7(rules) && rules?.dns !== undefined && !some(ports), () => ({
                path: ["rules", "dns"],
                message: "DNS rules without ports",
            })),
    },
    {
        code: "A10",
        what: "serverNames stand beside layer-7 rules only where TLS is terminated",
        fix: "add terminatingTLS, or remove one of the two",
        source: `${SOURCE} PortRule.sanitize; r37-*`,
        check: ({ serverNames, rules, terminatingTLS }) =>
            when(some(serverNames) && hasLayer7(rules) && terminatingTLS === undefined, () => ({
                path: ["serverNames"],
                message: "serverNames and layer-7 rules without terminatingTLS",
            })),
    },
    {
        code: "A11",
        what: "no server name is empty",
        fix: "write a name, or remove the entry",
        source: `${SOURCE} errEmptyServerName; r37-*`,
        check: ({ serverNames }) =>
            (serverNames ?? []).flatMap((name, index) =>
                when(name === "", () => ({
                    path: ["serverNames", index],
                    message: "a server name is empty",
                })),
            ),
    },
    {
        code: "A12",
        what: "a listener stands on egress, without layer-7 rules",
        fix: "remove the listener, or the layer-7 rules",
        source: `${SOURCE} PortRule.sanitize; r38-*`,
        check: ({ listener, rules }, { ingress }) =>
            listener === undefined
                ? []
                : [
                      ...when(ingress, () => ({
                          path: ["listener"],
                          message: "a listener stands under ingress",
                      })),
                      ...when(hasLayer7(rules), () => ({
                          path: ["listener"],
                          message: "a listener stands beside layer-7 rules",
                      })),
                  ],
    },
    {
        code: "S06",
        what: "one item of toPorts has one kind of layer-7 rules",
        why: "An empty list counts as a kind here.",
        fix: "write an item of toPorts for each kind",
        source: `${SOURCE} L7Rules.sanitize; r33-*`,
        check: ({ rules }) => {
            if (rules === undefined || !hasLayer7(rules)) return [];
            const kinds = (["http", "kafka", "dns"] as const).filter((key) => rules[key] !== undefined);
            const all = [...kinds, ...((rules.l7proto ?? "") === "" ? [] : ["l7proto"])];
            return when(all.length > 1, () => ({ path: ["rules"], message: `${list(all)} stand together` }));
        },
    },
];
