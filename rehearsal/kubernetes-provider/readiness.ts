/** When workloads count as up (README, table i); looked at by polling where the released provider watches. */
import { isObject, type Properties, type Value } from "../plugin/values";
import { type Api, baseOf } from "./api";
import { child, nameOf } from "./objects";
import type { Look } from "./wait-for";

/** A kind's readiness, and the errors when time runs out. */
export interface Readiness {
    look(live: Properties, api: Api): Promise<Look> | Look;
    /** First the sentence that ends the main message, then further reasons. */
    failed(live: Properties): string[];
}

const number = (value: Value | undefined): number => (typeof value === "number" ? value : 0);
const list = (value: Value | undefined): Properties[] => (Array.isArray(value) ? value.filter(isObject) : []);

const condition = (live: Properties, type: string): Properties | undefined =>
    list(child(live, "status")["conditions"]).find((one) => one["type"] === type);

/** Has the controller seen the newest version of the object? */
const observed = (live: Properties): boolean =>
    number(child(live, "status")["observedGeneration"]) >= number(child(live, "metadata")["generation"]);

const TIMED_OUT = "timed out waiting for the condition";

const deployment: Readiness = {
    look: (live) => {
        const wanted = number(child(live, "spec")["replicas"] ?? 1);
        const status = child(live, "status");
        const available = number(status["availableReplicas"]);
        const rolledOut =
            condition(live, "Progressing")?.["reason"] === "NewReplicaSetAvailable" &&
            number(status["updatedReplicas"]) >= wanted &&
            number(status["replicas"]) === number(status["updatedReplicas"]);
        if (
            observed(live) &&
            rolledOut &&
            available >= wanted &&
            condition(live, "Available")?.["status"] === "True"
        ) {
            return { done: true, severity: "info", message: "Deployment initialization complete" };
        }
        const message = `Waiting for app ReplicaSet to be available (${available}/${wanted} Pods available)`;
        return { done: false, severity: "info", message };
    },
    failed: (live) => {
        const available = condition(live, "Available");
        const reason =
            available?.["status"] === "False"
                ? [`[${String(available["reason"])}] ${String(available["message"])}`]
                : [];
        const updated = number(child(live, "metadata")["generation"]) > 1;
        const minimum = updated
            ? "Minimum number of Pods to consider the application live was not attained"
            : "Minimum number of live Pods was not attained";
        return [`'${nameOf(live).name}' timed out waiting to be Ready`, ...reason, minimum];
    },
};

const daemonSet: Readiness = {
    look: (live) => {
        const status = child(live, "status");
        const wanted = number(status["desiredNumberScheduled"]);
        const [updated, available] = [
            number(status["updatedNumberScheduled"]),
            number(status["numberAvailable"]),
        ];
        if (!observed(live)) return { done: false };
        if (updated < wanted)
            return { done: false, severity: "info", message: `Updated: ${updated}/${wanted}` };
        if (available < wanted)
            return { done: false, severity: "info", message: `Available: ${available}/${wanted}` };
        return {
            done: true,
            severity: "info",
            message: `All replicas scheduled as expected. Replicas: ${wanted}`,
        };
    },
    failed: () => [TIMED_OUT],
};

const statefulSet: Readiness = {
    look: (live) => {
        const wanted = number(child(live, "spec")["replicas"] ?? 1);
        const status = child(live, "status");
        const ready = number(status["readyReplicas"]);
        const current = status["updateRevision"] === status["currentRevision"];
        if (observed(live) && ready >= wanted && current) {
            return { done: true, severity: "info", message: "StatefulSet initialization complete" };
        }
        return {
            done: false,
            severity: "info",
            message: `Waiting for StatefulSet to be ready (${ready}/${wanted} Pods ready)`,
        };
    },
    failed: (live) => [`'${nameOf(live).name}' timed out waiting to be Ready`],
};

const pod: Readiness = {
    look: (live) => {
        const done =
            condition(live, "Ready")?.["status"] === "True" || child(live, "status")["phase"] === "Succeeded";
        return done ? { done, severity: "info", message: "Pod initialization complete" } : { done };
    },
    failed: (live) => [`'${nameOf(live).name}' timed out waiting to be Ready`],
};

/** Does a Service route to pods that the server picks by labels? */
function selects(live: Properties): boolean {
    const spec = child(live, "spec");
    return (
        Object.keys(child(spec, "selector")).length > 0 &&
        spec["type"] !== "ExternalName" &&
        spec["clusterIP"] !== "None"
    );
}

const service: Readiness = {
    look: async (live, api) => {
        const { name, namespace } = nameOf(live);
        const balancer = child(live, "spec")["type"] === "LoadBalancer";
        if (balancer && list(child(child(live, "status"), "loadBalancer")["ingress"]).length === 0) {
            return {
                done: false,
                severity: "info",
                message: "Waiting for Service to be allocated an IP address",
            };
        }
        if (selects(live) && !(await hasEndpoints(api, namespace, name))) {
            return { done: false, severity: "info", message: "Finding Pods to direct traffic to" };
        }
        return { done: true, severity: "info", message: "Service initialization complete" };
    },
    failed: (live) => {
        const what =
            "Service does not target any Pods. Selected Pods may not be ready, or field '.spec.selector' may not match labels on any Pods";
        return [`'${nameOf(live).name}' timed out waiting to be Ready`, what];
    },
};

async function hasEndpoints(api: Api, namespace: string, name: string): Promise<boolean> {
    const path = `${baseOf("discovery.k8s.io/v1")}/namespaces/${namespace}/endpointslices`;
    const slices = await api.call({
        method: "GET",
        path,
        query: { labelSelector: `kubernetes.io/service-name=${name}` },
    });
    return list(slices["items"]).some((slice) =>
        list(slice["endpoints"]).some((endpoint) => child(endpoint, "conditions")["ready"] !== false),
    );
}

const job: Readiness = {
    look: (live) => ({ done: condition(live, "Complete")?.["status"] === "True" }),
    failed: (live) => [`'${nameOf(live).name}' timed out waiting to be Ready`],
};

const KINDS: Record<string, Readiness> = {
    "apps/v1/Deployment": deployment,
    "apps/v1/DaemonSet": daemonSet,
    "apps/v1/StatefulSet": statefulSet,
    "batch/v1/Job": job,
    "v1/Pod": pod,
    "v1/Service": service,
};

/** The readiness of an object's kind; undefined for kinds that nothing waits for, custom resources among them. */
export const readinessOf = (object: Properties): Readiness | undefined =>
    KINDS[`${String(object["apiVersion"])}/${String(object["kind"])}`];
