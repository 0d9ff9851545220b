/**
 * The kubernetes stand-in against the real API server: the answers that the recorded calls get from a played one
 * (tests/rehearsal/kubernetes-provider) come from Kubernetes itself here, field managers and all. Rows: tables a to d, h, k
 * of the record of the released plug-in.
 */
import * as fs from "node:fs";
import * as path from "node:path";
import { type Call, httpTransport } from "../../rehearsal/kubernetes-provider/api";
import { kubernetes } from "../../rehearsal/kubernetes-provider/provider";
import { sleep } from "../../rehearsal/kubernetes-provider/retry";
import { InitFailed, type Provider } from "../../rehearsal/plugin/provider";
import type { Properties } from "../../rehearsal/plugin/values";
import { Project } from "./support/project";

jest.setTimeout(10 * 60_000);

const TYPE = "kubernetes:cilium.io/v2:CiliumNetworkPolicy";
const project = new Project("kubernetes-provider");
const requests: string[] = [];
const log: string[] = [];
let provider: Provider;

const about = (name: string) => ({
    urn: `urn:pulumi:dev::p::${TYPE}::${name}`,
    type: TYPE,
    name,
    timeout: 0,
});
const policy = (name: string, spec: Properties, annotations?: Properties): Properties => ({
    apiVersion: "cilium.io/v2",
    kind: "CiliumNetworkPolicy",
    metadata: { name, namespace: "provider", ...(annotations && { annotations }) },
    spec,
});
const allow = (port: string): Properties => ({
    endpointSelector: { matchLabels: { app: "web" } },
    ingress: [
        {
            fromEndpoints: [{ matchLabels: { app: "client" } }],
            toPorts: [{ ports: [{ port, protocol: "TCP" }] }],
        },
    ],
});
const MISSPELT: Properties = {
    endpointSelector: {},
    ingress: [{ fromEndpoint: [{ matchLabels: { app: "client" } }] }],
};

const create = (name: string, inputs: Properties, preview = false) =>
    provider.create({ ...about(name), inputs, preview });
const update = (name: string, olds: Properties, inputs: Properties, preview = false) =>
    provider.update({
        ...about(name),
        id: `provider/${name}`,
        olds,
        oldInputs: olds["__inputs"] as Properties,
        inputs,
        preview,
        ignoreChanges: [],
    });
const managers = (outputs: Properties): string[] => {
    const entries = (outputs["metadata"] as Properties)["managedFields"] as Properties[];
    return entries.map(
        ({ manager, operation }) =>
            `${String(manager).replace(/-[0-9a-f]{8}$/, "-<8hex>")}/${String(operation)}`,
    );
};
const patch = (name: string, change: object, ...flags: string[]) =>
    project.succeed(
        "kubectl",
        "-n",
        "provider",
        "patch",
        "cnp",
        name,
        "--type=merge",
        ...flags,
        "-p",
        JSON.stringify(change),
    );

beforeAll(async () => {
    await project.succeed("up");
    await project.succeed("kubectl", "create", "namespace", "provider");
    const clusters = path.join(project.state, "clusters");
    const cluster =
        fs.readdirSync(clusters).find((name) => fs.existsSync(path.join(clusters, name, "kubeconfig"))) ?? "";
    provider = kubernetes({
        transport: (connection) => {
            const real = httpTransport(connection);
            return {
                send: async (call: Call) => {
                    const answer = await real.send(call);
                    if (call.path.includes("/namespaces/")) {
                        const query = new URLSearchParams(call.query ?? {})
                            .toString()
                            .replace(/-[0-9a-f]{8}(?=&|$)/, "-<8hex>");
                        requests.push(`${call.method} ${answer.status}${query === "" ? "" : ` ${query}`}`);
                    }
                    return answer;
                },
            };
        },
        wait: sleep,
        now: Date.now,
        env: {},
    });
    await provider.configure(
        { kubeconfig: path.join(clusters, cluster, "kubeconfig") },
        (severity, message) => void log.push(`${severity}: ${message}`),
    );
});
beforeEach(() => {
    requests.length = 0;
    log.length = 0;
});
afterAll(() => project.dispose());

describe("one policy's life", () => {
    let state: Properties;

    it("is made by a plain POST, dry in preview (table a)", async () => {
        await create("a", policy("a", allow("1")), true);
        state = (await create("a", policy("a", allow("1")))).outputs;
        expect(requests).toEqual([
            "POST 201 dryRun=All&fieldManager=pulumi-kubernetes",
            "POST 201 fieldManager=pulumi-kubernetes",
        ]);
        expect(managers(state)).toContain("pulumi-kubernetes/Update");
    });

    it("cannot be made twice (table c)", async () => {
        await expect(create("a", policy("a", allow("1")))).rejects.toThrow(
            "The resource already exists in the cluster.",
        );
        expect(log).toEqual([
            'info: Retry #0; creation failed: ciliumnetworkpolicies.cilium.io "a" already exists',
        ]);
    });

    it("is updated by server-side apply under a manager of its own, which takes over the create's fields (table d)", async () => {
        await update("a", state, policy("a", allow("2")), true);
        state = (await update("a", state, policy("a", allow("2")))).outputs;
        expect(requests).toEqual([
            "GET 200",
            "PATCH 200 dryRun=All&fieldManager=pulumi-kubernetes-<8hex>&force=true",
            "GET 200",
            "PATCH 200",
            "PATCH 200 fieldManager=pulumi-kubernetes-<8hex>&force=false",
        ]);
        expect(managers(state)).toContain("pulumi-kubernetes-<8hex>/Apply");
        expect(managers(state)).not.toContain("pulumi-kubernetes/Update");
    });

    it("shows no drift in what the program does not set, and loses what kubectl added at the next update (tables c, k)", async () => {
        await patch("a", { metadata: { labels: { by: "hand" } }, spec: { description: "by hand" } });
        const inputs = state["__inputs"] as Properties;
        expect(
            (await provider.read({ ...about("a"), id: "provider/a", inputs, outputs: state }))?.inputs,
        ).toEqual(inputs);
        state = (await update("a", state, policy("a", allow("3")))).outputs;
        expect((state["metadata"] as Properties)["labels"]).toBeUndefined();
        expect((state["spec"] as Properties)["description"]).toBeUndefined();
    });

    it("conflicts with another manager, until forced (table c)", async () => {
        await patch("a", { spec: allow("9") }, "--field-manager=other");
        const refused = await update("a", state, policy("a", allow("4"))).catch((error: unknown) => error);
        expect(refused).toBeInstanceOf(InitFailed);
        expect((refused as Error).message).toContain(
            'Apply failed with 1 conflict: conflict with "other" using cilium.io/v2: .spec.ingress',
        );
        await expect(update("a", state, policy("a", allow("4")), true)).rejects.toThrow(
            "server-side apply field conflict detected",
        );
        const forced = await update("a", state, policy("a", allow("4"), { "pulumi.com/patchForce": "true" }));
        expect(managers(forced.outputs)).not.toContain("other/Update");
    });

    it("goes, and is gone (table k)", async () => {
        await provider.delete({ ...about("a"), id: "provider/a", outputs: state, oldInputs: {} });
        expect(requests[0]).toBe("DELETE 200");
        expect(requests.at(-1)).toBe("GET 404");
        expect(
            await provider.read({ ...about("a"), id: "provider/a", inputs: {}, outputs: state }),
        ).toBeUndefined();
        await expect(update("a", state, policy("a", allow("5")))).rejects.toThrow(
            'ciliumnetworkpolicies.cilium.io "a" not found',
        );
    });
});

describe("invalid policies (table b)", () => {
    it("are refused by the dry run where the schema says so", async () => {
        const both = { ...allow("1"), nodeSelector: {} };
        await expect(create("both", policy("both", both), true)).rejects.toThrow(
            '"spec" must validate one and only one schema (oneOf). Found 2 valid alternatives',
        );
    });

    it("lose a misspelt field without a word when made, and fail with it at every later run", async () => {
        const { outputs } = await create("typo", policy("typo", MISSPELT));
        expect((outputs["spec"] as Properties)["ingress"]).toEqual([{}]);
        const news = policy("typo", MISSPELT);
        const again = await provider.diff({
            ...about("typo"),
            id: "provider/typo",
            olds: outputs,
            oldInputs: news,
            news,
            ignoreChanges: [],
        });
        expect(again.detailed).toEqual({ "spec.ingress[0].fromEndpoint": { kind: "add" } });
        await expect(update("typo", outputs, news)).rejects.toThrow(
            ".spec.ingress[0].fromEndpoint: field not declared in schema",
        );
    });
});

describe("waitFor (table h)", () => {
    it("returns once the operator has judged the policy", async () => {
        const { outputs } = await create(
            "valid",
            policy("valid", allow("1"), { "pulumi.com/waitFor": "condition=Valid" }),
        );
        expect(outputs["status"]).toMatchObject({ conditions: [{ type: "Valid", status: "True" }] });
        expect(log.at(-1)).toBe("info: Found Valid=True");
    });

    it("keeps what did not get there in time", async () => {
        const annotations = { "pulumi.com/waitFor": "condition=Never", "pulumi.com/timeoutSeconds": "1" };
        const error = await create("never", policy("never", allow("1"), annotations)).catch(
            (thrown: unknown) => thrown,
        );
        expect(error).toBeInstanceOf(InitFailed);
        expect((error as InitFailed).id).toBe("provider/never");
        expect((error as Error).message).toMatch(
            /was successfully created, but .* timed out waiting for the condition$/,
        );
    });
});
