import type { Path } from "../../manifest/document";
import type { ClusterFacts } from "../../model/cluster";
import { parseCidr } from "../../semantics/addresses";
import { blocksOf, ipBlocksOf } from "../advice/addresses";
import { problem } from "../codes/problem";
import type { Problem } from "../finding";
import type { NetworkPolicyView } from "../network-policy-view";
import type { RuleView } from "../policy-view";

/** C06: IPv6 blocks on a cluster that has IPv4 only. */
export function ipv6(rule: RuleView, cluster: ClusterFacts): readonly Problem[] {
    return blocksOf(rule).flatMap((block) => [...ipv6Block(block.text, block.path, cluster)]);
}

/** {@link ipv6} of a NetworkPolicy's ipBlocks. */
export function networkPolicyIpv6(policy: NetworkPolicyView, cluster: ClusterFacts): readonly Problem[] {
    return ipBlocksOf(policy).flatMap((block) => [...ipv6Block(block.text, block.path, cluster)]);
}

function* ipv6Block(text: string, path: Path, cluster: ClusterFacts): Iterable<Problem> {
    if (cluster.dualStack === true || parseCidr(text)?.family !== 6) return;
    yield problem("C06", path, `${text} is IPv6; this cluster has IPv4 only, so it matches nothing`);
}
