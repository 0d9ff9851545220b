import * as fs from "node:fs";
import * as path from "node:path";
import { kubeconfigOf } from "../cluster/folder";
import type { Places } from "../places";
import type { Deployment } from "./pending";

/** Name of the project, as Pulumi.yaml says it. */
export function projectOf(root: string): string {
    const text = fs.readFileSync(path.join(root, "Pulumi.yaml"), "utf8");
    const name = /^name:\s*["']?([\w.-]+)/m.exec(text)?.[1];
    if (name === undefined) throw new Error("Pulumi.yaml has no name");
    return name;
}

/** Where the file backend keeps a stack's state. */
export const checkpointOf = (places: Places, project: string, stack: string): string =>
    path.join(places.backend, ".pulumi", "stacks", project, `${stack}.json`);

/** The latest deployment of a stack; undefined before its first one. */
export function deploymentOf(places: Places, project: string, stack: string): Deployment | undefined {
    const file = checkpointOf(places, project, stack);
    if (!fs.existsSync(file)) return undefined;
    const { checkpoint } = JSON.parse(fs.readFileSync(file, "utf8")) as {
        checkpoint?: { latest?: Deployment };
    };
    return checkpoint?.latest;
}

/** The folder name of a managed cluster's servers, as the stand-in of Azure names them. */
export function clusterFolder(id: string): string | undefined {
    const [, group, name] = /\/resourceGroups\/([^/]+)\/.*\/managedClusters\/([^/]+)$/i.exec(id) ?? [];
    return group === undefined || name === undefined ? undefined : `${group}_${name}`.toLowerCase();
}

/**
 * Kubeconfig of the cluster that a stack made; for a stack that made none (examples/consumer), of the only one there is.
 * @returns undefined while there is none, or more than one to choose from
 */
export function stackKubeconfig(places: Places, root: string, stack: string): string | undefined {
    const resources = deploymentOf(places, projectOf(root), stack)?.resources ?? [];
    const own = resources
        .filter((resource) => resource.type === "azure-native:containerservice:ManagedCluster")
        .filter((resource) => resource.delete !== true && resource.id !== undefined)
        .map(({ id }) => clusterFolder(id ?? ""))
        .filter((folder) => folder !== undefined);
    const all = fs.existsSync(places.clusters) ? fs.readdirSync(places.clusters) : [];
    const files = (own.length > 0 ? own : all)
        .map((folder) => kubeconfigOf(path.join(places.clusters, folder)))
        .filter((file) => fs.existsSync(file));
    return files.length === 1 ? files[0] : undefined;
}
