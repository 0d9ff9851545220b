import { chmodSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer as http, type Server } from "node:http";
import { createServer as https } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { generate } from "selfsigned";
import { parse, stringify } from "yaml";
import { runBeside } from "../api-server";
import { bundle, folderWith, type Bundle, type Run } from "../support";

jest.setTimeout(120_000);

const MARK = "MARKED-SECRET";
const TARGET = [
    ...["--resource-group", "rgcni", "--cluster", "aks"],
    ...["--subscription", "00000000-0000-0000-0000-000000000001"],
];
const kubeconfig = (user: object, kind = "clusterUser"): string =>
    stringify({
        apiVersion: "v1",
        kind: "Config",
        clusters: [{ name: "aks", cluster: { server: "https://aks.example:443" } }],
        contexts: [{ name: "aks", context: { cluster: "aks", user: `${kind}_rgcni_aks` } }],
        "current-context": "aks",
        users: [{ name: `${kind}_rgcni_aks`, user }],
    });
const STATIC = kubeconfig({ "client-key-data": MARK });
const ENTRA = kubeconfig({
    exec: {
        apiVersion: "client.authentication.k8s.io/v1beta1",
        command: "kubelogin",
        args: [
            "get-token",
            "--server-id",
            "S",
            "--client-id",
            "C",
            "--tenant-id",
            "T",
            "--login",
            "devicecode",
        ],
    },
});

/** A stand-in of Azure with one answer, and the built command line beside it. */
describe("credentials |", () => {
    let built: Bundle;
    let folder: ReturnType<typeof folderWith>;
    let servers: Server[];
    let env: NodeJS.ProcessEnv;
    let answer: string;
    let met: string[];
    const listen = async (server: Server): Promise<number> => {
        await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
        return (server.address() as AddressInfo).port;
    };

    beforeAll(async () => {
        built = bundle();
        const { private: key, cert } = await generate([{ name: "commonName", value: "127.0.0.1" }], {
            keySize: 2048,
            extensions: [{ name: "subjectAltName", altNames: [{ type: 7, ip: "127.0.0.1" }] }],
        });
        folder = folderWith({ "arm.crt": cert, "bin/kubelogin": "#!/bin/sh\n" });
        chmodSync(join(folder.path, "bin", "kubelogin"), 0o755);
        const arm = https({ key, cert }, (request, response) => {
            met.push(
                `${request.method} ${request.url?.replace(/^.*managedClusters/, "").replace(/\?.*/, "")}`,
            );
            response.writeHead(200, { "content-type": "application/json" });
            const value = Buffer.from(answer).toString("base64");
            response.end(JSON.stringify({ kubeconfigs: [{ name: "clusterUser", value }] }));
        }) as unknown as Server;
        const login = http((_, response) => {
            const expires = String(Math.floor(Date.now() / 1000) + 86_400);
            response.end(
                JSON.stringify({
                    access_token: MARK,
                    expires_on: expires,
                    resource: "r",
                    token_type: "Bearer",
                }),
            );
        });
        servers = [arm, login];
        env = {
            HOME: folder.path,
            KUBECONFIG: "",
            PATH: join(folder.path, "bin"),
            ARM_ENDPOINT: `https://127.0.0.1:${await listen(arm)}`,
            ARM_CERTIFICATE: join(folder.path, "arm.crt"),
            IDENTITY_ENDPOINT: `http://127.0.0.1:${await listen(login)}/msi/token`,
            IDENTITY_HEADER: "x",
        };
    });
    afterAll(async () => {
        folder.remove();
        await Promise.all(
            servers.map(
                (server) => new Promise((done) => (server.closeAllConnections(), server.close(done))),
            ),
        );
    });
    beforeEach(() => (met = []));

    const run = (args: readonly string[], more: NodeJS.ProcessEnv = {}): Promise<Run> =>
        runBeside(built.folder, ["credentials", ...TARGET, ...args], { env: { ...env, ...more } });
    const file = (name: string): string => join(folder.path, name);

    it("writes ~/.kube/config, and prints no secret", async () => {
        answer = STATIC;
        const { code, out, err } = await run([]);
        const at = file(".kube/config");
        expect([code, err]).toEqual([0, ""]);
        expect(out).toContain(`Merged "aks" as current context into ${at}\n`);
        expect(out + err).not.toContain(MARK);
        expect(readFileSync(at, "utf8")).toContain(MARK);
        expect(met).toEqual(["POST /aks/listClusterUserCredential"]);
    });

    it("--print prints the kubeconfig and writes nothing", async () => {
        answer = STATIC;
        const { code, out } = await run(["--print", "--context", "prod"]);
        expect([code, parse(out)["current-context"], parse(out).users[0].user]).toEqual([
            0,
            "prod",
            { "client-key-data": MARK },
        ]);
        expect(existsSync(file("prod"))).toBe(false);
    });

    it("--admin asks for the other credential, beside the user's", async () => {
        answer = STATIC;
        await run(["--file", file("both")]);
        answer = kubeconfig({ token: MARK }, "clusterAdmin");
        const { code, out } = await run(["--file", file("both"), "--admin", "--format", "json"]);
        expect([code, JSON.parse(out)]).toEqual([
            0,
            {
                version: 1,
                file: file("both"),
                context: "aks-admin",
                cluster: "aks",
                user: "clusterAdmin_rgcni_aks",
                login: null,
                replaced: [],
            },
        ]);
        expect(met.at(-1)).toBe("POST /aks/listClusterAdminCredential");
        expect(
            parse(readFileSync(file("both"), "utf8")).contexts.map(({ name }: { name: string }) => name),
        ).toEqual(["aks", "aks-admin"]);
    });

    it("an Entra ID login goes through the login of az; a missing kubelogin is told", async () => {
        answer = ENTRA;
        const { code, out, err } = await run(["--file", file("entra")]);
        expect([code, err]).toEqual([0, ""]);
        expect(out).toContain("Login: kubelogin azurecli, which uses the login of `az login`");
        expect(parse(readFileSync(file("entra"), "utf8")).users[0].user.exec.args).toEqual([
            ...["get-token", "--login", "azurecli", "--server-id", "S"],
        ]);
        const without = await run(["--file", file("entra")], { PATH: folder.path });
        expect([without.code, without.err]).toEqual([
            0,
            expect.stringContaining("kubelogin, which is not on PATH; install it"),
        ]);
    });

    it("refuses a different entry, keeps the file, and replaces it when told", async () => {
        answer = STATIC;
        writeFileSync(file("old"), STATIC.replace(MARK, `OLD-${MARK}`));
        const refused = await run(["--file", file("old")]);
        expect([refused.code, refused.err]).toEqual([
            2,
            expect.stringContaining("a different user clusterUser_rgcni_aks already"),
        ]);
        expect(refused.err).not.toContain(MARK);
        expect(readFileSync(file("old"), "utf8")).toContain(`OLD-${MARK}`);
        const replaced = await run(["--file", file("old"), "--overwrite-existing"]);
        expect([replaced.code, replaced.out]).toEqual([
            0,
            expect.stringContaining("Replaced: user clusterUser_rgcni_aks"),
        ]);
        expect(readFileSync(file("old"), "utf8")).not.toContain(`OLD-${MARK}`);
    });

    it("a broken file is refused before Azure is asked, and left as it is", async () => {
        const broken = `users: [\n  ${MARK}: {`;
        writeFileSync(file("broken"), broken);
        const { code, err } = await run(["--file", file("broken")]);
        expect([code, met, readFileSync(file("broken"), "utf8")]).toEqual([2, [], broken]);
        expect(err).toMatch(/broken: is not YAML .*left as it is/);
        expect(err).not.toContain(MARK);
        expect(readdirSync(folder.path).filter((name) => /lock|tmp/.test(name))).toEqual([]);
    });

    it("tells every problem of the options at once", async () => {
        const { code, err } = await run([
            "--print",
            "--file",
            "-",
            "--format",
            "json",
            "--admin",
            "--login",
            "msi",
        ]);
        expect(code).toBe(2);
        for (const text of [
            "--file -: use --print",
            "--print and --file",
            "--print prints YAML",
            "--admin and --login",
        ])
            expect(err).toContain(text);
        expect(met).toEqual([]);
    });
});
