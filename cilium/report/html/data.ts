import { formatPath } from "../../manifest/document";
import type { Endpoint, Protocol, Reachability, RuleReference } from "../../reachability/types";
import { documentId } from "../../validation/finding";
import type { FlowPart, Group, ReachMatrix } from "../reach-model";
import { reachNamer } from "../reach-names";
import { describeFlow } from "../reach-ports";

/** Everything the page knows, as it is embedded in it. Numbers point into the lists beside them. */
export interface PageData {
    readonly title: string;
    readonly cilium: string;
    readonly groups: readonly PageGroup[];
    readonly rules: readonly PageRule[];
    /** Lists of rules that decide something together. */
    readonly ruleSets: readonly (readonly number[])[];
    readonly reasons: readonly string[];
    /** What may go from one group to another, in the words of the text report. */
    readonly flows: readonly (readonly PagePart[])[];
    /** For each group: destination, flow, then one rule set for each part of the flow; repeated. */
    readonly rows: readonly (readonly number[])[];
    /** What is not enforced or not evaluated, as sentences. */
    readonly notes: readonly string[];
}

export interface PageGroup {
    readonly name: string;
    readonly members: readonly string[];
    /** Heading it is listed under: its namespace, or "outside, nodes, API server". */
    readonly section: string;
    readonly pods: boolean;
    readonly system: boolean;
    /** Pods on their node's network: to others they are host or remote-node. */
    readonly onNode: boolean;
    /** Rule sets that switch default deny on for leaving and entering; -1 where the direction is open. */
    readonly egressDeny: number;
    readonly ingressDeny: number;
}

export interface PagePart {
    readonly what: string;
    /** `TCP 80-90`, for the port filter: protocol, then ranges as pairs of numbers. */
    readonly protocols: readonly (readonly [protocol: Protocol, ...ranges: number[]])[];
    readonly verdict: FlowPart["verdict"];
    /** Index into `reasons`. */
    readonly reason?: number;
}

export interface PageRule {
    readonly document: string;
    readonly path: string;
    readonly place: string;
    readonly effect: RuleReference["effect"];
    readonly l7?: string;
}

const OUTSIDE = "outside, nodes, API server";

/**
 * Collects what the page shows. Rules are asked for once for each cell of the folded matrix.
 * @param matrix split by namespace, as `pageSplit` does
 */
export function pageData(
    matrix: ReachMatrix,
    model: Reachability,
    endpoints: readonly Endpoint[],
    title: string,
): PageData {
    const namer = reachNamer(matrix, endpoints);
    const namespaces = new Map(endpoints.map(({ id, namespace }) => [id, namespace]));
    const tables = new Tables(model);
    const position = new Map(namer.order.map((group, place) => [group, place]));

    const groups = namer.order.flatMap((index) => {
        const group = matrix.groups[index];
        if (group === undefined) return [];
        const pods = group.type === "pods";
        const space = namespaces.get(group.members[0] ?? "");
        const names = namer.members(group);
        return {
            name: names.length === 1 ? (names[0] ?? "") : `${names[0] ?? ""} and ${names.length - 1} more`,
            members: group.members,
            section: space ?? OUTSIDE,
            pods,
            system: namer.isSystem(group),
            onNode: namer.isHostNetwork(group),
            ...tables.defaultDeny(group),
        };
    });
    const rows = namer.order.map((index) =>
        [...(matrix.rows[index]?.to ?? [])].flatMap(([to, flow]) => [
            position.get(to) ?? 0,
            tables.flow(flow),
            ...tables.partRules(matrix.groups[index], matrix.groups[to], flow),
        ]),
    );
    return {
        title,
        cilium: model.minor,
        groups,
        ...tables.lists(),
        rows,
        notes: [
            ...model.refused.map(
                ({ document, reason }) =>
                    `Not enforced: ${document.kind} ${documentId(document)} (${document.file}): ${reason}`,
            ),
            ...model.notEvaluated.map((text) => `Not evaluated: ${text}`),
        ],
    };
}

/** The page is read by namespace, so workloads of two namespaces are never one line of it. */
export function pageSplit(endpoints: readonly Endpoint[]): (member: string) => string {
    const facts = new Map(
        endpoints.map(({ id, namespace, hostNetwork }) => [id, `${namespace} ${hostNetwork}`]),
    );
    return (member) => facts.get(member) ?? "";
}

/** Interns what many cells share. */
class Tables {
    private readonly ruleNumbers = new Map<string, number>();
    private readonly rules: PageRule[] = [];
    private readonly setNumbers = new Map<string, number>();
    private readonly ruleSets: number[][] = [];
    private readonly flowNumbers = new Map<readonly FlowPart[], number>();
    private readonly flows: PagePart[][] = [];
    private readonly reasonNumbers = new Map<string, number>();

    constructor(private readonly model: Pick<Reachability, "rules" | "explain">) {}

    lists(): Pick<PageData, "rules" | "ruleSets" | "flows" | "reasons"> {
        return {
            rules: this.rules,
            ruleSets: this.ruleSets,
            flows: this.flows,
            reasons: [...this.reasonNumbers.keys()],
        };
    }

    flow(flow: readonly FlowPart[]): number {
        const known = this.flowNumbers.get(flow);
        if (known !== undefined) return known;
        const number = this.flows.length;
        this.flowNumbers.set(flow, number);
        this.flows.push(
            describeFlow(flow).map(({ what, verdict, reason, parts }) => ({
                what,
                protocols: parts.map(({ protocol, ports }) => [
                    protocol,
                    ...ports.flatMap(({ from, to }) => [from, to]),
                ]),
                verdict,
                ...(reason === undefined ? {} : { reason: intern(this.reasonNumbers, reason) }),
            })),
        );
        return number;
    }

    partRules(from: Group | undefined, to: Group | undefined, flow: readonly FlowPart[]): number[] {
        const source = from?.classes[0]?.id;
        const target = to?.classes[0]?.id;
        if (source === undefined || target === undefined) return [];
        return describeFlow(flow).map(({ parts }) =>
            this.set(parts.flatMap((part) => this.model.rules({ from: source, to: target, ...part }))),
        );
    }

    defaultDeny({ type, members }: Group): Pick<PageGroup, "egressDeny" | "ingressDeny"> {
        const [endpoint] = members;
        if (type !== "pods" || endpoint === undefined) return { egressDeny: -1, ingressDeny: -1 };
        // Default deny is the same for every peer and port, so any flow of the endpoint tells it.
        const { sides } = this.model.explain({ endpoint }, { endpoint }, "TCP", 1);
        const side = (direction: "egress" | "ingress"): number => {
            // One rule of each policy says it; a policy of many rules would fill the panel.
            const rules = new Map(
                (sides.find((each) => each.direction === direction)?.defaultDeny ?? [])
                    .map((rule) => [rule.document, rule] as const)
                    .reverse(),
            );
            return rules.size === 0 ? -1 : this.set([...rules.values()].reverse());
        };
        return { egressDeny: side("egress"), ingressDeny: side("ingress") };
    }

    private set(rules: readonly RuleReference[]): number {
        const numbers = [...new Set(rules.map((rule) => this.rule(rule)))];
        const key = numbers.join();
        const number = intern(this.setNumbers, key);
        this.ruleSets[number] = numbers;
        return number;
    }

    private rule({ document, path, effect, l7, position }: RuleReference): number {
        const place = `${position.file}:${position.line}`;
        const key = `${place}:${position.column} ${effect} ${l7 ?? ""}`;
        const known = this.ruleNumbers.get(key);
        if (known !== undefined) return known;
        const name = `${document.kind} ${documentId(document)}`;
        this.rules.push({
            document: name,
            path: formatPath(path),
            place,
            effect,
            ...(l7 === undefined ? {} : { l7 }),
        });
        this.ruleNumbers.set(key, this.rules.length - 1);
        return this.rules.length - 1;
    }
}

function intern(numbers: Map<string, number>, text: string): number {
    const number = numbers.get(text) ?? numbers.size;
    numbers.set(text, number);
    return number;
}
