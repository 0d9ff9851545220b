import type { ServiceDefinition } from "../../reachability/types";
import { serviceSelectors } from "../../semantics/services";
import { problem } from "../codes/problem";
import { atLeast, type CheckContext } from "../context";
import type { Problem } from "../finding";
import {
    isObject,
    list,
    namedPeers,
    objects,
    rulesOf,
    string,
    type PolicyView,
    type RuleView,
} from "../policy-view";
import { closeTo } from "./unmatched";
import { openToEveryone } from "./peers";

/** L08: `toServices` against the Services that are known. */
export function adviseServices(policy: PolicyView, context: CheckContext): readonly Problem[] {
    const { services: known } = context;
    if (known === undefined) return [];
    return rulesOf(policy).flatMap((rule) => [...toServices(rule, known, context)]);
}

function* toServices(
    rule: RuleView,
    known: readonly ServiceDefinition[],
    context: CheckContext,
): Iterable<Problem> {
    const references = objects(rule.value["toServices"]);
    const scope = {
        context: { minor: "1.18" as const, mode: "product" as const, services: known },
        notEvaluated: [],
    };
    const missing = references.filter(([reference]) => serviceSelectors([reference], scope).length === 0);
    const open =
        missing.length === references.length &&
        namedPeers(rule).length === 1 &&
        list(rule.value["toPorts"]).length > 0 &&
        atLeast(context.minor, "1.17");
    for (const [reference, index] of missing) {
        const byName = isObject(reference["k8sService"]) ? reference["k8sService"] : undefined;
        const name = string(byName?.["serviceName"]);
        const namespace = string(byName?.["namespace"]);
        const text =
            name === undefined
                ? "no Service has these labels"
                : `there is no Service ${namespace === undefined ? "" : `${namespace}/`}${name}`;
        const close =
            name === undefined
                ? undefined
                : closeTo(
                      name,
                      known.map((service) => service.name),
                  );
        yield problem(
            "L08",
            [...rule.path, "toServices", index],
            open
                ? `${text}, so ${openToEveryone(rule)}`
                : `${text}: nothing is ${rule.deny ? "denied" : "allowed"} by it`,
            {
                ...(open ? {} : { severity: "warning" as const }),
                ...(close === undefined ? {} : { fix: `did you mean ${close}?` }),
            },
        );
    }
}
