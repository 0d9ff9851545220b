import type { Path } from "../../manifest/document";
import { problem, type ProblemDetails } from "../codes/problem";
import type { Problem } from "../finding";

/** A problem of the cluster, with what becomes of the document because of it. */
export interface ClusterProblem extends Problem {
    /**
     * `rejected`: the agent or an admission policy of AKS refuses the object; `inert`: it is stored, and what is
     * written here is not enforced; absent: enforced as written, and yet worth saying.
     */
    readonly verdict?: "rejected" | "inert";
}

/** A problem of which the cluster enforces nothing. */
export function inert(code: string, path: Path, message: string, details?: ProblemDetails): ClusterProblem {
    return { ...problem(code, path, message, details), verdict: "inert" };
}

/** A problem for which the object is refused. */
export function refused(code: string, path: Path, message: string, details?: ProblemDetails): ClusterProblem {
    return { ...problem(code, path, message, details), verdict: "rejected" };
}
