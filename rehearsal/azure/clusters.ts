/** The Kubernetes clusters behind managed clusters: one API server each, started by the rehearsal (docs/rehearsal.md). */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { type JsonObject, partsOf } from "./arm";

/** Starts, follows and ends clusters. */
export interface Clusters {
    /** Makes the cluster follow the managed cluster as ARM returns it; gives the kubeconfig's path. */
    start(id: string, cluster: JsonObject): Promise<string>;
    /** Ends the servers and removes their data. */
    remove(id: string): Promise<void>;
}

/** One file name for each managed cluster. */
export function clusterName(id: string): string {
    const { group, name } = partsOf(id);
    return `${group}_${name}`.toLowerCase();
}

function run(command: string, args: string[], input: string): Promise<string> {
    return new Promise((resolve, reject) => {
        const process = spawn(command, args, { stdio: ["pipe", "pipe", "pipe"] });
        let out = "";
        let err = "";
        process.stdout.on("data", (data: Buffer) => (out += data.toString()));
        process.stderr.on("data", (data: Buffer) => (err += data.toString()));
        process.on("error", reject);
        process.on("close", (code) =>
            code === 0
                ? resolve(out)
                : reject(
                      new Error(
                          err.trim() === "" ? `${command} ${args.join(" ")} ended with ${code}` : err.trim(),
                      ),
                  ),
        );
        process.stdin.on("error", () => undefined); // the command may end without reading
        process.stdin.end(input);
    });
}

/** Clusters by the command of `AKS_CILIUM_CLUSTER`: `start --name NAME < CLUSTER.json`, `delete --name NAME`. */
export function clustersByCommand(command: string): Clusters {
    const last = new Map<string, Promise<unknown>>();
    // One command at a time for each cluster: pools that change side by side would start the same servers twice.
    const inTurn = <T>(id: string, work: () => Promise<T>): Promise<T> => {
        const name = clusterName(id);
        const next = (last.get(name) ?? Promise.resolve()).then(work, work);
        last.set(name, next);
        return next;
    };
    return {
        start: (id, cluster) =>
            inTurn(id, async () => {
                const out = await run(command, ["start", "--name", clusterName(id)], JSON.stringify(cluster));
                const line = out.trim().split("\n").at(-1) ?? "";
                return (JSON.parse(line) as { kubeconfig: string }).kubeconfig;
            }),
        remove: (id) =>
            inTurn(id, async () => {
                await run(command, ["delete", "--name", clusterName(id)], "");
            }),
    };
}

/** No command: every managed cluster is the one of a given kubeconfig (`rehearse --kubeconfig FILE`), which is left alone. */
export function givenCluster(kubeconfig: string | undefined): Clusters {
    return {
        start: async () => {
            if (kubeconfig === undefined || !existsSync(kubeconfig)) {
                const given = kubeconfig === undefined ? "neither is set" : `no file ${kubeconfig}`;
                throw new Error(
                    `a managed cluster needs AKS_CILIUM_CLUSTER (a command) or KUBECONFIG (a file): ${given}`,
                );
            }
            return kubeconfig;
        },
        remove: async () => undefined,
    };
}
