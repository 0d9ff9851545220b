import type { Path } from "../../manifest/document";
import { METADATA_NAME, NAMESPACE_LABELS, POD_NAMESPACE } from "../../semantics/labels";
import { labelSelector, type LabelSelector, type Requirement } from "../../semantics/selectors";
import { problem } from "../codes/problem";
import type { Problem } from "../finding";
import type { Pod, Population } from "../population";
import { suggest } from "../../model/suggest";

/**
 * L26: a selector that selects no workload, with the requirement that nothing meets and what is close to it.
 * @param effect what that makes of the policy, e.g. `this peer matches no workload`
 */
export function unmatched(
    path: Path,
    selector: LabelSelector,
    population: Population,
    effect: string,
): Problem {
    const { text, meant, unknownNamespace } = culprit(selector, population);
    return problem("L26", path, `${effect}: ${text}`, {
        // Who gives the workloads of one team only cannot be told that another team's do not exist.
        ...(unknownNamespace === true && meant === undefined ? { severity: "info" as const } : {}),
        ...(meant === undefined ? {} : { fix: `did you mean \`${meant}\`?` }),
    });
}

interface Culprit {
    readonly text: string;
    readonly meant?: string | undefined;
    readonly unknownNamespace?: boolean;
}

/** Keys that name a namespace, in a Cilium policy and in a namespaceSelector. */
const NAMESPACE_KEYS = [POD_NAMESPACE, NAMESPACE_LABELS + METADATA_NAME];

/** The requirement that nothing meets, and what is close to it. */
function culprit({ requirements }: LabelSelector, population: Population): Culprit {
    const namespaces = requirements.filter(
        ({ key, operator }) => NAMESPACE_KEYS.includes(key) && operator === "In",
    );
    const [first] = namespaces;
    const namespace = first?.values[0];
    if (first !== undefined && namespace !== undefined && !population.namespaces.has(namespace)) {
        const close = closeTo(namespace, population.namespaces);
        return {
            text: `no workload of namespace ${namespace} is known`,
            meant: close === undefined ? undefined : `${shortKey(first.key)}: ${close}`,
            unknownNamespace: true,
        };
    }
    const within = namespaces.length === 0 ? population.pods : population.select(labelSelector(namespaces));
    for (const requirement of requirements) {
        if (namespaces.includes(requirement) || !["In", "Exists"].includes(requirement.operator)) continue;
        if (within.some(({ identity }) => meets(requirement, identity.k8s.get(requirement.key)))) continue;
        const where = namespace === undefined ? "" : ` of namespace ${namespace}`;
        return { text: `no pod${where} has ${written(requirement)}`, meant: closest(requirement, within) };
    }
    return { text: `no pod has all of ${requirements.map(written).join(", ")}` };
}

/** A namespace's label as a namespaceSelector has it. */
function shortKey(key: string): string {
    return key.startsWith(NAMESPACE_LABELS + METADATA_NAME) ? METADATA_NAME : key;
}

function meets({ operator, values }: Requirement, value: string | undefined): boolean {
    return value !== undefined && (operator === "Exists" || values.includes(value));
}

function written({ key, operator, values }: Requirement): string {
    if (operator === "In" && values.length === 1) return `${key}: ${values[0] ?? ""}`;
    return operator === "Exists" || operator === "DoesNotExist"
        ? `${key} ${operator}`
        : `${key} ${operator} [${values.join(", ")}]`;
}

/** The known label closest to a requirement: another value of its key, or another key with its value. */
function closest({ key, values }: Requirement, pods: readonly Pod[]): string | undefined {
    const ofKey = new Set(pods.flatMap(({ identity }) => identity.k8s.get(key) ?? []));
    const value = values[0];
    if (ofKey.size > 0) {
        const close = value === undefined ? undefined : closeTo(value, ofKey);
        return close === undefined ? undefined : `${key}: ${close}`;
    }
    const keys = new Set(
        pods.flatMap(({ identity }) => [...identity.k8s.keys()].filter((each) => !each.startsWith("io."))),
    );
    const sameValue = [...keys].find(
        (each) => value !== undefined && pods.some(({ identity }) => identity.k8s.get(each) === value),
    );
    const close = sameValue ?? closeTo(key, keys);
    return close === undefined ? undefined : value === undefined ? close : `${close}: ${value}`;
}

/** What was likely meant: a slip of the keyboard, or the word cut short or drawn out (`front`, `frontend`). */
export function closeTo(word: string, known: Iterable<string>): string | undefined {
    const words = [...known];
    return suggest(word, words) ?? words.find((each) => each.startsWith(word) || word.startsWith(each));
}
