import type { Path } from "../../manifest/document";
import { isIdentityLabel, NAMESPACE_LABELS, POD_NAMESPACE, METADATA_NAME } from "../../semantics/labels";
import { problem } from "../codes/problem";
import type { CheckContext } from "../context";
import type { Problem } from "../finding";
import {
    requirements,
    selectorsOf,
    type PolicyView,
    type Requirement,
    type SelectorView,
    type SpecView,
} from "../policy-view";
import { withoutSource } from "../subjects";

/** L28, L30, L31, L32, L57, L60, L64: keys and operators of label selectors. */
export function adviseLabels(policy: PolicyView, context: CheckContext): readonly Problem[] {
    return policy.specs.flatMap((spec) =>
        selectorsOf(spec).flatMap((selector) => [
            ...requirements(selector).flatMap((requirement) => [
                ...oneKey(requirement, selector, spec, context),
            ]),
            ...onlyExcludes(selector, policy),
        ]),
    );
}

/** Where a key stands: itself in `matchLabels`, the value of `key` in an expression. */
function keyPlace({ label, path }: Requirement): readonly [Path, "key" | "value"] {
    return label ? [path, "key"] : [[...path, "key"], "value"];
}

const RESERVED_NAMES = [
    "host",
    "remote-node",
    "world",
    "health",
    "init",
    "ingress",
    "unmanaged",
    "kube-apiserver",
];

function* oneKey(
    requirement: Requirement,
    selector: SelectorView,
    spec: SpecView,
    context: CheckContext,
): Iterable<Problem> {
    const { key, values, operator } = requirement;
    const [path, part] = keyPlace(requirement);
    const bare = withoutSource(key);
    const meant = namespaceKey(bare, requirement);
    if (meant !== undefined) {
        yield problem("L28", path, `no pod has the label "${key}", so this selector matches nothing`, {
            part,
            fix: `write \`${meant}\``,
        });
    } else if (/^reserved:world(-ipv[46])?$/.test(key)) {
        const entity =
            selector.rule?.direction === "egress" ? "toEntities: [world]" : "fromEntities: [world]";
        yield problem("L60", path, `"${key}" selects nothing on a dual-stack cluster from Cilium 1.18 on`, {
            part,
            fix: `write \`${entity}\``,
            ...(context.cluster.dualStack === true ? {} : { severity: "warning" as const }),
        });
    } else if (key === "reserved" && values.some((value) => RESERVED_NAMES.includes(String(value)))) {
        const name = String(values[0]);
        const entities = selector.rule?.direction === "egress" ? "toEntities" : "fromEntities";
        yield problem(
            "L32",
            path,
            `"reserved" is taken for an ordinary pod label here: this selector matches no ${name}`,
            {
                part,
                fix: `write \`${entities}: [${name}]\`, or the key \`reserved:${name}\` with an empty value`,
            },
        );
    } else if (/^(k8s|any|reserved|container)\.[A-Za-z0-9]/.test(key) && !key.includes("/")) {
        yield oddKey(path, part, key, key.replace(".", ":"));
    } else if (/^:./.test(key)) {
        yield oddKey(path, part, key, key.slice(1));
    } else if (!key.includes(":") || bare !== key) {
        if (!isIdentityLabel(bare, context.minor)) {
            const never =
                operator === "DoesNotExist" || operator === "NotIn" ? "is always true" : "never matches";
            yield problem(
                "L31",
                path,
                `Cilium leaves the label "${bare}" out of identities: this requirement ${never}`,
                { part },
            );
        }
    }
    if (selector.rule === undefined) yield* otherNamespace(requirement, spec, path, part);
}

function oddKey(path: Path, part: "key" | "value", key: string, meant: string): Problem {
    return problem("L64", path, `the label key "${key}" is accepted and matches no label of that name`, {
        severity: "warning",
        part,
        why: "A source is written before a colon (`k8s:app`). Any other character makes it part of the key.",
        fix: `write \`${meant}\``,
    });
}

/** What was meant by a key that looks like the namespace and is not; undefined for every other key. */
function namespaceKey(key: string, { label, values }: Requirement): string | undefined {
    const value = label && typeof values[0] === "string" ? `: ${values[0]}` : "";
    if (key === POD_NAMESPACE) return undefined;
    if (key === METADATA_NAME) return `${POD_NAMESPACE}${value}`;
    const label1 = /^(?:k8s\.)?io\.kubernetes\.pod\.namespace\.labels\.(.+)$/.exec(key)?.[1];
    if (label1 !== undefined) return `${NAMESPACE_LABELS}${label1}${value}`;
    if (/^k8s\.io\.kubernetes\.pod\.namespace$/.test(key)) return `${POD_NAMESPACE}${value}`;
    if (/^(io\.)?kubernetes\.(io\/)?(pod\.)?namespace$/.test(key)) return `${POD_NAMESPACE}${value}`;
    return undefined;
}

function* otherNamespace(
    requirement: Requirement,
    spec: SpecView,
    path: Path,
    part: "key" | "value",
): Iterable<Problem> {
    const { policy } = spec;
    const own = policy.document.namespace;
    if (policy.clusterwide || own === undefined || withoutSource(requirement.key) !== POD_NAMESPACE) return;
    if (requirement.operator !== "In" || requirement.values.includes(own)) return;
    const named = requirement.values.map(String).join(", ");
    const overwritten = requirement.label && requirement.key === `k8s:${POD_NAMESPACE}`;
    yield problem(
        "L30",
        path,
        overwritten
            ? `this policy is in namespace ${own} and selects pods there, not in ${named}: Cilium overwrites the value`
            : `this policy is in namespace ${own} and can select no pod in ${named}: it selects nothing`,
        { part, fix: `set metadata.namespace to ${named}, or use a CiliumClusterwideNetworkPolicy` },
    );
}

/** L57: a peer whose only requirements are negative, one of them on the namespace. */
function* onlyExcludes(selector: SelectorView, policy: PolicyView): Iterable<Problem> {
    if (selector.rule === undefined) return;
    const all = requirements(selector);
    const negative = ({ operator }: Requirement): boolean =>
        operator === "NotIn" || operator === "DoesNotExist";
    if (all.length === 0 || !all.every(negative)) return;
    const namespace = all.find(({ key }) => {
        const bare = withoutSource(key);
        return bare === POD_NAMESPACE || (!policy.clusterwide && bare.startsWith(NAMESPACE_LABELS));
    });
    if (namespace === undefined) return;
    const { deny, direction } = selector.rule;
    const without = namespace.values.map(String).join(", ");
    const except = without === "" ? "" : ` (all but namespace ${without})`;
    const effect = deny ? "denies" : direction === "ingress" ? "lets in" : "opens the way to";
    yield problem(
        "L57",
        [...namespace.path, "operator"],
        `this peer also ${effect} the internet, every node and the API server${except}: what has no namespace is not excluded`,
    );
}
