import type { Flow, ReachMatrix } from "./reach-model";
import type { Namer } from "./reach-names";
import { describeFlow } from "./reach-ports";

interface Edge {
    readonly from: number;
    readonly to: number;
    readonly label: string;
    /** How sure it is: a line, or a dashed one for "depends". */
    readonly sure: boolean;
}

/**
 * The groups as a Mermaid flowchart, for Markdown that renders it (GitHub, Azure DevOps). The own node reaches every
 * pod by default; a comment says so instead of an arrow each.
 */
export function reachMermaid(matrix: ReachMatrix, namer: Namer): string {
    const { edges, nodes } = drawn(matrix, namer);
    const lines = [
        "flowchart LR",
        ...LEFT_OUT.map((line) => `    %% ${line}`),
        ...nodes.map((index) => {
            const name = escapeMermaid(label(matrix, namer, index));
            return matrix.groups[index]?.type === "pods"
                ? `    n${index}["${name}"]`
                : `    n${index}(["${name}"]):::outside`;
        }),
        ...edges.map(
            ({ from, to, label: text, sure }) =>
                `    n${from} ${sure ? "-->" : "-.->"}|"${escapeMermaid(text)}"| n${to}`,
        ),
        "    classDef outside stroke-dasharray: 4 3",
    ];
    return `${lines.join("\n")}\n`;
}

/** The groups for Graphviz. */
export function reachDot(matrix: ReachMatrix, namer: Namer): string {
    const { edges, nodes } = drawn(matrix, namer);
    const quote = (text: string): string =>
        `"${text.replace(/\\/g, "\\\\").replace(/"/g, '\\"').replace(/\n/g, "\\n")}"`;
    const lines = [
        "digraph reach {",
        ...LEFT_OUT.map((line) => `    // ${line}`),
        "    rankdir=LR;",
        '    node [shape=box, style=rounded, fontname="sans-serif"];',
        '    edge [fontname="sans-serif", fontsize=10];',
        ...nodes.map((index) => {
            const shape = matrix.groups[index]?.type === "pods" ? "" : ", shape=ellipse";
            return `    n${index} [label=${quote(label(matrix, namer, index))}${shape}];`;
        }),
        ...edges.map(({ from, to, label: text, sure }) => {
            const style = sure ? "" : ", style=dashed";
            return `    n${from} -> n${to} [label=${quote(text)}${style}];`;
        }),
        "}",
    ];
    return `${lines.join("\n")}\n`;
}

/** Reserved identities that hardly ever matter, and make every drawing unreadable when a rule is open to all. */
const RARE = new Set(["health", "ingress", "init", "unmanaged"]);

/** Edges worth drawing, and the nodes they touch with every workload of the user's. */
function drawn(matrix: ReachMatrix, namer: Namer): { edges: readonly Edge[]; nodes: readonly number[] } {
    const { groups, rows } = matrix;
    const shown = groups.map((group) => !RARE.has(group.id) && !namer.isHostNetwork(group));
    const edges = rows.flatMap((row, from) =>
        groups[from]?.id === "host" || shown[from] !== true
            ? []
            : [...row.to]
                  .filter(([to]) => shown[to] === true)
                  .map(([to, flow]): Edge => ({ from, to, label: edgeLabel(flow), sure: isSure(flow) })),
    );
    const touched = new Set(edges.flatMap(({ from, to }) => [from, to]));
    const nodes = namer.order.filter((index) => {
        const group = groups[index];
        if (group === undefined || shown[index] !== true) return false;
        return touched.has(index) || (group.type === "pods" && !namer.isSystem(group));
    });
    return { edges, nodes };
}

const LEFT_OUT = [
    "Left out: host, which reaches every pod on its own node by default (kubelet probes); pods on the node's network,",
    "which are host or remote-node to others; health, ingress, init and unmanaged. --format json has them all.",
];

function edgeLabel(flow: Flow): string {
    return describeFlow(flow)
        .map(({ what, verdict }) =>
            verdict === "allow" ? what : `${what} (${verdict === "redirect" ? "proxy" : verdict})`,
        )
        .join(", ");
}

function isSure(flow: Flow): boolean {
    return flow.some(({ verdict }) => verdict !== "depends");
}

function label(matrix: ReachMatrix, namer: Namer, index: number): string {
    const group = matrix.groups[index];
    if (group === undefined) return "";
    const names = namer.members(group);
    return names.length > 4
        ? `${names.slice(0, 3).join("\n")}\nand ${names.length - 3} more`
        : names.join("\n");
}

/** Mermaid reads HTML entities inside quotes and breaks lines at `<br/>`. */
function escapeMermaid(text: string): string {
    return text
        .replace(/&/g, "&amp;")
        .replace(/"/g, "&quot;")
        .replace(/</g, "&lt;")
        .replace(/>/g, "&gt;")
        .replace(/\n/g, "<br/>");
}
