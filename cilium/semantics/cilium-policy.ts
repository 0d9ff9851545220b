import type { JsonObject, ManifestDocument, Path } from "../manifest/document";
import type { ServiceDefinition } from "../reachability/types";
import { cidrRuleOf, cidrRuleSelectors, cidrSelectors, type CidrContext } from "./cidr-rules";
import { groupSelectors, type CidrGroups } from "./cidr-groups";
import { entitySelectors } from "./entities";
import { asArray, asObject, asObjects, asString, asStrings } from "./json";
import { hasKey, requirementsOf } from "./label-selectors";
import { NAMESPACE_LABELS, POD_NAMESPACE } from "./labels";
import { portSpecs } from "./port-rules";
import type { Direction, Rule, RulePeer, RuleSet } from "./rules";
import { labelSelector, type LabelSelector, type Requirement } from "./selectors";
import { serviceSelectors } from "./services";

/** What the meaning of a Cilium policy depends on besides its text. */
export interface TranslationContext extends CidrContext {
    /** `engine`: no Services and no CIDR groups exist, as for the recording engine. */
    readonly mode: "engine" | "product";
    readonly services: readonly ServiceDefinition[];
    readonly groups: CidrGroups;
}

/** One `spec` while it is translated. */
interface Spec {
    readonly document: ManifestDocument;
    readonly path: Path;
    readonly value: JsonObject;
    readonly namespace: string | undefined;
    readonly subject: LabelSelector;
    /** The subject asks for `reserved:init`: such peers get no namespace in a cluster-wide policy. */
    readonly init: boolean;
    readonly context: TranslationContext;
    readonly notEvaluated: string[];
}

const SECTIONS = [
    ["ingress", "ingress", "allow"],
    ["ingressDeny", "ingress", "deny"],
    ["egress", "egress", "allow"],
    ["egressDeny", "egress", "deny"],
] as const;

/**
 * The rules of a CiliumNetworkPolicy or CiliumClusterwideNetworkPolicy that Cilium accepted.
 * Source: `pkg/k8s/apis/cilium.io/utils/utils.go` ParseToCiliumRule, `pkg/policy/api/{ingress,egress}.go`.
 * @param value the object as the API server stored it (pruned and defaulted)
 */
export function ciliumRules(
    document: ManifestDocument,
    value: JsonObject,
    context: TranslationContext,
): RuleSet {
    const clusterwide = document.kind === "CiliumClusterwideNetworkPolicy";
    const namespace = clusterwide ? undefined : (document.namespace ?? "default");
    const notEvaluated: string[] = [];
    const specs: { value: JsonObject; path: Path }[] = [];
    const single = asObject(value["spec"]);
    if (single !== undefined) specs.push({ value: single, path: ["spec"] });
    (asArray(value["specs"]) ?? []).forEach((item, index) => {
        const spec = asObject(item);
        if (spec !== undefined) specs.push({ value: spec, path: ["specs", index] });
    });
    if (context.mode === "product" && specs.some((spec) => hasGroups(spec.value))) {
        // `RequiresDerivative`: the agent imports only the policy derived from it, and derives for AWS alone (facts 0.2).
        return {
            rules: [],
            notEvaluated: ["groups (fromGroups, toGroups: the whole policy is not imported on AKS)"],
        };
    }
    const rules = specs.flatMap((item): Rule[] => {
        const selector = asObject(item.value["endpointSelector"]);
        if (selector === undefined) {
            notEvaluated.push("host policies (nodeSelector; the host firewall is off on AKS)");
            return [];
        }
        const spec: Spec = {
            document,
            path: item.path,
            value: item.value,
            namespace,
            subject: endpointSubject(selector, namespace),
            init: hasKey(requirementsOf(selector), "reserved", "init"),
            context,
            notEvaluated,
        };
        return SECTIONS.flatMap(([section, direction, effect]) =>
            sectionRules(spec, section, direction, effect),
        );
    });
    return { rules, notEvaluated };
}

/**
 * The endpoints that an `endpointSelector` means.
 * @param namespace of a CiliumNetworkPolicy; undefined for a cluster-wide one
 */
export function endpointSubject(selector: JsonObject, namespace: string | undefined): LabelSelector {
    const requirements = requirementsOf(selector);
    return labelSelector(namespace === undefined ? requirements : inNamespace(requirements, namespace));
}

/** A CNP applies in its own namespace: a `k8s:` namespace in matchLabels is overwritten, any other stays beside it. */
function inNamespace(requirements: readonly Requirement[], namespace: string): Requirement[] {
    const own: Requirement = { source: "k8s", key: POD_NAMESPACE, operator: "In", values: [namespace] };
    const fromMatchLabels = (item: Requirement): boolean =>
        item.source === "k8s" &&
        item.key === POD_NAMESPACE &&
        item.operator === "In" &&
        item.fromLabels === true;
    return [...requirements.filter((item) => !fromMatchLabels(item)), own];
}

function hasGroups(spec: JsonObject): boolean {
    return SECTIONS.some(([section]) =>
        asObjects(spec[section])?.some(
            (rule) => ((asArray(rule["fromGroups"]) ?? asArray(rule["toGroups"]))?.length ?? 0) > 0,
        ),
    );
}

function sectionRules(
    spec: Spec,
    section: (typeof SECTIONS)[number][0],
    direction: Direction,
    effect: "allow" | "deny",
): Rule[] {
    const enabled = asObject(spec.value["enableDefaultDeny"])?.[direction];
    return (asArray(spec.value[section]) ?? []).map((item, index): Rule => {
        const rule = asObject(item) ?? {};
        return {
            document: spec.document,
            path: [...spec.path, section, index],
            namespace: spec.namespace,
            subject: spec.subject,
            direction,
            effect,
            defaultDeny: enabled !== false,
            peers: peersOf(spec, rule, direction),
            ports: portSpecs(rule),
            authenticated: effect === "allow" && asObject(rule["authentication"]) !== undefined,
            requires: (
                asObjects(rule[direction === "ingress" ? "fromRequires" : "toRequires"]) ?? []
            ).flatMap((selector) => namespaced(spec, requirementsOf(selector), false)),
        };
    });
}

/**
 * The peers of a rule. A kind that is present and empty selects nothing at all, except for FQDNs, Services, groups and
 * requires, which are not asked; an empty list then is everyone as soon as the rule has ports (facts 3.3, 3.4).
 */
function peersOf(spec: Spec, rule: JsonObject, direction: Direction): readonly RulePeer[] | "none" {
    const way = direction === "ingress" ? "from" : "to";
    const kinds = ["Endpoints", "Nodes", "Entities", "CIDR", "CIDRSet"].map((kind) =>
        asArray(rule[way + kind]),
    );
    const fixed = (selectors: readonly RulePeer["selector"][]): RulePeer[] =>
        selectors.map((selector) => ({ selector, requirable: false }));
    const { context } = spec;
    // In 1.16 a reference to a CIDR group that does not exist is dropped from the list first, which may empty it.
    const sets = asObjects(rule[`${way}CIDRSet`]);
    const known = sets?.filter(
        (set) => context.minor !== "1.16" || asString(set["cidr"]) !== undefined || isKnown(set, spec),
    );
    if (kinds.some((kind) => kind?.length === 0) || (known !== undefined && known.length === 0))
        return "none";
    return [
        ...(asObjects(rule[`${way}Endpoints`]) ?? []).map((selector) => ({
            selector: labelSelector(namespaced(spec, requirementsOf(selector), true)),
            requirable: true,
        })),
        ...fixed((asStrings(rule[`${way}Entities`]) ?? []).flatMap(entitySelectors)),
        ...fixed(cidrSelectors(asStrings(rule[`${way}CIDR`]) ?? [], context)),
        ...fixed((known ?? []).flatMap((set) => cidrSetSelectors(spec, set))),
        ...fixed((asObjects(rule["toFQDNs"]) ?? []).flatMap(fqdnSelectors)),
        ...fixed(direction === "egress" ? serviceSelectors(asObjects(rule["toServices"]) ?? [], spec) : []),
    ];
}

function isKnown(set: JsonObject, spec: Spec): boolean {
    return (
        spec.context.mode === "product" &&
        groupSelectors(set, spec.context).some(({ prefixes }) => prefixes.length > 0)
    );
}

function cidrSetSelectors(spec: Spec, set: JsonObject): readonly RulePeer["selector"][] {
    const { cidr, except } = cidrRuleOf(set);
    return cidr === undefined
        ? groupSelectors(set, spec.context)
        : cidrRuleSelectors(cidr, except, spec.context);
}

function fqdnSelectors(item: JsonObject): RulePeer["selector"][] {
    const name = [asString(item["matchName"]), asString(item["matchPattern"])].find(
        (text) => (text ?? "") !== "",
    );
    return name === undefined ? [] : [{ type: "fqdn", name, text: `fqdn ${name}` }];
}

/**
 * Keeps a peer to the policy's namespace, or to pods in a cluster-wide policy, unless it names a namespace itself with
 * whatever operator. Source: `getEndpointSelector`; facts 2.10.
 * @param reserved leave selectors on reserved labels alone (peers do, requires do not)
 */
function namespaced(
    spec: Spec,
    requirements: readonly Requirement[],
    reserved: boolean,
): readonly Requirement[] {
    if (reserved && requirements.some(({ source }) => source === "reserved")) return requirements;
    if (hasKey(requirements, "k8s", POD_NAMESPACE) || hasKey(requirements, "any", POD_NAMESPACE))
        return requirements;
    if (spec.namespace === undefined) {
        if (spec.init) return requirements;
        return [...requirements, { source: "k8s", key: POD_NAMESPACE, operator: "Exists", values: [] }];
    }
    const byNamespaceLabel = requirements.some(
        ({ source, key }) => (source === "k8s" || source === "any") && key.startsWith(NAMESPACE_LABELS),
    );
    if (byNamespaceLabel) return requirements;
    return [...requirements, { source: "k8s", key: POD_NAMESPACE, operator: "In", values: [spec.namespace] }];
}
