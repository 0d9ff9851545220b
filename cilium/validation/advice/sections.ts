import { problem } from "../codes/problem";
import type { CheckContext } from "../context";
import { atLeast } from "../context";
import type { Problem } from "../finding";
import type { list } from "../policy-view";
import {
    SECTIONS,
    isObject,
    object,
    objects,
    portRules,
    string,
    type Direction,
    type PolicyView,
    type SpecView,
} from "../policy-view";
import { coveringSpecs, networkPolicyCovers } from "../subjects";

const DIRECTIONS: readonly Direction[] = ["ingress", "egress"];

/** L01, L17, L35, L36, L37, L52: sections of rules, and the default deny they switch on. */
export function adviseSections(policy: PolicyView, context: CheckContext): readonly Problem[] {
    return [
        ...identity(policy),
        ...policy.specs.flatMap((spec) => [
            ...emptySections(spec),
            ...denyOnly(spec, context),
            ...defaultDenyWithL7(spec, context),
            ...defaultDenyWithoutRules(spec),
            ...blankRuleThatAllows(spec),
        ]),
    ];
}

/** L17 as far as no gate refuses the object. */
function* identity(policy: PolicyView): Iterable<Problem> {
    const { document, clusterwide } = policy;
    const { value } = document;
    if (!("spec" in value) && Array.isArray(value["specs"]) && value["specs"].length === 0) {
        yield problem(
            "L17",
            ["specs"],
            "`specs: []` holds no rule: the policy is accepted and does nothing",
            {
                fix: "write a `spec`, or delete the policy",
            },
        );
    }
    if (!clusterwide && document.namespace === undefined) {
        yield problem(
            "L17",
            ["metadata"],
            "this CiliumNetworkPolicy names no namespace: it goes to whichever one is current where it is applied",
            {
                severity: "warning",
                fix: "write metadata.namespace, or check with --namespace NAMESPACE what is applied with `kubectl -n NAMESPACE`",
            },
        );
    }
}

function* emptySections(spec: SpecView): Iterable<Problem> {
    const written = SECTIONS.filter((section) => section in spec.value);
    const empty = written.filter(
        (section) => spec.value[section] === null || isEmptyList(spec.value[section]),
    );
    const all = empty.length === written.length;
    for (const section of empty) {
        const direction = section.startsWith("ingress") ? "ingress" : "egress";
        if (section.endsWith("Deny") && !all) continue;
        const text = spec.value[section] === null ? `\`${section}:\` without a value` : `\`${section}: []\``;
        yield problem(
            "L01",
            [...spec.path, section],
            all
                ? `${text} is no default deny: this policy denies nothing, ${direction} stays as open as without it`
                : `${text} does nothing: ${direction} of these pods stays as open as without it`,
            all
                ? {}
                : {
                      why: "To Cilium an empty section is an absent one. Only NetworkPolicy reads `ingress: []` as deny-all.",
                      fix: `write \`${section}: [{}]\` to deny ${direction} by default, or take the key out`,
                  },
        );
    }
    if (written.length === 0) {
        yield problem(
            "L01",
            spec.path,
            "this rule has no ingress and no egress section: it denies and allows nothing",
            {
                part: "key",
            },
        );
    }
}

function* denyOnly(spec: SpecView, context: CheckContext): Iterable<Problem> {
    for (const direction of DIRECTIONS) {
        const rules = spec.rules.filter((rule) => rule.direction === direction);
        if (rules.length === 0 || rules.some((rule) => !rule.deny)) continue;
        if (object(spec.value["enableDefaultDeny"])?.[direction] === false) continue;
        const allowed =
            coveringSpecs(spec, context).some((other) =>
                other.rules.some((rule) => rule.direction === direction && !rule.deny),
            ) ||
            context.networkPolicies.some(
                (other) =>
                    networkPolicyCovers(other, spec) &&
                    other.rules.some((rule) => rule.direction === direction),
            );
        if (allowed) continue;
        yield problem(
            "L35",
            [...spec.path, `${direction}Deny`],
            `this policy only denies, and no policy here allows these pods any ${direction}: all their ${direction} is blocked, not only what it names`,
            {
                part: "key",
                fix: `add \`enableDefaultDeny: {${direction}: false}\` if only this traffic is to be denied, or a policy that allows the rest`,
            },
        );
    }
}

function* defaultDenyWithL7(spec: SpecView, context: CheckContext): Iterable<Problem> {
    if (atLeast(context.minor, "1.18")) return;
    const setting = object(spec.value["enableDefaultDeny"]);
    for (const direction of DIRECTIONS) {
        if (setting?.[direction] !== false) continue;
        const filtered = spec.rules.some(
            (rule) =>
                rule.direction === direction && portRules(rule).some(([ports]) => isObject(ports["rules"])),
        );
        if (!filtered) continue;
        yield problem(
            "L36",
            [...spec.path, "enableDefaultDeny", direction],
            `early patches of Cilium ${context.minor} deny all other L7 requests of these peers although ${direction} has no default deny`,
        );
    }
}

function* defaultDenyWithoutRules(spec: SpecView): Iterable<Problem> {
    const setting = object(spec.value["enableDefaultDeny"]);
    for (const direction of DIRECTIONS) {
        if (setting?.[direction] !== true) continue;
        if (spec.rules.some((rule) => rule.direction === direction)) continue;
        yield problem(
            "L37",
            [...spec.path, "enableDefaultDeny", direction],
            `\`${direction}: true\` has no effect: there is no ${direction} rule, so ${direction} stays open`,
            { fix: `add \`${direction}: [{}]\` to deny by default, or remove the setting` },
        );
    }
}

function* blankRuleThatAllows(spec: SpecView): Iterable<Problem> {
    const about = `${spec.policy.document.name} ${string(spec.value["description"]) ?? ""}`;
    if (!/allow|permit|open/i.test(about) || /deny|default-?deny|block|lock|isolat/i.test(about)) return;
    for (const direction of DIRECTIONS) {
        const rules = objects(spec.value[direction]);
        if (rules.length !== 1 || Object.keys(rules[0]?.[0] ?? {}).length !== 0) continue;
        yield problem(
            "L52",
            [...spec.path, direction],
            `\`${direction}: [{}]\` allows nothing: it denies all ${direction} of these pods, although the policy is called "${spec.policy.document.name}"`,
        );
    }
}

function isEmptyList(value: Parameters<typeof list>[0]): boolean {
    return Array.isArray(value) && value.length === 0;
}
