/** The real program through Pulumi's own launcher, against the stand-in engine. */
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { planProgram, type ProgramRun } from "../../rehearsal/plan/plan";
import { readProject } from "../../rehearsal/plan/project";
import { readable, renderPlan } from "../../rehearsal/plan/tree";
import { hasUnknown, isSecret, isUnknown, type Properties } from "../../rehearsal/plugin/values";
import { copyOfTheProgram, newFolder, removeFolders, ROOT } from "./support/programs";

jest.setTimeout(120_000);
afterAll(removeFolders);

const stacks = readdirSync(ROOT).flatMap((file) => /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1] ?? []);

/** Errors the program logged; what a user sees in red. */
const errors = (run: ProgramRun): string =>
    run.logs
        .filter(({ severity }) => severity === "error")
        .map(({ message }) => message)
        .join("\n");

const one = (run: ProgramRun, type: string) => {
    const found = run.resources.filter((resource) => resource.type.endsWith(type));
    expect(found).toHaveLength(1);
    return found[0]!;
};

describe.each(stacks)("stack %s", (stack) => {
    let preview: ProgramRun;
    let up: ProgramRun;
    beforeAll(async () => {
        preview = await planProgram(readProject(ROOT, stack), "preview");
        up = await planProgram(readProject(ROOT, stack), "up");
    });

    test("ends well both ways, without an error and with the same resources", () => {
        expect({ code: preview.code, errors: errors(preview), stderr: preview.stderr }).toEqual({
            code: 0,
            errors: "",
            stderr: "",
        });
        expect({ code: up.code, errors: errors(up), stderr: up.stderr }).toEqual({
            code: 0,
            errors: "",
            stderr: "",
        });
        const urns = ({ resources }: ProgramRun) => resources.map(({ urn }) => urn).sort();
        expect(urns(preview)).toEqual(urns(up));
        expect(new Set(urns(up)).size).toBe(up.resources.length);
    });

    test("a preview leaves unknown what only an existing cluster knows, an update does not", () => {
        const provider = one(preview, "pulumi:providers:kubernetes");
        expect(isUnknown(provider.inputs["clusterIdentifier"])).toBe(true);
        expect(isUnknown(preview.outputs["kubeconfig"])).toBe(true);
        expect(preview.invokes.filter(({ token }) => token.includes("Credentials"))).toEqual([]);
        expect(up.resources.filter(({ inputs }) => hasUnknown(inputs))).toEqual([]);
        expect(hasUnknown(up.outputs)).toBe(false);
        expect(up.invokes.map(({ token }) => token)).toContain(
            "azure-native:containerservice:listManagedClusterUserCredentials",
        );
    });

    test("the cluster has the azure / overlay / cilium profile, sent in full", () => {
        expect(one(preview, ":ManagedCluster").inputs["networkProfile"]).toMatchObject({
            networkPlugin: "azure",
            networkPluginMode: "overlay",
            networkDataplane: "cilium",
            networkPolicy: "cilium",
            podCidr: expect.any(String) as string,
            serviceCidr: expect.any(String) as string,
            dnsServiceIP: expect.any(String) as string,
        });
    });

    test("everything in the cluster goes through the cluster's own provider", () => {
        const provider = one(up, "pulumi:providers:kubernetes");
        const inside = up.resources.filter(({ type }) => type.startsWith("kubernetes:"));
        expect(inside.length).toBeGreaterThan(3);
        for (const { options } of inside) expect(options.provider.startsWith(`${provider.urn}::`)).toBe(true);
    });

    test("the kubeconfig is secret on its way to the provider, and no secret is printed", () => {
        expect(isSecret(one(up, "pulumi:providers:kubernetes").inputs["kubeconfig"])).toBe(true);
        const text = renderPlan(up, { full: true });
        expect(text).toContain("kubeconfig: [secret]");
        expect(JSON.stringify(readable(up.outputs as Properties))).not.toMatch(/"token":/);
        expect(text).not.toMatch(/token: [0-9a-f]{8}/);
    });
});

describe("the compile path", () => {
    test("the old language host, through ts-node, registers the same", async () => {
        const project = readProject(ROOT, "dev");
        const [released, old] = [
            await planProgram(project, "preview"),
            await planProgram(project, "preview", { host: "3.68" }),
        ];
        expect({ code: old.code, errors: errors(old) }).toEqual({ code: 0, errors: "" });
        const essence = ({ resources }: ProgramRun) =>
            resources
                .map(({ urn, inputs }) => ({ urn, inputs: readable(inputs) }))
                .sort((a, b) => a.urn.localeCompare(b.urn));
        expect(essence(old)).toEqual(essence(released));
    });

    test("nothing is written into the checkout, and an empty cache is no obstacle", async () => {
        const before = readdirSync(ROOT).sort();
        const env = { ...process.env, XDG_CACHE_HOME: newFolder() };
        const run = await planProgram(readProject(ROOT, "dev"), "preview", { env });
        expect({ code: run.code, errors: errors(run) }).toEqual({ code: 0, errors: "" });
        expect(readdirSync(ROOT).sort()).toEqual(before);
    });
});

describe("refused before anything is created", () => {
    test("ten wrong settings at once are ten problems in one message", async () => {
        const project = readProject(ROOT, "dev");
        const wrong: Record<string, string> = {
            podCird: "10.0.0.0/16",
            tier: "standart",
            production: "yes",
            systemPool: JSON.stringify({ vmSize: "Standard_D4s_v5", count: "3", maxpods: 30 }),
            podCidr: "172.16.0.0/12",
            serviceCidr: "10.0.0.1/16",
            kubernetesVersion: "1.35.4",
            upgradeChannel: "stable",
            localAccounts: "false",
        };
        const own = Object.entries(wrong).map(([key, value]) => [`${project.name}:${key}`, value]);
        const config = { ...project.config, ...Object.fromEntries(own) } as Record<string, string>;
        const run = await planProgram({ ...project, config }, "preview");
        expect(run.code).toBe(32);
        expect(run.logs.filter(({ severity }) => severity === "error")).toHaveLength(1);
        expect(run.resources.filter(({ custom }) => custom)).toEqual([]);
        const problems = errors(run).match(/^ +[A-Z]{3,4}\d\d +\S+/gm) ?? [];
        expect(problems).toHaveLength(10);
        for (const name of [
            "podCird",
            "tier",
            "production",
            "systemPool.count",
            "systemPool.maxpods",
            "localAccounts",
        ]) {
            expect(problems.some((problem) => problem.includes(name))).toBe(true);
        }
    });

    test("a broken policy names file, line and column, and no policy is registered", async () => {
        const program = copyOfTheProgram();
        const folder = join(program, "policies", "namespaces", "shop");
        const [file] = readdirSync(folder).filter((name) => name.includes("orders"));
        const path = join(folder, file!);
        writeFileSync(path, readFileSync(path, "utf8").replace(/toPorts:/, "toPort:"));
        const line =
            readFileSync(path, "utf8")
                .split("\n")
                .findIndex((text) => text.includes("toPort:")) + 1;
        const run = await planProgram(readProject(program, "dev"), "preview");
        expect(run.code).toBe(32);
        expect(errors(run)).toMatch(new RegExp(`shop/${file!.replace(".", "\\.")}:${line}:\\d+`));
        expect(errors(run)).toContain("toPorts");
        expect(run.resources.filter(({ type }) => type.startsWith("kubernetes:"))).toEqual([]);
    });

    test("a policy that is no YAML, and a folder without policies", async () => {
        const program = copyOfTheProgram();
        cpSync(join(ROOT, "LICENSE"), join(program, "policies", "clusterwide", "not-yaml.yaml"));
        writeFileSync(join(program, "policies", "clusterwide", "not-yaml.yaml"), "spec: [1\n");
        const run = await planProgram(readProject(program, "dev"), "preview");
        expect(run.code).toBe(32);
        expect(errors(run)).toMatch(/not-yaml\.yaml:\d+:\d+/);
        rmSync(join(program, "policies"), { recursive: true });
        const without = await planProgram(readProject(program, "dev"), "preview");
        expect(without.code).not.toBe(0);
        expect(errors(without)).toMatch(/policies/);
    });
});
