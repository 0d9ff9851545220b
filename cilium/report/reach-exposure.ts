import type { Exposure } from "../reachability/exposure";
import type { Connection, Reachability } from "../reachability/types";
import { columns, wrap, type Paint } from "./reach-layout";
import { reachMatrix, type Flow, type ReachMatrix } from "./reach-model";
import { reachNamer, type EndpointFacts } from "./reach-names";
import { describeFlow, formatPorts } from "./reach-ports";

interface Section {
    readonly title: string;
    readonly connections: readonly Connection[];
    /** Which end a line lists the names of. */
    readonly names: "from" | "to";
    readonly nobody: string;
}

/** Who meets the outside, the metadata address and the API server, and who has no policy; for a terminal. */
export function exposureText(
    exposure: Exposure,
    model: Pick<Reachability, "classes">,
    endpoints: readonly EndpointFacts[],
    { width, paint }: { readonly width: number; readonly paint: Paint },
): string {
    const sections: readonly Section[] = [
        {
            title: "Reached from outside the cluster",
            connections: exposure.fromWorld,
            names: "to",
            nobody: "nobody",
        },
        {
            title: "Reach outside the cluster",
            connections: exposure.toWorld,
            names: "from",
            nobody: "nobody",
        },
        {
            title: "Reach the metadata address 169.254.169.254",
            connections: exposure.toMetadata,
            names: "from",
            nobody: "nobody",
        },
        { title: "Reach the API server", connections: exposure.toApiServer, names: "from", nobody: "nobody" },
    ];
    const owner = new Map(
        endpoints.map(({ id, system, hostNetwork }) => [id, `${system === true} ${hostNetwork}`]),
    );
    const blocks = sections.map(({ title, connections, names, nobody }) => {
        const matrix = reachMatrix(
            { classes: model.classes, connections: () => connections },
            {},
            (id) => owner.get(id) ?? "",
        );
        const namer = reachNamer(matrix, endpoints);
        const onNode = new Set(
            matrix.groups.flatMap((group, index) => (namer.isHostNetwork(group) ? [index] : [])),
        );
        const rows = lines(matrix, names, onNode).map(
            ({ what, groups }): [string, string, readonly string[]] => {
                return ["", what, namer.describe(groups, "sources")];
            },
        );
        const body = rows.length === 0 ? [nobody] : columns(rows, width - 4);
        return [paint("strong", title), ...body.map((line) => `    ${line}`)].join("\n");
    });
    const without = (title: string, ids: readonly string[]): string => {
        const known = endpoints.filter(({ hostNetwork }) => !hostNetwork);
        const matrix = membersMatrix(ids.filter((id) => known.some((one) => one.id === id)));
        const names = reachNamer(matrix, known).describe(matrix.groups.keys(), "sources");
        const body = names.length === 0 ? ["nobody"] : wrap(names, width - 4);
        return [paint("strong", title), ...body.map((line) => `    ${line}`)].join("\n");
    };
    return `${[
        ...blocks,
        without("No policy restricts what reaches them", exposure.withoutIngressPolicy),
        without("No policy restricts what they reach", exposure.withoutEgressPolicy),
    ].join("\n\n")}\n`;
}

/** The same for a machine: connections as in the reach report, endpoint ids without policy. */
export function exposureJson(exposure: Exposure, model: Pick<Reachability, "classes" | "minor">): string {
    const members = new Map(
        model.classes.map(({ id, type, members: all }) => [id, type === "pods" ? all : [id]]),
    );
    const expand = (connections: readonly Connection[]): object[] =>
        connections.flatMap(({ from, to, protocol, ports, verdict, reason }) =>
            (members.get(from) ?? []).flatMap((source) =>
                (members.get(to) ?? []).map((target) => ({
                    from: source,
                    to: target,
                    protocol,
                    ports: formatPorts(ports),
                    verdict,
                    reason,
                })),
            ),
        );
    const { fromWorld, toWorld, toMetadata, toApiServer, withoutIngressPolicy, withoutEgressPolicy } =
        exposure;
    return `${JSON.stringify({
        version: 1,
        cilium: model.minor,
        fromWorld: expand(fromWorld),
        toWorld: expand(toWorld),
        toMetadata: expand(toMetadata),
        toApiServer: expand(toApiServer),
        withoutIngressPolicy,
        withoutEgressPolicy,
    })}\n`;
}

/** Groups on the chosen end by what they may use, whatever is at the other end. */
function lines(
    { rows }: ReachMatrix,
    names: "from" | "to",
    leftOut: ReadonlySet<number>,
): { what: string; groups: Set<number> }[] {
    const flows = new Map<number, Set<Flow>>();
    rows.forEach((row, from) => {
        for (const [to, flow] of row.to) {
            const group = names === "from" ? from : to;
            if (leftOut.has(group)) continue;
            const known = flows.get(group);
            if (known === undefined) flows.set(group, new Set([flow]));
            else known.add(flow);
        }
    });
    const result = new Map<string, Set<number>>();
    for (const [group, all] of flows) {
        const described = [...all].flatMap((flow) => describeFlow(flow));
        const certain = new Set(
            described.flatMap(({ what, verdict }) => (verdict === "allow" ? [what] : [])),
        );
        const words = described.flatMap(({ what, verdict }) => {
            if (verdict === "allow") return what;
            if (verdict === "redirect") return `${what} (through a proxy)`;
            return certain.has(what) ? [] : `${what} (depends)`;
        });
        const what = [...new Set(words)].join(", ");
        const known = result.get(what);
        if (known === undefined) result.set(what, new Set([group]));
        else known.add(group);
    }
    return [...result].map(([what, groups]) => ({ what, groups }));
}

function membersMatrix(ids: readonly string[]): ReachMatrix {
    return {
        groups: ids.map((id) => ({ id, type: "pods", classes: [], members: [id], example: id })),
        rows: [],
    };
}
