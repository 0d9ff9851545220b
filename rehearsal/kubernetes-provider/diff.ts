/** Diff of a resource (README, table d): the old object as far as the program sets it, against the new inputs. */
import { type Change, changes, formatPath } from "../plugin/diff";
import type { Difference, PropertyChange } from "../plugin/provider";
import type { Properties } from "../plugin/values";
import { annotation, AUTONAMED, nameOf, prune, pruneLive } from "./objects";

/** Fields that force a new object, by group and kind; those of ConfigMap and Deployment are recorded, the rest is the provider's table. */
const FORCE_NEW: Record<string, string[]> = {
    "/ConfigMap": ["data", "binaryData", "immutable"],
    "/Secret": ["type", "stringData", "data", "immutable"],
    "/PersistentVolumeClaim": [
        "spec.accessModes",
        "spec.storageClassName",
        "spec.selector",
        "spec.volumeName",
    ],
    "apps/Deployment": ["spec.selector"],
    "apps/DaemonSet": ["spec.selector"],
    "apps/StatefulSet": [
        "spec.podManagementPolicy",
        "spec.revisionHistoryLimit",
        "spec.selector",
        "spec.serviceName",
        "spec.volumeClaimTemplates",
    ],
    "batch/Job": ["spec.selector", "spec.template"],
    "rbac.authorization.k8s.io/ClusterRoleBinding": ["roleRef"],
    "rbac.authorization.k8s.io/RoleBinding": ["roleRef"],
    "storage.k8s.io/StorageClass": ["parameters", "provisioner"],
};
const ALWAYS = ["metadata.name", "metadata.namespace"];

/** Provider options that matter to a diff. */
export interface DiffOptions {
    configMapMutable: boolean;
    secretMutable: boolean;
}

function forceNew(object: Properties, { configMapMutable, secretMutable }: DiffOptions): string[] {
    const [group = ""] = String(object["apiVersion"]).includes("/")
        ? String(object["apiVersion"]).split("/")
        : [""];
    const kind = String(object["kind"]);
    if ((kind === "ConfigMap" && configMapMutable) || (kind === "Secret" && secretMutable)) return ALWAYS;
    return [...ALWAYS, ...(FORCE_NEW[`${group}/${kind}`] ?? [])];
}

const REPLACE = { add: "addReplace", delete: "deleteReplace", update: "updateReplace" } as const;

/** Below a key, or the key itself gone or new. */
const below = (path: string, key: string): boolean =>
    path === key || path.startsWith(`${key}.`) || path.startsWith(`${key}[`);

/**
 * The difference between a resource in the state and new inputs.
 * @param oldInputs the inputs that the state was made with
 * @param live the object as the state knows it
 * @param ignoreChanges paths that the program ignores
 */
export function difference(
    oldInputs: Properties,
    live: Properties,
    news: Properties,
    options: DiffOptions,
    ignoreChanges: string[] = [],
): Difference {
    const before = pruneLive(live, prune(oldInputs));
    const found = changes(before, prune(news)).filter(
        ({ segments }) => !ignoreChanges.some((ignored) => below(formatPath(segments), ignored)),
    );
    const keys = forceNew(news, options);
    const detailed: Record<string, PropertyChange> = {};
    const replaces: string[] = [];
    for (const change of found) {
        const path = formatPath(change.segments);
        const forced = keys.some((key) => below(path, key));
        if (forced) replaces.push(path);
        detailed[path] = { kind: forced ? REPLACE[change.kind] : change.kind, ...mark(change) };
    }
    const [old, now] = [nameOf(live), nameOf(news)];
    const sameName = old.name === now.name && old.namespace === now.namespace;
    // Two objects of one name cannot stand side by side; a generated name can.
    const deleteBeforeReplace = replaces.length > 0 && sameName && annotation(news, AUTONAMED) !== "true";
    return { changes: found.length > 0, replaces, detailed, deleteBeforeReplace };
}

/** The released provider marks removals only as input differences (recorded in d-update-replace). */
const mark = ({ kind }: Change): { inputDiff?: boolean } => (kind === "delete" ? { inputDiff: true } : {});
