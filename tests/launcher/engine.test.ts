/** The stand-in engine and the plan's command, with programs small enough to know every answer. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { planProgram, type ProgramRun } from "../../rehearsal/plan/plan";
import { readProject } from "../../rehearsal/plan/project";
import { renderPlan } from "../../rehearsal/plan/tree";
import { removeFolders, ROOT, writeProgram } from "./support/programs";

jest.setTimeout(60_000);
afterAll(removeFolders);

const errors = (run: ProgramRun): string =>
    run.logs
        .filter(({ severity }) => severity === "error")
        .map(({ message }) => message)
        .join("\n");

const plan = (files: Record<string, string>, mode: "preview" | "up" = "preview", options = {}) =>
    planProgram(readProject(writeProgram(files), "dev"), mode, options);

describe("how programs end", () => {
    test.each([
        ["returns", "export = {};\n", 0, ""],
        ["throws", 'throw new Error("thrown on purpose");\n', 32, "thrown on purpose"],
        [
            "leaves a rejected promise",
            'void Promise.reject(new Error("rejected on purpose"));\nexport = {};\n',
            32,
            "rejected on purpose",
        ],
        ["exits by itself", "process.exit(7);\n", 7, ""],
        ["cannot be parsed", "const x: = 1;\n", 32, "index.ts:1:9"],
        ["imports what is not there", 'import "./absent";\n', 32, "Cannot find module './absent'"],
    ])("a program that %s", async (_, source, code, message) => {
        const run = await plan({ "index.ts": source });
        expect(run.code).toBe(code);
        expect(errors(run)).toContain(message);
        if (message === "") expect(errors(run)).toBe("");
    });

    test("functions are still serialized: what the loader holds back is loaded then", async () => {
        const run = await plan({
            "index.ts":
                'import * as pulumi from "@pulumi/pulumi";\nimport * as yaml from "yaml";\nconst parse = (text: string) => yaml.parse(text) as unknown;\nexport const code = pulumi.runtime.serializeFunction(parse).then(({ text }) => text);\nexport const paths = pulumi.runtime.computeCodePaths().then((found) => [...found.keys()].filter((path) => path === "node_modules/yaml"));\n',
            "package.json": '{ "name": "small", "main": "index.ts", "dependencies": { "yaml": "*" } }\n',
        });
        expect({ code: run.code, errors: errors(run) }).toEqual({ code: 0, errors: "" });
        expect(run.outputs["code"]).toContain('require("yaml")');
        expect(run.outputs["paths"]).toEqual(["node_modules/yaml"]);
    });

    test("an error names line and column of the TypeScript", async () => {
        const run = await plan({
            "index.ts":
                'interface A {\n    a: string;\n}\nconst a: A = { a: "x" };\n\nif (a.a === "x") throw new Error("here");\n',
        });
        expect(errors(run)).toMatch(/index\.ts:6:24/);
    });
});

const KUBERNETES = `import { CustomResource } from "@pulumi/kubernetes/apiextensions/customResource";
new CustomResource("policy", {
    apiVersion: "cilium.io/v2",
    kind: "CiliumNetworkPolicy",
    metadata: { name: "p", namespace: "n" },
    spec: { endpointSelector: {} },
});
`;

describe("what the engine would refuse", () => {
    test("a resource for a default provider that the stack has disabled", async () => {
        const disabled = "config:\n  pulumi:disable-default-providers: [kubernetes]\n";
        const run = await plan({ "index.ts": KUBERNETES, "Pulumi.dev.yaml": disabled });
        expect(run.code).not.toBe(0);
        expect(errors(run)).toContain("Default provider for 'kubernetes' disabled");
        expect((await plan({ "index.ts": KUBERNETES })).code).toBe(0);
    });

    test("an invoke that nobody answers, by its name", async () => {
        const source =
            'import * as pulumi from "@pulumi/pulumi";\nexport const x = pulumi.runtime.invokeOutput("azure-native:no:such", {}, {});\n';
        const run = await plan({ "index.ts": source }, "up");
        expect(run.code).not.toBe(0);
        expect(errors(run)).toContain("azure-native:no:such");
    });

    test("a stack reference to a stack that is not there; one that is gives its outputs", async () => {
        const source =
            'import * as pulumi from "@pulumi/pulumi";\nexport const x = new pulumi.StackReference("org/other/dev").requireOutput("greeting");\n';
        const absent = await plan({ "index.ts": source });
        expect(absent.code).not.toBe(0);
        expect(errors(absent)).toContain('unknown stack "org/other/dev"');
        const stackReferences = { "org/other/dev": { greeting: "hello" } };
        expect((await plan({ "index.ts": source }, "preview", { stackReferences })).outputs).toEqual({
            x: "hello",
        });
    });
});

const TREE = `import * as pulumi from "@pulumi/pulumi";
import { RandomString } from "@pulumi/random/randomString";
class Group extends pulumi.ComponentResource {
    constructor(name: string) {
        super("small:index:Group", name);
        const first = new RandomString("first", { length: 4 }, { parent: this, protect: true });
        new RandomString("second", { length: 5, overrideSpecial: pulumi.secret("hidden") }, { parent: this, deletedWith: first, ignoreChanges: ["length"], aliases: [{ name: "before" }] });
    }
}
new Group("group");
export const password = pulumi.secret("hidden");
`;

test("the tree: parents, options that matter, secrets masked, nothing else", async () => {
    const run = await plan({ "index.ts": TREE });
    const text = renderPlan(run);
    expect(text).toContain(`pulumi:pulumi:Stack  small-dev
└─ small:index:Group  group
   ├─ random:index/randomString:RandomString  first
   │        [protect]
   │        length: 4
   └─ random:index/randomString:RandomString  second
            [deletedWith: first; ignoreChanges: length; aliases: name=before`);
    expect(text).toContain("overrideSpecial: [secret]");
    expect(text).toContain("outputs:\n    password: [secret]");
    expect(text).not.toContain("hidden");
});

describe("npm run plan", () => {
    const command = (...args: string[]) =>
        spawnSync(process.execPath, ["--require", "./loader.cjs", "rehearsal/plan/main.ts", ...args], {
            cwd: ROOT,
            encoding: "utf8",
            timeout: 60_000,
        });

    test("is what the script runs", () => {
        const { scripts } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
            scripts: Record<string, string>;
        };
        expect(scripts["plan"]).toBe("node --require ./loader.cjs rehearsal/plan/main.ts");
    });

    test("prints the tree and ends 0", () => {
        const { status, stdout } = command("--project", writeProgram({ "index.ts": TREE }));
        expect(status).toBe(0);
        expect(stdout).toContain("└─ small:index:Group  group");
        expect(stdout).toContain(
            "2 resources and 2 components (stack dev, preview, stand-in engine; nothing was created).",
        );
    });

    test("--json is one object, with everything but the secrets", () => {
        const { status, stdout } = command("--json", "--up", "--project", writeProgram({ "index.ts": TREE }));
        expect(status).toBe(0);
        const parsed = JSON.parse(stdout) as {
            version: number;
            mode: string;
            resources: { name: string }[];
            outputs: object;
        };
        expect(parsed).toMatchObject({ version: 1, mode: "up", outputs: { password: "[secret]" } });
        expect(parsed.resources.map(({ name }) => name).sort()).toEqual([
            "first",
            "group",
            "second",
            "small-dev",
        ]);
        expect(stdout).not.toContain("hidden");
    });

    test("a failing program ends 1 with its message; bad usage ends 2 with the fix", () => {
        const failing = command(
            "--project",
            writeProgram({ "index.ts": 'throw new Error("on purpose");\n' }),
        );
        expect(failing.status).toBe(1);
        expect(failing.stderr).toContain("on purpose");
        expect(failing.stdout).toContain("The program failed (exit code 32)");
        const unknown = command("staging");
        expect(unknown.status).toBe(2);
        expect(unknown.stderr).toMatch(/no stack "staging".*there are: .*dev/s);
        expect(command("--nonsense").status).toBe(2);
    });
});
