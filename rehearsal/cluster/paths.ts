import type { KubernetesObject } from "./client";

/** Plurals and scope of the kinds that the rehearsal applies itself: no discovery needed for a closed set. */
const KINDS: Readonly<Record<string, { plural: string; namespaced: boolean }>> = {
    ClusterRole: { plural: "clusterroles", namespaced: false },
    ClusterRoleBinding: { plural: "clusterrolebindings", namespaced: false },
    ConfigMap: { plural: "configmaps", namespaced: true },
    CustomResourceDefinition: { plural: "customresourcedefinitions", namespaced: false },
    DaemonSet: { plural: "daemonsets", namespaced: true },
    Deployment: { plural: "deployments", namespaced: true },
    Namespace: { plural: "namespaces", namespaced: false },
    Service: { plural: "services", namespaced: true },
    ServiceAccount: { plural: "serviceaccounts", namespaced: true },
    ValidatingAdmissionPolicy: { plural: "validatingadmissionpolicies", namespaced: false },
    ValidatingAdmissionPolicyBinding: { plural: "validatingadmissionpolicybindings", namespaced: false },
};

/** Where an object lives in the API. */
export function pathOf(object: Pick<KubernetesObject, "apiVersion" | "kind" | "metadata">): string {
    const kind = KINDS[object.kind];
    if (kind === undefined) throw new Error(`${object.kind}: not a kind that the rehearsal applies`);
    const base = object.apiVersion.includes("/") ? `/apis/${object.apiVersion}` : `/api/${object.apiVersion}`;
    const namespace = kind.namespaced ? `/namespaces/${object.metadata.namespace ?? "default"}` : "";
    return `${base}${namespace}/${kind.plural}/${object.metadata.name}`;
}
