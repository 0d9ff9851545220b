import { formatPath, type JsonObject } from "../manifest/document";
import { isServed, type PolicyKind } from "../model/kinds";
import { agentSchema } from "../model/structural";
import type { CiliumMinor } from "../model/versions";
import { networkPolicyAcceptance } from "./acceptance-network-policy";
import { NEVER_ENFORCED } from "./acceptance-rule";
import { AcceptanceWalk, type Found } from "./acceptance-walk";
import type { Problem } from "./finding";
import { goDecode, type DecodeFault } from "./go-decode";
import { checkKubernetesNetworkPolicy } from "./kubernetes-network-policy";
import { quote } from "./show";

/** What the Cilium agent does with an object that the API server has stored. */
export interface AcceptanceResult {
    /**
     * `error`: Parse or Sanitize refuses it, it is stored and never enforced; `decode-error`: the agent cannot read the
     * stored object; `panic`: Cilium's code panics on it. Anything but `ok` means that no rule of the object is in force.
     */
    readonly sanitize: "ok" | "error" | "decode-error" | "panic";
    /** Every problem, not only the first as Cilium reports. */
    readonly problems: readonly Problem[];
}

/**
 * Checks a stored object against Cilium's `Parse` and `Sanitize` of one minor. The rules are the tables acceptance-*.ts.
 * A problem has the code that the structural check gives the same cause, so that the two can be told to be one.
 * @param stored the object as the API server stores it: `stored` of checkStructure
 */
export function checkAcceptance(stored: JsonObject, kind: PolicyKind, minor: CiliumMinor): AcceptanceResult {
    if (!isServed(kind, stored.apiVersion)) return { sanitize: "error", problems: [] };
    const { value, faults } = goDecode(stored, agentSchema(kind, minor));
    if (faults.length > 0) {
        return {
            sanitize: faults.some(({ panics }) => panics) ? "panic" : "decode-error",
            problems: faults.map((fault) => decodeProblem(fault, minor)),
        };
    }
    const found = foundIn(value, kind, minor);
    const refused = kind === "NetworkPolicy" ? checkKubernetesNetworkPolicy(value) : [];
    const panics = found.filter(({ rule }) => rule.panics === true);
    const sanitize = found.length === 0 ? "ok" : panics.length === found.length ? "panic" : "error";
    return { sanitize, problems: found.map((each) => sameCause(problemOf(each), refused)) };
}

function foundIn(value: JsonObject, kind: PolicyKind, minor: CiliumMinor): readonly Found[] {
    // Cilium reads groups of ranges without a check of its own; what the API server lets through it takes.
    if (kind === "CiliumCIDRGroup") return [];
    if (kind === "NetworkPolicy") return networkPolicyAcceptance(value, minor);
    const walk = new AcceptanceWalk(minor, kind);
    walk.policy(value);
    return walk.found;
}

/** What the API server refuses before Cilium gets to see it goes by the API server's code. */
function sameCause(problem: Problem, refused: readonly Problem[]): Problem {
    const path = formatPath(problem.path);
    const cause = refused.find((each) => formatPath(each.path) === path);
    return cause === undefined ? problem : { ...problem, code: cause.code };
}

function problemOf({ rule, violation }: Found): Problem {
    return {
        code: violation.code ?? rule.code,
        severity: "error",
        path: violation.path,
        message: violation.message,
        why: `Cilium asks: ${rule.what}. ${rule.why ?? ""}${rule.why === undefined ? "" : " "}${rule.panics === true ? PANICS : NEVER_ENFORCED}`,
        fix: violation.fix ?? rule.fix,
        source: rule.source,
    };
}

const PANICS = "By the source nothing recovers from it: the agent that reads the object stops.";

function decodeProblem(fault: DecodeFault, minor: CiliumMinor): Problem {
    const key = fault.path.findLast((step) => typeof step === "string") ?? "";
    return {
        code: fault.schema.code ?? "A16",
        severity: "error",
        path: fault.path,
        message: `${quote(key)} ${fault.says}; the agent of Cilium ${minor} cannot read the object`,
        why: fault.panics
            ? PANICS
            : `${NEVER_ENFORCED} An object that cannot be decoded is as good as absent.`,
        fix: "write a value of the type the field has",
        source: "pkg/policy/api (Go types of Cilium's policies), encoding/json; r18-*, v19-requires-*",
    };
}
