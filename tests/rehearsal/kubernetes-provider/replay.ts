/** Replays recorded provider calls against the stand-in, with an API server that answers as the recording says. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Call, type Transport, Unreachable } from "../../../rehearsal/kubernetes-provider/api";
import { kubernetes } from "../../../rehearsal/kubernetes-provider/provider";
import type { Provider } from "../../../rehearsal/plugin/provider";
import { isObject, type Properties, unwrapSecrets, type Value } from "../../../rehearsal/plugin/values";

/** One recorded call of the engine. */
export interface Recorded {
    method: "Check" | "Diff" | "DiffConfig" | "Create" | "Read" | "Update" | "Delete";
    request: Properties;
    response?: Properties;
    errors?: string[];
    durationSeconds?: number;
}
/** One recorded run. */
export interface Step {
    step: string;
    engineExit: number | null;
    apiServer?: string[];
    records: Recorded[];
}

const folder = join(__dirname, "golden");

/** Every recorded step, named `file/step`. */
export const steps: Step[] = readdirSync(folder).flatMap((file) => {
    const { steps: list } = JSON.parse(readFileSync(join(folder, file), "utf8")) as { steps: Step[] };
    return list.map((step) => ({ ...step, step: `${file.replace(".json", "")}/${step.step}` }));
});

/** What the API server of the recording answered in words of its own, without the provider's text around it. */
const SERVER_SAYS: { status: number; reason: string; message: RegExp }[] = [
    {
        status: 422,
        reason: "Invalid",
        message: /CiliumNetworkPolicy\.cilium\.io "both" is invalid: .*valid alternatives/,
    },
    { status: 422, reason: "Invalid", message: /CiliumNetworkPolicy\.cilium\.io "typo" is invalid: .*"ANY"/ },
    {
        status: 500,
        reason: "",
        message: /failed to create typed patch object .* field not declared in schema/,
    },
    {
        status: 409,
        reason: "AlreadyExists",
        message: /(?:object is being deleted: )?\S+ "\S+" already exists/,
    },
    { status: 409, reason: "Conflict", message: /Apply failed with [\s\S]*/ },
    { status: 404, reason: "NotFound", message: /\S+ "\S+" not found/ },
];

const resource = (name: string, kind: string, namespaced: boolean): Properties => ({
    name,
    kind,
    namespaced,
});
const DISCOVERY: Record<string, Properties[]> = {
    "/api/v1": [
        resource("namespaces", "Namespace", false),
        resource("configmaps", "ConfigMap", true),
        resource("services", "Service", true),
    ],
    "/apis/apps/v1": [resource("deployments", "Deployment", true), resource("daemonsets", "DaemonSet", true)],
    "/apis/cilium.io/v2": [
        resource("ciliumnetworkpolicies", "CiliumNetworkPolicy", true),
        resource("ciliumclusterwidenetworkpolicies", "CiliumClusterwideNetworkPolicy", false),
        resource("ciliumcidrgroups", "CiliumCIDRGroup", false),
    ],
    "/apis/cilium.io/v2alpha1": [resource("ciliumnetworkpolicies", "CiliumNetworkPolicy", true)],
};

/** What the provider did to the API server, and how long it waited. */
export interface Replay {
    requests: string[];
    bodies: Value[];
    waited: number;
    log: string[];
    /** The provider's answer in the recording's form, or its error's text. */
    answer: Properties | string;
    /** The error itself. */
    error: unknown;
}

const object = (value: Value | undefined): Properties => (isObject(value) ? value : {});

/** The live object inside a recorded state. */
const liveIn = (state: Properties): Properties =>
    Object.fromEntries(Object.entries(state).filter(([key]) => !key.startsWith("__")));

/** Answers as the recording says. */
class Server implements Transport {
    readonly requests: string[] = [];
    readonly bodies: Value[] = [];
    private tries = 0;

    constructor(
        private readonly step: Step,
        private readonly record: Recorded,
    ) {}

    send({ method, path, query, body }: Call): Promise<{ status: number; body: Properties }> {
        if (path === "/version") return Promise.resolve({ status: 200, body: {} });
        if (DISCOVERY[path] !== undefined)
            return Promise.resolve({ status: 200, body: { resources: this.kinds(path) } });
        const text = decodeURIComponent(new URLSearchParams(query ?? {}).toString());
        this.requests.push(`${method} ${path}${text === "" ? "" : `?${text}`}`);
        this.bodies.push((body ?? null) as Value);
        return Promise.resolve(this.answer(method, path));
    }

    /** CiliumLocalRedirectPolicy is there at the sixth try where the recording took 31 s. */
    private kinds(path: string): Properties[] {
        const late = this.record.durationSeconds !== undefined && this.record.errors === undefined;
        const all = [...(DISCOVERY[path] ?? [])];
        if (path === "/apis/cilium.io/v2" && late && this.tries++ >= 5)
            all.push(resource("ciliumlocalredirectpolicies", "CiliumLocalRedirectPolicy", true));
        return all;
    }

    private answer(method: string, path: string): { status: number; body: Properties } {
        const { method: call, request, response } = this.record;
        const refused = this.refusal(method, path);
        const before = liveIn(object(request["olds"] ?? request["properties"]));
        if (call === "Delete")
            return method === "DELETE" ? { status: 200, body: {} } : { status: 404, body: {} };
        if (call === "Read")
            return response?.["properties"] === undefined
                ? { status: 404, body: {} }
                : { status: 200, body: liveIn(object(response["properties"])) };
        if (refused !== undefined) return refused;
        const after = liveIn(object(response?.["properties"]));
        if (method === "GET" && call === "Update") return { status: 200, body: before };
        // waitFor: the status comes after the object.
        if (method === "POST" && "status" in after && after["kind"] === "CiliumNetworkPolicy") {
            const { status: _, ...rest } = after;
            return { status: 201, body: rest };
        }
        return { status: 200, body: Object.keys(after).length > 0 ? after : object(request["properties"]) };
    }

    private refusal(method: string, path: string): { status: number; body: Properties } | undefined {
        const write =
            method === "POST" || (method === "PATCH" && this.requests.at(-1)?.includes("?") === true);
        if (!write) return undefined;
        const text = this.record.errors?.[0] ?? "";
        for (const { status, reason, message } of SERVER_SAYS) {
            const found = message.exec(text.replace(/\n\nThe resource already exists[\s\S]*/, ""))?.[0];
            if (found !== undefined) return { status, body: { reason, message: found } };
        }
        const dry = this.step.apiServer?.find(
            (line) => line.startsWith("create 4") && line.includes(`${path}?dryRun`),
        );
        const quiet =
            this.record.request["preview"] === true &&
            object(this.record.response?.["properties"])["__inputs"] === undefined;
        if (!quiet || dry === undefined) return undefined;
        const status = Number(dry.split(" ")[1]);
        return {
            status,
            body: { reason: status === 409 ? "AlreadyExists" : "NotFound", message: "as recorded" },
        };
    }
}

function argumentsOf(name: string): Properties {
    const kubeconfig =
        "clusters: [{name: a, cluster: {server: 'https://cluster-c.example:443'}}]\nusers: []\ncontexts: [{name: a, context: {cluster: a}}]\ncurrent-context: a\n";
    return {
        kubeconfig,
        ...(name.includes("upsert") ? { upsertExistingObjects: true } : {}),
        ...(name.includes("skipUpd") ? { skipUpdateUnreachable: true } : {}),
        ...(name.includes("delUnr") ? { deleteUnreachable: true } : {}),
    };
}

/** Text with everything random covered, as in the recording. */
export const cover = <T>(value: T): T =>
    JSON.parse(JSON.stringify(value).replace(/-[0-9a-f]{8}(?=["/\\& ])/g, "-<8hex>")) as T;

/** Runs one recorded call. */
export async function replay(step: Step, record: Recorded): Promise<Replay> {
    const server = new Server(step, record);
    const unreachable = step.step.startsWith("g-");
    let waited = 0;
    const log: string[] = [];
    const provider = kubernetes({
        transport: () => (unreachable ? refused : server),
        wait: (seconds) => {
            waited += seconds;
            return Promise.resolve();
        },
        now: () => waited * 1000,
        env: {},
    });
    await provider.configure(
        argumentsOf(step.step),
        (severity, message) => void log.push(`${severity}: ${message}`),
    );
    let answer: Properties | string;
    let error: unknown;
    try {
        answer = await run(provider, record);
    } catch (thrown) {
        error = thrown;
        answer = thrown instanceof Error ? thrown.message : String(thrown);
    }
    return { requests: server.requests, bodies: server.bodies, waited, log, answer, error };
}

const REFUSED =
    'unable to load schema information from the API server: Get "https://cluster-c.example:443/openapi/v2?timeout=32s": dial tcp <address>: connect: connection refused';
const refused: Transport = { send: () => Promise.reject(new Unreachable(REFUSED)) };

const KIND = {
    add: "ADD",
    addReplace: "ADD_REPLACE",
    delete: "DELETE",
    deleteReplace: "DELETE_REPLACE",
    update: "UPDATE",
    updateReplace: "UPDATE_REPLACE",
};

/** A diff in the recording's form, where ADD and empty fields are left out. */
function diffAnswer({
    changes,
    replaces = [],
    diffs = [],
    detailed,
    deleteBeforeReplace,
}: Awaited<ReturnType<Provider["diff"]>>): Properties {
    const detailedDiff = Object.entries(detailed ?? {}).map(
        ([path, { kind, inputDiff }]): [string, Value] => [
            path,
            { ...(kind === "add" ? {} : { kind: KIND[kind] }), ...(inputDiff === true ? { inputDiff } : {}) },
        ],
    );
    return {
        ...(replaces.length > 0 ? { replaces } : {}),
        ...(deleteBeforeReplace === true ? { deleteBeforeReplace } : {}),
        changes: changes === true ? "DIFF_SOME" : "DIFF_NONE",
        ...(diffs.length > 0 ? { diffs } : {}),
        ...(detailedDiff.length > 0 ? { detailedDiff: Object.fromEntries(detailedDiff) } : {}),
        ...(detailed === undefined ? {} : { hasDetailedDiff: true }),
    };
}

async function run(provider: Provider, { method, request }: Recorded): Promise<Properties> {
    const plain = unwrapSecrets(request);
    const [urn, name, type, id] = ["urn", "name", "type", "id"].map((key) => String(plain[key] ?? ""));
    const about = { urn: urn ?? "", name: name ?? "", type: type ?? "", timeout: 0 };
    const at = (key: string): Properties => object(plain[key]);
    const preview = plain["preview"] === true;
    switch (method) {
        case "Check": {
            const seed = Buffer.from("0123456789abcdef", "hex");
            const { inputs, failures } = await provider.check({
                ...about,
                olds: at("olds"),
                news: at("news"),
                seed,
                autonaming: undefined,
            });
            return {
                inputs,
                ...(failures.length > 0 ? { failures: failures.map(({ reason }) => reason) } : {}),
            };
        }
        case "DiffConfig":
            return diffAnswer(
                provider.diffConfig({ olds: at("olds"), oldInputs: at("oldInputs"), news: at("news") }),
            );
        case "Diff":
            return diffAnswer(
                await provider.diff({
                    ...about,
                    id: id ?? "",
                    olds: at("olds"),
                    oldInputs: at("oldInputs"),
                    news: at("news"),
                    ignoreChanges: [],
                }),
            );
        case "Create": {
            const made = await provider.create({ ...about, inputs: at("properties"), preview });
            return { ...(preview ? {} : { id: made.id }), properties: made.outputs };
        }
        case "Update":
            return {
                properties: (
                    await provider.update({
                        ...about,
                        id: id ?? "",
                        olds: at("olds"),
                        oldInputs: at("oldInputs"),
                        inputs: at("news"),
                        preview,
                        ignoreChanges: [],
                    })
                ).outputs,
            };
        case "Read": {
            const found = await provider.read({
                ...about,
                id: id ?? "",
                inputs: at("inputs"),
                outputs: at("properties"),
            });
            return found === undefined
                ? {}
                : { id: found.id, properties: found.outputs, inputs: found.inputs };
        }
        case "Delete":
            await provider.delete({
                ...about,
                id: id ?? "",
                outputs: at("properties"),
                oldInputs: at("oldInputs"),
            });
            return {};
    }
}
