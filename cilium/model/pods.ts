import type { Path } from "../manifest/document";
import type { NamedPort } from "../reachability/types";
import type { FieldReader } from "./fields";

/** What of a pod (or of the template of one) decides its identity and its ports in Cilium. */
export interface PodFacts {
    readonly labels: Readonly<Record<string, string>>;
    readonly namedPorts: readonly NamedPort[];
    readonly hostNetwork: boolean;
    readonly serviceAccount: string;
}

const PORT = { min: 1, max: 65535 };
const PROTOCOLS = ["TCP", "UDP", "SCTP"] as const;

/**
 * Reads a pod template, or a Pod itself.
 *
 * Only `spec.containers` count for named ports, not init containers, sidecars included, and a name that two containers
 * use belongs to the later one: that is how Cilium's agent reads a pod (`pkg/k8s/labels.go GetPodMetadata`,
 * `pkg/types/portmap.go AddPort`, 1.16 to 1.19).
 * @param at path of the template: `["spec", "template"]`, or `[]` for a Pod
 */
export function readPod(fields: FieldReader, at: Path): PodFacts {
    const spec = [...at, "spec"];
    if (fields.object(spec) === undefined) {
        fields.report(spec, "there is no pod spec", `write ${spec.join(".")} with the pod's containers`);
    }
    const ports = new Map<string, NamedPort>();
    fields.list([...spec, "containers"]).forEach((_, container) => {
        const path = [...spec, "containers", container, "ports"];
        fields.list(path).forEach((_, index) => {
            const port = readNamedPort(fields, [...path, index]);
            if (port !== undefined) ports.set(port.name, port);
        });
    });
    return {
        labels: podLabels(fields.stringMap([...at, "metadata", "labels"])),
        namedPorts: [...ports.values()],
        hostNetwork: fields.boolean([...spec, "hostNetwork"]) ?? false,
        serviceAccount:
            fields.string([...spec, "serviceAccountName"]) ??
            fields.string([...spec, "serviceAccount"]) ??
            "default",
    };
}

function readNamedPort(fields: FieldReader, path: Path): NamedPort | undefined {
    const name = fields.string([...path, "name"]);
    const port = fields.integer([...path, "containerPort"], PORT);
    const protocol = fields.string([...path, "protocol"]) ?? "TCP";
    const known = PROTOCOLS.find((one) => one === protocol);
    if (known === undefined) {
        fields.report(
            [...path, "protocol"],
            `protocol is ${JSON.stringify(protocol)}, expected TCP, UDP or SCTP`,
            "write TCP, UDP or SCTP in capitals",
        );
        return undefined;
    }
    // Names are compared in lower case (pkg/types/portmap.go ValidatePortName).
    return name === undefined || port === undefined
        ? undefined
        : { name: name.toLowerCase(), port, protocol: known };
}

/** Cilium drops what a pod claims under its own prefix (`pkg/k8s/utils/utils.go RemoveCiliumLabels`). */
function podLabels(labels: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
    const claimed = Object.keys(labels).some((key) => key.startsWith("io.cilium.k8s"));
    if (!claimed) return labels;
    return Object.fromEntries(Object.entries(labels).filter(([key]) => !key.startsWith("io.cilium.k8s")));
}
