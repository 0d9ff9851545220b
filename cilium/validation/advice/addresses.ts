import type { Path } from "../../manifest/document";
import { covers, parseAddress, parseCidr, type Prefix } from "../../semantics/addresses";
import { problem } from "../codes/problem";
import { atLeast, type CheckContext } from "../context";
import type { Problem } from "../finding";
import type { NetworkPolicyView } from "../network-policy-view";
import {
    list,
    namedPeers,
    objects,
    rulesOf,
    string,
    strings,
    type PolicyView,
    type RuleView,
} from "../policy-view";

/** One CIDR block in a policy of any kind. */
export interface BlockView {
    readonly path: Path;
    readonly text: string;
    readonly except: readonly (readonly [string, Path])[];
    readonly deny: boolean;
}

/** Blocks of `fromCIDR`, `toCIDR`, `fromCIDRSet` and `toCIDRSet`. */
export function blocksOf(rule: RuleView): readonly BlockView[] {
    const [plain, set] = rule.direction === "ingress" ? ["fromCIDR", "fromCIDRSet"] : ["toCIDR", "toCIDRSet"];
    const { deny } = rule;
    return [
        ...strings(rule.value[plain]).map(([text, index]) => ({
            path: [...rule.path, plain, index],
            text,
            except: [],
            deny,
        })),
        ...objects(rule.value[set]).flatMap(([entry, index]) => {
            const text = string(entry["cidr"]);
            const path = [...rule.path, set, index];
            const except = strings(entry["except"]).map(
                ([each, at]) => [each, [...path, "except", at]] as const,
            );
            return text === undefined ? [] : [{ path: [...path, "cidr"], text, except, deny }];
        }),
    ];
}

/** Blocks of a NetworkPolicy's `ipBlock` peers. */
export function ipBlocksOf(policy: NetworkPolicyView): readonly BlockView[] {
    return policy.rules.flatMap((rule) =>
        rule.peers.flatMap(({ value, path }) => {
            const block = objects([value["ipBlock"] ?? null])[0]?.[0];
            const text = string(block?.["cidr"]);
            if (text === undefined) return [];
            const at = [...path, "ipBlock"];
            const except = strings(block?.["except"]).map(
                ([each, index]) => [each, [...at, "except", index]] as const,
            );
            return [{ path: [...at, "cidr"], text, except, deny: false }];
        }),
    );
}

/** L16 and L24 of a Cilium policy. */
export function adviseAddresses(policy: PolicyView, context: CheckContext): readonly Problem[] {
    return rulesOf(policy).flatMap((rule) => [
        ...blocksOf(rule).flatMap((block) => [...oneBlock(block, context, withPorts(rule))]),
        ...onlyTheInternet(rule),
    ]);
}

/** L16 of one block, in a policy of any kind. */
export function* oneBlock(block: BlockView, context: CheckContext, ports: boolean): Iterable<Problem> {
    const cidr = parseCidr(block.text);
    if (cidr === undefined) return;
    yield* hostBits(block.text, cidr, block.path);
    const excepted: Prefix[] = [];
    for (const [text, path] of block.except) {
        const except = parseCidr(text);
        if (except === undefined) continue;
        excepted.push(except);
        yield* hostBits(text, except, path);
    }
    if (excepted.length === 0 || !covers(excepted, cidr)) return;
    const open = !atLeast(context.minor, "1.17") && ports;
    const place = block.except[0]?.[1] ?? block.path;
    yield problem(
        "L16",
        place,
        open
            ? `the exceptions take all of ${block.text} away, and on Cilium ${context.minor} that ${block.deny ? "denies" : "opens"} the ports to everyone`
            : `the exceptions take all of ${block.text} away: this entry matches nothing`,
    );
}

function* hostBits(text: string, prefix: Prefix, path: Path): Iterable<Problem> {
    const address = text.split("/")[0] ?? "";
    if (parseAddress(address)?.value === prefix.address) return;
    yield problem("L16", path, `${text} is read as ${prefix.text}`, {
        severity: "warning",
        why: "Cilium masks the address to its prefix length without a word.",
        fix: `write ${prefix.text}, or ${address}/${prefix.family === 4 ? 32 : 128} if one address is meant`,
    });
}

function withPorts(rule: RuleView): boolean {
    return list(rule.value["toPorts"]).length > 0 || list(rule.value["icmps"]).length > 0;
}

/** L24 where 0.0.0.0/0 is all that a policy allows in a direction: then its author took it for everything. */
function* onlyTheInternet(rule: RuleView): Iterable<Problem> {
    if (rule.deny || withPorts(rule)) return;
    const everything = blocksOf(rule).find(({ text }) => /^(0\.0\.0\.0|::)\/0$/.test(text));
    if (everything === undefined) return;
    const others = rule.spec.rules.filter((other) => other.direction === rule.direction && !other.deny);
    const inside = others.some(
        (other) =>
            namedPeers(other).some((key) => !/CIDR|FQDN/.test(key)) ||
            (namedPeers(other).length === 0 && withPorts(other)),
    );
    if (inside) return;
    const towards = rule.direction === "ingress" ? "from" : "to";
    yield problem(
        "L24",
        everything.path,
        `${everything.text} is everything outside the cluster; this policy allows nothing ${towards} pods, nodes and Services of the cluster`,
    );
}
