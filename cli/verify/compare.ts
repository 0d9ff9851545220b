import type { Manifest } from "../operations/stack";

/** Where a live object is not what was applied. */
export interface Difference {
    /** `spec.egress[0].toPorts[0].ports[0].port` */
    readonly path: string;
    /** As JSON, shortened; undefined where it is absent. */
    readonly applied: string | undefined;
    readonly live: string | undefined;
}

type Json = unknown;
type JsonObject = Record<string, Json>;

/**
 * Compares an object as it was applied with the one that is there. Rules (`spec`, `specs` and whatever else the manifest
 * has at its top) must be the same; of labels and annotations those that were applied, since others may add their own.
 * Ignored: what the API server and operators write (`status`, the rest of `metadata`), and what it fills in by default.
 * @returns the places that differ, in the order of the manifest; empty when none does
 */
export function differences(applied: Manifest, live: Manifest): Difference[] {
    const found: Difference[] = [];
    for (const field of ["labels", "annotations"] as const) {
        for (const [key, value] of Object.entries(applied.metadata[field] ?? {})) {
            const there = live.metadata[field]?.[key];
            if (there !== value)
                found.push(difference(`metadata.${field}[${JSON.stringify(key)}]`, value, there));
        }
    }
    const [left, right] = [rules(applied), rules(live)];
    walk("", left, right, found);
    return found;
}

/** What a manifest says, without what is no rule. Keys with `__` are Pulumi's own. */
function rules(manifest: Manifest): Json {
    const own = Object.entries(manifest).filter(
        ([key]) => !["apiVersion", "kind", "metadata", "status"].includes(key) && !key.startsWith("__"),
    );
    const given = Object.fromEntries(own) as JsonObject;
    return normal(manifest.kind === "NetworkPolicy" ? withDefaults(given) : given, manifest.kind);
}

/** As the API server stores it: keys without a value are dropped, an ICMP family (the only default in Cilium's CRDs) is filled in. */
function normal(value: Json, kind: string): Json {
    if (Array.isArray(value)) return value.map((each) => normal(each, kind));
    if (!isObject(value)) return value;
    const kept = Object.entries(value).filter(([, each]) => each !== null && each !== undefined);
    const object = Object.fromEntries(kept.map(([key, each]) => [key, normal(each, kind)]));
    const { icmps } = object;
    if (kind.startsWith("Cilium") && Array.isArray(icmps))
        object["icmps"] = icmps.map((each) => withFamily(each as JsonObject));
    return object;
}

function withFamily(icmp: JsonObject): JsonObject {
    const { fields } = icmp;
    if (!Array.isArray(fields)) return icmp;
    return { ...icmp, fields: fields.map((field) => ({ family: "IPv4", ...(field as JsonObject) })) };
}

/** Defaults of NetworkPolicy (k8s.io/kubernetes `pkg/apis/networking/v1/defaults.go`). */
function withDefaults(given: JsonObject): JsonObject {
    const spec = given["spec"];
    if (!isObject(spec)) return given;
    const egress = spec["egress"];
    const types = spec["policyTypes"] ?? [
        "Ingress",
        ...(Array.isArray(egress) && egress.length > 0 ? ["Egress"] : []),
    ];
    const withProtocols = (rules: Json): Json =>
        Array.isArray(rules)
            ? rules.map((rule: JsonObject) =>
                  Array.isArray(rule["ports"])
                      ? {
                            ...rule,
                            ports: rule["ports"].map((port: JsonObject) => ({ protocol: "TCP", ...port })),
                        }
                      : rule,
              )
            : rules;
    return {
        ...given,
        spec: {
            podSelector: {},
            ...spec,
            policyTypes: types,
            ingress: withProtocols(spec["ingress"]),
            egress: withProtocols(egress),
        },
    };
}

function walk(path: string, applied: Json, live: Json, found: Difference[]): void {
    if (Array.isArray(applied) && Array.isArray(live)) {
        const length = Math.max(applied.length, live.length);
        for (let index = 0; index < length; index += 1)
            walk(`${path}[${index}]`, applied[index], live[index], found);
        return;
    }
    if (isObject(applied) && isObject(live)) {
        for (const key of new Set([...Object.keys(applied), ...Object.keys(live)]))
            walk(`${path}${step(path, key)}`, applied[key], live[key], found);
        return;
    }
    if (applied !== live) found.push(difference(path, applied, live));
}

const step = (path: string, key: string) => {
    const plain = /^[A-Za-z_][\w]*$/.test(key);
    if (!plain) return `[${JSON.stringify(key)}]`;
    return path === "" ? key : `.${key}`;
};

function difference(path: string, applied: Json, live: Json): Difference {
    return { path, applied: short(applied), live: short(live) };
}

function short(value: Json): string | undefined {
    if (value === undefined) return undefined;
    const text = JSON.stringify(value);
    return text.length <= 60 ? text : `${text.slice(0, 57)}…`;
}

function isObject(value: Json): value is JsonObject {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}
