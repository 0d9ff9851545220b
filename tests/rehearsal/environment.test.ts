import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { environment, prepareFolders } from "../../rehearsal/environment";
import { findEngine } from "../../rehearsal/engine/find";
import { KUBERNETES, LANGUAGE_HOST, PULUMI } from "../../rehearsal/engine/versions";
import { placesOf } from "../../rehearsal/places";
import { providersOf, quote } from "../../rehearsal/plugins";

const root = path.join(__dirname, "..", "..");

describe("places (interfaces.md)", () => {
    test.each([
        [{}, "/home/me/.cache/aks-cilium/rehearsal", "/home/me/.cache/aks-cilium/bin"],
        [{ XDG_CACHE_HOME: "/c" }, "/c/aks-cilium/rehearsal", "/c/aks-cilium/bin"],
        // The XDG specification: a relative path is to be ignored.
        [{ XDG_CACHE_HOME: "c" }, "/home/me/.cache/aks-cilium/rehearsal", "/home/me/.cache/aks-cilium/bin"],
        [{ AKS_CILIUM_REHEARSAL: "/s" }, "/s", "/home/me/.cache/aks-cilium/bin"],
    ])("%j", (env, state, bin) => {
        expect(placesOf(env, "/home/me")).toMatchObject({ state, bin, requests: `${state}/requests.jsonl` });
    });
});

describe("the environment of everything that runs", () => {
    const azure = {
        endpoint: "https://127.0.0.1:1",
        certificate: "/c.crt",
        identityEndpoint: "http://127.0.0.1:2",
    };
    const places = placesOf({ AKS_CILIUM_REHEARSAL: "/s" }, "/home/me");

    test("nothing of a real account gets in", () => {
        const user = {
            PATH: "/bin",
            LANG: "C",
            KUBECONFIG: "/real",
            ARM_CLIENT_SECRET: "secret",
            AZURE_TENANT_ID: "real",
            PULUMI_ACCESS_TOKEN: "secret",
            PULUMI_CONFIG_PASSPHRASE: "secret",
        };
        const env = environment(places, azure, undefined, user);
        expect(env).toMatchObject({ LANG: "C", PATH: "/s/path:/bin", ARM_ENDPOINT: azure.endpoint });
        for (const name of ["KUBECONFIG", "ARM_CLIENT_SECRET", "AZURE_TENANT_ID", "PULUMI_ACCESS_TOKEN"])
            expect(env[name]).toBeUndefined();
        expect(Object.values(env)).not.toContain("secret");
    });

    test("the released azure-native plug-in is told where this cloud describes itself; nobody else is", () => {
        const switched = environment(places, azure, undefined, { AKS_CILIUM_PROVIDERS: "released" });
        expect(switched).toMatchObject({
            ARM_METADATA_HOSTNAME: "127.0.0.1:1",
            ARM_USE_MSI: "true",
            ARM_MSI_ENDPOINT: azure.identityEndpoint,
            SSL_CERT_FILE: azure.certificate,
        });
        const usual = environment(places, azure, undefined, { SSL_CERT_FILE: "/mine" });
        expect([usual["ARM_METADATA_HOSTNAME"], usual["SSL_CERT_FILE"]]).toEqual([undefined, "/mine"]);
    });

    test("folders are private, the passphrase stays the same", () => {
        const state = path.join(fs.mkdtempSync(path.join(os.tmpdir(), "environment-")), "state");
        const own = placesOf({ AKS_CILIUM_REHEARSAL: state });
        prepareFolders(own, { node: process.execPath, tool: "#!/bin/sh\necho hi\n" });
        const passphrase = fs.readFileSync(path.join(state, "pulumi", "passphrase"), "utf8");
        prepareFolders(own, { node: process.execPath, tool: "#!/bin/sh\necho ho\n" });
        expect(fs.readFileSync(path.join(state, "pulumi", "passphrase"), "utf8")).toBe(passphrase);
        expect(fs.statSync(state).mode & 0o777).toBe(0o700);
        expect(fs.readlinkSync(path.join(own.path, "node"))).toBe(process.execPath);
        expect(fs.readFileSync(path.join(own.path, "tool"), "utf8")).toContain("echo ho");
        fs.rmSync(path.dirname(state), { recursive: true });
    });

    test("npm's own pulumi, first on PATH under npx, runs the rehearsal's engine and downloads none", () => {
        const state = path.join(fs.mkdtempSync(path.join(os.tmpdir(), "environment-")), "state");
        const own = placesOf({ AKS_CILIUM_REHEARSAL: state });
        const engine = '#!/bin/sh\necho "engine $*"\n';
        prepareFolders(own, { pulumi: engine, "pulumi-language-nodejs": engine, node: process.execPath });
        const env = environment(own, undefined, undefined, { PATH: process.env["PATH"] });
        const launcher = path.join(root, "node_modules", "pulumi", "run.js");
        const { stdout, stderr } = spawnSync(process.execPath, [launcher, "stack"], {
            env,
            encoding: "utf8",
        });
        expect([stdout, stderr]).toEqual(["engine stack\n", ""]);
        // And a rehearsal that is started in this environment does not take it for a release.
        const before = process.env["PULUMI_HOME"];
        process.env["PULUMI_HOME"] = env["PULUMI_HOME"];
        try {
            expect(findEngine(own)?.engineOrigin ?? "none").not.toContain(state);
        } finally {
            if (before === undefined) delete process.env["PULUMI_HOME"];
            else process.env["PULUMI_HOME"] = before;
        }
        fs.rmSync(path.dirname(state), { recursive: true });
    });
});

describe("pins", () => {
    const goMod = (folder: string) => fs.readFileSync(path.join(root, "rehearsal", folder, "go.mod"), "utf8");

    test("engine, npm launcher and go.mod name the same version", () => {
        const { devDependencies } = JSON.parse(fs.readFileSync(path.join(root, "package.json"), "utf8"));
        expect(devDependencies.pulumi).toBe(PULUMI);
        expect(goMod("engine/go/pulumi")).toContain(`github.com/pulumi/pulumi/pkg/v3 v${PULUMI}`);
        expect(goMod("engine/go/language-host")).toContain(
            `github.com/pulumi/pulumi/sdk/v3 v${LANGUAGE_HOST}`,
        );
        expect(goMod("cluster/go")).toContain(`k8s.io/kubernetes v${KUBERNETES}`);
    });
});

test("words for a shell", () => {
    expect(["/a/b-c.d", "a b", "it's"].map(quote)).toEqual(["/a/b-c.d", "'a b'", String.raw`'it'\''s'`]);
});

test("the providers' switch", () => {
    expect(providersOf({})).toBe("auto");
    expect(() => providersOf({ AKS_CILIUM_PROVIDERS: "real" })).toThrow(
        '"real"; it may be auto, standin or released',
    );
});
