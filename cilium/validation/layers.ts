import type { JsonValue, ManifestDocument, Path } from "../manifest/document";
import { isPolicyKind } from "../model/kinds";
import { checkAcceptance } from "./acceptance";
import { advise } from "./advice";
import { adviseWithWorkloads } from "./advice/workloads";
import { checkCluster, checkClusterNetworkPolicy } from "./aks/check";
import { catalogued } from "./catalogued";
import type { CheckContext } from "./context";
import type { Problem } from "./finding";
import { checkKubernetesNetworkPolicy } from "./kubernetes-network-policy";
import { networkPolicyView } from "./network-policy-view";
import { checkStructure } from "./structure";

/**
 * What becomes of a policy: `accepted` it is enforced as written; `rejected` the API server refuses it, or stores it
 * and Cilium never enforces it; `inert` it is stored, but cut by the API server or not (wholly) enforced by this cluster.
 */
export type DocumentVerdict = "accepted" | "rejected" | "inert";

/** What one minor makes of a document. */
export interface LayeredResult {
    readonly problems: readonly Problem[];
    readonly verdict: DocumentVerdict;
}

/** Runs the four layers for one Cilium minor, and says one cause once. */
export function checkDocument(document: ManifestDocument, context: CheckContext): LayeredResult {
    const { kind, value } = document;
    if (!isPolicyKind(kind)) return { problems: [], verdict: "accepted" };
    const { crd, problems: structural, pruned, stored } = checkStructure(value, kind, context.minor);
    const acceptance = checkAcceptance(stored, kind, context.minor);
    const apiServer = kind === "NetworkPolicy" ? checkKubernetesNetworkPolicy(stored) : [];
    const known = (problems: readonly Problem[]): readonly Problem[] =>
        problems.filter(({ path }) => !isPlaceholder(valueAt(value, path))).map((each) => catalogued(each));

    const policy = context.views.get(document);
    const networkPolicy = networkPolicyView(document);
    const cluster =
        policy !== undefined
            ? checkCluster(policy, context)
            : networkPolicy !== undefined
              ? checkClusterNetworkPolicy(networkPolicy, context)
              : [];
    const gates = known([...structural, ...apiServer, ...acceptance.problems]);

    const cut = new Set(pruned.map((path) => JSON.stringify(path)));
    const fatal = gates.some(({ path, severity }) => severity === "error" && !cut.has(JSON.stringify(path)));
    const silent = structural.length === 0 && acceptance.problems.length === 0;
    const refused = fatal || (silent && (crd === "errors" || acceptance.sanitize !== "ok"));
    const verdict =
        refused || cluster.some((each) => each.verdict === "rejected")
            ? "rejected"
            : pruned.length > 0 || cluster.some((each) => each.verdict === "inert")
              ? "inert"
              : "accepted";
    // What a policy does to workloads is only asked of one that is in force at all.
    const withWorkloads = refused ? [] : adviseWithWorkloads(document, stored, context);
    const ours = known([...cluster, ...advise(policy, networkPolicy, context), ...withWorkloads]);
    return { problems: oncePerCause(gates, ours), verdict };
}

/**
 * A gate and a piece of advice with the same code about the same part of the document are one cause; the advice knows
 * more of what it means. The same problem found by two gates is told once.
 */
function oncePerCause(gates: readonly Problem[], ours: readonly Problem[]): readonly Problem[] {
    const kept: Problem[] = [...ours];
    for (const gate of gates) {
        if (kept.some((other) => isSameCause(other, gate))) continue;
        kept.push(gate);
    }
    return kept;
}

/**
 * Whether a gate only repeats what is told already: the same code; what the agent would say of a value (A…, L…) that the
 * structural check (S…, K…) finds wrong, since the API server never stores it; A16, which is about anything unreadable.
 */
function isSameCause(told: Problem, gate: Problem): boolean {
    if (told.code === gate.code) return overlap(told.path, gate.path);
    if (gate.code === "A16" && /^[SL]/.test(told.code)) return overlap(told.path, gate.path);
    return /^[SK]/.test(told.code) && told.path.length === gate.path.length && overlap(told.path, gate.path);
}

function overlap(a: Path, b: Path): boolean {
    const [short, long] = a.length < b.length ? [a, b] : [b, a];
    return short.every((step, index) => step === long[index]);
}

/** The value at a path; undefined where there is none. */
export function valueAt(value: JsonValue, path: Path): JsonValue | undefined {
    let current: JsonValue | undefined = value;
    for (const step of path) {
        if (typeof current !== "object" || current === null) return undefined;
        current = Array.isArray(current) ? current[Number(step)] : current[step];
    }
    return current;
}

/** `${VAR}` of envsubst and Flux that nobody filled: named by the reader, and never a broken value. */
function isPlaceholder(value: JsonValue | undefined): boolean {
    return typeof value === "string" && /\$\{[A-Za-z_]/.test(value);
}
