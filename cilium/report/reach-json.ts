import type { Reachability } from "../reachability/types";
import { documentId } from "../validation/finding";
import type { FlowPart, ReachMatrix } from "./reach-model";
import { formatPorts } from "./reach-ports";

/** A connection as the JSON formats write it. */
export interface JsonConnection {
    readonly from: string;
    readonly to: string;
    readonly protocol: string;
    /** `80,8080-9000`; ICMP types for ICMP and ICMPv6. */
    readonly ports: string;
    readonly verdict: "allow" | "redirect" | "depends";
    readonly reason?: string;
}

/**
 * The machine-readable report, in pieces, so that a large one is never one string.
 *
 * `classes` are the folded groups: endpoints of one class reach, and are reached by, exactly the same. Connections that
 * are not listed are denied.
 * @param expand connections between endpoints instead of classes
 */
export function* reachJson(
    { groups, rows }: ReachMatrix,
    model: Pick<Reachability, "minor" | "refused" | "notEvaluated">,
    expand = false,
): Generator<string> {
    const classes = groups.map(({ id, members, example }) => ({ id, members: members.length, example }));
    const endpoints = groups.flatMap(({ id, members, type }) =>
        (type === "reserved" ? [id] : members).map((member) => ({ id: member, class: id })),
    );
    const refused = model.refused.map(({ document, reason }) => ({
        document: documentId(document),
        file: document.file,
        line: document.locate([]).line,
        reason,
    }));
    yield `{"version":1,"cilium":${JSON.stringify(model.minor)}`;
    yield* list("refused", refused);
    yield* list("notEvaluated", model.notEvaluated);
    yield* list("endpoints", endpoints);
    yield* list("classes", classes);
    yield ',\n"connections":[';
    const names = groups.map(({ id, members, type }) => (expand && type === "pods" ? members : [id]));
    let separator = "\n";
    for (const [group, row] of rows.entries()) {
        const parts = new Map([...row.to.values()].map((flow) => [flow, flow.map(jsonPart)]));
        for (const source of names[group] ?? []) {
            const from = `{"from":${JSON.stringify(source)},"to":`;
            for (const [destination, flow] of row.to) {
                for (const target of names[destination] ?? []) {
                    const ends = `${from}${JSON.stringify(target)},`;
                    for (const part of parts.get(flow) ?? []) {
                        yield `${separator}${ends}${part}`;
                        separator = ",\n";
                    }
                }
            }
        }
    }
    yield "\n]}\n";
}

/** Everything of a connection but its ends, written once for each flow: the ends are what there are many of. */
function jsonPart({ protocol, ports, verdict, reason }: FlowPart): string {
    const optional = reason === undefined ? {} : { reason };
    return JSON.stringify({ protocol, ports: formatPorts(ports), verdict, ...optional }).slice(1);
}

function* list(name: string, items: readonly unknown[]): Generator<string> {
    yield `,\n"${name}":[`;
    let separator = "\n";
    for (const item of items) {
        yield `${separator}${JSON.stringify(item)}`;
        separator = ",\n";
    }
    yield "]";
}
