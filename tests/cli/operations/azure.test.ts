import { createServer as http, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as https } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { generate } from "selfsigned";
import { azureOf, type AzureOptions } from "../../../cli/operations/azure";
import type { Target } from "../../../cli/operations/target";
import { folderWith } from "../support";

const TARGET: Target = {
    subscription: "00000000-0000-0000-0000-000000000001",
    resourceGroup: "rgcni",
    cluster: "aks",
    cloud: "public",
};
const SECRET = "MARKED-SECRET-TOKEN";

type Answer = { status: number; body?: unknown; headers?: Record<string, string>; delay?: number };
const arm = (
    status: number,
    code: string,
    message: string,
    headers: Record<string, string> = {},
): Answer => ({
    status,
    headers,
    body: { error: { code, message } },
});

describe("Azure Resource Manager |", () => {
    let folder: ReturnType<typeof folderWith>;
    let servers: Server[];
    let env: NodeJS.ProcessEnv;
    let answers: Answer[];
    let identity: Answer;
    let met: string[];
    const listen = async (server: Server): Promise<number> => {
        await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
        return (server.address() as AddressInfo).port;
    };
    const reply = (response: ServerResponse, { status, body, headers = {}, delay = 0 }: Answer) => {
        setTimeout(() => {
            response.writeHead(status, { "content-type": "application/json", ...headers });
            response.end(JSON.stringify(body ?? {}));
        }, delay).unref();
    };

    beforeAll(async () => {
        const { private: key, cert } = await generate([{ name: "commonName", value: "127.0.0.1" }], {
            keySize: 2048,
            extensions: [{ name: "subjectAltName", altNames: [{ type: 7, ip: "127.0.0.1" }] }],
        });
        folder = folderWith({ "arm.crt": cert });
        const main = https({ key, cert }, (request: IncomingMessage, response: ServerResponse) => {
            met.push(`${request.method} ${request.url}`);
            // The last answer holds on.
            reply(response, (answers.length > 1 ? answers.shift() : answers[0]) as Answer);
        }) as unknown as Server;
        const login = http((_, response) => reply(response, identity));
        servers = [main, login];
        env = {
            PATH: folder.path,
            ARM_ENDPOINT: `https://127.0.0.1:${await listen(main)}`,
            ARM_CERTIFICATE: join(folder.path, "arm.crt"),
            IDENTITY_ENDPOINT: `http://127.0.0.1:${await listen(login)}/msi/token`,
            IDENTITY_HEADER: "x",
        };
        // The login library reads these itself.
        Object.assign(process.env, { IDENTITY_ENDPOINT: env["IDENTITY_ENDPOINT"], IDENTITY_HEADER: "x" });
    });
    afterAll(async () => {
        delete process.env["IDENTITY_ENDPOINT"];
        delete process.env["IDENTITY_HEADER"];
        folder.remove();
        await Promise.all(
            servers.map(
                (server) => new Promise((done) => (server.closeAllConnections(), server.close(done))),
            ),
        );
    });
    beforeEach(() => {
        met = [];
        answers = [];
        identity = {
            status: 200,
            body: {
                access_token: SECRET,
                expires_on: String(Math.floor(Date.now() / 1000) + 86_400),
                resource: "r",
                token_type: "Bearer",
            },
        };
    });
    const azure = (options: AzureOptions = {}) => azureOf(TARGET, { env, timeout: 20, ...options });
    const failure = (options?: AzureOptions) =>
        azure(options)
            .cluster()
            .then(
                () => {
                    throw new Error("it worked");
                },
                (error: unknown) => error as Error & { what: string; advice: string; status?: number },
            );

    it("reads the cluster, and the kubeconfigs as text", async () => {
        answers = [
            {
                status: 200,
                body: {
                    name: "aks",
                    location: "westeurope",
                    properties: { networkProfile: { networkPlugin: "azure" } },
                },
            },
        ];
        const cluster = await azure().cluster();
        expect(cluster.networkProfile?.networkPlugin).toBe("azure");
        expect(met[0]).toMatch(
            /^GET \/subscriptions\/0{8}-.*\/resourceGroups\/rgcni\/.*\/managedClusters\/aks\?api-version=2026-06-01$/,
        );
        const kubeconfig = {
            kubeconfigs: [{ name: "x", value: Buffer.from("apiVersion: v1").toString("base64") }],
        };
        answers = [{ status: 200, body: kubeconfig }];
        expect(await azure().userCredential()).toBe("apiVersion: v1");
        expect(await azure().adminCredential()).toBe("apiVersion: v1");
        expect(met.slice(1).map((each) => each.replace(/.*\/(\w+)\?.*/, "$1"))).toEqual([
            "listClusterUserCredential",
            "listClusterAdminCredential",
        ]);
    });

    it.each<[string, Answer, RegExp, RegExp]>([
        [
            "401",
            arm(401, "InvalidAuthenticationToken", "The access token is invalid."),
            /does not accept the login \(401: .*The access token is invalid\)/,
            /^log in again/,
        ],
        [
            "403",
            arm(403, "AuthorizationFailed", "The client does not have authorization."),
            /does not allow this login to read the properties of cluster aks in resource group rgcni \(403/,
            /role "Reader"/,
        ],
        [
            "404",
            arm(404, "ResourceNotFound", "not found."),
            /there is no cluster aks in resource group rgcni in subscription 0{8}-/,
            /az aks list --subscription/,
        ],
        ["409", arm(409, "Conflict", "busy."), /refused .*\(409: Conflict: busy\)/, /./],
        [
            "429 for an hour",
            arm(429, "TooManyRequests", "slow down", { "retry-after": "3600" }),
            /throttles requests \(429; it asks to wait 3600 s\)/,
            /^try again in 3600 s/,
        ],
    ])("says what %s means, asking once", async (_, answer, what, advice) => {
        answers = [answer];
        const error = await failure();
        expect([error.what, error.advice]).toEqual([
            expect.stringMatching(what),
            expect.stringMatching(advice),
        ]);
        expect(met).toHaveLength(1);
        expect(error.status).toBe(answer.status);
    });

    it("asks again on 500 and 429, as long as the server says, and succeeds when it passes", async () => {
        answers = [
            arm(500, "InternalServerError", "oops"),
            arm(429, "TooManyRequests", "slow down", { "retry-after": "1" }),
            { status: 200, body: { name: "aks", location: "x", properties: {} } },
        ];
        const start = performance.now();
        expect((await azure().cluster()).name).toBe("aks");
        expect([met.length, performance.now() - start > 1400]).toEqual([3, true]);
    });

    it("gives up on lasting 503 after four times", async () => {
        answers = [arm(503, "ServerUnavailable", "later", { "retry-after": "0" })];
        expect((await failure()).what).toMatch(/^Azure failed \(503: .*also when asked again$/);
        expect(met).toHaveLength(4);
    });

    it("gives up on a slow answer in time", async () => {
        answers = [{ status: 200, delay: 5000 }];
        const start = performance.now();
        expect((await failure({ timeout: 1 })).what).toBe(
            "Azure gave no answer in 1 s (to read the properties of cluster aks in resource group rgcni)",
        );
        expect(performance.now() - start).toBeLessThan(4000);
    });

    it("tells a slow login from a slow Azure", async () => {
        identity = { ...identity, delay: 5000 };
        expect((await failure({ timeout: 1 })).what).toBe("the login to Azure came to no end in 1 s");
    });

    it("says that nobody is logged in", async () => {
        const { IDENTITY_ENDPOINT: _, ...nobody } = env;
        const error = await failure({ env: nobody });
        expect(error.what).toMatch(/^nobody is logged in to Azure/);
        expect(error.advice).toBe("log in: az login");
    });

    it("says that nothing listens, and that a certificate is not trusted", async () => {
        const refused = await failure({ env: { ...env, ARM_ENDPOINT: "https://127.0.0.1:1" } });
        expect(refused.what).toBe("Azure cannot be reached: nothing listens there");
        const { ARM_CERTIFICATE: _, ...without } = env;
        expect((await failure({ env: without })).what).toMatch(/certificate is not trusted: .*SIGNED_CERT/);
    });

    it("ends at once when it is interrupted", async () => {
        answers = [{ status: 200, delay: 5000 }];
        const controller = new AbortController();
        setTimeout(() => controller.abort(), 100);
        expect(await failure({ signal: controller.signal })).toMatchObject({ name: "Interrupted" });
    });

    it("never tells a token", async () => {
        answers = [arm(401, "InvalidAuthenticationToken", "no")];
        const error = await failure();
        expect(`${error.message} ${error.what} ${error.advice}`).not.toContain(SECRET);
    });

    it("refuses a plain endpoint and a certificate that is not there", () => {
        expect(() => azureOf(TARGET, { env: { ARM_ENDPOINT: "http://127.0.0.1" } })).toThrow(
            /https URL is expected/,
        );
        expect(() => azureOf(TARGET, { env: { ARM_CERTIFICATE: "/absent.pem" } })).toThrow(
            /ARM_CERTIFICATE=.*ENOENT/,
        );
    });
});
