import type { JsonObject, JsonValue, ManifestDocument } from "../../cilium/manifest/document";
import { isPolicyKind } from "../../cilium/model/kinds";
import type { CiliumMinor } from "../../cilium/model/versions";
import { buildReachability, type Admission } from "../../cilium/reachability";
import type {
    Endpoint,
    NamedPort,
    Peer,
    Protocol,
    Reserved,
    SideVerdict,
    Verdict,
} from "../../cilium/reachability/types";
import { checkAcceptance } from "../../cilium/validation/acceptance";
import { checkStructure } from "../../cilium/validation/structure";
import type { Difference, LineOutcome, RecordedLine } from "./record";

interface ScenarioEndpoint {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly serviceAccount?: string;
    readonly ip?: string;
    readonly namedPorts?: readonly { name: string; port: number; protocol?: NamedPort["protocol"] }[];
    readonly reserved?: "health" | "ingress" | "init";
}

interface ScenarioFlow {
    readonly from: JsonValue;
    readonly to: JsonValue;
    readonly port?: number | string;
    readonly protocol: string;
}

/** A recorded case of kind verdicts; see the format in docs of the recording program. */
export interface Scenario {
    readonly id: string;
    readonly ipv6?: boolean;
    readonly namespaces?: readonly { name: string; labels?: Readonly<Record<string, string>> }[];
    readonly endpoints?: readonly ScenarioEndpoint[];
    readonly policies?: readonly JsonObject[];
    readonly kubeApiserver?: string;
    readonly fqdn?: Readonly<Record<string, readonly string[]>>;
    readonly flows: readonly ScenarioFlow[];
}

/** A verdict as recorded; `error` where a flow cannot be asked (unknown peer, unknown port name). */
export interface FlowAnswer {
    readonly egress: string;
    readonly ingress: string;
    readonly overall: string;
}

const ERROR: FlowAnswer = { egress: "error", ingress: "error", overall: "error" };

/** What `{"entity": …}` of a flow means beside reserved identities: concrete addresses, as the recording program says. */
const ENTITY_ADDRESSES: Readonly<Record<string, string>> = {
    world: "198.51.100.77",
    "world-ipv6": "3fff::77",
};

/** Says whether documents take part, by our own validation. */
export function ownValidity(minor: CiliumMinor): Admission {
    return (document) => {
        const { value, kind } = document;
        if (!isPolicyKind(kind)) return { reason: "no policy" };
        const structure = checkStructure(value, kind, minor);
        if (kind !== "NetworkPolicy" && structure.crd !== "ok") return { reason: "refused by the CRD" };
        // The recording program gives NetworkPolicies to Cilium's parser as they are written.
        const stored = kind === "NetworkPolicy" ? value : structure.stored;
        const { sanitize } = checkAcceptance(stored, kind, minor);
        return sanitize === "ok" ? { stored } : { reason: `sanitize: ${sanitize}` };
    };
}

/** Our answers to every flow of a scenario, as the recording engine would give them. */
export function answerScenario(scenario: Scenario, minor: CiliumMinor, admit: Admission): FlowAnswer[] {
    const namespaceLabels = new Map(
        (scenario.namespaces ?? []).map(({ name, labels }) => [name, labels ?? {}]),
    );
    const endpoints = (scenario.endpoints ?? []).map((endpoint) => readEndpoint(endpoint, namespaceLabels));
    const reachability = buildReachability(
        {
            documents: (scenario.policies ?? []).map(readDocument),
            endpoints,
            services: [],
            cluster: { cilium: [minor], advancedNetworking: "l7", dualStack: scenario.ipv6 ?? false },
            minor,
            kubeApiserver: scenario.kubeApiserver,
            resolvedNames: scenario.fqdn,
            mode: "engine",
        },
        admit,
    );
    return scenario.flows.map((flow) => {
        const from = readPeer(flow.from);
        const to = readPeer(flow.to);
        const protocol = readProtocol(flow.protocol);
        const destination = "endpoint" in to ? endpoints.find(({ id }) => id === to.endpoint) : undefined;
        const port = protocol === undefined ? undefined : readPort(flow.port, protocol, destination);
        if (protocol === undefined || port === undefined) return ERROR;
        let verdict: Verdict;
        try {
            verdict = reachability.query(from, to, protocol, port);
        } catch (error) {
            if (error instanceof RangeError) return ERROR;
            throw error;
        }
        return recordedTerms(verdict);
    });
}

/** In engine mode a verdict depends on nothing but rules that Cilium cannot merge, which the recording program calls an error. */
function recordedTerms({ egress, ingress, overall }: Verdict): FlowAnswer {
    const side = (verdict: SideVerdict): string => (verdict === "depends" ? "error" : verdict);
    const failed = egress === "depends" || ingress === "depends";
    return { egress: side(egress), ingress: side(ingress), overall: failed ? "error" : overall };
}

/** Compares one recorded scenario, flow by flow. */
export function checkVerdicts(
    line: RecordedLine,
    minor: CiliumMinor,
    admit = ownValidity(minor),
): LineOutcome {
    const scenario = line.case as unknown as Scenario;
    const recorded = line.result.flows as unknown as readonly FlowAnswer[];
    const answers = answerScenario(scenario, minor, admit);
    const differences: Difference[] = [];
    let failed = 0;
    recorded.forEach((theirs, index) => {
        const ours = answers[index] ?? ERROR;
        const fields = (["egress", "ingress", "overall"] as const).filter(
            (field) => ours[field] !== theirs[field],
        );
        if (fields.length > 0) failed++;
        for (const field of fields) {
            differences.push({ field: `flows[${index}].${field}`, ours: ours[field], theirs: theirs[field] });
        }
    });
    return {
        kind: "verdicts",
        id: `${scenario.id} (${line.cilium})`,
        passed: recorded.length - failed,
        failed,
        differences,
    };
}

function readDocument(value: JsonObject, index: number): ManifestDocument {
    const metadata = (value.metadata ?? {}) as JsonObject;
    const file = "policies";
    const namespace = typeof metadata.namespace === "string" ? metadata.namespace : undefined;
    return {
        file,
        index,
        apiVersion: String(value.apiVersion),
        kind: String(value.kind),
        name: String(metadata.name ?? ""),
        namespace: namespace === "" ? undefined : namespace,
        value,
        locate: () => ({ file, line: index + 1, column: 1 }),
    };
}

function readEndpoint(
    endpoint: ScenarioEndpoint,
    namespaceLabels: ReadonlyMap<string, Readonly<Record<string, string>>>,
): Endpoint {
    const namespace = endpoint.namespace ?? "";
    return {
        id: endpoint.name,
        name: endpoint.name,
        namespace: endpoint.reserved === undefined ? namespace : undefined,
        kind: endpoint.reserved === undefined ? "Pod" : undefined,
        labels: endpoint.labels ?? {},
        namespaceLabels: namespaceLabels.get(namespace) ?? {},
        serviceAccount: endpoint.serviceAccount,
        namedPorts: (endpoint.namedPorts ?? []).map((port) => ({
            ...port,
            protocol: port.protocol ?? "TCP",
        })),
        hostNetwork: false,
        ip: endpoint.ip,
        reserved: endpoint.reserved,
    };
}

function readPeer(peer: JsonValue): Peer {
    if (typeof peer === "string") return { endpoint: peer };
    const { endpoint, entity, cidr } = peer as Record<string, string | undefined>;
    if (endpoint !== undefined && endpoint !== "") return { endpoint };
    if (cidr !== undefined && cidr !== "") return { address: cidr.split("/")[0] ?? "" };
    const address = ENTITY_ADDRESSES[entity ?? ""];
    return address === undefined ? { reserved: entity as Reserved } : { address };
}

function readProtocol(text: string): Protocol | undefined {
    const upper = text.toUpperCase();
    if (upper === "ICMPV6") return "ICMPv6";
    if (upper === "ICMPV4") return "ICMP";
    return (["TCP", "UDP", "SCTP", "ICMP"] as const).find((protocol) => protocol === upper);
}

function readPort(
    port: number | string | undefined,
    protocol: Protocol,
    to: Endpoint | undefined,
): number | undefined {
    const text = String(port ?? "");
    if (text === "") return 0;
    if (/^\d+$/.test(text) && Number(text) <= 65535) return Number(text);
    if (protocol === "ICMP" || protocol === "ICMPv6") return undefined;
    return to?.namedPorts.findLast(
        ({ name, protocol: own }) => name.toLowerCase() === text && own === protocol,
    )?.port;
}
