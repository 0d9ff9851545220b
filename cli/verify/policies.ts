import type { KubernetesObject } from "../operations/kubernetes";
import type { Manifest, PolicyName } from "../operations/stack";
import { count, fail, judge, names, pass, warn, type Check, type Observed, type Outcome } from "./check";
import type { Condition } from "./cluster-facts";
import { differences, type Difference } from "./compare";
import { word, type Look } from "./look";

/** A policy in the cluster. */
export interface LivePolicy extends KubernetesObject {
    status?: { conditions?: Condition[] };
}

/** A policy that must be there. */
export interface WantedPolicy extends PolicyName {
    /** As it was applied; undefined where only its name is known. */
    readonly manifest: Manifest | undefined;
}

/** What the policies are held against. */
export interface PolicyExpectations {
    /** Undefined where nobody says which there must be: then only their validity is checked. */
    readonly wanted: readonly WantedPolicy[] | undefined;
    /** For messages: `the stack`, `policies/`. */
    readonly source: string;
    /** How to bring back what is missing or was changed. */
    readonly restore: string;
    /** Milliseconds since the epoch. */
    readonly now: number;
}

/** Kinds that Cilium's operator judges. */
export const JUDGED_KINDS = ["CiliumNetworkPolicy", "CiliumClusterwideNetworkPolicy"];

/** How long the operator may take for its verdict. */
const GRACE = 120_000;

/** Policies: all of ours there, unchanged and valid; others told. */
export function policyChecks(
    observed: Observed<readonly LivePolicy[]>,
    expected: PolicyExpectations,
    look: Look,
): Check[] {
    const { wanted } = expected;
    return [
        ...(wanted === undefined
            ? []
            : [...presence(observed, wanted, expected, look), ...equality(observed, wanted, expected, look)]),
        ...validity(observed, expected, look),
        foreign(observed, expected, look),
    ];
}

const nameOf = ({ kind, namespace, name }: PolicyName) =>
    [kind, namespace, name].filter((part) => part !== "").join("/");
const liveName = ({ kind, metadata }: LivePolicy) =>
    nameOf({ kind, namespace: metadata.namespace ?? "", name: metadata.name });

const getLine = ({ kind, namespace, name }: PolicyName, look: Look) =>
    look.kubectl(
        `get ${kind.toLowerCase()} ${word(name)}${namespace === "" ? "" : ` -n ${namespace}`} -o yaml`,
    );

const LIST = "get cnp,ccnp,networkpolicy -A";

/** One check when all is well, one for each policy that is not. */
function eachOrAll(
    subject: { id: string; title: string; expected: string },
    observed: Observed<readonly LivePolicy[]>,
    problems: (live: readonly LivePolicy[]) => Check[],
    good: (live: readonly LivePolicy[]) => Outcome,
    look: Look,
): Check[] {
    const all = { ...subject, look: look.kubectl(LIST) };
    if ("problem" in observed) return [judge(all, observed, good)];
    const found = problems(observed.value);
    return found.length > 0 ? found : [judge(all, observed, good)];
}

function presence(
    observed: Observed<readonly LivePolicy[]>,
    wanted: readonly WantedPolicy[],
    { source, restore }: PolicyExpectations,
    look: Look,
): Check[] {
    const subject = {
        id: "policies.present",
        title: "policies are there",
        expected: `all ${wanted.length} of ${source}`,
    };
    return eachOrAll(
        subject,
        observed,
        (live) => {
            const there = new Set(live.map(liveName));
            return wanted
                .filter((policy) => !there.has(nameOf(policy)))
                .map((policy) => ({
                    id: `${subject.id}/${nameOf(policy)}`,
                    title: `${nameOf(policy)} is there`,
                    expected: `a policy of ${source}`,
                    found: "not in the cluster",
                    verdict: "fail" as const,
                    look: getLine(policy, look),
                    advice: `somebody deleted it: ${restore}`,
                }));
        },
        () => pass(`all ${wanted.length}`),
        look,
    );
}

function equality(
    observed: Observed<readonly LivePolicy[]>,
    wanted: readonly WantedPolicy[],
    { source, restore }: PolicyExpectations,
    look: Look,
): Check[] {
    const subject = {
        id: "policies.unchanged",
        title: "policies are as applied",
        expected: `as in ${source}`,
    };
    const hidden = wanted.filter(({ manifest }) => manifest === undefined).length;
    return eachOrAll(
        subject,
        observed,
        (live) => {
            const byName = new Map(live.map((policy) => [liveName(policy), policy]));
            return wanted.flatMap((policy) => {
                const there = byName.get(nameOf(policy));
                if (there === undefined || policy.manifest === undefined) return [];
                const found = differences(policy.manifest, there as unknown as Manifest);
                const [first] = found;
                if (first === undefined) return [];
                return [
                    {
                        id: `${subject.id}/${nameOf(policy)}`,
                        title: `${nameOf(policy)} is as applied`,
                        expected: `${first.path}: ${first.applied ?? "absent"}`,
                        found: `${first.path}: ${first.live ?? "absent"}${others(found)}`,
                        verdict: "fail" as const,
                        look: getLine(policy, look),
                        advice: `somebody changed it in the cluster: ${restore}; a change that shall stay belongs into its file`,
                    },
                ];
            });
        },
        (live) => {
            const there = new Set(live.map(liveName));
            const compared = wanted.filter((policy) => there.has(nameOf(policy))).length - hidden;
            return hidden === 0
                ? pass(`${compared} compared`)
                : warn(
                      `${compared} compared, ${hidden} not: the state keeps ${hidden === 1 ? "it" : "them"} encrypted`,
                      "a policy with a secret setting in it cannot be compared without the stack's passphrase",
                  );
        },
        look,
    );
}

function others(found: readonly Difference[]): string {
    if (found.length === 1) return "";
    const rest = found.slice(1).map(({ path }) => path);
    return `; also ${names(rest, 3)}`;
}

const valid = ({ status }: LivePolicy): Condition | undefined =>
    status?.conditions?.find(({ type }) => type === "Valid");

function validity(
    observed: Observed<readonly LivePolicy[]>,
    { now, wanted }: PolicyExpectations,
    look: Look,
): Check[] {
    const ours = wanted === undefined ? undefined : new Set(wanted.map(nameOf));
    const subject = {
        id: "policies.valid",
        title: "policies are valid for Cilium",
        expected: "Valid=True of every CiliumNetworkPolicy and CiliumClusterwideNetworkPolicy",
    };
    const judged = (live: readonly LivePolicy[]) => live.filter(({ kind }) => JUDGED_KINDS.includes(kind));
    return eachOrAll(
        subject,
        observed,
        (live) => {
            const reports = judged(live).some((policy) => valid(policy) !== undefined);
            return judged(live).flatMap((policy) => {
                const outcome = validOutcome(policy, reports, now, look);
                if (outcome === undefined) return [];
                const own = ours?.has(liveName(policy)) ?? true;
                const id = {
                    ...policy,
                    namespace: policy.metadata.namespace ?? "",
                    name: policy.metadata.name,
                };
                return [
                    {
                        id: `${subject.id}/${liveName(policy)}`,
                        title: `${liveName(policy)} is valid for Cilium`,
                        expected: "Valid=True",
                        look: getLine(id, look),
                        advice: "",
                        ...outcome,
                        // Somebody else's policy that does nothing leaves ours as they are.
                        ...(own ? {} : { verdict: "warn" as const }),
                    },
                ];
            });
        },
        (live) => {
            const all = judged(live);
            if (all.length === 0) return pass("there is none");
            return all.some((policy) => valid(policy) !== undefined)
                ? pass(`${all.length} of ${all.length}`)
                : warn(
                      `no verdict on any of ${count(all.length, "policy").replace(/policys$/, "policies")}`,
                      "this Cilium's operator reports none: `aks-cilium check` says what it would",
                  );
        },
        look,
    );
}

/** Undefined where there is nothing to tell of this one. */
function validOutcome(policy: LivePolicy, reports: boolean, now: number, look: Look): Outcome | undefined {
    const condition = valid(policy);
    if (condition?.status === "True") return undefined;
    if (condition?.status === "False")
        return fail(
            `Valid=False: ${condition.message ?? "without a message"}`,
            "Cilium does not enforce it: correct it and apply it again; `aks-cilium check` explains the message",
        );
    // An operator that reports on no policy at all is told once, for all of them.
    if (!reports) return undefined;
    const age = now - Date.parse(policy.metadata.creationTimestamp ?? "");
    if (age < GRACE) return warn("no verdict yet", "it is new: verify again in a minute");
    return {
        verdict: "unknown",
        found: "the operator has said nothing about it, as it has about others",
        advice: `see its log: ${look.kubectl("logs -n kube-system -l io.cilium/app=operator --tail=50")}`,
    };
}

/**
 * Policies that AKS makes itself: `block-azure-destinations` with eBPF host routing (aks.md 1.4), and what carries the
 * labels of AKS's managed objects or lies in kube-system with them.
 */
export function isPlatformPolicy({ metadata }: KubernetesObject): boolean {
    const { name, labels = {} } = metadata;
    return (
        name === "block-azure-destinations" ||
        labels["kubernetes.azure.com/managedby"] === "aks" ||
        labels["app.kubernetes.io/actually-managed-by"] === "Eno" ||
        labels["app.kubernetes.io/managed-by"] === "Eno" ||
        labels["addonmanager.kubernetes.io/mode"] !== undefined
    );
}

function foreign(
    observed: Observed<readonly LivePolicy[]>,
    { wanted, source }: PolicyExpectations,
    look: Look,
): Check {
    return judge(
        {
            id: "policies.foreign",
            title: wanted === undefined ? "policies of the cluster" : "policies of others",
            expected: wanted === undefined ? "listed" : `none beside those of ${source}, but AKS's own`,
            look: look.kubectl(LIST),
        },
        observed,
        (live) => {
            const ours = new Set(wanted?.map(nameOf));
            const rest = live.filter((policy) => !ours.has(liveName(policy)));
            const platform = rest.filter(isPlatformPolicy).map(liveName);
            const others = rest.filter((policy) => !isPlatformPolicy(policy)).map(liveName);
            const aks = platform.length === 0 ? "" : `AKS's own: ${names(platform)}`;
            const all = (most: number) => [names(others, most), aks].filter((part) => part !== "").join("; ");
            if (wanted === undefined) return pass(live.length === 0 ? "none" : all(50));
            if (others.length === 0) return pass(aks === "" ? "none" : aks);
            return warn(
                all(12),
                "they take part in every decision of the pods they select: `aks-cilium check` and `reach` know only the files; take them into policies/ or remove them",
            );
        },
    );
}
