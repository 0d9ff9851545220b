import type { JsonObject, Path } from "../../manifest/document";
import { contains, parseCidr } from "../../semantics/addresses";
import { nameMatcher, sampleName } from "../../semantics/names";
import { problem } from "../codes/problem";
import { atLeast, type CheckContext } from "../context";
import type { Problem } from "../finding";
import {
    list,
    object,
    objects,
    peerSelectors,
    portRules,
    portsOf,
    requirements,
    rulesOf,
    string,
    strings,
    namedPeers,
    type PolicyView,
    type RuleView,
    type SpecView,
} from "../policy-view";
import { coveringSpecs, deniesByDefault, networkPolicyCovers, withoutSource } from "../subjects";
import { portHolds } from "./metadata";

/** L18 to L22: DNS, and rules by name. */
export function adviseNames(policy: PolicyView, context: CheckContext): readonly Problem[] {
    return [
        ...policy.specs.flatMap((spec) => [...withoutDns(spec, context), ...localDns(spec, context)]),
        ...rulesOf(policy).flatMap((rule) => [
            ...unseenNames(rule, context),
            ...clusterNames(rule),
            ...wildcards(rule, context),
        ]),
    ];
}

/** An entry of `toFQDNs` or `rules.dns`: a name, or a pattern with `*`. */
export interface NameView {
    readonly text: string;
    readonly pattern: boolean;
    readonly path: Path;
}

function nameViews(value: JsonObject, path: Path): readonly NameView[] {
    return ["matchName", "matchPattern"].flatMap((key) => {
        const text = string(value[key]);
        return text === undefined ? [] : [{ text, pattern: key === "matchPattern", path: [...path, key] }];
    });
}

/** Entries of `toFQDNs`. */
export function fqdnsOf(rule: RuleView): readonly NameView[] {
    return objects(rule.value["toFQDNs"]).flatMap(([value, index]) =>
        nameViews(value, [...rule.path, "toFQDNs", index]),
    );
}

/** Entries of `rules.dns` of an egress rule, all `toPorts` items together. */
export function dnsNamesOf(rule: RuleView): readonly NameView[] {
    return portRules(rule).flatMap(([portRule, path]) =>
        objects(object(portRule["rules"])?.["dns"]).flatMap(([value, index]) =>
            nameViews(value, [...path, "rules", "dns", index]),
        ),
    );
}

function normal(name: string): string {
    return `${name.toLowerCase().replace(/\.$/, "")}.`;
}

/**
 * Whether a DNS rule lets a name, or some name of a pattern, be looked up. `*` stays within one label; `**.` is one or
 * more labels from 1.19 on (facts 3.9).
 */
export function admits(dns: NameView, name: NameView, context: Pick<CheckContext, "minor">): boolean {
    if (normal(dns.text) === normal(name.text)) return true;
    return dns.pattern && nameMatcher(dns.text, context.minor).test(normal(sampleName(name.text)));
}

function* withoutDns(spec: SpecView, context: CheckContext): Iterable<Problem> {
    const allows = spec.rules.some(
        (rule) => rule.direction === "egress" && !rule.deny && Object.keys(rule.value).length > 0,
    );
    if (!deniesByDefault(spec, "egress") || !allows) return;
    const covering = coveringSpecs(spec, context);
    if (covering.some((other) => other.rules.some(allowsDns))) return;
    const byNetworkPolicy = context.networkPolicies.some(
        (other) =>
            networkPolicyCovers(other, spec) &&
            other.rules.some(
                (rule) =>
                    rule.direction === "egress" &&
                    (rule.ports.length === 0 || rule.ports.some(({ value }) => Number(value["port"]) === 53)),
            ),
    );
    if (byNetworkPolicy) return;
    yield problem(
        "L18",
        [...spec.path, "egress"],
        "egress of these pods is denied by default, and no policy here lets them reach DNS: every name they look up fails",
        { part: "key" },
    );
}

/** A rule that could let UDP 53 reach a resolver: kube-dns, node-local DNS, the node, or whatever is in the cluster. */
function allowsDns(rule: RuleView): boolean {
    if (rule.deny || rule.direction !== "egress") return false;
    const ports = portsOf(rule);
    const open = list(rule.value["toPorts"]).length === 0 && list(rule.value["icmps"]).length === 0;
    if (!open && !ports.some(({ value }) => portHolds(value, 53, "UDP") || value["port"] === "dns"))
        return false;
    if (namedPeers(rule).length === 0) return !open;
    if (strings(rule.value["toEntities"]).some(([entity]) => ["all", "cluster", "host"].includes(entity)))
        return true;
    if (list(rule.value["toServices"]).length > 0) return true;
    if (addresses(rule).length > 0) return ports.length > 0;
    return peerSelectors(rule).some((selector) => {
        const asked = requirements(selector);
        const elsewhere = asked.some(({ key }) =>
            /io\.kubernetes\.pod\.namespace$|namespace\.labels/.test(key),
        );
        const app = asked.filter(({ key }) => !/io\.(kubernetes|cilium)/.test(key));
        return (
            elsewhere &&
            app.every(({ key }) => /k8s-app|app|component/.test(key)) &&
            (ports.length > 0 || app.length === 0)
        );
    });
}

function addresses(rule: RuleView): readonly string[] {
    return [
        ...strings(rule.value["toCIDR"]).map(([text]) => text),
        ...objects(rule.value["toCIDRSet"]).flatMap(([entry]) => string(entry["cidr"]) ?? []),
    ];
}

/** Addresses that LocalDNS listens on (MicrosoftDocs localdns-custom.md). */
const LOCAL_DNS = parseCidr("169.254.10.0/24");

function* localDns(spec: SpecView, context: CheckContext): Iterable<Problem> {
    if (context.cluster.localDns !== true || !deniesByDefault(spec, "egress")) return;
    const dns = spec.rules.find((rule) => allowsDns(rule) && selectsKubeDns(rule));
    if (dns === undefined) return;
    const reached = coveringSpecs(spec, context).some((other) =>
        other.rules.some((rule) => {
            if (!allowsDns(rule)) return false;
            if (namedPeers(rule).length === 0) return true;
            if (strings(rule.value["toEntities"]).some(([entity]) => entity === "all")) return true;
            return atLeast(context.minor, "1.17")
                ? strings(rule.value["toEntities"]).some(([entity]) => ["host", "cluster"].includes(entity))
                : addresses(rule).some((text) => {
                      const block = parseCidr(text);
                      return block !== undefined && LOCAL_DNS !== undefined && contains(block, LOCAL_DNS);
                  });
        }),
    );
    if (reached) return;
    const missing = atLeast(context.minor, "1.17") ? "toEntities: [host]" : "toCIDR: [169.254.10.0/24]";
    yield problem(
        "L22",
        dns.path,
        `DNS is allowed to kube-dns only, but with LocalDNS these pods ask their own node (\`${missing}\` is missing)`,
    );
}

function selectsKubeDns(rule: RuleView): boolean {
    return peerSelectors(rule).some((selector) =>
        requirements(selector).some(
            ({ key, values }) => withoutSource(key) === "k8s-app" && values.includes("kube-dns"),
        ),
    );
}

function* unseenNames(rule: RuleView, context: CheckContext): Iterable<Problem> {
    if (rule.deny) return;
    const names = fqdnsOf(rule);
    if (names.length === 0) return;
    const rules = coveringSpecs(rule.spec, context).flatMap((spec) =>
        spec.rules.filter((other) => !other.deny),
    );
    const dns = rules.flatMap(dnsNamesOf);
    for (const name of names) {
        if (dns.some((entry) => admits(entry, name, context))) continue;
        const seen =
            dns.length === 0
                ? "there is no rules.dns for these pods"
                : `no rules.dns of these pods admits it`;
        yield problem(
            "L19",
            name.path,
            `${name.text} never becomes an allowed address: ${seen}, so Cilium does not see its lookups`,
            {
                fix: `add \`${name.pattern ? "matchPattern" : "matchName"}: ${name.pattern ? JSON.stringify(name.text) : name.text}\` to rules.dns of the rule that allows port 53 to kube-dns`,
            },
        );
    }
}

/** L20 once a rule: a DNS rule without any pattern for names of the cluster. */
function* clusterNames(rule: RuleView): Iterable<Problem> {
    if (rule.deny || rule.direction !== "egress") return;
    const names = dnsNamesOf(rule);
    const first = names[0];
    if (first === undefined) return;
    if (names.some(({ text }) => /(^|\.)(cluster\.local|svc|local)\.?$/.test(text) || /^\*+$/.test(text)))
        return;
    yield problem(
        "L20",
        first.path.slice(0, -2),
        "this DNS rule refuses every name below svc.cluster.local: Services cannot be found by name, and Alpine images fail on other names too",
    );
}

function* wildcards(rule: RuleView, context: CheckContext): Iterable<Problem> {
    const names = [...fqdnsOf(rule), ...dnsNamesOf(rule)];
    for (const { text, path } of fqdnsOf(rule).concat(dnsNamesOf(rule))) {
        if (/^\*{2,}\./.test(text) && !atLeast(context.minor, "1.19")) {
            yield problem(
                "L21",
                path,
                `"${text}" is read as "*.${text.replace(/^\*+\./, "")}" by Cilium ${context.minor}: one label, no deeper names`,
            );
            continue;
        }
        const apex = /^\*\.([^*]+)$/.exec(text)?.[1];
        if (apex === undefined) continue;
        // The author names the apex or a deeper name of the same domain elsewhere in the same list: that entry is needed,
        // unless the list has it. What is missing shows only in the other list.
        const other =
            fqdnsOf(rule).length > 0 ? rule.spec.rules.flatMap(dnsNamesOf) : rule.spec.rules.flatMap(fqdnsOf);
        const narrower = other.find(
            (name) =>
                !name.pattern &&
                (normal(name.text) === normal(apex) || normal(name.text).endsWith(`.${normal(apex)}`)) &&
                !names.some((own) => admits(own, name, context)),
        );
        if (narrower === undefined) continue;
        yield problem("L21", path, `"${text}" does not match ${narrower.text}: \`*\` is exactly one label`);
    }
}
