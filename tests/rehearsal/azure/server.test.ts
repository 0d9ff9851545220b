/** The HTTPS server: tokens, the log of requests, throttling, faults on demand. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { certificate, type Certificate } from "../../../rehearsal/azure/certificate";
import { Faults, parseFaults } from "../../../rehearsal/azure/faults";
import { redact } from "../../../rehearsal/azure/requests";
import { type AzureServer, startAzure } from "../../../rehearsal/azure/server";
import { Throttle } from "../../../rehearsal/azure/throttle";
import { authenticate, issueToken } from "../../../rehearsal/azure/token";
import { CLUSTER, clusterBody, GROUP } from "./harness";

let state: string;
let tls: Certificate;
let server: AzureServer;

beforeAll(async () => {
    state = mkdtempSync(join(tmpdir(), "azure-server-"));
    tls = await certificate(join(state, "azure"));
    server = await startAzure(state, 0, tls, {
        start: () => Promise.resolve(join(__dirname, "kubeconfig.yaml")),
        remove: () => Promise.resolve(),
    });
});
afterAll(async () => {
    await server.close();
    rmSync(state, { recursive: true, force: true });
});

interface Answer {
    status: number;
    headers: Record<string, unknown>;
    body: Record<string, never>;
}
const token = String(issueToken("x")["access_token"]);
function send(
    method: string,
    path: string,
    body?: unknown,
    authorization = `Bearer ${token}`,
): Promise<Answer> {
    const text = body === undefined ? "" : JSON.stringify(body);
    return new Promise((resolve, reject) => {
        const sent = request(
            new URL(path, server.endpoint),
            { method, ca: tls.cert, headers: { authorization, "content-length": Buffer.byteLength(text) } },
            (response) => {
                let answer = "";
                response.on("data", (part: Buffer) => (answer += part.toString()));
                response.on("end", () =>
                    resolve({
                        status: response.statusCode ?? 0,
                        headers: response.headers,
                        body: JSON.parse(answer === "" ? "{}" : answer) as Record<string, never>,
                    }),
                );
            },
        );
        sent.on("error", reject);
        sent.end(text);
    });
}
const logged = () =>
    readFileSync(join(state, "requests.jsonl"), "utf8")
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as Record<string, unknown>);
const faults = (list: unknown[]) => writeFileSync(join(state, "azure", "faults.json"), JSON.stringify(list));
afterEach(() => faults([]));

it("trusts nobody without a token, and gives out tokens at both endpoints", async () => {
    expect(await send("GET", `${GROUP}?api-version=2024-03-01`, undefined, "")).toMatchObject({
        status: 401,
        body: { error: { code: "AuthenticationFailed" } },
    });
    expect((await send("GET", "/msi/token?resource=x", undefined, "")).body).toHaveProperty("access_token");
    const answer = await fetch(
        `${server.identityEndpoint}?api-version=2019-08-01&resource=https://management.azure.com/`,
    );
    expect(await answer.json()).toMatchObject({
        token_type: "Bearer",
        resource: "https://management.azure.com/",
    });
});

it("writes one line for each request, with exactly the keys of interfaces.md", async () => {
    await send("PUT", `${GROUP}?api-version=2024-03-01`, { location: "westeurope" });
    await send("GET", `${GROUP}?api-version=2024-03-01`);
    const [put, get] = logged().slice(-2);
    expect(Object.keys(put ?? {})).toEqual(["time", "method", "path", "apiVersion", "status", "body"]);
    expect(put).toMatchObject({
        method: "PUT",
        path: GROUP,
        apiVersion: "2024-03-01",
        body: { location: "westeurope" },
    });
    expect(get).toMatchObject({ method: "GET", status: 200, body: null });
});

it("covers secrets in the log", () => {
    const body = {
        properties: {
            servicePrincipalProfile: { clientId: "a", secret: "hidden" },
            windowsProfile: { adminPassword: "hidden" },
            list: [{ password: "hidden" }],
        },
    };
    expect(JSON.stringify(redact(body))).not.toContain("hidden");
    expect(redact(body)).toMatchObject({ properties: { servicePrincipalProfile: { clientId: "a" } } });
});

it("refuses what is not JSON", async () => {
    const text = await fetch(server.identityEndpoint).then((answer) => answer.status);
    expect(text).toBe(200);
    expect(() => parseFaults('[{"action":"explode"}]')).toThrow(
        'faults.json[0].action: "explode" is not one of fail, delay, drop, fail-operation',
    );
});

test("the cloud describes itself to whoever asks: one address for everything", async () => {
    const { status, body } = await send("GET", "/metadata/endpoints?api-version=2022-09-01", undefined, "");
    expect(status).toBe(200);
    expect(body).toMatchObject({
        resourceManager: `${server.endpoint}/`,
        authentication: { loginEndpoint: `${server.endpoint}/`, identityProvider: "AAD" },
    });
});

describe("faults", () => {
    const read = () => send("GET", `${GROUP}?api-version=2024-03-01`);

    it("fail the Nth request of a kind", async () => {
        faults([
            { method: "GET", path: "resourceGroups/rg$", nth: 2, action: "fail", status: 429, retryAfter: 1 },
        ]);
        expect((await read()).status).toBe(200);
        expect(await read()).toMatchObject({
            status: 429,
            headers: { "retry-after": "1" },
            body: { error: { code: "TooManyRequests" } },
        });
        expect((await read()).status).toBe(200);
    });

    it("drop an answer after the request was carried out", async () => {
        faults([{ method: "PUT", action: "drop" }]);
        const path = `${GROUP}dropped?api-version=2024-03-01`;
        await expect(send("PUT", path, { location: "westeurope" })).rejects.toThrow(
            /socket hang up|ECONNRESET/,
        );
        expect((await send("GET", path)).status).toBe(200);
    });

    it("delay", async () => {
        faults([{ method: "GET", action: "delay", seconds: 0.2 }]);
        const start = Date.now();
        await read();
        expect(Date.now() - start).toBeGreaterThanOrEqual(190);
    });

    it("fail an operation after its 201", async () => {
        faults([
            {
                method: "PUT",
                path: "managedClusters/aks$",
                action: "fail-operation",
                code: "QuotaExceeded",
                message: "no cores",
            },
        ]);
        const created = await send("PUT", `${CLUSTER}?api-version=2025-09-01`, clusterBody());
        expect(created.status).toBe(201);
        const operation = new URL(String(created.headers["azure-asyncoperation"]));
        await new Promise((resolve) => setTimeout(resolve, 20));
        expect((await send("GET", `${operation.pathname}${operation.search}`)).body).toMatchObject({
            status: "Failed",
            error: { code: "QuotaExceeded", message: "no cores" },
        });
    });

    it.each([
        [401, "ExpiredAuthenticationToken", "expiry"],
        [403, "AuthorizationFailed", "does not have authorization to perform action"],
        [
            404,
            "ResourceNotFound",
            "'Microsoft.ContainerService/managedClusters/aks' under resource group 'rg'",
        ],
    ])("answer %s in ARM's words", async (status, code, text) => {
        faults([{ path: "managedClusters/aks$", action: "fail", status, times: 2 }]);
        const { headers, ...answer } = await send("GET", `${CLUSTER}?api-version=2025-09-01`);
        expect(answer).toMatchObject({
            status,
            body: { error: { code, message: expect.stringContaining(text) } },
        });
        expect("www-authenticate" in headers).toBe(status === 401);
    });

    it("refuse an operation of a cluster by the cluster's name and the operation's action", async () => {
        const ask = () => send("POST", `${CLUSTER}/listClusterUserCredential?api-version=2025-09-01`);
        const refused = { path: "managedClusters/", action: "fail" };
        faults([
            { ...refused, status: 403 },
            { ...refused, nth: 2, status: 404 },
        ]);
        expect(JSON.stringify((await ask()).body)).toContain(
            "managedClusters/listClusterUserCredential/action' over scope '" + CLUSTER + "'",
        );
        expect(JSON.stringify((await ask()).body)).toContain(
            "managedClusters/aks' under resource group 'rg'",
        );
    });

    it("change an answer and not what Azure remembers", async () => {
        const path = `${GROUP}?api-version=2024-03-01`;
        await send("PUT", path, { location: "westeurope" });
        const before = (await send("GET", path)).body;
        faults([{ method: "GET", action: "change", merge: { location: "elsewhere", tags: null } }]);
        const { tags: _, ...rest } = before;
        expect((await send("GET", path)).body).toEqual({ ...rest, location: "elsewhere" });
        expect((await send("GET", path)).body).toEqual(before);
    });

    it("meet the identity endpoint", async () => {
        const ask = () => fetch(`${server.identityEndpoint}?resource=x`);
        faults([{ path: "^/msi/token$", action: "fail" }]);
        const answer = await ask();
        expect(answer.status).toBe(400);
        expect(await answer.json()).toEqual({
            error: "invalid_request",
            error_description: "Identity not found",
        });
        expect((await ask()).status).toBe(200);
    });

    it("start counting again when the file changes", () => {
        const file = join(state, "counted.json");
        const counted = new Faults(file);
        writeFileSync(file, JSON.stringify([{ action: "fail", nth: 2, times: 2 }]));
        const met = () => counted.next("GET", "/x")?.action;
        expect([met(), met(), met(), met()]).toEqual([undefined, "fail", "fail", undefined]);
        writeFileSync(file, JSON.stringify([{ action: "drop" }]));
        expect(met()).toBe("drop");
    });
});

it("throttles cluster PUTs: twenty at once, then one a minute (aks.md 2.5)", () => {
    let now = 0;
    const throttle = new Throttle(() => now);
    const take = () => throttle.take("PUT", CLUSTER);
    for (let i = 0; i < 20; i++) take();
    expect(take).toThrow("try again in 60 seconds");
    throttle.take("GET", CLUSTER);
    throttle.take("PUT", `${CLUSTER}/agentPools/apps`);
    now = 61_000;
    take();
    expect(take).toThrow("try again in 59 seconds");
});

it("knows an expired token", () => {
    expect(() => authenticate(`Bearer ${String(issueToken("x", 0)["access_token"])}`)).toThrow("expiry");
    expect(() => authenticate("Bearer nonsense")).toThrow("invalid");
});
