import { ownAddress, type Address, type Prefix } from "../semantics/addresses";
import type { Model } from "./model";

/** Ends that neither of two models tells apart, so that they can be compared once. */
export interface JointClass {
    /** Endpoint ids, a reserved name, `cidr:…`, or `fqdn:…`; the first is what to call it. */
    readonly members: readonly string[];
    readonly type: "pods" | "reserved" | "cidr" | "fqdn";
    /** Class in the model before, and in the one after; undefined where it does not exist there. */
    readonly base: number | undefined;
    readonly head: number | undefined;
    readonly namespaces: readonly string[];
}

const FAMILIES: readonly Prefix[] = [
    { family: 4, address: 0n, bits: 0, text: "0.0.0.0/0" },
    { family: 6, address: 0n, bits: 0, text: "::/0" },
];

/** Everything that can be an end of a flow in either model, folded by its classes in both. */
export function jointClasses(base: Model, head: Model): readonly JointClass[] {
    const found = new Map<
        string,
        { -readonly [K in keyof JointClass]: JointClass[K] } & { members: string[] }
    >();
    const add = (
        type: JointClass["type"],
        member: string,
        before: number | undefined,
        after: number | undefined,
        namespace?: string,
    ): void => {
        const key = type === "pods" || type === "cidr" ? `${type} ${before} ${after}` : `${type} ${member}`;
        const known = found.get(key);
        const namespaces = namespace === undefined ? [] : [namespace];
        if (known === undefined) {
            found.set(key, { members: [member], type, base: before, head: after, namespaces });
            return;
        }
        known.members.push(member);
        known.namespaces = [...new Set([...known.namespaces, ...namespaces])];
    };
    const ids = new Map<string, string | undefined>();
    for (const { input } of [base, head]) {
        for (const { id, reserved, namespace } of input.endpoints)
            if (reserved === undefined) ids.set(id, namespace);
    }
    for (const [id, namespace] of ids) {
        add(
            "pods",
            id,
            base.resolve({ endpoint: id })?.index,
            head.resolve({ endpoint: id })?.index,
            namespace,
        );
    }
    for (const reserved of [
        "world",
        "host",
        "remote-node",
        "kube-apiserver",
        "health",
        "ingress",
        "init",
        "unmanaged",
    ]) {
        const end = (model: Model): number | undefined =>
            model.resolve({ reserved: reserved as "world" })?.index;
        add("reserved", reserved, end(base), end(head));
    }
    addAddresses(base, head, add);
    for (const name of new Set([...base.translation.names, ...head.translation.names])) {
        add("fqdn", `fqdn:${name}`, base.resolve({ fqdn: name })?.index, head.resolve({ fqdn: name })?.index);
    }
    return [...found.values()];
}

/** The parts that the prefixes of both models cut the addresses into; what is plain world in both is left out. */
function addAddresses(
    base: Model,
    head: Model,
    add: (type: "cidr", member: string, before: number, after: number) => void,
): void {
    const prefixes = new Map(
        [...base.identities.prefixes, ...head.identities.prefixes].map((prefix) => [prefix.text, prefix]),
    );
    const classOf = (model: Model, address: Address): number =>
        model.classes.ofIdentity[model.identities.ofAddress(address)]!;
    for (const prefix of [...FAMILIES, ...prefixes.values()]) {
        const address = ownAddress(prefix, prefixes.values());
        if (address === undefined) continue;
        const [before, after] = [classOf(base, address), classOf(head, address)];
        if (before === base.world && after === head.world) continue;
        if (prefix.bits === 0 && prefix.family === 6 && base.input.cluster.dualStack !== true) continue;
        add("cidr", `cidr:${prefix.text}`, before, after);
    }
}
