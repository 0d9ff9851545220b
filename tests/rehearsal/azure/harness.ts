/** The control plane over a folder of its own, without sockets, with clusters that only note what they are told. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ArmResponse, JsonObject } from "../../../rehearsal/azure/arm";
import type { Clusters } from "../../../rehearsal/azure/clusters";
import { controlPlane, type ControlPlane } from "../../../rehearsal/azure/control-plane";

export const SUBSCRIPTION = "/subscriptions/00000000-0000-0000-0000-000000000001";
export const GROUP = `${SUBSCRIPTION}/resourceGroups/rg`;
export const CLUSTER = `${GROUP}/providers/Microsoft.ContainerService/managedClusters/aks`;

/** Everything a test needs. */
export interface Harness {
    plane: ControlPlane;
    folder: string;
    /** `start aks`, `remove aks`, in order. */
    told: string[];
    /** Holds every start until released. */
    hold(): () => void;
    /** Makes the next start fail. */
    fail(message: string): void;
    send(method: string, path: string, body?: JsonObject, apiVersion?: string): Promise<ArmResponse>;
    /** Sends, and waits until its operation has ended; returns the last look at it. */
    finish(method: string, path: string, body?: JsonObject, apiVersion?: string): Promise<JsonObject>;
    /** Another process over the same folder. */
    restart(): Harness;
    clean(): void;
}

/** A control plane; with a folder, over state that is there already. */
export function harness(folder = mkdtempSync(join(tmpdir(), "azure-"))): Harness {
    const told: string[] = [];
    let gate: Promise<void> = Promise.resolve();
    let failure: string | undefined;
    const clusters: Clusters = {
        start: async (id) => {
            told.push(`start ${id.split("/").at(-1)}`);
            await gate;
            const message = failure;
            failure = undefined;
            if (message !== undefined) throw new Error(message);
            return join(__dirname, "kubeconfig.yaml");
        },
        remove: async (id) => void told.push(`remove ${id.split("/").at(-1)}`),
    };
    const plane = controlPlane(folder, clusters, () => "https://127.0.0.1:1");
    const send: Harness["send"] = (
        method,
        path,
        body = {},
        apiVersion = path.includes("ContainerService") ? "2025-09-01" : "2024-03-01",
    ) => plane.answer({ method, path, query: new URLSearchParams(), apiVersion, body, params: {} });
    const finish: Harness["finish"] = async (method, path, body, apiVersion) => {
        const first = await send(method, path, body, apiVersion);
        const header = first.headers?.["Azure-AsyncOperation"] ?? first.headers?.["Location"];
        if (header === undefined) return { ...(first.body as JsonObject), status: first.status };
        for (;;) {
            const polled = await send("GET", new URL(header).pathname, {}, "2016-03-30");
            if (
                polled.status !== 202 &&
                (polled.body as JsonObject | undefined)?.["status"] !== "InProgress"
            ) {
                return { first: first.status, ...((polled.body as JsonObject | undefined) ?? {}) };
            }
            await new Promise((resolve) => setImmediate(resolve));
        }
    };
    return {
        plane,
        folder,
        told,
        hold: () => {
            let release = (): void => undefined;
            gate = new Promise((resolve) => (release = resolve));
            return () => release();
        },
        fail: (message) => void (failure = message),
        send,
        finish,
        restart: () => harness(folder),
        clean: () => rmSync(folder, { recursive: true, force: true }),
    };
}

/** A body that AKS accepts, with changes to its network profile, its pool and its other properties. */
export function clusterBody(
    network: JsonObject = {},
    pool: JsonObject = {},
    properties: JsonObject = {},
): JsonObject {
    return {
        location: "westeurope",
        identity: { type: "SystemAssigned" },
        properties: {
            dnsPrefix: "aks",
            kubernetesVersion: "1.35",
            agentPoolProfiles: [
                { name: "system", mode: "System", vmSize: "Standard_D4s_v5", count: 1, ...pool },
            ],
            networkProfile: {
                networkPlugin: "azure",
                networkPluginMode: "overlay",
                networkDataplane: "cilium",
                networkPolicy: "cilium",
                podCidr: "192.168.0.0/16",
                serviceCidr: "10.0.0.0/16",
                dnsServiceIP: "10.0.0.10",
                ...network,
            },
            ...properties,
        },
    };
}

/** The error of an answer, whichever of ARM's two forms it has. */
export function errorOf({ status, body }: ArmResponse): JsonObject {
    const content = body as JsonObject;
    return { status, ...((content["error"] as JsonObject | undefined) ?? content) };
}
