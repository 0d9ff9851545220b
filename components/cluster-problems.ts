import type { Unwrap } from "@pulumi/pulumi";
import { accessProblems } from "./access";
import { addressProblems } from "./address-plan";
import type { AksCiliumClusterArgs } from "./aks-cilium-cluster-args";
import { capacityProblems } from "./capacity";
import { CLUSTER_DEFAULTS } from "./cluster-defaults";
import { poolProblems } from "./pools";
import type { SettingProblem } from "./setting-problem";
import { upkeepProblems } from "./upkeep";
import { versionProblems } from "./versions";

/** {@link AksCiliumClusterArgs} with every leaf known. */
export type PlainClusterArgs = Unwrap<AksCiliumClusterArgs>;

/** The same with every default filled in. */
export type CompleteClusterArgs = PlainClusterArgs &
    Required<Pick<PlainClusterArgs, keyof typeof CLUSTER_DEFAULTS>>;

/** Everything that is wrong with the arguments of a cluster, errors and warnings, in the order of the settings. */
export function clusterProblems(args: PlainClusterArgs): SettingProblem[] {
    const plan = { ...CLUSTER_DEFAULTS, ...given(args) };
    const { systemPool, pools, nodeSubnet } = plan;
    return [
        ...upkeepProblems(plan),
        ...versionProblems(plan),
        ...addressProblems(plan),
        ...capacityProblems({
            ...plan,
            nodeSubnetCidr: nodeSubnet?.cidr,
            pools: {
                systemPool,
                ...Object.fromEntries(Object.entries(pools).map(([name, pool]) => [`pools.${name}`, pool])),
            },
        }),
        ...poolProblems(plan),
        ...accessProblems(plan),
    ];
}

/** Without what is undefined, so that a default can stand behind it. */
function given<T extends object>(args: T): T {
    return Object.fromEntries(Object.entries(args).filter(([, value]) => value !== undefined)) as T;
}
