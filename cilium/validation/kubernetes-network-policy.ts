import type { JsonObject, JsonValue, Path } from "../manifest/document";
import { parseSloppyCidr, prefixContains } from "../model/address";
import { SELECTOR_OPERATORS } from "../model/peers";
import { isLabelValue, qualifiedNameFault } from "./acceptance-selectors";
import type { Problem } from "./finding";
import { list, quote } from "./show";
import { isObject } from "./structure-walk";

const WHY = "The API server refuses the object; nothing is stored.";
const SOURCE = "k8s.io/kubernetes pkg/apis/networking/validation/validation.go";

/**
 * The API server's own rules for a NetworkPolicy (ports, endPort, selectors, CIDR, peers, policyTypes), apart from
 * Cilium's parser: an object that breaks one is refused at apply and never stored.
 * @param stored the object after checkStructure; values of a wrong type, which it has reported, are passed over
 */
export function checkKubernetesNetworkPolicy(stored: JsonObject): readonly Problem[] {
    const spec = isObject(stored.spec) ? stored.spec : {};
    const rules = new NetworkPolicyRules();
    rules.selector(spec.podSelector, ["spec", "podSelector"]);
    for (const [section, peers] of [
        ["ingress", "from"],
        ["egress", "to"],
    ] as const) {
        each(spec[section], ["spec", section], (entry, path) => {
            each(entry.ports, [...path, "ports"], (port, at) => rules.port(port, at));
            each(entry[peers], [...path, peers], (peer, at) => rules.peer(peer, at));
        });
    }
    rules.policyTypes(spec.policyTypes, ["spec", "policyTypes"]);
    return rules.problems;
}

function each(items: JsonValue | undefined, path: Path, visit: (item: JsonObject, path: Path) => void): void {
    if (!Array.isArray(items)) return;
    for (const [index, item] of items.entries()) if (isObject(item)) visit(item, [...path, index]);
}

class NetworkPolicyRules {
    readonly problems: Problem[] = [];

    policyTypes(types: JsonValue | undefined, path: Path): void {
        if (!Array.isArray(types)) return;
        if (types.length > 2) {
            this.report("K01", path, "there are more than two policyTypes", "write Ingress, Egress, or both");
            return;
        }
        for (const [index, type] of types.entries()) {
            if (typeof type !== "string" || ["Ingress", "Egress"].includes(type)) continue;
            this.report(
                "K01",
                [...path, index],
                `${quote(type)} is no policy type`,
                "write Ingress or Egress",
            );
        }
    }

    port({ port, endPort, protocol }: JsonObject, path: Path): void {
        if (typeof protocol === "string" && !["TCP", "UDP", "SCTP"].includes(protocol)) {
            const known = ["TCP", "UDP", "SCTP"].includes(protocol.toUpperCase());
            this.report(
                "K02",
                [...path, "protocol"],
                `${quote(protocol)} is no protocol`,
                known
                    ? `write ${protocol.toUpperCase()}`
                    : "write TCP, UDP or SCTP; a NetworkPolicy knows no others",
            );
        }
        if (typeof port === "number") this.portNumber(port, [...path, "port"]);
        if (typeof port === "string") this.portName(port, [...path, "port"]);
        if (typeof endPort === "number") this.endPort(port, endPort, [...path, "endPort"]);
    }

    private portNumber(port: number, path: Path): void {
        if (port >= 1 && port <= 65535) return;
        const fix = port === 0 ? "leave `port` out for all ports" : "write a number from 1 to 65535";
        this.report("K03", path, `${port} is no port number`, fix);
    }

    private portName(port: string, path: Path): void {
        const isName = port.length <= 15 && /^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(port) && /[a-z]/.test(port);
        if (isName) return;
        this.report(
            "K03",
            path,
            `${quote(port)} is no port name`,
            /^[0-9]+$/.test(port)
                ? `write the number without quotes: ${Number(port)}`
                : "write the name of a container port: at most 15 lower-case letters, digits and '-'",
        );
    }

    private endPort(port: JsonValue | undefined, endPort: number, path: Path): void {
        if (typeof port !== "number") {
            const what = port === undefined ? "without `port`" : "beside a port name";
            this.report(
                "K04",
                path,
                `endPort stands ${what}`,
                "write the first port of the range as a number in `port`",
            );
        } else if (endPort < port) {
            this.report(
                "K04",
                path,
                `endPort ${endPort} is smaller than port ${port}`,
                "write the last port of the range",
            );
        } else if (endPort > 65535 || endPort < 1) {
            this.report("K04", path, `${endPort} is no port number`, "write a number from 1 to 65535");
        }
    }

    peer(peer: JsonObject, path: Path): void {
        const kinds = ["podSelector", "namespaceSelector", "ipBlock"].filter(
            (key) => peer[key] !== undefined,
        );
        if (kinds.length === 0) {
            this.report("K05", path, "the peer is empty", "write podSelector, namespaceSelector or ipBlock");
        }
        if (kinds.length > 1 && kinds.includes("ipBlock")) {
            this.report(
                "K05",
                [...path, "ipBlock"],
                `ipBlock stands together with ${list(kinds.slice(0, -1))}`,
                "write a peer for each",
            );
        }
        this.selector(peer.podSelector, [...path, "podSelector"]);
        this.selector(peer.namespaceSelector, [...path, "namespaceSelector"]);
        if (isObject(peer.ipBlock)) this.ipBlock(peer.ipBlock, [...path, "ipBlock"]);
    }

    private ipBlock({ cidr, except }: JsonObject, path: Path): void {
        if (cidr === undefined || cidr === "") {
            this.report("K06", path, "ipBlock has no cidr", "write the range in `cidr`");
            return;
        }
        if (typeof cidr !== "string") return;
        const range = parseSloppyCidr(cidr);
        if (range === undefined)
            this.report("K06", [...path, "cidr"], `${quote(cidr)} is no address range`, rangeFix(cidr));
        if (!Array.isArray(except)) return;
        for (const [index, text] of except.entries()) {
            if (typeof text !== "string") continue;
            const at = [...path, "except", index];
            const exception = parseSloppyCidr(text);
            if (exception === undefined)
                this.report("K06", at, `${quote(text)} is no address range`, rangeFix(text));
            else if (
                range !== undefined &&
                !(prefixContains(range, exception.bytes) && exception.length > range.length)
            ) {
                const message = `the exception ${quote(text)} is no part of ${quote(cidr)}`;
                this.report("K06", at, message, "write a smaller range that lies in `cidr`");
            }
        }
    }

    selector(selector: JsonValue | undefined, path: Path): void {
        if (!isObject(selector)) return;
        const labels = isObject(selector.matchLabels) ? selector.matchLabels : {};
        for (const [key, value] of Object.entries(labels)) {
            this.key(key, [...path, "matchLabels", key], "key");
            if (typeof value === "string") this.value(value, [...path, "matchLabels", key]);
        }
        each(selector.matchExpressions, [...path, "matchExpressions"], (expression, at) =>
            this.expression(expression, at),
        );
    }

    private expression({ key, operator, values }: JsonObject, path: Path): void {
        if (typeof key === "string" || key === undefined)
            this.key(key ?? "", key === undefined ? path : [...path, "key"]);
        const count = Array.isArray(values) ? values.length : 0;
        const known = SELECTOR_OPERATORS.find((each) => each === operator);
        if (known === undefined) {
            const written = typeof operator === "string" ? operator : "";
            this.report(
                "K07",
                [...path, "operator"],
                `the operator ${quote(written)} is none of ${list(SELECTOR_OPERATORS, "or")}`,
                `write ${list(SELECTOR_OPERATORS, "or")}`,
            );
        } else if ((known === "In" || known === "NotIn") && count === 0) {
            this.report("K07", path, `${known} has no values`, "write at least one value");
        } else if ((known === "Exists" || known === "DoesNotExist") && count > 0) {
            this.report(
                "K07",
                [...path, "values"],
                `${known} takes no values`,
                `remove the values, or write ${known === "Exists" ? "In" : "NotIn"}`,
            );
        }
        if (!Array.isArray(values)) return;
        for (const [index, value] of values.entries()) {
            if (typeof value === "string") this.value(value, [...path, "values", index]);
        }
    }

    private key(key: string, path: Path, part: "key" | "value" = "value"): void {
        const fault = qualifiedNameFault(key);
        if (fault === undefined) return;
        const text = fault.replace(/: with its source/, ":");
        this.report("K07", path, `the label key ${quote(key)} ${text}`, "write a Kubernetes label key", part);
    }

    private value(value: string, path: Path): void {
        if (isLabelValue(value)) return;
        this.report(
            "K07",
            path,
            `${quote(value)} is no label value`,
            "use at most 63 letters, digits, '-', '_' and '.', with a letter or digit at both ends",
        );
    }

    private report(code: string, path: Path, message: string, fix: string, part?: "key" | "value"): void {
        this.problems.push({
            code,
            severity: "error",
            path,
            ...(part === undefined ? {} : { part }),
            message,
            why: WHY,
            fix,
            source: SOURCE,
        });
    }
}

function rangeFix(text: string): string {
    return /^[0-9.]+$/.test(text) ? `for one address write ${text}/32` : "write a range such as 10.1.0.0/16";
}
