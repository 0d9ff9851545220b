import { PROTOCOL_COUNT } from "./entries";
import type { Model } from "./model";
import {
    ALLOW,
    codeAt,
    DEFAULT_DENY,
    DENY,
    DEPENDS,
    DEPENDS_ON_SNAT,
    isAllowed,
    REDIRECT,
    type Code,
    type Segments,
} from "./port-verdicts";

/** Both ends together: denied if either denies, undecided if either is, through a proxy if either is. */
export function overall(egress: Code, ingress: Code): Code {
    if (egress === DENY || egress === DEFAULT_DENY) return egress;
    if (ingress === DENY || ingress === DEFAULT_DENY) return ingress;
    if (egress >= DEPENDS) return egress;
    if (ingress >= DEPENDS) return ingress;
    return egress === REDIRECT || ingress === REDIRECT ? REDIRECT : ALLOW;
}

/** Number of the verdicts of the destination's policy about a source, load balancers considered. */
export function ingressVerdicts(model: Model, from: number, to: number): number {
    const table = model.table(to, "ingress");
    const own = table[from]!;
    const balanced = model.balanced[to];
    if (balanced === undefined || !comesFromOutside(model, from)) return own;
    const node = table[model.remote]!;
    if (node === own) return own;
    const { verdicts } = model;
    const protocols = Array.from({ length: PROTOCOL_COUNT }, (_, protocol): Segments => {
        const segments = verdicts.get(own).protocols[protocol]!;
        const other = verdicts.get(node).protocols[protocol]!;
        const ports = balanced.ports.get(protocol);
        return ports === undefined ? segments : withSnat(segments, other, ports);
    });
    return verdicts.intern(protocols);
}

function comesFromOutside(model: Model, from: number): boolean {
    const { type, name } = model.identityOf(from);
    return type === "cidr" || name === "world" || name === "world-ipv6";
}

/** On these ports the answer stands only if it is the same for a node's address. */
function withSnat(own: Segments, node: Segments, ports: ReadonlySet<number>): Segments {
    let segments = own;
    for (const port of ports) {
        const [here, there] = [codeAt(own, port), codeAt(node, port)];
        if (here === there || (!isAllowed(here) && !isAllowed(there) && here < DEPENDS && there < DEPENDS))
            continue;
        segments = replaceAt(segments, port, DEPENDS_ON_SNAT);
    }
    return segments;
}

function replaceAt({ ends, codes }: Segments, port: number, code: Code): Segments {
    const out: { ends: number[]; codes: Code[] } = { ends: [], codes: [] };
    let start = 0;
    ends.forEach((end, i) => {
        const own = codes[i]!;
        if (port < start || port > end) {
            out.ends.push(end);
            out.codes.push(own);
        } else {
            if (port > start) {
                out.ends.push(port - 1);
                out.codes.push(own);
            }
            out.ends.push(port);
            out.codes.push(code);
            if (port < end) {
                out.ends.push(end);
                out.codes.push(own);
            }
        }
        start = end + 1;
    });
    return out;
}
