/** DiffConfig: when a change of the provider replaces everything in it (README, table e). */
import type { Difference } from "../plugin/provider";
import { equal, isUnknown, type Properties } from "../plugin/values";
import { activeCluster, selectionOf } from "./kubeconfig";

const LOCATION = ["kubeconfig", "context", "cluster"];

/** The difference between two sets of provider arguments. */
export function configDifference(olds: Properties, news: Properties): Difference {
    const keys = [...new Set([...Object.keys(olds), ...Object.keys(news)])].sort();
    const changed = keys.filter((key) => !equal(olds[key], news[key]));
    if (changed.length === 0) return { changes: false };
    const unknown = LOCATION.filter((key) => isUnknown(news[key]));
    const moved = unknown.length > 0 ? unknown : elsewhere(olds, news) ? ["kubeconfig"] : [];
    const [before, after] = [olds["clusterIdentifier"], news["clusterIdentifier"]];
    const identified = before !== undefined && after !== undefined;
    const other = identified && !equal(before, after);
    // The same identifier on both sides hides even a move to another cluster.
    const replaces = identified && !other ? [] : [...(other ? ["clusterIdentifier"] : []), ...moved];
    // With an unknown kubeconfig only the kubeconfig is named as different.
    return { changes: true, diffs: unknown.length > 0 ? unknown : changed, replaces };
}

/** Is the active cluster entry another one? Names of entries and users do not count. */
function elsewhere(olds: Properties, news: Properties): boolean {
    if (LOCATION.every((key) => equal(olds[key], news[key]))) return false;
    const [before, after] = [activeCluster(selectionOf(olds)), activeCluster(selectionOf(news))];
    return JSON.stringify(sorted(before)) !== JSON.stringify(sorted(after));
}

const sorted = (entry: object | undefined): unknown =>
    entry && Object.entries(entry).sort(([a], [b]) => (a < b ? -1 : 1));
