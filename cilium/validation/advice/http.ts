import type { JsonObject, Path } from "../../manifest/document";
import { isServiceName } from "../../semantics/ports";
import { problem } from "../codes/problem";
import { atLeast, perContext, type CheckContext } from "../context";
import type { Problem } from "../finding";
import {
    conjunction,
    list,
    object,
    objects,
    peerKeys,
    portRules,
    portName,
    rulesOf,
    string,
    type PolicyView,
    type RuleView,
} from "../policy-view";
import { goPort } from "./ports";

/** L15, L51, L63: HTTP and other L7 rules. */
export function adviseHttp(policy: PolicyView, context: CheckContext): readonly Problem[] {
    return [
        ...rulesOf(policy).flatMap((rule) =>
            portRules(rule).flatMap(([portRule, path]) =>
                objects(object(portRule["rules"])?.["http"]).flatMap(([request, index]) => [
                    ...globs(request, [...path, "rules", "http", index]),
                ]),
            ),
        ),
        ...(conflicts(context).get(policy) ?? []),
        ...bypasses(policy, context),
    ];
}

function* globs(request: JsonObject, path: Path): Iterable<Problem> {
    const pathText = string(request["path"]);
    if (pathText !== undefined && /[^.)\]\\]\*/.test(pathText) && !/[*+?]{2}|^\*/.test(pathText)) {
        const meant = pathText.replace(/(?<![.)\]\\])\*+/g, ".*");
        yield problem(
            "L15",
            [...path, "path"],
            `path "${pathText}" is a regular expression, not a glob: \`*\` repeats the character before it`,
            { fix: `write path: ${meant} if everything below is meant` },
        );
    }
    const host = string(request["host"]);
    if (host === undefined) return;
    if (!compiles(host)) {
        yield problem(
            "L15",
            [...path, "host"],
            `host "${host}" is no regular expression; Cilium accepts the policy and the proxy refuses it`,
            { fix: `write host: ${host.replace(/\./g, "\\.").replace(/\*/g, ".*")}` },
        );
    } else if (/[A-Za-z0-9-]\.[A-Za-z0-9-]/.test(host)) {
        yield problem(
            "L15",
            [...path, "host"],
            `host "${host}" is a regular expression: its dots match any character`,
            {
                severity: "info",
                fix: `write host: ${host.replace(/\./g, "\\.")}`,
            },
        );
    }
}

/** JavaScript and RE2 agree on what a dangling `*` is; the exact RE2 check of path and method is in acceptance. */
function compiles(pattern: string): boolean {
    try {
        new RegExp(pattern);
        return true;
    } catch {
        return false;
    }
}

/** What a rule does to one port, as far as it may not differ. */
interface Filter {
    readonly key: string;
    readonly port: string;
    readonly parser: string | undefined;
    readonly listener: string | undefined;
    readonly authentication: string | undefined;
    readonly path: Path;
    readonly policy: PolicyView;
}

function filtersOf(rule: RuleView): readonly Filter[] {
    if (rule.deny) return [];
    const peers = peerKeys(rule).map((key) => [key, rule.value[key]]);
    return portRules(rule).flatMap(([portRule, path]) =>
        objects(portRule["ports"]).map(([port]) => ({
            key: JSON.stringify([
                rule.spec.policy.clusterwide ? null : (rule.spec.policy.document.namespace ?? ""),
                rule.spec.subject ?? null,
                rule.direction,
                peers,
                port["port"] ?? null,
                port["endPort"] ?? null,
                string(port["protocol"]) ?? "ANY",
            ]),
            port: portName(port),
            parser: parserOf(portRule),
            listener: textOf(portRule["listener"]),
            authentication: string(object(rule.value["authentication"])?.["mode"]),
            path: [...path, ...("rules" in portRule ? ["rules"] : [])],
            policy: rule.spec.policy,
        })),
    );
}

function parserOf(portRule: JsonObject): string | undefined {
    const rules = object(portRule["rules"]);
    if (rules === undefined) return undefined;
    const parser = ["http", "dns", "kafka"].find((key) => list(rules[key]).length > 0);
    return parser ?? string(rules["l7proto"]);
}

function textOf(value: JsonObject[string] | undefined): string | undefined {
    return value === undefined || value === null ? undefined : JSON.stringify(value);
}

/** Found for all policies at once; each is reported at the later rule of a pair, in the document that has it. */
const conflicts = perContext((context) => {
    const seen = new Map<string, Filter>();
    const found = new Map<PolicyView, Problem[]>();
    for (const policy of context.policies) {
        for (const filter of rulesOf(policy).flatMap(filtersOf)) {
            const first = seen.get(filter.key);
            const clash = first === undefined ? undefined : conflict(first, filter);
            if (first === undefined) seen.set(filter.key, filter);
            if (clash !== undefined) found.set(policy, [...(found.get(policy) ?? []), clash]);
        }
    }
    return found;
});

function conflict(first: Filter, filter: Filter): Problem | undefined {
    const clash = (["parser", "listener", "authentication"] as const).filter(
        (key) => first[key] !== undefined && filter[key] !== undefined && first[key] !== filter[key],
    );
    if (clash.length === 0) return undefined;
    const names: Record<(typeof clash)[number], string> = {
        parser: `L7 rules (${first.parser ?? ""} and ${filter.parser ?? ""})`,
        listener: "listeners",
        authentication: "authentication modes",
    };
    const where = first.policy === filter.policy ? "this policy" : `policy ${first.policy.document.name}`;
    return problem(
        "L51",
        filter.path,
        `${filter.port} of the same peers has different ${conjunction(clash.map((key) => names[key]))} here and in ${where}: Cilium cannot build the pods' policy`,
    );
}

/** Ports with HTTP rules, by subject. */
const filteredPorts = perContext(
    (context) =>
        new Set(
            context.policies.flatMap((policy) =>
                rulesOf(policy).flatMap((rule) =>
                    portRules(rule)
                        .filter(([portRule]) => parserOf(portRule) === "http")
                        .flatMap(([portRule]) =>
                            objects(portRule["ports"]).map(([port]) =>
                                portKey(rule, goPort(string(port["port"]) ?? "")),
                            ),
                        ),
                ),
            ),
        ),
);

function* bypasses(policy: PolicyView, context: CheckContext): Iterable<Problem> {
    if (atLeast(context.minor, "1.17")) return;
    const filtered = filteredPorts(context);
    for (const rule of rulesOf(policy)) {
        if (rule.deny) continue;
        for (const [portRule, path] of portRules(rule)) {
            if (parserOf(portRule) !== undefined) continue;
            for (const [port, index] of objects(portRule["ports"])) {
                const number = otherKey(port, context);
                if (number === undefined || !filtered.has(portKey(rule, number))) continue;
                yield problem(
                    "L63",
                    [...path, "ports", index],
                    `on Cilium ${context.minor} this plain allow of port ${number} wins over the HTTP rule for the same port: these peers are not filtered`,
                );
            }
        }
    }
}

/** The number of a port that Cilium 1.16 files under another key than the plain number; undefined for plain ones. */
function otherKey(port: JsonObject, context: CheckContext): number | undefined {
    const text = string(port["port"]) ?? "";
    if (isServiceName(text)) return namedNumber(text, context);
    const number = goPort(text);
    const end = port["endPort"];
    return typeof end === "number" && number !== undefined && end > 0 && end < number ? number : undefined;
}

function portKey(rule: RuleView, port: number | undefined): string {
    return JSON.stringify([
        rule.spec.policy.document.namespace ?? "",
        rule.spec.subject ?? null,
        rule.direction,
        port ?? null,
    ]);
}

function namedNumber(name: string, context: CheckContext): number | undefined {
    const numbers = new Set(
        (context.workloads ?? []).flatMap((workload) =>
            workload.namedPorts.filter((port) => port.name === name.toLowerCase()).map((port) => port.port),
        ),
    );
    return numbers.size === 1 ? [...numbers][0] : undefined;
}
