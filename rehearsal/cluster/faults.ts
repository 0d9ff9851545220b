import * as fs from "node:fs";
import * as path from "node:path";

/**
 * Faults of clusters on demand: `cluster-faults.json` in the state folder, for all clusters of it.
 * `{"crdDelaySeconds": 20, "notReady": ["kube-system/cilium-*"], "stopped": ["kube-apiserver"]}`
 */
export interface ClusterFaults {
    /** How long after the API server a new cluster's CRDs arrive. @default 0 */
    readonly crdDelaySeconds: number;
    /** Pods (`NAMESPACE/NAME`, `*` for any text) that the kubelets report as not ready, within a second. @default [] */
    readonly notReady: readonly string[];
    /** Servers that are kept down; `kube-apiserver` is the one that anybody misses. @default [] */
    readonly stopped: readonly string[];
}

const NONE: ClusterFaults = { crdDelaySeconds: 0, notReady: [], stopped: [] };

/**
 * The faults of a state folder.
 * @throws Error naming a key that is no fault, or a value of another type
 */
export function readFaults(state: string): ClusterFaults {
    const file = path.join(state, "cluster-faults.json");
    if (!fs.existsSync(file)) return NONE;
    const given = JSON.parse(fs.readFileSync(file, "utf8")) as Record<string, unknown>;
    for (const [key, value] of Object.entries(given)) {
        const good =
            key === "crdDelaySeconds"
                ? typeof value === "number"
                : key in NONE && Array.isArray(value) && value.every((one) => typeof one === "string");
        if (!good) {
            const known = "crdDelaySeconds (a number), notReady, stopped (lists of texts)";
            throw new Error(`cluster-faults.json: ${key}: ${JSON.stringify(value)}; there are ${known}`);
        }
    }
    return { ...NONE, ...given };
}

/** Whether one of the patterns names this pod, given as `NAMESPACE/NAME`. */
export const isNamed = (patterns: readonly string[], pod: string): boolean =>
    patterns.some((pattern) => new RegExp(`^${pattern.split("*").map(escape).join(".*")}$`).test(pod));

const escape = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
