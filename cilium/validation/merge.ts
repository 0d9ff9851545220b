import type { CiliumMinor } from "../model/versions";
import type { LayeredResult, DocumentVerdict } from "./layers";
import type { Problem } from "./finding";

/** A problem and the minors that have it; undefined where all that were checked do. */
export interface MergedProblem {
    readonly problem: Problem;
    readonly cilium: readonly CiliumMinor[] | undefined;
}

/** What several minors make of one document: equal problems once, a difference said, the worst verdict. */
export function mergeMinors(results: readonly (LayeredResult & { readonly minor: CiliumMinor })[]): {
    readonly findings: readonly MergedProblem[];
    readonly verdict: DocumentVerdict;
} {
    const merged = new Map<string, { problem: Problem; minors: CiliumMinor[] }>();
    for (const { minor, problems } of results) {
        for (const problem of problems) {
            // "Cilium 1.18 knows …" and "Cilium 1.19 knows …" say the same of both.
            const text = problem.message.replaceAll(/Cilium 1\.\d+/g, "Cilium");
            const key = JSON.stringify([problem.code, problem.path, problem.part, text]);
            const known = merged.get(key);
            if (known === undefined) merged.set(key, { problem, minors: [minor] });
            else if (!known.minors.includes(minor)) known.minors.push(minor);
        }
    }
    const all = results.map(({ minor }) => minor);
    return {
        findings: [...merged.values()].map(({ problem, minors }) => {
            if (minors.length === all.length) return { problem, cilium: undefined };
            const others = all.filter((minor) => !minors.includes(minor));
            const difference = `This is so on Cilium ${minors.join(" and ")}, not on ${others.join(" and ")}; a cluster of this Kubernetes version may run either.`;
            return { problem: { ...problem, why: `${problem.why} ${difference}` }, cilium: minors };
        }),
        verdict:
            (["rejected", "inert"] as const).find((worst) =>
                results.some(({ verdict }) => verdict === worst),
            ) ?? "accepted",
    };
}
