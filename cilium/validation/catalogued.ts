import type { Problem } from "./finding";

/** Keys of a NetworkPolicy that have a row of their own (L29) when they stand in a Cilium policy. */
const NETWORK_POLICY_KEYS = ["namespaceSelector", "podSelector", "ipBlock"];

/**
 * One mistake has one code: what a gate finds and the catalogue has a row for keeps the catalogue's code. Gates name
 * their rows themselves where they know them; this is what only the place tells.
 */
export function catalogued(problem: Problem): Problem {
    const key = problem.path.at(-1);
    if (
        problem.code === "L02" &&
        NETWORK_POLICY_KEYS.includes(String(key)) &&
        problem.path[0] !== "metadata"
    ) {
        return { ...problem, code: "L29" };
    }
    return problem;
}
