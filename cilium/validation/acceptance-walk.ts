import type { JsonObject, Path } from "../manifest/document";
import type { PolicyKind } from "../model/kinds";
import { isBefore } from "../model/crd";
import type { CiliumMinor } from "../model/versions";
import { HTTP_RULES, KAFKA_RULES, LAYER7_RULES, looksInto } from "./acceptance-layer7";
import { FQDN_RULES, ICMP_RULES, NAME_RULES } from "./acceptance-names";
import { CIDR_RULES, ENTRY_RULES } from "./acceptance-peers";
import { POLICY_RULES, RULE_RULES } from "./acceptance-policy";
import { PORT_LIST_RULES, PORT_RULE_RULES, PORT_RULES } from "./acceptance-ports";
import {
    appliesTo,
    type AcceptanceRule,
    type CidrRule,
    type Entry,
    type PortRule,
    type Rule,
    type Scope,
    type Selector,
    type Violation,
} from "./acceptance-rule";
import { extendedKey, SELECTOR_RULES } from "./acceptance-selectors";

/** A violation with its rule and its path from the object's root. */
export interface Found {
    readonly rule: AcceptanceRule<never>;
    readonly violation: Violation;
}

const SECTIONS = ["ingress", "ingressDeny", "egress", "egressDeny"] as const;
const SELECTOR_LISTS = [
    "fromEndpoints",
    "fromRequires",
    "fromNodes",
    "toEndpoints",
    "toRequires",
    "toNodes",
] as const;

/** Goes through a policy as `Parse` and `Sanitize` do, but past the first error. */
export class AcceptanceWalk {
    readonly found: Found[] = [];
    private scope: Scope;

    constructor(
        readonly minor: CiliumMinor,
        kind: PolicyKind,
    ) {
        this.scope = {
            minor,
            kind,
            ingress: false,
            deny: false,
            hostPolicy: false,
            specs: false,
            extendKey: extendedKey,
        };
    }

    /** A decoded CiliumNetworkPolicy or CiliumClusterwideNetworkPolicy. */
    policy(policy: JsonObject): void {
        this.apply(POLICY_RULES, policy, []);
        if (policy.spec !== undefined) this.rule(policy.spec as Rule, ["spec"]);
        const specs = (policy.specs ?? []) as unknown as readonly Rule[];
        for (const [index, rule] of specs.entries()) this.rule(rule, ["specs", index]);
    }

    private rule(rule: Rule, path: Path): void {
        this.scope = {
            ...this.scope,
            specs: path[0] === "specs",
            hostPolicy: rule.nodeSelector !== undefined,
        };
        this.apply(RULE_RULES, rule, path);
        for (const key of ["endpointSelector", "nodeSelector"] as const)
            this.selector(rule[key], [...path, key]);
        for (const section of SECTIONS) {
            for (const [index, entry] of (rule[section] ?? []).entries()) {
                this.scope = {
                    ...this.scope,
                    ingress: section.startsWith("ingress"),
                    deny: section.endsWith("Deny"),
                };
                this.entry(entry as Entry, [...path, section, index]);
            }
        }
    }

    private entry(entry: Entry, path: Path): void {
        this.apply(ENTRY_RULES, entry, path);
        for (const key of SELECTOR_LISTS) {
            // From 1.19 on fromRequires and toRequires hold texts, which decoding has refused by now.
            if (key.endsWith("Requires") && !isBefore(this.minor, "1.19")) continue;
            this.each(entry[key], [...path, key], (selector, at) => this.selector(selector, at));
        }
        if (!isBefore(this.minor, "1.19")) {
            this.each(entry.toServices, [...path, "toServices"], ({ k8sServiceSelector }, at) =>
                this.selector(k8sServiceSelector?.selector, [...at, "k8sServiceSelector", "selector"]),
            );
        }
        for (const key of ["fromCIDRSet", "toCIDRSet"] as const) {
            this.each(entry[key], [...path, key], (item, at) => this.cidr(item, at));
        }
        this.each(entry.toFQDNs, [...path, "toFQDNs"], (name, at) => {
            this.apply(FQDN_RULES, name, at);
            this.apply(NAME_RULES, name, at);
        });
        this.each(entry.icmps, [...path, "icmps"], (icmp, at) => this.apply(ICMP_RULES, icmp, at));
        this.each(entry.toPorts, [...path, "toPorts"], (ports, at) => this.ports(ports, at));
    }

    private cidr(item: CidrRule, path: Path): void {
        this.apply(CIDR_RULES, item, path);
        if (this.minor === "1.16") return;
        // Keys of groups' labels get the prefix of their source and no further look (pkg/labels LabelSourceCIDRGroup).
        this.selector(item.cidrGroupSelector, [...path, "cidrGroupSelector"], (key) => `cidrgroup.${key}`);
    }

    /** A selector; `extendKey` differs where its labels are of another kind. */
    selector(selector: Selector | undefined, path: Path, extendKey = this.scope.extendKey): void {
        if (selector === undefined) return;
        this.apply(SELECTOR_RULES, selector, path, { ...this.scope, extendKey });
    }

    private ports(rule: PortRule, path: Path): void {
        this.apply(PORT_LIST_RULES, rule, path);
        this.each(rule.ports, [...path, "ports"], (port, at) => this.apply(PORT_RULES, port, at));
        if (this.scope.deny) return;
        this.apply(PORT_RULE_RULES, rule, path);
        const { rules } = rule;
        if (!looksInto(rules)) return;
        const at = [...path, "rules"];
        this.apply(LAYER7_RULES, rules, at);
        this.each(rules.http, [...at, "http"], (http, place) => this.apply(HTTP_RULES, http, place));
        this.each(rules.kafka, [...at, "kafka"], (kafka, place) => this.apply(KAFKA_RULES, kafka, place));
        this.each(rules.dns, [...at, "dns"], (name, place) => this.apply(NAME_RULES, name, place));
    }

    private each<T>(items: readonly T[] | undefined, path: Path, visit: (item: T, path: Path) => void): void {
        for (const [index, item] of (items ?? []).entries()) visit(item, [...path, index]);
    }

    /** Holds a subject against a table. */
    apply<T>(rules: readonly AcceptanceRule<T>[], subject: T, path: Path, scope = this.scope): void {
        for (const rule of rules) {
            if (!appliesTo(rule, this.minor)) continue;
            for (const violation of rule.check(subject, scope)) {
                this.found.push({ rule, violation: { ...violation, path: [...path, ...violation.path] } });
            }
        }
    }
}
