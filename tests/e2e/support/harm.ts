import * as fs from "node:fs";
import * as path from "node:path";
import type { Project } from "./project";

/** Ways to harm a rehearsal: faults of its stand-ins, and kubectl. */

/** Writes the faults of the stand-in of Azure (rehearsal/azure/faults.ts). */
export const azureFaults =
    (...faults: object[]) =>
    (project: Project) =>
        fs.writeFileSync(path.join(project.state, "azure", "faults.json"), JSON.stringify(faults));

/** Writes the faults of clusters (rehearsal/cluster/faults.ts). */
export const clusterFaults = (project: Project, faults: object) =>
    fs.writeFileSync(path.join(project.state, "cluster-faults.json"), JSON.stringify(faults));

/** Kubectl, which must succeed; words are split at spaces. */
export const kubectl =
    (line: string, ...more: string[]) =>
    (project: Project) =>
        project.succeed("kubectl", ...line.split(" "), ...more);

export const patch = (line: string, value: object, type = "merge") =>
    kubectl(`patch ${line} --type ${type} -p`, JSON.stringify(value));

/** Keeps an object as it is, deletes it, and puts it back. */
export function removal(kind: string, name: string, ...where: string[]) {
    const file = (project: Project) => path.join(project.state, "removed.json");
    return {
        make: async (project: Project) => {
            const { stdout } = await project.succeed("kubectl", "get", kind, name, ...where, "-o", "json");
            const { metadata, status: _, ...rest } = JSON.parse(stdout) as Record<string, object>;
            const { name: own, namespace, labels, annotations } = metadata as Record<string, unknown>;
            fs.writeFileSync(
                file(project),
                JSON.stringify({ ...rest, metadata: { name: own, namespace, labels, annotations } }),
            );
            await project.succeed("kubectl", "delete", kind, name, ...where);
        },
        heal: async (project: Project) => {
            await project.succeed("kubectl", "create", "-f", file(project));
            fs.rmSync(file(project));
        },
    };
}

/** Creates objects from their text. */
export const create = (name: string, ...objects: object[]) => {
    const file = (project: Project) => path.join(project.state, `${name}.json`);
    return {
        make: async (project: Project) => {
            const list = { apiVersion: "v1", kind: "List", items: objects };
            fs.writeFileSync(file(project), JSON.stringify(list));
            await project.succeed("kubectl", "apply", "-f", file(project));
        },
        heal: async (project: Project) => {
            await project.succeed("kubectl", "delete", "-f", file(project));
            fs.rmSync(file(project));
        },
    };
};
