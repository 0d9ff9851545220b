import { parsePrefix, prefixContains } from "../../cilium/model/address";
import type { ResourceChange } from "./preview";

/** A way to get a change of a cluster without losing the cluster: what AKS does in place where Pulumi would replace. */
export interface Migration {
    /** Whether the move is possible, and what it does to the cluster: one or two sentences. */
    readonly says: string;
    /** The `az` line that makes it; undefined where AKS cannot. */
    readonly command?: string;
}

type Value = string | undefined;

/**
 * The way in place for a property that replaces a cluster; undefined where AKS has none.
 * Source: MicrosoftDocs/azure-aks-docs `azure-cni-overlay-pod-expand.md`, `update-azure-cni.md`, `egress-outboundtype.md`,
 * `concepts-network-azure-cni-overlay.md`.
 * @param property e.g. `networkProfile.podCidr`
 */
export function migrationOf(property: string, change: ResourceChange): Migration | undefined {
    const { before, after } = change.properties.find(({ path }) => path === property) ?? {};
    const [from, to] = [text(before), text(after)];
    switch (/^networkProfile\.(\w+)/.exec(property)?.[1]) {
        case "podCidr":
        case "podCidrs":
            return podRange(from, to, change);
        case "networkPlugin":
        case "networkPluginMode":
            return {
                says: "AKS moves a cluster to overlay in place, one way, without a policy engine on the way; every node is reimaged at the same time.",
                command: update(change, `--network-plugin-mode overlay --pod-cidr ${podCidrOf(change)}`),
            };
        case "networkDataplane":
        case "networkPolicy":
            if (networkOf(change.newInputs)["networkDataplane"] !== "cilium") return undefined;
            return {
                says: "AKS moves a cluster to Cilium in place, one way; every node is reimaged at the same time, and policies hold only after the last one.",
                command: update(change, "--network-dataplane cilium"),
            };
        case "outboundType":
            return outbound(from, to, change);
        case "serviceCidr":
        case "serviceCidrs":
            return {
                says: "AKS never changes this range. Where services run out, `ServiceCIDR` objects in the cluster extend it (Kubernetes 1.33 and newer): leave the setting as it is.",
            };
        default:
            return undefined;
    }
}

function podRange(from: Value, to: Value, change: ResourceChange): Migration {
    if (from !== undefined && to !== undefined && !holds(to, from)) {
        const room = wider(from);
        return {
            says: `AKS changes a pod range in place only to one that holds the old one, and ${to} does not hold ${from}${room === undefined ? ", nor does any larger private range" : `. Where room is all that is missing, take ${room}`}.`,
        };
    }
    return {
        says: "AKS enlarges a pod range in place (Linux nodes only).",
        command: update(change, `--pod-cidr ${to ?? "NEW_RANGE"}`),
    };
}

/** Which outbound types AKS changes into which, in a network that it made itself and in one that it was given. */
const OUTBOUND = {
    managed: {
        loadBalancer: ["managedNATGateway", "managedNATGatewayV2", "none", "block"],
        none: ["loadBalancer"],
        block: ["loadBalancer"],
    } as Readonly<Record<string, readonly string[]>>,
    given: ["loadBalancer", "userAssignedNATGateway", "userDefinedRouting", "none"],
};

function outbound(from: Value, to: Value, change: ResourceChange): Migration {
    if (from === undefined || to === undefined)
        return { says: "Which moves AKS makes in place: its page egress-outboundtype." };
    const pools = change.oldInputs["agentPoolProfiles"];
    const own = Array.isArray(pools) && (pools[0] as { vnetSubnetID?: unknown }).vnetSubnetID === undefined;
    const possible = own
        ? (OUTBOUND.managed[from] ?? [])
        : OUTBOUND.given.includes(from)
          ? OUTBOUND.given.filter((each) => each !== from)
          : [];
    const where = own ? "a network that AKS made" : "an existing subnet";
    if (!possible.includes(to))
        return {
            says: `AKS does not move ${from} to ${to} in ${where}${possible.length === 0 ? "" : `; it does move to ${possible.join(", ")}`}.`,
        };
    return {
        says: "AKS changes this in place; the outbound addresses change, and open connections are cut.",
        command: update(change, `--outbound-type ${to}`),
    };
}

const text = (value: unknown): Value => (typeof value === "string" ? value : undefined);

/** Names as the preview has them, so that the line can be pasted. */
function update({ oldInputs }: ResourceChange, options: string): string {
    const group = text(oldInputs["resourceGroupName"]) ?? "GROUP";
    const cluster = text(oldInputs["resourceName"]) ?? "CLUSTER";
    return `az aks update -g ${group} -n ${cluster} ${options}`;
}

function networkOf(inputs: Readonly<Record<string, unknown>>): Record<string, unknown> {
    return (inputs["networkProfile"] ?? {}) as Record<string, unknown>;
}

const podCidrOf = ({ newInputs }: ResourceChange): string => text(networkOf(newInputs)["podCidr"]) ?? "RANGE";

/** Whether one range lies inside another. */
function holds(outer: string, inner: string): boolean {
    const [out, within] = [parsePrefix(outer), parsePrefix(inner)];
    return (
        out !== undefined &&
        within !== undefined &&
        out.length <= within.length &&
        prefixContains(out, within.bytes)
    );
}

/** What AKS takes for pods (RFC 1918, RFC 6598). */
const PRIVATE = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"];

/** The next larger private range that holds this one, e.g. 10.244.0.0/15 for 10.244.0.0/16; undefined where there is none. */
function wider(range: string): string | undefined {
    const prefix = parsePrefix(range);
    if (prefix?.bytes.length !== 4 || prefix.length === 0) return undefined;
    const length = prefix.length - 1;
    const bits = (index: number) => Math.min(8, Math.max(0, length - index * 8));
    const bytes = [...prefix.bytes].map((byte, index) => byte & (0xff00 >> bits(index)) & 0xff);
    const next = `${bytes.join(".")}/${length}`;
    return PRIVATE.some((block) => holds(block, next)) ? next : undefined;
}
