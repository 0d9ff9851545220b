import type { ClusterFacts } from "../../model/cluster";
import { contains, parseCidr, type Prefix } from "../../semantics/addresses";
import { blocksOf, ipBlocksOf, type BlockView } from "../advice/addresses";
import { problem } from "../codes/problem";
import type { NetworkPolicyView } from "../network-policy-view";
import type { Direction, RuleView } from "../policy-view";
import { inert, type ClusterProblem } from "./problem";

interface Range {
    readonly name: string;
    readonly prefix: Prefix;
    readonly instead: string;
}

/** L23: blocks over the cluster's own ranges; they never match (facts: aks.md 1.3, cilium-policy.md 3.8). */
export function clusterRanges(rule: RuleView, cluster: ClusterFacts): readonly ClusterProblem[] {
    return blocksOf(rule).flatMap((block) => [...overlaps(block, cluster, rule.direction)]);
}

/** {@link clusterRanges} of a NetworkPolicy's ipBlocks. */
export function networkPolicyRanges(
    policy: NetworkPolicyView,
    cluster: ClusterFacts,
): readonly ClusterProblem[] {
    return ipBlocksOf(policy).flatMap((block) => [
        ...overlaps(block, cluster, block.path[1] === "ingress" ? "ingress" : "egress"),
    ]);
}

function rangesOf(cluster: ClusterFacts, direction: Direction): readonly Range[] {
    const way = direction === "ingress" ? "from" : "to";
    const nodes = `write \`${way}Entities: [host, remote-node]\` in a CiliumNetworkPolicy`;
    const named: [string, string | undefined, string][] = [
        ["pod range", cluster.podCidr, `select the pods with ${way}Endpoints`],
        ["Service range", cluster.serviceCidr, `select the pods behind the Service with ${way}Endpoints`],
        ...(cluster.nodeCidrs ?? []).map((cidr): [string, string, string] => ["node subnet", cidr, nodes]),
    ];
    return named.flatMap(([name, text, instead]) => {
        const prefix = text === undefined ? undefined : parseCidr(text);
        return prefix === undefined ? [] : [{ name, prefix, instead }];
    });
}

function* overlaps(block: BlockView, cluster: ClusterFacts, direction: Direction): Iterable<ClusterProblem> {
    const prefix = parseCidr(block.text);
    // 0.0.0.0/0 means "everything outside" to most; L24 tells where it does not suffice.
    if (prefix === undefined || prefix.bits === 0) return;
    for (const { name, prefix: range, instead } of rangesOf(cluster, direction)) {
        if (contains(range, prefix)) {
            yield inert(
                "L23",
                block.path,
                `${block.text} is in the cluster's ${name} ${range.text}, which CIDR rules never match: this ${block.deny ? "denies" : "allows"} nothing`,
                { fix: instead },
            );
        } else if (contains(prefix, range)) {
            yield problem(
                "L23",
                block.path,
                `${block.text} holds the cluster's ${name} ${range.text}, which CIDR rules never match`,
                { severity: "warning", fix: `if that part is meant too, ${instead}` },
            );
        }
    }
}
