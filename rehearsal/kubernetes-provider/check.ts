/** Check: names and namespaces; never the schema of a custom resource (README, ground rules and table b). */
import type { Autonaming, Checked } from "../plugin/provider";
import { type Properties } from "../plugin/values";
import { annotation, AUTONAMED, child, kindOf, prune } from "./objects";

/** What is given to a Check. */
export interface Checking {
    type: string;
    name: string;
    news: Properties;
    olds: Properties;
    seed: Uint8Array;
    autonaming: Autonaming | undefined;
    /** Is the kind namespaced? Also true for kinds that the server does not know. */
    namespaced: boolean;
    /** The provider's default namespace. */
    namespace: string;
    /** Objects carry a label with client-side apply only (README, table a). */
    serverSideApply: boolean;
}

/** The inputs with what the provider fills in. */
export function check({
    type,
    name,
    news,
    olds,
    seed,
    autonaming,
    namespaced,
    namespace,
    serverSideApply,
}: Checking): Checked {
    const pruned = prune(news);
    const metadata = { ...child(pruned, "metadata") };
    const failures = [];
    if (metadata["name"] === undefined && metadata["generateName"] === undefined) {
        const old = annotation(olds, AUTONAMED) === "true" ? child(olds, "metadata")["name"] : undefined;
        const made = old ?? generated(name, seed, autonaming);
        if (made === undefined)
            failures.push({
                property: "metadata.name",
                reason: "metadata.name is required: autonaming is disabled",
            });
        else {
            metadata["name"] = made;
            metadata["annotations"] = { ...child(metadata, "annotations"), [AUTONAMED]: "true" };
        }
    }
    if (namespaced && metadata["namespace"] === undefined) metadata["namespace"] = namespace;
    if (!serverSideApply)
        metadata["labels"] = { ...child(metadata, "labels"), "app.kubernetes.io/managed-by": "pulumi" };
    return { inputs: { ...kindOf(type, pruned), ...pruned, metadata }, failures };
}

function generated(name: string, seed: Uint8Array, autonaming: Autonaming | undefined): string | undefined {
    if (autonaming?.mode === "disable") return undefined;
    if (autonaming !== undefined) return autonaming.proposedName;
    return `${name}-${Buffer.from(seed).toString("hex").slice(0, 8)}`;
}
