import { parseCidr } from "./cidr";
import { refusal, remark, type SettingProblem } from "./setting-problem";

/** How many nodes a pool may come to. */
export interface PoolSize {
    readonly count?: number | undefined;
    readonly autoscale?: { readonly min: number; readonly max: number } | undefined;
    readonly maxSurge?: string | undefined;
}

/** What limits the number of nodes. */
export interface CapacityPlan {
    readonly podCidr: string;
    readonly nodeSubnetCidr?: string | undefined;
    readonly tier: string;
    readonly advancedNetworking: string;
    /** By the name of the setting, e.g. `systemPool`, `pools.user`. */
    readonly pools: Readonly<Record<string, PoolSize>>;
}

/** Azure takes these of every subnet (concepts-network-ip-address-planning.md). */
const SUBNET_RESERVED = 5;

/** Nodes by tier of the control plane (free-standard-pricing-tiers.md), and of one pool. */
const TIER_NODES = { free: 1000, standard: 5000, premium: 5000 } as const;
const POOL_NODES = 1000;

/** L7 policies: 1,000 nodes or 40,000 pods (container-network-security-l7-policy-concepts.md). */
const L7_NODES = 1000;

/** Most nodes of the pool without surge. */
export function mostNodes(pool: PoolSize): number {
    return pool.autoscale?.max ?? pool.count ?? 1;
}

/**
 * Nodes that come on top while the pool is upgraded. ARM's own arithmetic is not published; of its two known readings
 * (a percentage rounded up, at least one more: AKS-Construction#701, AKS#4467) this is the stricter.
 */
export function surgeNodes(pool: PoolSize): number {
    const surge = /^(\d+)(%?)$/.exec(pool.maxSurge ?? "10%");
    if (surge === null) return 1;
    const share = Number(surge[1]);
    return Math.max(1, surge[2] === "%" ? Math.ceil((mostNodes(pool) * share) / 100) : share);
}

/** Nodes that a pod range has room for: a /24 each, fixed (concepts-network-azure-cni-overlay.md). */
export function nodesIn(prefix: number): number {
    return prefix > 24 ? 0 : 2 ** (24 - prefix);
}

/** What does not fit, CAP01 to CAP04. */
export function capacityProblems(plan: CapacityPlan): SettingProblem[] {
    const pools = Object.entries(plan.pools);
    const wanted = pools.reduce((sum, [, pool]) => sum + mostNodes(pool) + surgeNodes(pool), 0);
    const sums = pools.map(([name, pool]) => `${name} ${mostNodes(pool)}+${surgeNodes(pool)}`).join(", ");
    return [
        ...podRange(plan.podCidr, wanted, sums),
        ...nodeSubnet(plan.nodeSubnetCidr, wanted, sums),
        ...limits(plan, pools),
    ];
}

function podRange(podCidr: string, wanted: number, sums: string): SettingProblem[] {
    const range = parseCidr(podCidr);
    // Longer than /24 is NET06's to say.
    if (range === undefined || range.prefix > 24 || wanted <= nodesIn(range.prefix)) return [];
    const rule = `has room for ${nodesIn(range.prefix)} nodes (a /24 each); the pools with surge come to ${wanted} (${sums}), and AKS counts the most before it makes anything (InsufficientSubnetSize)`;
    const prefix = 24 - Math.ceil(Math.log2(wanted));
    const fix =
        prefix < 1
            ? "fewer nodes"
            : `a /${prefix}, or fewer nodes. An existing cluster's range only grows to a superset: docs/replacing.md`;
    return [refusal("CAP01", "podCidr", podCidr, rule, fix)];
}

function nodeSubnet(cidr: string | undefined, wanted: number, sums: string): SettingProblem[] {
    const range = cidr === undefined ? undefined : parseCidr(cidr);
    if (range === undefined) return [];
    const room = Math.max(0, range.last - range.first + 1 - SUBNET_RESERVED);
    if (wanted <= room) return [];
    const rule = `has ${room} addresses left after Azure's ${SUBNET_RESERVED}; the pools with surge come to ${wanted} nodes (${sums})`;
    return [refusal("CAP02", "nodeSubnet.cidr", cidr, rule, "a larger subnet, or fewer nodes")];
}

function limits(plan: CapacityPlan, pools: [string, PoolSize][]): SettingProblem[] {
    const problems: SettingProblem[] = [];
    const total = pools.reduce((sum, [, pool]) => sum + mostNodes(pool), 0);
    const most = TIER_NODES[plan.tier as keyof typeof TIER_NODES];
    if (most !== undefined && total > most)
        problems.push(
            refusal(
                "CAP03",
                "tier",
                plan.tier,
                `holds at most ${most} nodes; the pools come to ${total}`,
                plan.tier === "free" ? "tier standard holds 5,000" : "a second cluster",
            ),
        );
    for (const [name, pool] of pools)
        if (mostNodes(pool) > POOL_NODES)
            problems.push(
                refusal(
                    "CAP03",
                    name,
                    mostNodes(pool),
                    `a pool holds at most ${POOL_NODES} nodes`,
                    "split it in two pools",
                ),
            );
    if (plan.advancedNetworking === "l7" && total > L7_NODES)
        problems.push(
            remark(
                "CAP04",
                "advancedNetworking",
                "l7",
                `L7 policies are supported up to ${L7_NODES} nodes or 40,000 pods; the pools come to ${total}`,
                "tier fqdn, or fewer nodes",
            ),
        );
    return problems;
}
