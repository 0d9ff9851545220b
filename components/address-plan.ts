import { canonical, contains, formatAddress, overlaps, parseAddress, parseCidr, type Range } from "./cidr";
import { refusal, type SettingProblem } from "./setting-problem";

/** The ranges of a cluster and of what it must not collide with, as written. */
export interface AddressPlan {
    readonly podCidr: string;
    readonly serviceCidr: string;
    readonly dnsServiceIP: string;
    readonly outboundType: string;
    /** Undefined: AKS makes the virtual network. */
    readonly nodeSubnet?: { readonly id: string; readonly cidr: string } | undefined;
    readonly foreignCidrs: readonly string[];
}

interface Named {
    readonly setting: string;
    readonly range: Range;
}

/** Kept by AKS on every cluster; a range that only contains one is refused too (concepts-network-cni-overview.md). */
const RESERVED = ["169.254.0.0/16", "192.0.2.0/24", "172.30.0.0/16", "172.31.0.0/16"].map((text) =>
    parseCidr(text)!,
);

/** Where pods are supported: RFC 1918 and RFC 6598 (concepts-network-azure-cni-overlay.md). */
const PRIVATE = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"].map((text) =>
    parseCidr(text)!,
);

/** The subnet that AKS makes where none is given. Known from its own answers, not from its documents. */
const MANAGED_SUBNET = parseCidr("10.224.0.0/16")!;

/** Outbound types by who owns the virtual network (egress-outboundtype.md). */
const OUTBOUND = {
    managed: ["loadBalancer", "managedNATGateway", "none"],
    own: ["loadBalancer", "userAssignedNATGateway", "userDefinedRouting", "none"],
};

/** Everything that is wrong with the addresses, NET01 to NET09. */
export function addressProblems(plan: AddressPlan): SettingProblem[] {
    const written: [string, string][] = [
        ["podCidr", plan.podCidr],
        ["serviceCidr", plan.serviceCidr],
        ...(plan.nodeSubnet === undefined
            ? []
            : [["nodeSubnet.cidr", plan.nodeSubnet.cidr] as [string, string]]),
        ...plan.foreignCidrs.map((text, index): [string, string] => [`foreignCidrs[${index}]`, text]),
    ];
    const ranges: Named[] = [];
    for (const [setting, text] of written) {
        const range = parseCidr(text);
        if (range !== undefined) ranges.push({ setting, range });
    }
    const own = ranges.filter(({ setting }) => !setting.startsWith("foreignCidrs"));
    return [
        ...written.flatMap(([setting, text]) => spelling(setting, text)),
        ...overlapping(ranges, plan.nodeSubnet === undefined),
        ...own.flatMap(reserved),
        ...shape(ranges),
        ...dnsService(plan),
        ...outbound(plan),
        ...subnetId(plan),
    ];
}

function spelling(setting: string, text: string): SettingProblem[] {
    const range = parseCidr(text);
    if (range === undefined) {
        const fix = /^[\d.]+$/.test(text)
            ? `did you mean ${text}/16 or ${text}/24?`
            : "write it as 192.168.0.0/16";
        return [refusal("NET01", setting, text, "must be an IPv4 range a.b.c.d/n (single stack)", fix)];
    }
    if (canonical(range) === text) return [];
    const rule = `its address has bits set beyond /${range.prefix}: it is unclear which range is meant`;
    return [refusal("NET01", setting, text, rule, `write ${canonical(range)}, or a longer prefix`)];
}

/** Ours against ours and against everything else; two foreign ranges may overlap as they like. */
function overlapping(ranges: readonly Named[], managed: boolean): SettingProblem[] {
    const aks: Named[] = managed ? [{ setting: "the subnet that AKS makes", range: MANAGED_SUBNET }] : [];
    const others = [...ranges, ...aks];
    return others.flatMap((other, index) =>
        others.slice(0, index).flatMap((one) => {
            const bothForeign = [one, other].every(({ setting }) => !/^(pod|service)Cidr$/.test(setting));
            const inVirtualNetwork = one.setting === "nodeSubnet.cidr" || other.setting === "nodeSubnet.cidr";
            if ((bothForeign && !inVirtualNetwork) || !overlaps(one.range, other.range)) return [];
            const rule = `overlaps ${other.setting} ${other.range.text}: traffic to one would end in the other (ARM: NetworkProfileCIDROverlapVNET)`;
            return [
                refusal("NET02", one.setting, one.range.text, rule, "choose ranges that share no address"),
            ];
        }),
    );
}

function reserved({ setting, range }: Named): SettingProblem[] {
    const hit = RESERVED.filter((kept) => overlaps(kept, range)).map(({ text }) => text);
    if (hit.length === 0) return [];
    const rule = `contains addresses that AKS keeps for itself: ${hit.join(", ")}`;
    return [refusal("NET03", setting, range.text, rule, "take a range outside them, e.g. within 10.0.0.0/8")];
}

function shape(ranges: readonly Named[]): SettingProblem[] {
    const problems: SettingProblem[] = [];
    for (const { setting, range } of ranges) {
        if (setting === "serviceCidr" && range.prefix <= 12)
            problems.push(
                refusal(
                    "NET05",
                    setting,
                    range.text,
                    "must be smaller than /12 (AKS)",
                    "a /16 holds 65,536 services",
                ),
            );
        if (setting === "podCidr" && range.prefix > 24) {
            const rule = `has no room for one node: each node takes a /24 of it, however few pods it runs`;
            problems.push(
                refusal("NET06", setting, range.text, rule, "take /24 for one node, /16 for 256 nodes"),
            );
        }
        if (setting === "podCidr" && !PRIVATE.some((block) => contains(block, range))) {
            const rule =
                "is not private: AKS supports pods in RFC 1918 and RFC 6598 (100.64.0.0/10) ranges only";
            problems.push(
                refusal("NET07", setting, range.text, rule, "e.g. 192.168.0.0/16 or 100.64.0.0/16"),
            );
        }
    }
    return problems;
}

function dnsService({ dnsServiceIP, serviceCidr }: AddressPlan): SettingProblem[] {
    const address = parseAddress(dnsServiceIP);
    const services = parseCidr(serviceCidr);
    const suggestion =
        services && `e.g. ${formatAddress(services.first + Math.min(10, services.last - services.first))}`;
    const fix = suggestion ?? "an address inside serviceCidr, by custom its tenth";
    const refuse = (rule: string) => [refusal("NET04", "dnsServiceIP", dnsServiceIP, rule, fix)];
    if (address === undefined) return refuse("must be an IPv4 address a.b.c.d");
    if (services === undefined) return [];
    if (address < services.first || address > services.last)
        return refuse(`is not inside serviceCidr ${serviceCidr}`);
    if (address === services.first)
        return refuse(
            `is the first address of serviceCidr ${serviceCidr}, which belongs to kubernetes.default`,
        );
    return [];
}

function outbound({ outboundType, nodeSubnet }: AddressPlan): SettingProblem[] {
    const allowed = nodeSubnet === undefined ? OUTBOUND.managed : OUTBOUND.own;
    if (allowed.includes(outboundType)) return [];
    const [rule, fix] =
        nodeSubnet === undefined
            ? ["needs a virtual network of your own, prepared for it", "set nodeSubnet, or take loadBalancer"]
            : [
                  "is only for the virtual network that AKS makes",
                  "take userAssignedNATGateway or loadBalancer",
              ];
    return [
        refusal("NET08", "outboundType", outboundType, rule, `${fix}; possible here: ${allowed.join(", ")}`),
    ];
}

const SUBNET_ID =
    /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/Microsoft\.Network\/virtualNetworks\/[^/]+\/subnets\/[^/]+$/i;

function subnetId({ nodeSubnet }: AddressPlan): SettingProblem[] {
    if (nodeSubnet === undefined) return [];
    const refuse = (rule: string, fix: string) => [
        refusal("NET09", "nodeSubnet.id", nodeSubnet.id, rule, fix),
    ];
    if (!SUBNET_ID.test(nodeSubnet.id))
        return refuse(
            "must be the full id of a subnet",
            "az network vnet subnet show --resource-group RG --vnet-name VNET --name SUBNET --query id",
        );
    const long = nodeSubnet.id
        .split("/")
        .filter((part, index) => [4, 8, 10].includes(index) && part.length > 63);
    return long.length === 0
        ? []
        : refuse(
              `names of group, network and subnet have at most 63 characters on an overlay: ${long.join(", ")}`,
              "move to shorter names",
          );
}
