import fc from "fast-check";
import { addressProblems, type AddressPlan } from "../../components/address-plan";
import {
    capacityProblems,
    mostNodes,
    nodesIn,
    surgeNodes,
    type CapacityPlan,
} from "../../components/capacity";
import { canonical, contains, formatAddress, overlaps, parseAddress, parseCidr } from "../../components/cidr";
import { advancedNetworkingProfile, CILIUM_NETWORK, includesTier } from "../../components/network-profile";
import { SUBSCRIPTION } from "./support/recorder";

const PLAN: AddressPlan = {
    podCidr: "192.168.0.0/16",
    serviceCidr: "10.0.0.0/16",
    dnsServiceIP: "10.0.0.10",
    outboundType: "loadBalancer",
    foreignCidrs: [],
};
const SUBNET = `${SUBSCRIPTION}/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/hub/subnets/nodes`;
const codes = (plan: Partial<AddressPlan>) =>
    addressProblems({ ...PLAN, ...plan }).map(({ code, setting }) => `${code} ${setting}`);

const address = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const cidr = fc
    .tuple(address, fc.integer({ min: 0, max: 32 }))
    .map(([from, prefix]) => `${formatAddress(from)}/${prefix}`);

describe("network profile |", () => {
    test("the fixed part is the one combination that enforces policies", () =>
        expect(CILIUM_NETWORK).toEqual({
            networkPlugin: "azure",
            networkPluginMode: "overlay",
            networkDataplane: "cilium",
            networkPolicy: "cilium",
            loadBalancerSku: "standard",
        }));

    test.each([
        ["off", false, false, "None"],
        ["observability", true, false, "None"],
        ["fqdn", true, true, "FQDN"],
        ["l7", true, true, "L7"],
    ] as const)(
        "%s: enabled %s, security %s, policies %s, every field said",
        (tier, enabled, security, policies) =>
            expect(advancedNetworkingProfile(tier)).toEqual({
                enabled,
                observability: { enabled },
                security: { enabled: security, advancedNetworkPolicies: policies },
            }),
    );
});

describe("CIDR maths |", () => {
    test("addresses are read as they are written", () =>
        fc.assert(
            fc.property(address, (number) => expect(parseAddress(formatAddress(number))).toBe(number)),
        ));

    test("a range holds 2^(32 - prefix) addresses, its own among them", () =>
        fc.assert(
            fc.property(address, fc.integer({ min: 0, max: 32 }), (from, prefix) => {
                const range = parseCidr(`${formatAddress(from)}/${prefix}`)!;
                expect(range.last - range.first + 1).toBe(2 ** (32 - prefix));
                expect(range.first <= from && from <= range.last).toBe(true);
                expect(range.first % 2 ** (32 - prefix)).toBe(0);
            }),
        ));

    test("the canonical form names the same range and is its own canonical form", () =>
        fc.assert(
            fc.property(cidr, (text) => {
                const range = parseCidr(text)!;
                const again = parseCidr(canonical(range))!;
                expect([again.first, again.last, canonical(again)]).toEqual([
                    range.first,
                    range.last,
                    canonical(range),
                ]);
            }),
        ));

    test("two ranges overlap exactly when one contains the other", () =>
        fc.assert(
            fc.property(cidr, cidr, (a, b) => {
                const [one, other] = [parseCidr(a)!, parseCidr(b)!];
                expect(overlaps(one, other)).toBe(contains(one, other) || contains(other, one));
                expect(overlaps(one, other)).toBe(overlaps(other, one));
            }),
        ));

    test("both halves of a range are in it and do not overlap", () =>
        fc.assert(
            fc.property(address, fc.integer({ min: 0, max: 31 }), (from, prefix) => {
                const whole = parseCidr(`${formatAddress(from)}/${prefix}`)!;
                const half = 2 ** (31 - prefix);
                const [low, high] = [0, half].map((add) =>
                    parseCidr(`${formatAddress(whole.first + add)}/${prefix + 1}`)!,
                );
                expect(contains(whole, low!) && contains(whole, high!)).toBe(true);
                expect(overlaps(low!, high!)).toBe(false);
            }),
        ));

    test.each([
        "10.0.0.0",
        "10.0.0/8",
        "10.0.0.0/33",
        "10.0.0.0/-1",
        "256.0.0.0/8",
        "fd00::/8",
        "",
        "0x0a.0.0.0/8",
        "10.0.0.0/08x",
        " 10.0.0.0/8",
    ])("%j is no range", (text) => expect(parseCidr(text)).toBeUndefined());
});

describe("address plan |", () => {
    test("the runbook's ranges are good", () => expect(codes({})).toEqual([]));

    test("any two of ours that overlap are reported, any that do not are not", () =>
        fc.assert(
            fc.property(cidr, cidr, (podCidr, serviceCidr) => {
                const [pod, service] = [parseCidr(podCidr)!, parseCidr(serviceCidr)!];
                const found = addressProblems({ ...PLAN, podCidr, serviceCidr }).some(
                    ({ code, rule }) => code === "NET02" && /podCidr|serviceCidr/.test(rule),
                );
                expect(found).toBe(overlaps(pod, service));
            }),
        ));

    test("whatever is written, every problem has a value, a rule and a fix", () =>
        fc.assert(
            fc.property(fc.string(), fc.string(), fc.string(), (podCidr, serviceCidr, dnsServiceIP) => {
                for (const problem of addressProblems({ ...PLAN, podCidr, serviceCidr, dnsServiceIP })) {
                    expect(problem.code).toMatch(/^NET0\d$/);
                    expect(problem.value).toEqual(expect.any(String));
                    expect(problem.rule).not.toBe("");
                    expect(problem.fix).not.toBe("");
                }
            }),
        ));

    test.each([
        ["not a range", { podCidr: "192.168.0.0" }, ["NET01 podCidr"]],
        ["IPv6", { podCidr: "fd00::/64" }, ["NET01 podCidr"]],
        ["host bits", { podCidr: "192.168.1.0/16" }, ["NET01 podCidr"]],
        ["pods in services", { podCidr: "10.0.0.0/16" }, ["NET02 podCidr"]],
        ["pods in a peer", { foreignCidrs: ["192.168.64.0/18"] }, ["NET02 podCidr"]],
        ["two peers alike are theirs to mind", { foreignCidrs: ["10.9.0.0/16", "10.9.0.0/16"] }, []],
        [
            "services in AKS's own subnet",
            { serviceCidr: "10.224.0.0/16", dnsServiceIP: "10.224.0.10" },
            ["NET02 serviceCidr"],
        ],
        ["reserved", { podCidr: "172.30.0.0/16" }, ["NET03 podCidr"]],
        ["contains reserved", { podCidr: "172.16.0.0/12" }, ["NET03 podCidr"]],
        ["DNS outside", { dnsServiceIP: "10.1.0.10" }, ["NET04 dnsServiceIP"]],
        ["DNS is the first address", { dnsServiceIP: "10.0.0.0" }, ["NET04 dnsServiceIP"]],
        ["DNS is no address", { dnsServiceIP: "ten" }, ["NET04 dnsServiceIP"]],
        [
            "services too large",
            { serviceCidr: "10.0.0.0/12", dnsServiceIP: "10.0.0.10" },
            ["NET05 serviceCidr"],
        ],
        ["pods too small", { podCidr: "192.168.0.0/25" }, ["NET06 podCidr"]],
        ["pods public", { podCidr: "20.0.0.0/16" }, ["NET07 podCidr"]],
        ["pods in RFC 6598", { podCidr: "100.64.0.0/16" }, []],
        ["routing without a network", { outboundType: "userDefinedRouting" }, ["NET08 outboundType"]],
        [
            "managed NAT in one's own network",
            { outboundType: "managedNATGateway", nodeSubnet: { id: SUBNET, cidr: "10.240.0.0/16" } },
            ["NET08 outboundType"],
        ],
        [
            "a name instead of an id",
            { nodeSubnet: { id: "nodes", cidr: "10.240.0.0/16" } },
            ["NET09 nodeSubnet.id"],
        ],
        [
            "a long name",
            { nodeSubnet: { id: SUBNET.replace("hub", "h".repeat(64)), cidr: "10.240.0.0/16" } },
            ["NET09 nodeSubnet.id"],
        ],
        ["nodes in pods", { nodeSubnet: { id: SUBNET, cidr: "192.168.8.0/24" } }, ["NET02 podCidr"]],
    ] as [string, Partial<AddressPlan>, string[]][])("%s", (_, plan, expected) =>
        expect(codes(plan)).toEqual(expected),
    );
});

describe("capacity |", () => {
    const PLAN_: CapacityPlan = {
        podCidr: "192.168.0.0/16",
        tier: "standard",
        advancedNetworking: "off",
        pools: { systemPool: { count: 1 } },
    };
    const found = (plan: Partial<CapacityPlan>) =>
        capacityProblems({ ...PLAN_, ...plan }).map(({ code, setting }) => `${code} ${setting}`);

    test.each([
        [16, 256],
        [15, 512],
        [14, 1024],
        [12, 4096],
        [18, 64],
        [20, 16],
        [22, 4],
        [24, 1],
        [25, 0],
    ])("/%i holds %i nodes", (prefix, nodes) => expect(nodesIn(prefix)).toBe(nodes));

    test.each([
        [{ count: 1 }, 1],
        [{ count: 10 }, 1],
        [{ count: 11 }, 2],
        [{ count: 10, maxSurge: "33%" }, 4],
        [{ count: 10, maxSurge: "3" }, 3],
        [{ autoscale: { min: 1, max: 100 } }, 10],
        [{ count: 0 }, 1],
    ])("%j surges by %i", (pool, surge) => expect(surgeNodes(pool)).toBe(surge));

    test("counts the autoscaler's maximum, not its minimum", () => {
        expect(mostNodes({ autoscale: { min: 1, max: 300 } })).toBe(300);
        expect(
            found({ pools: { systemPool: { count: 1 }, "pools.user": { autoscale: { min: 1, max: 231 } } } }),
        ).toEqual(["CAP01 podCidr"]);
    });

    test("the range that is offered is large enough, and the next smaller one is not", () =>
        fc.assert(
            fc.property(fc.integer({ min: 3, max: 900 }), (count) => {
                const pools = { systemPool: { count } };
                const [problem] = capacityProblems({ ...PLAN_, podCidr: "10.0.0.0/24", pools });
                const prefix = Number(/a \/(\d+)/.exec(problem?.fix ?? "")?.[1]);
                expect(found({ podCidr: `10.0.0.0/${prefix}`, pools })).toEqual([]);
                expect(found({ podCidr: `10.0.0.0/${prefix + 1}`, pools })).toEqual(["CAP01 podCidr"]);
            }),
        ));

    test.each([
        [
            "the subnet is full",
            { nodeSubnetCidr: "10.1.0.0/28", pools: { systemPool: { count: 11 } } },
            ["CAP02 nodeSubnet.cidr"],
        ],
        [
            "the subnet has just room",
            { nodeSubnetCidr: "10.1.0.0/28", pools: { systemPool: { count: 10 } } },
            [],
        ],
        [
            "free has 1,000 nodes",
            { podCidr: "10.0.0.0/12", tier: "free", pools: { a: { count: 600 }, b: { count: 600 } } },
            ["CAP03 tier"],
        ],
        ["a pool has 1,000", { podCidr: "10.0.0.0/12", pools: { a: { count: 1001 } } }, ["CAP03 a"]],
        [
            "L7 has 1,000",
            {
                podCidr: "10.0.0.0/12",
                advancedNetworking: "l7",
                pools: { a: { count: 600 }, b: { count: 600 } },
            },
            ["CAP04 advancedNetworking"],
        ],
    ] as [string, Partial<CapacityPlan>, string[]][])("%s", (_, plan, expected) =>
        expect(found(plan)).toEqual(expected),
    );
});

describe("includesTier", () => {
    const tiers = ["off", "observability", "fqdn", "l7"] as const;

    test.each(tiers.flatMap((has, at) => tiers.map((needs, wanted) => [has, needs, at >= wanted] as const)))(
        "a cluster at %s has what %s stands for: %s",
        (has, needs, expected) => expect(includesTier(advancedNetworkingProfile(has), needs)).toBe(expected),
    );

    test("a cluster where ACNS was never on has none", () => {
        expect(tiers.filter((tier) => includesTier(undefined, tier))).toEqual(["off"]);
        expect(includesTier({ enabled: true }, "observability")).toBe(true);
        expect(includesTier({ enabled: true }, "fqdn")).toBe(false);
    });
});
