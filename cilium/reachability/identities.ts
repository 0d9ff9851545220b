import type { CiliumMinor } from "../model/versions";
import {
    formatAddress,
    hostPrefix,
    parseAddress,
    partsOf,
    PrefixTable,
    type Address,
    type Prefix,
} from "../semantics/addresses";
import { labelFilter, podIdentity, reservedIdentity, type IdentityLabels } from "../semantics/labels";
import { matchesName, sampleName } from "../semantics/names";
import type { Endpoint } from "./types";

/** One security identity: what policies can tell apart at most. */
export interface Identity {
    readonly labels: IdentityLabels;
    readonly type: "pods" | "reserved" | "cidr" | "fqdn";
    /** Reserved name, CIDR text or FQDN selector; the empty string for pods. */
    readonly name: string;
    readonly endpoints: Endpoint[];
    /** Stands for the nodes it may run on; it has no identity of its own. */
    readonly hostNetwork: boolean;
    /** In world, but nobody knows at which address (names, an API server whose address was not given). */
    readonly unknownAddress: boolean;
}

/** What makes the addresses of a cluster. */
export interface AddressPlan {
    readonly minor: CiliumMinor;
    readonly dualStack: boolean;
    readonly mode: "engine" | "product";
    readonly kubeApiserver: string | undefined;
    readonly resolvedNames: Readonly<Record<string, readonly string[]>>;
    /** Prefixes that policies name, exceptions included. */
    readonly prefixes: readonly Prefix[];
    /** FQDN selectors of policies, as written. */
    readonly names: readonly string[];
    /** Concrete names that will be asked about. */
    readonly askedNames?: readonly string[] | undefined;
}

/** All identities of a cluster, and the way from an address to its identity. */
export interface Identities {
    readonly list: readonly Identity[];
    /** Index of the identity of an address, which is that of the longest prefix in use, or world. */
    ofAddress(address: Address): number;
    /** One address of every part that the prefixes in use cut a range into. */
    addressesIn(range: Prefix): readonly Address[];
    /** Prefixes in use, without their identities. */
    readonly prefixes: readonly Prefix[];
    ofReserved(name: string): number | undefined;
    /** Index of the destination that stands for an FQDN selector, or for any other name. */
    ofName(name: string): number | undefined;
    readonly byEndpoint: ReadonlyMap<string, number>;
}

/** Instance metadata service; an atom of its own so that exposure can be asked for (facts 0.2). */
const METADATA_ADDRESS = "169.254.169.254";
/** What the recording engine takes for the API server where a scenario says nothing. */
export const ENGINE_API_SERVER = "203.0.113.10";
/** The destination for names that no FQDN selector mentions. */
export const OTHER_NAMES = "";

const RESERVED = ["host", "remote-node", "health", "ingress", "init", "unmanaged"];

/** Finds all identities: pods by equal labels, reserved ones, one per prefix in use, one per FQDN selector. */
export function buildIdentities(endpoints: readonly Endpoint[], plan: AddressPlan): Identities {
    const list: Identity[] = [];
    const reserved = new Map<string, number>();
    const byEndpoint = new Map<string, number>();
    const names = new Map<string, number>();
    const add = (identity: Partial<Identity> & Pick<Identity, "labels" | "type" | "name">): number =>
        list.push({ endpoints: [], hostNetwork: false, unknownAddress: false, ...identity }) - 1;

    addPods(endpoints, plan.minor, add, list, byEndpoint);
    for (const name of RESERVED) {
        reserved.set(name, add({ labels: reservedIdentity(name), type: "reserved", name }));
    }
    for (const endpoint of endpoints) {
        const index = endpoint.reserved === undefined ? undefined : reserved.get(endpoint.reserved);
        if (index === undefined) continue;
        list[index]?.endpoints.push(endpoint);
        byEndpoint.set(endpoint.id, index);
    }
    const world = (family: 4 | 6): string => (plan.dualStack ? `world-ipv${family}` : "world");
    reserved.set("world", add({ labels: reservedIdentity(world(4)), type: "reserved", name: "world" }));
    if (plan.dualStack) {
        const labels = reservedIdentity(world(6));
        reserved.set("world-ipv6", add({ labels, type: "reserved", name: "world-ipv6" }));
    }

    const table = new PrefixTable<number>();
    const prefixes = uniquePrefixes(
        plan.mode === "product" ? [...plan.prefixes, metadataPrefix()] : plan.prefixes,
    );
    for (const prefix of prefixes) {
        const labels = { ...reservedIdentity(world(prefix.family)), cidr: prefix };
        table.set(prefix, add({ labels, type: "cidr", name: prefix.text }));
    }
    const special = addSpecialAddresses(plan, table, world, add, reserved, names);
    const ofAddress = (address: Address): number =>
        special.get(formatAddress(address)) ??
        table.find(address)?.value ??
        (plan.dualStack && address.family === 6 ? reserved.get("world-ipv6") : reserved.get("world")) ??
        0;
    return {
        list,
        ofAddress,
        addressesIn: (range) => partsOf(range, prefixes),
        prefixes,
        ofReserved: (name) => reserved.get(name),
        ofName: (name) => names.get(name) ?? nameLike(name, plan, names, list),
        byEndpoint,
    };
}

type Add = (identity: Partial<Identity> & Pick<Identity, "labels" | "type" | "name">) => number;

function addPods(
    endpoints: readonly Endpoint[],
    minor: CiliumMinor,
    add: Add,
    list: readonly Identity[],
    byEndpoint: Map<string, number>,
): void {
    const filter = labelFilter(minor);
    const known = new Map<string, number>();
    for (const endpoint of endpoints) {
        if (endpoint.reserved !== undefined) continue;
        const { hostNetwork } = endpoint;
        const labels = hostNetwork
            ? reservedIdentity()
            : podIdentity({ ...endpoint, namespace: endpoint.namespace ?? "default" }, filter);
        const key = hostNetwork ? "host" : identityKey(labels, endpoint);
        const index = known.get(key) ?? add({ labels, type: "pods", name: "", hostNetwork });
        known.set(key, index);
        list[index]?.endpoints.push(endpoint);
        byEndpoint.set(endpoint.id, index);
    }
}

/** Named ports are no labels, but rules resolve them per pod. */
function identityKey(labels: IdentityLabels, endpoint: Endpoint): string {
    const parts = [...labels.k8s].map(([key, value]) => `${key}=${value}`).sort();
    for (const { name, port, protocol } of endpoint.namedPorts) parts.push(`${name}:${port}/${protocol}`);
    return parts.join("\n");
}

function metadataPrefix(): Prefix {
    const address = parseAddress(METADATA_ADDRESS);
    if (address === undefined) throw new Error(`${METADATA_ADDRESS} is no address`);
    return hostPrefix(address);
}

function uniquePrefixes(prefixes: readonly Prefix[]): Prefix[] {
    return [
        ...new Map(prefixes.filter(({ bits }) => bits > 0).map((prefix) => [prefix.text, prefix])).values(),
    ];
}

/** The API server, and in recorded scenarios the addresses that names resolved to; else one destination per selector. */
function addSpecialAddresses(
    plan: AddressPlan,
    table: PrefixTable<number>,
    world: (family: 4 | 6) => string,
    add: Add,
    reserved: Map<string, number>,
    names: Map<string, number>,
): ReadonlyMap<string, number> {
    const special = new Map<string, number>();
    const everywhere = plan.dualStack ? [world(4), world(6)] : [world(4)];
    const apiserver = plan.kubeApiserver ?? (plan.mode === "engine" ? ENGINE_API_SERVER : undefined);
    const resolved = resolvedAddresses(plan);
    const apiAddress = apiserver === undefined ? undefined : parseAddress(apiserver);
    if (apiAddress === undefined) {
        const labels = reservedIdentity("kube-apiserver", ...everywhere);
        reserved.set(
            "kube-apiserver",
            add({ labels, type: "reserved", name: "kube-apiserver", unknownAddress: true }),
        );
    } else {
        const text = formatAddress(apiAddress);
        const cidr = table.find(apiAddress)?.prefix ?? hostPrefix(apiAddress);
        const labels = {
            ...reservedIdentity("kube-apiserver", world(apiAddress.family)),
            cidr,
            fqdn: resolved.get(text),
        };
        const index = add({ labels, type: "reserved", name: "kube-apiserver" });
        reserved.set("kube-apiserver", index);
        special.set(text, index);
    }
    for (const [text, fqdn] of resolved) {
        const address = parseAddress(text);
        if (address === undefined || special.has(text)) continue;
        const labels = {
            ...reservedIdentity(world(address.family)),
            cidr: table.find(address)?.prefix,
            fqdn,
        };
        special.set(text, add({ labels, type: "cidr", name: hostPrefix(address).text }));
    }
    if (plan.mode === "product") {
        for (const name of [...new Set([...plan.names, ...(plan.askedNames ?? [])]), OTHER_NAMES]) {
            const sample = sampleName(name);
            const fqdn =
                name === OTHER_NAMES
                    ? []
                    : plan.names.filter((other) => other === name || matchesName(other, sample, plan.minor));
            const labels = { ...reservedIdentity(...everywhere), fqdn };
            names.set(name, add({ labels, type: "fqdn", name, unknownAddress: true }));
        }
    }
    return special;
}

/**
 * For a name that no selector spells: the destination that the same selectors match.
 * @throws RangeError where no destination is matched by just these selectors
 */
function nameLike(
    name: string,
    plan: AddressPlan,
    names: ReadonlyMap<string, number>,
    list: readonly Identity[],
): number | undefined {
    const selectors = plan.names.filter((selector) => matchesName(selector, name, plan.minor));
    if (selectors.length === 0) return undefined;
    const key = selectors.join(" ");
    for (const index of names.values()) if (list[index]?.labels.fqdn?.join(" ") === key) return index;
    throw new RangeError(
        `fqdn:${name} is matched by ${selectors.join(" and ")} together; name it in askedNames when the model is built`,
    );
}

/** Address → FQDN selectors whose names resolved to it. */
function resolvedAddresses(plan: AddressPlan): Map<string, string[]> {
    const found = new Map<string, string[]>();
    for (const [name, addresses] of Object.entries(plan.resolvedNames)) {
        const selectors = plan.names.filter((selector) => matchesName(selector, name, plan.minor));
        for (const text of addresses) {
            const address = parseAddress(text);
            if (address === undefined) continue;
            const key = formatAddress(address);
            const list = found.get(key) ?? [];
            list.push(...selectors.filter((selector) => !list.includes(selector)));
            found.set(key, list);
        }
    }
    return found;
}
