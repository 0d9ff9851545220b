import { fieldReader, type FieldReader } from "./fields";
import type { ManifestDocument, Path } from "../manifest/document";
import type { ServiceDefinition } from "../reachability/types";
import type { Finding } from "../validation/finding";

const TYPES = ["ClusterIP", "NodePort", "LoadBalancer", "ExternalName"] as const;
const POLICIES = ["Cluster", "Local"] as const;
const PROTOCOLS = ["TCP", "UDP", "SCTP"] as const;
const PORT = { min: 1, max: 65535 };

/**
 * Reads a Service; absent fields get the API server's defaults.
 * @param findings where problems go, code W01
 */
export function readService(document: ManifestDocument, findings: Finding[]): ServiceDefinition {
    const fields = fieldReader(document, findings);
    return {
        namespace: document.namespace ?? "default",
        name: document.name,
        labels: fields.stringMap(["metadata", "labels"]),
        selector:
            fields.object(["spec", "selector"]) === undefined
                ? undefined
                : fields.stringMap(["spec", "selector"]),
        type: choice(fields, ["spec", "type"], TYPES, "ClusterIP"),
        externalTrafficPolicy: choice(fields, ["spec", "externalTrafficPolicy"], POLICIES, "Cluster"),
        ports: fields.list(["spec", "ports"]).flatMap((_, index) => {
            const path = ["spec", "ports", index];
            const port = fields.integer([...path, "port"], PORT);
            if (port === undefined) return [];
            const target = fields.at([...path, "targetPort"]);
            const named = typeof target === "string";
            return {
                name: fields.string([...path, "name"]),
                port,
                targetPort: named ? target : (fields.integer([...path, "targetPort"], PORT) ?? port),
                protocol: choice(fields, [...path, "protocol"], PROTOCOLS, "TCP"),
            };
        }),
        document,
    };
}

function choice<T extends string>(fields: FieldReader, path: Path, values: readonly T[], fallback: T): T {
    const text = fields.string(path);
    const known = values.find((value) => value === text);
    if (text !== undefined && known === undefined) {
        fields.report(
            path,
            `${String(path.at(-1))} is ${JSON.stringify(text)}, expected ${values.join(", ")}`,
            `write one of ${values.join(", ")}`,
        );
    }
    return known ?? fallback;
}
