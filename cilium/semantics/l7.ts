import type { JsonObject } from "../manifest/document";
import type { Protocol } from "../reachability/types";
import { asObject, asObjects, asString, asStrings } from "./json";
import type { L7 } from "./rules";

/**
 * Whether a port rule sends its traffic to a proxy, and what the proxy is told.
 * Source: `pkg/policy/l4.go` createL4Filter: DNS goes with every protocol, other parsers with TCP only; TLS contexts
 * and server names redirect by themselves; a listener outranks them all. Empty lists (`http: []`) are no L7.
 */
export function describeL7(rule: JsonObject, protocol: Protocol): L7 | undefined {
    const listener = asObject(rule["listener"]);
    if (listener !== undefined)
        return { parser: "crd", text: `listener ${asString(listener["name"]) ?? ""}` };
    const rules = asObject(rule["rules"]);
    const dns = asObjects(rules?.["dns"]) ?? [];
    if (dns.length > 0) return { parser: "dns", text: `DNS ${dns.map(dnsText).join(", ")}` };
    if (protocol === "TCP") {
        const http = asObjects(rules?.["http"]) ?? [];
        if (http.length > 0) return { parser: "http", text: `HTTP ${http.map(httpText).join(", ")}` };
        const kafka = asObjects(rules?.["kafka"]) ?? [];
        if (kafka.length > 0) return { parser: "kafka", text: "Kafka" };
        const proto = asString(rules?.["l7proto"]) ?? "";
        if (proto !== "") return { parser: proto, text: `L7 ${proto}` };
    }
    const names = asStrings(rule["serverNames"]) ?? [];
    if (names.length > 0) return { parser: "tls", text: `TLS server names ${names.join(", ")}` };
    if (asObject(rule["terminatingTLS"]) !== undefined || asObject(rule["originatingTLS"]) !== undefined) {
        return { parser: "tls", text: "TLS" };
    }
    return undefined;
}

function dnsText(rule: JsonObject): string {
    return asString(rule["matchName"]) ?? asString(rule["matchPattern"]) ?? "*";
}

function httpText(rule: JsonObject): string {
    const parts = [asString(rule["method"]), asString(rule["host"]), asString(rule["path"])];
    const text = parts.filter((part) => part !== undefined && part !== "").join(" ");
    const headers = [
        ...(asStrings(rule["headers"]) ?? []),
        ...(asObjects(rule["headerMatches"]) ?? []).map((item) => asString(item["name"]) ?? ""),
    ];
    const withHeaders = headers.length === 0 ? text : `${text} with header ${headers.join(", ")}`.trim();
    return withHeaders === "" ? "any request" : withHeaders;
}
