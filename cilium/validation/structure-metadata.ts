import type { JsonObject, JsonValue } from "../manifest/document";
import { API_VERSIONS, type PolicyKind } from "../model/kinds";
import type { Problem } from "./finding";
import { isObject } from "./structure-walk";
import { show } from "./show";

const NAMES = "https://kubernetes.io/docs/concepts/overview/working-with-objects/names";

/** A document that is a list or a single value where an object should be. */
export function notAnObject(value: JsonValue, kind: PolicyKind): Problem {
    return {
        code: "S01",
        severity: "error",
        path: [],
        message: `the document is ${show(value)}, not a ${kind}`,
        why: "A Kubernetes object is a mapping with apiVersion, kind and metadata.",
        fix: "write one object a document, separated by ---",
        source: NAMES,
    };
}

/** An `apiVersion` no cluster serves this kind at. */
export function apiVersionProblem(value: JsonObject, kind: PolicyKind): Problem {
    const written = value.apiVersion === undefined ? "no apiVersion" : `apiVersion ${show(value.apiVersion)}`;
    return {
        code: "L17",
        severity: "error",
        path: ["apiVersion"],
        message: `${kind} with ${written}: no cluster serves that`,
        why: "The API server finds a kind by its apiVersion and refuses what it does not serve; nothing is stored.",
        fix: `write apiVersion: ${API_VERSIONS[kind].at(0) ?? ""}`,
        source: "github.com/cilium/cilium pkg/k8s/apis/cilium.io/client/crds; k8s.io/api networking/v1",
    };
}

/** Names and namespaces: rules of the API server for every object, which no CRD holds. */
export function metadataProblems(value: JsonObject, kind: PolicyKind): Problem[] {
    const metadata = isObject(value.metadata) ? value.metadata : {};
    return [...nameProblems(metadata), ...namespaceProblems(metadata, kind)];
}

function nameProblems(metadata: JsonObject): Problem[] {
    const name = metadata.name ?? "";
    if (name === "") {
        if (typeof metadata.generateName === "string" && metadata.generateName !== "") return [];
        return [
            {
                code: "L17",
                severity: "error",
                path: ["metadata", "name"],
                message: "the object has no name",
                why: "The API server refuses an object without metadata.name, and Cilium a policy without one.",
                fix: "give it a metadata.name",
                source: "pkg/k8s/apis/cilium.io/v2/cnp_types.go Parse; facts of r4-noname",
            },
        ];
    }
    if (typeof name !== "string" || isSubdomain(name)) return [];
    return [
        {
            code: "S08",
            severity: "error",
            path: ["metadata", "name"],
            message: `${show(name)} is not a name Kubernetes accepts`,
            why: "A name is a DNS subdomain: lower-case letters, digits, '-' and '.', a letter or digit at both ends, at most 253 characters. The API server refuses others.",
            fix: `use a name such as ${suggestName(name)}`,
            source: NAMES,
        },
    ];
}

function namespaceProblems(metadata: JsonObject, kind: PolicyKind): Problem[] {
    const { namespace } = metadata;
    if (typeof namespace !== "string" || namespace === "") return [];
    const clusterScoped = kind === "CiliumClusterwideNetworkPolicy" || kind === "CiliumCIDRGroup";
    if (clusterScoped) {
        return [
            {
                code: "L17",
                severity: "error",
                path: ["metadata", "namespace"],
                message: `${kind} is cluster-wide and cannot be in the namespace ${show(namespace)}`,
                why: "The API server refuses a namespace on a cluster-scoped kind, or ignores it; the policy is for the whole cluster either way.",
                fix:
                    kind === "CiliumCIDRGroup"
                        ? "remove metadata.namespace"
                        : "remove metadata.namespace, or write a CiliumNetworkPolicy",
                source: "k8s.io/apiserver pkg/endpoints/handlers; catalogue L17",
            },
        ];
    }
    if (/^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/.test(namespace)) return [];
    return [
        {
            code: "S08",
            severity: "error",
            path: ["metadata", "namespace"],
            message: `${show(namespace)} is not a namespace name Kubernetes accepts`,
            why: "A namespace is a DNS label: lower-case letters, digits and '-', a letter or digit at both ends, at most 63 characters.",
            fix: "write the name of an existing namespace",
            source: NAMES,
        },
    ];
}

function isSubdomain(name: string): boolean {
    return (
        name.length <= 253 &&
        name.split(".").every((label) => /^[a-z0-9]$|^[a-z0-9][-a-z0-9]*[a-z0-9]$/.test(label))
    );
}

function suggestName(name: string): string {
    const cleaned = name
        .toLowerCase()
        .replace(/[^a-z0-9.-]+/g, "-")
        .slice(0, 253)
        .replace(/^[^a-z0-9]+|[^a-z0-9]+$/g, "");
    return show(isSubdomain(cleaned) ? cleaned : "allow-dns");
}
