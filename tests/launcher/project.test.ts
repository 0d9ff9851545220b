import fc from "fast-check";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { launchCommand, splitShellWords } from "../../rehearsal/plan/launch";
import { ProjectError, readProject } from "../../rehearsal/plan/project";
import { ROOT } from "./support/programs";

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "aks-cilium-project-"))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(project: string, stack: string): void {
    writeFileSync(join(folder, "Pulumi.yaml"), project);
    writeFileSync(join(folder, "Pulumi.dev.yaml"), stack);
}

describe("configuration as the CLI hands it over", () => {
    test("defaults, foreign values, namespaces, numbers, booleans, lists and objects", () => {
        write(
            "name: p\nruntime: nodejs\nconfig:\n  size: { type: string, default: small }\n  p:count: { type: integer, default: 2 }\n  azure-native:location: { value: westeurope }\n",
            "config:\n  p:count: 3\n  protect: false\n  p:tags: { a: b }\n  p:zones: ['1', '2']\n  other:key: text\n",
        );
        const { config, secretKeys } = readProject(folder, "dev");
        expect(config).toEqual({
            "p:size": "small",
            "p:count": "3",
            "azure-native:location": "westeurope",
            "p:protect": "false",
            "p:tags": '{"a":"b"}',
            "p:zones": '["1","2"]',
            "other:key": "text",
        });
        expect(secretKeys).toEqual([]);
    });

    test("encrypted values stay closed and are marked secret, also inside objects", () => {
        write(
            "name: p\nruntime: nodejs\n",
            "config:\n  p:key: { secure: v1:abc }\n  p:nested: { user: me, pass: { secure: v1:def } }\n",
        );
        const { config, secretKeys } = readProject(folder, "dev");
        expect(config["p:key"]).toBe("[secret p:key]");
        expect(JSON.parse(config["p:nested"] ?? "")).toEqual({ user: "me", pass: "[secret p:nested.pass]" });
        expect(secretKeys).toEqual(["p:key", "p:nested"]);
        expect(JSON.stringify(config)).not.toMatch(/v1:/);
    });

    test("every missing required key is named, with the command that sets it", () => {
        write(
            "name: p\nruntime: nodejs\nconfig:\n  a: { type: string }\n  b: { type: string }\n  c: { type: string, default: x }\n",
            "",
        );
        expect(() => readProject(folder, "dev")).toThrow(ProjectError);
        expect(() => readProject(folder, "dev")).toThrow(
            /p:a, p:b; set: pulumi config set --stack dev p:a VALUE/,
        );
    });

    test("an unknown stack names those that exist", () => {
        write("name: p\nruntime: nodejs\n", "config: {}\n");
        expect(() => readProject(folder, "staging")).toThrow(/no stack "staging".*there are: dev/s);
    });

    test("broken YAML is one error with its place", () => {
        write("name: p\nruntime: nodejs\n", "config:\n  a: [1\n");
        expect(() => readProject(folder, "dev")).toThrow(/Pulumi\.dev\.yaml: .*line \d+/s);
    });
});

describe("the process a language host starts", () => {
    test("a released host honours the options of Pulumi.yaml, 3.68 does not", () => {
        const project = readProject(ROOT, "dev");
        const released = launchCommand(project, "127.0.0.1:1", "preview", { node: "node", env: {} });
        expect(released.argv.slice(0, 4)).toEqual(["node", ...splitShellWords(project.options.nodeargs)]);
        expect(released.argv).toContain("./loader.cjs");
        expect(released.env["PULUMI_NODEJS_TYPESCRIPT"]).toBeUndefined();
        const old = launchCommand(project, "127.0.0.1:1", "preview", { node: "node", env: {}, host: "3.68" });
        expect(old.argv[1]).toMatch(/@pulumi.pulumi.cmd.run/);
        expect(old.env["PULUMI_NODEJS_TYPESCRIPT"]).toBe("true");
    });

    test("--dry-run in a preview only", () => {
        const project = readProject(ROOT, "dev");
        expect(launchCommand(project, "x", "preview").argv).toContain("--dry-run");
        expect(launchCommand(project, "x", "up").argv).not.toContain("--dry-run");
    });

    test("arguments for node are split as a shell does", () => {
        expect(splitShellWords(`--require ./a.cjs  --title="two words" 'x y' a\\ b ""`)).toEqual([
            "--require",
            "./a.cjs",
            "--title=two words",
            "x y",
            "a b",
            "",
        ]);
        const plain = fc.stringMatching(/^[\w./=-]+$/);
        fc.assert(
            fc.property(fc.array(plain), (words) => expect(splitShellWords(words.join("  "))).toEqual(words)),
        );
        const any = fc.string().filter((text) => !text.includes("'"));
        fc.assert(
            fc.property(fc.array(any), (words) =>
                expect(splitShellWords(words.map((w) => `'${w}'`).join(" "))).toEqual(words),
            ),
        );
    });
});
