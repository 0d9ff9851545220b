/** Rows of the record that the golden calls do not hold: taking over fields, waitFor, readiness, kubeconfigs (tables c, h, i, k). */
import { Api, type Call, type Transport } from "../../../rehearsal/kubernetes-provider/api";
import { awaitReady, NotReady } from "../../../rehearsal/kubernetes-provider/await";
import { remove } from "../../../rehearsal/kubernetes-provider/delete";
import { select } from "../../../rehearsal/kubernetes-provider/json-path";
import { activeCluster, connectionOf } from "../../../rehearsal/kubernetes-provider/kubeconfig";
import { takeOver, untouched } from "../../../rehearsal/kubernetes-provider/managed-fields";
import { pruneLive } from "../../../rehearsal/kubernetes-provider/objects";
import { parseWaitFor } from "../../../rehearsal/kubernetes-provider/wait-for";
import { mergePatch } from "../../../rehearsal/kubernetes-provider/writes";
import type { Properties } from "../../../rehearsal/plugin/values";

const entry = (manager: string, operation: string, fields: string[], subresource?: string): Properties => ({
    manager,
    operation,
    apiVersion: "cilium.io/v2",
    fieldsType: "FieldsV1",
    fieldsV1: { "f:spec": Object.fromEntries(fields.map((field) => [`f:${field}`, {}])) },
    ...(subresource === undefined ? {} : { subresource }),
});
const objectWith = (...managedFields: Properties[]): Properties => ({
    metadata: { resourceVersion: "7", managedFields },
});

describe("taking over fields (tables c and d)", () => {
    const own = "pulumi-kubernetes-0123abcd";

    it("merges the plain create and every kubectl into this resource's manager", () => {
        const live = objectWith(
            entry("pulumi-kubernetes", "Update", ["ingress"]),
            entry("kubectl-patch", "Update", ["egress"]),
            entry("other", "Update", ["x"]),
        );
        const [fields, version] = takeOver(live, own);
        const value = fields?.["value"] as Properties[];
        expect(value.map(({ manager, operation }) => `${String(manager)}/${String(operation)}`)).toEqual([
            `${own}/Apply`,
            "other/Update",
        ]);
        expect(value[0]?.["fieldsV1"]).toEqual({ "f:spec": { "f:ingress": {}, "f:egress": {} } });
        expect(version).toEqual({ op: "replace", path: "/metadata/resourceVersion", value: "7" });
    });

    it("sends an empty patch when there is nothing to move", () => {
        expect(
            takeOver(objectWith(entry(own, "Apply", ["ingress"]), entry("other", "Update", ["x"])), own),
        ).toEqual([]);
        expect(takeOver(objectWith(), own)).toEqual([]);
    });

    it("leaves entries of the status subresource alone", () => {
        expect(takeOver(objectWith(entry("kubectl-patch", "Update", ["status"], "status")), own)).toEqual([]);
    });

    it("sees whether an object is still as its plain create left it", () => {
        expect(untouched(objectWith(entry("pulumi-kubernetes", "Update", ["ingress"])))).toBe(true);
        expect(
            untouched(objectWith(entry(own, "Apply", ["ingress"]), entry("kubectl", "Apply", ["x"]))),
        ).toBe(false);
    });
});

describe("waitFor (table h)", () => {
    const valid = (status: string): Properties => ({ status: { conditions: [{ type: "Valid", status }] } });

    it("waits for a condition", () => {
        const [condition] = parseWaitFor("condition=Valid");
        expect(condition?.({})).toEqual({
            done: false,
            severity: "warning",
            message: "Has no .status.conditions",
        });
        expect(condition?.(valid("False"))).toMatchObject({ done: false });
        expect(condition?.(valid("True"))).toMatchObject({ done: true });
    });

    it("waits for what a path selects", () => {
        const path = '{.status.conditions[?(@.type=="Valid")].status}';
        const [condition] = parseWaitFor(`jsonpath=${path}=True`);
        expect(condition?.({})).toMatchObject({ done: false, message: `${path} selected nothing` });
        expect(condition?.(valid("True"))).toEqual({
            done: true,
            severity: "info",
            message: `Found ${path}=True`,
        });
    });

    it("takes a list, all of which must hold", () => {
        expect(parseWaitFor('["condition=Valid","jsonpath={.spec.x}"]')).toHaveLength(2);
    });

    it("refuses anything else with the provider's text", () => {
        expect(() => parseWaitFor("nonsense")).toThrow(
            'expected a "jsonpath=" or "condition=" prefix, got "nonsense"',
        );
        expect(() => parseWaitFor("jsonpath={.a[}")).toThrow("unrecognized character");
    });

    it.each([
        ["{.a.b}", ["c"]],
        ["{.list[1].x}", [2]],
        ["{.list[*].x}", [1, 2]],
        ["{['a']['b']}", ["c"]],
        ["{.none.b}", []],
    ])("selects %s", (path, expected) => {
        expect(select({ a: { b: "c" }, list: [{ x: 1 }, { x: 2 }] }, path)).toEqual(expected);
    });
});

/** An API server that shows one object after another. */
function showing(...states: Properties[]): Transport & { calls: Call[] } {
    const calls: Call[] = [];
    let index = 0;
    return {
        calls,
        send: (call) => {
            calls.push(call);
            const state = states[Math.min(index++, states.length - 1)] as Properties;
            return Promise.resolve({ status: state["gone"] === true ? 404 : 200, body: state });
        },
    };
}

const web = (status: Properties, generation = 1, annotations: Properties = {}): Properties => ({
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "web", namespace: "demo", generation, annotations },
    spec: { replicas: 2 },
    status,
});
const mapping = { base: "/apis/apps/v1", plural: "deployments", namespaced: true };

async function settle(first: Properties, ...rest: Properties[]) {
    const said: string[] = [];
    let waited = 0;
    const live = await awaitReady({
        api: new Api(showing(...(rest.length > 0 ? rest : [first])), "default"),
        mapping,
        live: first,
        timeout: 5,
        say: (severity, message) => void said.push(`${severity}: ${message}`),
        wait: (seconds) => Promise.resolve(void (waited += seconds)),
        now: () => waited * 1000,
        cancelled: () => false,
    });
    return { live, said, waited };
}

describe("workloads (table i)", () => {
    const up: Properties = {
        observedGeneration: 1,
        replicas: 2,
        updatedReplicas: 2,
        availableReplicas: 2,
        conditions: [
            { type: "Progressing", status: "True", reason: "NewReplicaSetAvailable" },
            { type: "Available", status: "True" },
        ],
    };

    it("waits for a Deployment's roll-out", async () => {
        const { said } = await settle(web({}), web({ ...up, availableReplicas: 1 }), web(up));
        expect(said).toEqual([
            "info: Waiting for app ReplicaSet to be available (0/2 Pods available)",
            "info: Waiting for app ReplicaSet to be available (1/2 Pods available)",
            "info: Deployment initialization complete",
        ]);
    });

    it("does not take the old generation's status for the new one's", async () => {
        await expect(settle(web(up, 2), web(up, 2))).rejects.toBeInstanceOf(NotReady);
    });

    it("gives three reasons when a Deployment never gets ready", async () => {
        const available = {
            type: "Available",
            status: "False",
            reason: "MinimumReplicasUnavailable",
            message: "Deployment does not have minimum availability.",
        };
        const error: unknown = await settle(web({ conditions: [available] })).catch(
            (thrown: unknown) => thrown,
        );
        expect((error as NotReady).reasons).toEqual([
            "'web' timed out waiting to be Ready",
            "[MinimumReplicasUnavailable] Deployment does not have minimum availability.",
            "Minimum number of live Pods was not attained",
        ]);
    });

    it("does not wait with skipAwait, whatever else is asked for", async () => {
        const { said, waited } = await settle(
            web({}, 1, { "pulumi.com/skipAwait": "true", "pulumi.com/waitFor": "condition=Valid" }),
        );
        expect(said).toEqual(["info: Skipping await logic"]);
        expect(waited).toBe(0);
    });

    it("waits for a DaemonSet's pods", async () => {
        const set = (updated: number, available: number): Properties => ({
            ...web({
                desiredNumberScheduled: 2,
                updatedNumberScheduled: updated,
                numberAvailable: available,
                observedGeneration: 1,
            }),
            kind: "DaemonSet",
        });
        const { said } = await settle(set(1, 0), set(2, 1), set(2, 2));
        expect(said).toEqual([
            "info: Updated: 1/2",
            "info: Available: 1/2",
            "info: All replicas scheduled as expected. Replicas: 2",
        ]);
    });

    it("does not wait for a kind that nothing is known of", async () => {
        const { live, said } = await settle({
            apiVersion: "cilium.io/v2",
            kind: "CiliumNetworkPolicy",
            metadata: { name: "x" },
        });
        expect(live["kind"]).toBe("CiliumNetworkPolicy");
        expect(said).toEqual([]);
    });
});

describe("delete (table k)", () => {
    const discovery: Properties = {
        resources: [{ name: "configmaps", kind: "ConfigMap", namespaced: true }],
    };
    const deleting = (server: Transport, state: Properties = {}) => {
        let waited = 0;
        return remove({
            api: new Api(server, "default"),
            kind: { apiVersion: "v1", kind: "ConfigMap" },
            id: "demo/x",
            state,
            timeout: 1,
            wait: (seconds) => Promise.resolve(void (waited += seconds)),
            now: () => waited * 1000,
            log: () => undefined,
        });
    };

    it("deletes in the foreground and waits until the object is gone", async () => {
        const server = showing(discovery, {}, {}, { gone: true });
        await deleting(server);
        expect(server.calls.map(({ method }) => method)).toEqual(["GET", "DELETE", "GET", "GET"]);
        expect(server.calls[1]?.body).toMatchObject({ propagationPolicy: "Foreground" });
    });

    it("takes an object that is gone already for deleted", async () => {
        await expect(deleting(showing(discovery, { gone: true }))).resolves.toBeUndefined();
    });

    it("fails when the object stays", async () => {
        await expect(deleting(showing(discovery, {}))).rejects.toThrow(
            'timed out waiting for object "demo/x" to be deleted',
        );
    });

    it("does not wait for an object with skipAwait", async () => {
        const server = showing(discovery, {});
        await deleting(server, { metadata: { annotations: { "pulumi.com/skipAwait": "true" } } });
        expect(server.calls).toHaveLength(2);
    });
});

describe("drift (table k)", () => {
    it("sees only fields that the program sets", () => {
        const live: Properties = {
            spec: { port: "2", added: "by hand", list: [{ a: 1, b: 2 }, { c: 3 }] },
            status: {},
        };
        expect(pruneLive(live, { spec: { port: "1", list: [{ a: 1 }] } })).toEqual({
            spec: { port: "2", list: [{ a: 1 }] },
        });
    });
});

describe("client-side apply (table a)", () => {
    it("sends null for what the program no longer sets", () => {
        expect(mergePatch({ spec: { a: 1, b: 2 }, x: 1 }, { spec: { a: 1, c: 3 } })).toEqual({
            spec: { b: null, c: 3 },
            x: null,
        });
    });
});

describe("kubeconfigs (table e)", () => {
    const text = (server: string, user = "admin", cluster = "a"): string =>
        JSON.stringify({
            clusters: [{ name: cluster, cluster: { server } }],
            users: [{ name: user, user: { token: "t" } }],
            contexts: [{ name: "c", context: { cluster, user, namespace: "team" } }],
            "current-context": "c",
        });
    const select_ = (kubeconfig: string) => ({ kubeconfig, context: undefined, cluster: undefined });

    it("compares the active cluster entry, not names, users or notation", () => {
        const one = activeCluster(select_(text("https://a")));
        expect(activeCluster(select_(text("https://a", "other", "renamed")))).toEqual(one);
        expect(activeCluster(select_(text("https://b")))).not.toEqual(one);
        expect(activeCluster(select_("not: [a, kubeconfig"))).toBeUndefined();
    });

    it("connects with the context's user and namespace", async () => {
        const connection = connectionOf(select_(text("https://a")));
        expect(connection.namespace).toBe("team");
        await expect(connection.token()).resolves.toBe("t");
    });

    it("runs an exec login for its token", async () => {
        const script = `process.stdout.write(JSON.stringify({status:{token:process.env.WHO}}))`;
        const config = {
            clusters: [{ name: "a", cluster: { server: "https://a" } }],
            users: [
                {
                    name: "u",
                    user: {
                        exec: {
                            command: process.execPath,
                            args: ["-e", script],
                            env: [{ name: "WHO", value: "me" }],
                        },
                    },
                },
            ],
            contexts: [{ name: "c", context: { cluster: "a", user: "u" } }],
            "current-context": "c",
        };
        await expect(connectionOf(select_(JSON.stringify(config))).token()).resolves.toBe("me");
    });
});
