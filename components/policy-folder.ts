import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { ManifestFileArgs } from "./cilium-policies-args";

/** Sample workloads lie beside the policies of their namespace in a folder of this name. */
const WORKLOADS = "workloads";

/** What lies in the policies folder: the policies, and the workloads that only a setting applies. */
export interface PolicyFolder {
    readonly policies: ManifestFileArgs[];
    readonly workloads: ManifestFileArgs[];
}

/**
 * Reads `clusterwide/` and `namespaces/` of a folder, sorted by path so that every machine sees the same order. Other
 * files beside them (expectations) are no manifests.
 * @throws the error of the file system when the folder is not there
 */
export function readPolicyFolder(folder: string): PolicyFolder {
    const files = ["clusterwide", "namespaces"].flatMap((part) => manifestsUnder(join(folder, part)));
    const isWorkload = (file: ManifestFileArgs) => file.path.split(/[\\/]/).includes(WORKLOADS);
    return { policies: files.filter((file) => !isWorkload(file)), workloads: files.filter(isWorkload) };
}

function manifestsUnder(folder: string): ManifestFileArgs[] {
    return readdirSync(folder, { withFileTypes: true, recursive: true })
        .filter((entry) => entry.isFile() && /\.(ya?ml|json)$/.test(entry.name))
        .map((entry) => join(entry.parentPath, entry.name))
        .sort()
        .map((path) => ({ path, text: readFileSync(path, "utf8") }));
}
