import { POOL_KEY_LENGTH } from "./pool-name";
import { refusal, remark, type SettingProblem } from "./setting-problem";

/** A pool with its leaves known. */
export interface PlainPool {
    readonly name?: string | undefined;
    readonly vmSize: string;
    readonly mode?: string | undefined;
    readonly count?: number | undefined;
    readonly autoscale?: { readonly min: number; readonly max: number } | undefined;
    readonly zones?: readonly string[] | undefined;
    readonly taints?: readonly string[] | undefined;
    readonly labels?: Readonly<Record<string, string>> | undefined;
    readonly maxPods?: number | undefined;
    readonly maxSurge?: string | undefined;
    readonly osSku?: string | undefined;
    readonly osDiskType?: string | undefined;
    readonly osDiskSizeGB?: number | undefined;
}

/** The System pool of the cluster, and the others by name. */
export interface PoolPlan {
    readonly systemPool: PlainPool;
    readonly pools: Readonly<Record<string, PlainPool>>;
    /** Sizes for trials only are errors. */
    readonly production: boolean;
}

/** Everything that is wrong with the pools, POOL01 to POOL09. */
export function poolProblems({ systemPool, pools, production }: PoolPlan): SettingProblem[] {
    const name = systemPool.name;
    return [
        ...(name === undefined || /^[a-z][a-z0-9]{0,11}$/.test(name)
            ? []
            : [poolName("systemPool.name", name, 12)]),
        ...everyPool("systemPool", systemPool, true),
        ...systemSize("systemPool", systemPool, production),
        ...Object.entries(pools).flatMap(([key, pool]) => [
            ...(new RegExp(`^[a-z][a-z0-9]{0,${POOL_KEY_LENGTH - 1}}$`).test(key)
                ? []
                : [poolName(`pools.${key}`, key, POOL_KEY_LENGTH)]),
            ...everyPool(`pools.${key}`, pool, pool.mode === "System"),
            ...(pool.mode === "System" ? systemSize(`pools.${key}`, pool, production) : []),
        ]),
    ];
}

function poolName(setting: string, name: string, length: number): SettingProblem {
    const rule = `a pool is named with 1 to ${length} lower case letters and digits, a letter first`;
    const short = name
        .toLowerCase()
        .replace(/[^a-z0-9]/g, "")
        .replace(/^\d+/, "")
        .slice(0, length);
    const because =
        length === POOL_KEY_LENGTH
            ? " (AKS takes 12; four are a suffix that changes when the pool must be a new one)"
            : "";
    return refusal("POOL01", setting, name, rule + because, short === "" ? "e.g. user" : `e.g. ${short}`);
}

function everyPool(setting: string, pool: PlainPool, system: boolean): SettingProblem[] {
    return [
        ...size(setting, pool),
        ...nodes(setting, pool, system),
        ...maxPods(setting, pool, system),
        ...operatingSystem(setting, pool),
        ...spelling(setting, pool),
    ];
}

function size(setting: string, { vmSize }: PlainPool): SettingProblem[] {
    if (/^Standard_[A-Za-z0-9_-]+$/.test(vmSize)) return [];
    const fix = `e.g. Standard_D4s_v5; az vm list-sizes --location LOCATION lists them`;
    return [
        refusal("POOL02", `${setting}.vmSize`, vmSize, "must be the name of an Azure size, Standard_…", fix),
    ];
}

function nodes(setting: string, { count, autoscale }: PlainPool, system: boolean): SettingProblem[] {
    const least = system ? 1 : 0;
    const isCount = (value: number) => Number.isInteger(value) && value >= least && value <= 1000;
    const range = `must be a whole number from ${least} to 1000${system ? " (a System pool keeps one node)" : ""}`;
    const problems: SettingProblem[] = [];
    if (count !== undefined && autoscale !== undefined)
        problems.push(
            refusal(
                "POOL03",
                `${setting}.count`,
                count,
                "a pool has a fixed count or an autoscaler, not both",
                "remove count, or remove autoscale",
            ),
        );
    if (count !== undefined && !isCount(count))
        problems.push(refusal("POOL03", `${setting}.count`, count, range, `${least} or more`));
    if (autoscale === undefined) return problems;
    for (const bound of ["min", "max"] as const)
        if (!isCount(autoscale[bound]))
            problems.push(
                refusal(
                    "POOL03",
                    `${setting}.autoscale.${bound}`,
                    autoscale[bound],
                    range,
                    `${least} or more`,
                ),
            );
    if (autoscale.min > autoscale.max)
        problems.push(
            refusal(
                "POOL03",
                `${setting}.autoscale`,
                autoscale,
                "min is above max",
                `min ${autoscale.max}, max ${autoscale.min}?`,
            ),
        );
    return problems;
}

/** 10 to 250 a node (overlay), and 30 pods in a System pool altogether (concepts-network-ip-address-planning.md). */
function maxPods(setting: string, pool: PlainPool, system: boolean): SettingProblem[] {
    const { maxPods: most } = pool;
    if (most === undefined) return [];
    if (!Number.isInteger(most) || most < 10 || most > 250)
        return [
            refusal(
                "POOL04",
                `${setting}.maxPods`,
                most,
                "must be 10 to 250 on an overlay",
                "leave it out for 250",
            ),
        ];
    const least = pool.autoscale?.min ?? pool.count ?? 1;
    if (!system || most * least >= 30) return [];
    const rule = `a System pool needs room for 30 pods; ${least} nodes of ${most} have ${most * least}`;
    return [refusal("POOL04", `${setting}.maxPods`, most, rule, "30 or more, or leave it out for 250")];
}

function operatingSystem(setting: string, { osSku }: PlainPool): SettingProblem[] {
    if (osSku === undefined || !/^windows/i.test(osSku)) return [];
    const rule =
        "Cilium's data plane is Linux only: there are no Windows pools on this cluster (azure-cni-powered-by-cilium.md)";
    return [
        refusal(
            "POOL05",
            `${setting}.osSku`,
            osSku,
            rule,
            "Ubuntu or AzureLinux; Windows needs another cluster",
        ),
    ];
}

/**
 * AKS: no burstable sizes, 2 vCPU and 4 GB at least (use-system-pools.md); the Cilium agents have no limits of their own
 * and nodes of less than 4 vCPU were reported to lose them (AKS#5244).
 */
function systemSize(setting: string, { vmSize }: PlainPool, production: boolean): SettingProblem[] {
    const parts = /^Standard_([A-Z]+)(\d+)/i.exec(vmSize);
    if (parts === null) return [];
    const burstable = parts[1]!.toUpperCase().startsWith("B");
    const cores = Number(parts[2]);
    if (!burstable && cores >= 4) return [];
    const say = production ? refusal : remark;
    const rule = burstable
        ? "burstable sizes (B) are not for System pools: when the credits are gone, so are DNS and the Cilium agents' time"
        : `${cores} vCPU are little for what AKS, Cilium and DNS need on a System pool`;
    return [
        say(
            "POOL06",
            `${setting}.vmSize`,
            vmSize,
            rule,
            "Standard_D4s_v5 or larger; for a trial set production: false",
        ),
    ];
}

const ZONES = ["1", "2", "3"];

function spelling(setting: string, pool: PlainPool): SettingProblem[] {
    const problems: SettingProblem[] = [];
    for (const zone of pool.zones ?? [])
        if (!ZONES.includes(zone))
            problems.push(
                refusal("POOL07", `${setting}.zones`, zone, "zones are 1, 2 and 3", `["1", "2", "3"]`),
            );
    for (const taint of pool.taints ?? [])
        if (!/^[^=:]+(=[^:]*)?:(NoSchedule|PreferNoSchedule|NoExecute)$/.test(taint))
            problems.push(
                refusal(
                    "POOL08",
                    `${setting}.taints`,
                    taint,
                    "must be key=value:Effect with NoSchedule, PreferNoSchedule or NoExecute",
                    "e.g. CriticalAddonsOnly=true:NoSchedule",
                ),
            );
    for (const label of Object.keys(pool.labels ?? {}))
        if (/^(kubernetes\.azure\.com|([a-z0-9.-]*\.)?(k8s|kubernetes)\.io)\//.test(label))
            problems.push(
                refusal(
                    "POOL08",
                    `${setting}.labels`,
                    label,
                    "prefixes of Kubernetes and AKS are theirs",
                    "use a prefix of your own",
                ),
            );
    if (pool.maxSurge !== undefined && !/^([1-9]\d*|[1-9]\d?%|100%)$/.test(pool.maxSurge))
        problems.push(
            refusal(
                "POOL09",
                `${setting}.maxSurge`,
                pool.maxSurge,
                "must be a number of nodes or a percentage up to 100%",
                `"1" or "33%"`,
            ),
        );
    if (pool.osDiskSizeGB !== undefined && !(pool.osDiskSizeGB >= 30 && pool.osDiskSizeGB <= 2048))
        problems.push(
            refusal(
                "POOL09",
                `${setting}.osDiskSizeGB`,
                pool.osDiskSizeGB,
                "must be 30 to 2048 (GiB)",
                "128",
            ),
        );
    return problems;
}
