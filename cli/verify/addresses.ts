import ipaddr from "ipaddr.js";
import { both, count, fail, judge, names, pass, warn, type Check, type Outcome } from "./check";
import type { ClusterFacts, Expectations, Node, NodeNetwork, Pod } from "./cluster-facts";
import type { Look } from "./look";

/** Prefix length of the range that overlay gives each node (aks.md 5). */
const NODE_PREFIX = 24;

/** Whether the pod range landed: addresses of pods and ranges of nodes inside it, nodes outside of it. */
export function addressChecks(facts: ClusterFacts, { podCidr }: Expectations, look: Look): Check[] {
    const range = podCidr === undefined ? undefined : parse(podCidr);
    const expected = podCidr ?? "the pod range";
    const within =
        <T>(decide: (value: T, range: Range) => Outcome) =>
        (value: T): Outcome =>
            range === undefined
                ? {
                      verdict: "unknown",
                      found: "the pod range is not known",
                      advice: "neither Azure nor the stack says it",
                  }
                : decide(value, range);
    return [
        judge(
            {
                id: "addresses.pods",
                title: "addresses of pods",
                expected: `inside ${expected}`,
                look: look.kubectl("get po -A -o wide --field-selector=status.phase=Running"),
            },
            facts.pods,
            within(podOutcome),
        ),
        judge(
            {
                id: "addresses.nodes",
                title: "ranges and addresses of nodes",
                expected: `a /${NODE_PREFIX} of ${expected} for each node, its own address outside`,
                look: look.kubectl(
                    "get nodes -o 'custom-columns=NAME:.metadata.name,RANGE:.spec.podCIDR,ADDRESSES:.status.addresses[*].address'",
                ),
            },
            both(facts.nodes, facts.nodeNetworks),
            within(([nodes, networks], given) => nodeOutcome(nodes, networks, given)),
        ),
    ];
}

type Range = ReturnType<typeof ipaddr.parseCIDR>;

function parse(cidr: string): Range | undefined {
    return ipaddr.isValidCIDR(cidr) ? ipaddr.parseCIDR(cidr) : undefined;
}

function contains(range: Range, address: string): boolean {
    if (!ipaddr.isValid(address)) return false;
    const parsed = ipaddr.parse(address);
    return parsed.kind() === range[0].kind() && parsed.match(range as [ipaddr.IPv4, number]);
}

function podOutcome(pods: readonly Pod[], range: Range): Outcome {
    const addressed = pods.filter(
        ({ spec, status }) => spec.hostNetwork !== true && status.podIP !== undefined,
    );
    const outside = addressed.filter(({ status }) => !contains(range, status.podIP ?? ""));
    if (outside.length > 0)
        return fail(
            `${outside.length} of ${count(addressed.length, "pod")} outside: ${names(
                outside.map(
                    ({ metadata, status }) => `${metadata.namespace}/${metadata.name} ${status.podIP}`,
                ),
                4,
            )}`,
            "these pods are from before the pod range was changed, or their node is of another network: delete them, then replace the node",
        );
    return pass(`${count(addressed.length, "pod")} inside`);
}

function nodeOutcome(nodes: readonly Node[], networks: readonly NodeNetwork[], range: Range): Outcome {
    const ranges = new Map(nodes.map((node) => [node.metadata.name, rangeOf(node, networks)]));
    const known = [...ranges].flatMap(([name, cidr]) => (cidr === undefined ? [] : [{ name, cidr }]));
    const outside = known.filter(({ cidr }) => {
        const parsed = parse(cidr);
        return parsed === undefined || parsed[1] < range[1] || !contains(range, parsed[0].toString());
    });
    const inside = nodes.filter(({ status }) =>
        status.addresses?.some(({ type, address }) => type === "InternalIP" && contains(range, address)),
    );
    const found = [
        ...outside.map(({ name, cidr }) => `${name} has ${cidr}`),
        ...inside.map(({ metadata }) => `${metadata.name}'s own address is inside`),
    ];
    if (found.length > 0)
        return fail(
            names(found),
            "pods there cannot be reached, or policies take them for others: replace the nodes",
        );
    const odd = known.filter(({ cidr }) => !cidr.endsWith(`/${NODE_PREFIX}`));
    if (odd.length > 0)
        return warn(
            names(odd.map(({ name, cidr }) => `${name} has ${cidr}`)),
            "AKS gives each node another size than documented: capacity is not what the settings' check computes",
        );
    if (known.length < nodes.length)
        return warn(
            `no range told for ${names([...ranges].flatMap(([name, cidr]) => (cidr === undefined ? [name] : [])))}`,
            "neither the node nor a NodeNetworkConfig says it: nothing to do while its pods have addresses",
        );
    return pass(names(known.map(({ cidr }) => cidr)));
}

/** NodeNetworkConfig is Azure's word (aks.md 7.3); the node's own field is filled by some versions only. */
function rangeOf({ metadata, spec }: Node, networks: readonly NodeNetwork[]): string | undefined {
    const network = networks.find((each) => each.metadata.name === metadata.name);
    return network?.status?.networkContainers?.[0]?.subnetAddressSpace ?? spec.podCIDR;
}
