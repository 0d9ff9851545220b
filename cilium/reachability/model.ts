import { parseAddress, parsePrefix, type Address } from "../semantics/addresses";
import { HOST, labelSelector, lookup, type PeerSelector } from "../semantics/selectors";
import type { Direction, PortSpec } from "../semantics/rules";
import { hasBit, members } from "./bitset";
import { foldIdentities, type Classes } from "./classes";
import { buildIdentities, OTHER_NAMES, type Identities, type Identity } from "./identities";
import { compilePolicy, type Policy } from "./policies";
import { PortVerdictsTable } from "./port-verdicts";
import { SelectorIndex } from "./selector-index";
import { balancedPorts, type BalancedPorts } from "./services";
import { PeerTables, type PeerTable } from "./tables";
import { translate, type Admission, type Translation } from "./translate";
import type { Endpoint, Peer, PortRange, ReachabilityInput } from "./types";

/** One end of a flow, resolved. */
export interface End {
    /** Number of the class. */
    readonly index: number;
    /** Whether policies apply to this end. */
    readonly policed: boolean;
}

/** A built model: classes, the policy of each, and their verdicts on demand. Immutable to the outside. */
export class Model {
    readonly translation: Translation;
    readonly identities: Identities;
    readonly classes: Classes;
    readonly verdicts = new PortVerdictsTable();
    readonly tables: PeerTables;
    readonly selection: SelectorIndex;
    /** Per class, ports that Services of type LoadBalancer or NodePort bring in with a node's address. */
    readonly balanced: readonly (BalancedPorts | undefined)[];
    readonly host: number;
    readonly remote: number;
    readonly world: number;
    private readonly policies: Record<Direction, (Policy | undefined)[]> = { ingress: [], egress: [] };
    private readonly tablesByClass: Record<Direction, (PeerTable | undefined)[]> = {
        ingress: [],
        egress: [],
    };
    private readonly policed: readonly boolean[];
    private readonly ruleNumbers: Record<Direction, readonly (readonly number[])[]>;
    private readonly interned = new Map<string, Policy>();
    private readonly clusterPorts: ReadonlyMap<string, number>;
    private readonly ends = {
        endpoint: new Map<string, End>(),
        reserved: new Map<string, End>(),
        address: new Map<string, End>(),
        fqdn: new Map<string, End>(),
    };

    constructor(
        readonly input: ReachabilityInput,
        admit: Admission,
    ) {
        const mode = input.mode ?? "product";
        const dualStack = input.cluster.dualStack ?? false;
        this.translation = translate(input, admit);
        this.identities = buildIdentities(input.endpoints, {
            minor: input.minor,
            dualStack,
            mode,
            kubeApiserver: input.kubeApiserver,
            resolvedNames: input.resolvedNames ?? {},
            prefixes: this.translation.prefixes,
            names: this.translation.names,
            askedNames: input.askedNames,
        });
        const mirrored = dualStack && (input.minor === "1.16" || input.minor === "1.17");
        const mirror = mirrored
            ? ["world", "world-ipv6"].flatMap((name) => this.identities.ofReserved(name) ?? [])
            : [];
        const balanced = mode === "product" ? balancedPorts(input.services) : (): undefined => undefined;
        const names = namesOnIngress(this.translation);
        const selectors = new Map(this.translation.selectors);
        selectors.set(HOST.text, HOST);
        for (const { requires } of this.translation.rules) {
            for (const requirement of requires) {
                const selector = labelSelector([requirement]);
                selectors.set(selector.text, selector);
            }
        }
        this.selection = new SelectorIndex(this.identities.list, selectors.values(), mirror);
        this.classes = foldIdentities(this.identities, selectors.values(), this.selection, (identity) =>
            [
                identity.hostNetwork,
                ...Object.values(enforcement(identity)),
                ...names.map((name) => ownPort(identity, name)),
                balanced(identity)?.text,
            ].join(" "),
        );
        const identityOf = (index: number): Identity =>
            this.identities.list[this.classes.representative[index]!]!;
        this.balanced = this.classes.list.map((_, index) => balanced(identityOf(index)));
        this.policed = this.classes.list.map(
            (item, index) => item.members.length > 0 && !identityOf(index).hostNetwork,
        );
        const reserved = (name: string): number =>
            this.classes.ofIdentity[this.identities.ofReserved(name) ?? 0]!;
        this.host = reserved("host");
        this.remote = reserved("remote-node");
        this.world = reserved("world");
        const placed = this.classes.list.flatMap((_, index) =>
            identityOf(index).hostNetwork ? [index] : [],
        );
        this.tables = new PeerTables(this.classes, this.selection, this.verdicts, input.minor, placed, {
            host: this.host,
            remote: this.remote,
        });
        this.ruleNumbers = this.selectSubjects();
        this.clusterPorts = portsOfCluster(input.endpoints);
    }

    isPoliced(index: number): boolean {
        return this.policed[index]!;
    }

    identityOf(index: number): Identity {
        return this.identities.list[this.classes.representative[index]!]!;
    }

    /** The compiled policy of a class. Classes that the same rules select share one. */
    policyOf(index: number, direction: Direction): Policy {
        const known = this.policies[direction][index];
        if (known !== undefined) return known;
        const identity = this.identityOf(index);
        const { host, init } = enforcement(identity);
        const numbers = host ? [] : this.ruleNumbers[direction][index]!;
        const named =
            direction === "ingress" && numbers.some((number) => usesNames(this.translation.rules[number]!));
        const ports = named ? identity.endpoints[0]?.namedPorts : undefined;
        const key = `${direction} ${host} ${init} ${numbers.join(",")} ${JSON.stringify(ports ?? "")}`;
        let policy = this.interned.get(key);
        if (policy === undefined) {
            policy = compilePolicy(numbers, direction, {
                minor: this.input.minor,
                rules: this.translation.rules,
                number: (selector: PeerSelector) => this.tables.number(selector),
                resolve: (name, protocol) =>
                    direction === "egress"
                        ? (this.clusterPorts.get(`${name}/${protocol}`) ?? 0)
                        : resolveOwn(identity.endpoints[0], name, protocol),
                init: init && !host,
                selectsHost: (selector) =>
                    hasBit(this.selection.select(selector).must, this.identities.ofReserved("host") ?? 0),
            });
            this.interned.set(key, policy);
        }
        this.policies[direction][index] = policy;
        return policy;
    }

    /** L7 rules of either direction that Cilium cannot merge: the policy of the endpoint cannot be computed then. */
    conflictOf(index: number): string | undefined {
        return this.policyOf(index, "ingress").conflict ?? this.policyOf(index, "egress").conflict;
    }

    /** The verdicts of a class towards every class of peers. */
    table(index: number, direction: Direction): PeerTable {
        const known = this.tablesByClass[direction][index];
        if (known !== undefined) return known;
        const conflict = this.conflictOf(index) !== undefined;
        const table = conflict ? this.tables.conflicting() : this.tables.of(this.policyOf(index, direction));
        this.tablesByClass[direction][index] = table;
        return table;
    }

    /** Ports of a range where any policy's verdict may differ from the port before. */
    boundaries(protocol: number, { from, to }: PortRange): readonly number[] {
        const cuts = new Set([from]);
        const add = (port: number): void => {
            if (from < port && port <= to) cuts.add(port);
        };
        this.classes.list.forEach((_, index) => {
            if (!this.isPoliced(index)) return;
            for (const direction of ["ingress", "egress"] as const) {
                for (const entry of this.policyOf(index, direction).entries) {
                    if (entry.protocol !== protocol) continue;
                    add(entry.from);
                    add(entry.to + 1);
                }
            }
            for (const port of this.balanced[index]?.ports.get(protocol) ?? []) {
                add(port);
                add(port + 1);
            }
        });
        return [...cuts].sort((a, b) => a - b);
    }

    /** @returns undefined for an endpoint or address that the model does not know */
    resolve(peer: Peer): End | undefined {
        if ("endpoint" in peer)
            return remember(this.ends.endpoint, peer.endpoint, (id) => this.endpointEnd(id));
        if ("reserved" in peer)
            return remember(this.ends.reserved, peer.reserved, (name) => this.reservedEnd(name));
        if ("address" in peer)
            return remember(this.ends.address, peer.address, (text) => this.addressEnd(text));
        return remember(this.ends.fqdn, peer.fqdn, (name) => this.nameEnd(name));
    }

    /**
     * Every class that a peer may fall into: one, except for a range of addresses that rules cut into parts.
     * @returns undefined for a peer that the model does not know
     */
    resolveAll(peer: Peer): readonly End[] | undefined {
        const range = "address" in peer && peer.address.includes("/") ? parsePrefix(peer.address) : undefined;
        if (range === undefined) {
            const end = this.resolve(peer);
            return end === undefined ? undefined : [end];
        }
        const ends = this.identities.addressesIn(range).map((address) => this.addressClass(address));
        return [...new Map(ends.map((end) => [`${end.index} ${end.policed}`, end])).values()];
    }

    private endpointEnd(id: string): End | undefined {
        const identity = this.identities.byEndpoint.get(id);
        if (identity === undefined) return undefined;
        const index = this.classes.ofIdentity[identity]!;
        return { index, policed: this.isPoliced(index) };
    }

    /** A reserved name is the identity as a peer; the endpoint of that name, if declared, has the policy. */
    private reservedEnd(name: string): End | undefined {
        const identity = this.identities.ofReserved(name);
        if (identity === undefined) return undefined;
        const index = this.classes.ofIdentity[identity]!;
        return { index, policed: this.input.mode !== "engine" && this.isPoliced(index) };
    }

    private addressEnd(text: string): End | undefined {
        const address = parseAddress(text.replace(/\/\d+$/, ""));
        if (address === undefined) return undefined;
        return this.addressClass(address);
    }

    /** The address of an endpoint is that endpoint. */
    private addressClass(address: Address): End {
        const endpoint = this.input.endpoints.find(({ ip }) => ip !== undefined && sameAddress(ip, address));
        const own = endpoint === undefined ? undefined : this.endpointEnd(endpoint.id);
        return own ?? { index: this.classes.ofIdentity[this.identities.ofAddress(address)]!, policed: false };
    }

    /** A name that no selector mentions is some address in world. */
    private nameEnd(name: string): End | undefined {
        const identity = this.identities.ofName(name) ?? this.identities.ofName(OTHER_NAMES);
        return identity === undefined
            ? undefined
            : { index: this.classes.ofIdentity[identity]!, policed: false };
    }

    /** Numbers of the rules that select each class, by direction, in document order. */
    private selectSubjects(): Record<Direction, readonly (readonly number[])[]> {
        const found: Record<Direction, number[][]> = {
            ingress: this.classes.list.map(() => []),
            egress: this.classes.list.map(() => []),
        };
        const subjects = new Map<string, readonly number[]>();
        this.translation.rules.forEach((rule, number) => {
            let classes = subjects.get(rule.subject.text);
            if (classes === undefined) {
                classes = members(this.selection.select(rule.subject).must).flatMap((identity) => {
                    const index = this.classes.ofIdentity[identity]!;
                    return this.classes.representative[index] === identity && this.isPoliced(index)
                        ? [index]
                        : [];
                });
                subjects.set(rule.subject.text, classes);
            }
            for (const index of classes) found[rule.direction][index]!.push(number);
        });
        return found;
    }
}

function remember(
    known: Map<string, End>,
    key: string,
    find: (key: string) => End | undefined,
): End | undefined {
    let end = known.get(key);
    if (end === undefined && (end = find(key)) !== undefined) known.set(key, end);
    return end;
}

function sameAddress(text: string, { family, value }: Address): boolean {
    const own = parseAddress(text);
    return own?.family === family && own.value === value;
}

/**
 * Labels that decide whether policies are enforced at all. Cilium looks for the bare keys `host` and `init` in any
 * source, so a pod label of that name works as the reserved one: `host` switches all policies off (the host firewall is
 * off on AKS), `init` switches default deny on. Source: `repository.go` computePolicyEnforcementAndRules; executed.
 */
function enforcement({ labels }: Identity): { host: boolean; init: boolean } {
    const has = (key: string): boolean => lookup(labels, "any", key) !== undefined;
    return { host: has("host"), init: has("init") };
}

function usesNames(rule: Translation["rules"][number]): boolean {
    return rule.ports !== "all" && rule.ports.some(({ name }) => name !== undefined);
}

/** Port names that ingress rules use: pods that differ in one of them are not alike. */
function namesOnIngress(translation: Translation): string[] {
    const names = new Set<string>();
    for (const rule of translation.rules) {
        if (rule.direction !== "ingress" || rule.ports === "all") continue;
        for (const { name } of rule.ports) if (name !== undefined) names.add(name);
    }
    return [...names];
}

function ownPort(identity: Identity, name: string): string {
    return (identity.endpoints[0]?.namedPorts ?? [])
        .filter((item) => item.name.toLowerCase() === name)
        .map(({ port, protocol }) => `${port}/${protocol}`)
        .join(",");
}

/** A pod has one port of a name; the last one declared counts (`NamedPortMap.AddPort`). */
function resolveOwn(endpoint: Endpoint | undefined, name: string, protocol: PortSpec["protocol"]): number {
    const found = endpoint?.namedPorts.findLast((item) => item.name.toLowerCase() === name);
    return found === undefined || found.protocol !== protocol ? 0 : found.port;
}

/**
 * Names on egress stand for one number in the whole cluster, or for nothing where pods disagree (facts 3.10).
 * Pods in their node's network are not in the IP cache and do not count.
 */
function portsOfCluster(endpoints: readonly Endpoint[]): Map<string, number> {
    const ports = new Map<string, number>();
    for (const endpoint of endpoints) {
        if (endpoint.hostNetwork) continue;
        const own = new Map(endpoint.namedPorts.map((item) => [item.name.toLowerCase(), item]));
        for (const [name, { port, protocol }] of own) {
            const key = `${name}/${protocol}`;
            const known = ports.get(key);
            ports.set(key, known === undefined || known === port ? port : 0);
        }
    }
    return ports;
}
