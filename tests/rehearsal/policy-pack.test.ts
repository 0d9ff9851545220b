import { execFileSync, spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { placesOf } from "../../rehearsal/places";
import { ENGINE, packExecutables, runsPacks } from "../../rehearsal/policy-pack/executables";
import { RUNNER, withStandIns } from "../../rehearsal/policy-pack/stand-in";

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "policy-pack-"));
const below = path.join(folder, "stand-ins");
const project = path.join(__dirname, "..", "..");
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

/** A pack that resolves packages as one in this project does. */
function pack(name: string, policy: string, manifest: object = { version: "1.0.0" }): string {
    const at = path.join(folder, name);
    fs.mkdirSync(at, { recursive: true });
    if (!fs.existsSync(path.join(folder, "node_modules")))
        fs.symlinkSync(path.join(project, "node_modules"), path.join(folder, "node_modules"));
    fs.writeFileSync(path.join(at, "PulumiPolicy.yaml"), policy);
    fs.writeFileSync(path.join(at, "package.json"), JSON.stringify(manifest));
    return at;
}
const replaced = (...argv: string[]) => withStandIns(argv, folder, below);

test("a Node pack becomes a folder that the engine runs without a language host", () => {
    const at = pack("one", "name: one\nruntime: nodejs\nmain: dist/index.js\n");
    const { argv, packs } = replaced("preview", "--policy-pack", "one", "--stack", "dev");
    expect(packs).toEqual(["one"]);
    const standIn = argv[2] as string;
    expect(argv).toEqual(["preview", "--policy-pack", standIn, "--stack", "dev"]);
    const read = (name: string) => fs.readFileSync(path.join(standIn, name), "utf8");
    expect(read("PulumiPolicy.yaml")).toBe("name: one\nruntime: packnode\n");
    expect(JSON.parse(read("package.json"))).toEqual({
        version: "1.0.0",
        main: path.join(at, "dist", "index.js"),
    });
    expect(fs.existsSync(read(RUNNER))).toBe(true);
    expect(replaced("preview", "--policy-pack", "one").argv[2]).toBe(standIn);
});

test.each([
    ["with options", "name: p\nruntime:\n  name: nodejs\n  options: { typescript: false }\n"],
    ["in quotes", 'name: p\nruntime: "nodejs"\n'],
])("a runtime %s is one too", (name, policy) => {
    pack(`runtime-${name}`, policy, { version: "1.0.0", main: "start.js" });
    const standIn = replaced(`--policy-pack=runtime-${name}`).argv[0]?.slice("--policy-pack=".length) ?? "";
    expect(fs.readFileSync(path.join(standIn, "PulumiPolicy.yaml"), "utf8")).toContain("packnode");
    expect(fs.readFileSync(path.join(standIn, "package.json"), "utf8")).toContain("start.js");
});

test("every form of the option is found: =, repeated, a list, beside --cwd and a configuration", () => {
    pack("a", "name: a\nruntime: nodejs\n");
    pack("b", "name: b\nruntime: nodejs\n");
    const { argv, packs } = withStandIns(
        ["up", "-C", path.basename(folder), "--policy-pack=a,b", "--policy-pack-config", "c.json"],
        path.dirname(folder),
        below,
    );
    expect(packs).toEqual(["a", "b"]);
    expect(argv[3]).toMatch(/^--policy-pack=\/.*\/a-[0-9a-f]{12},\/.*\/b-[0-9a-f]{12}$/);
    expect(argv.slice(4)).toEqual(["--policy-pack-config", "c.json"]);
});

test("what is no Node pack stays for the engine to judge", () => {
    pack("python", "name: p\nruntime: python\n");
    const argv = ["preview", "--policy-pack", "python", "--policy-pack", "absent"];
    expect(replaced(...argv)).toEqual({ argv, packs: [] });
});

test("only an engine that was built here needs it", () => {
    const places = placesOf({ AKS_CILIUM_REHEARSAL: folder }, "/home/u");
    expect(runsPacks(places, "/home/u/.cache/aks-cilium/bin/pulumi-3.259.0")).toBe(false);
    expect(runsPacks(places, "/home/u/.pulumi/versions/3.259.0/bin")).toBe(true);
});

describe("the pulumi on PATH", () => {
    const places = placesOf({ AKS_CILIUM_REHEARSAL: path.join(folder, "a state") });
    fs.mkdirSync(places.path, { recursive: true });
    // Stand-ins of this test: a replacer that marks each word, an engine that prints its words.
    const replacer = path.join(folder, "replacer.js");
    fs.writeFileSync(
        replacer,
        `const words = process.argv.slice(3);
        if (words.includes("broken")) process.exit(1);
        process.stdout.write(words.map((word) => "'<" + word + ">'").join(" "));`,
    );
    const scripts = packExecutables(places, folder, replacer);
    fs.writeFileSync(path.join(places.path, "pulumi"), scripts["pulumi"] ?? "", { mode: 0o755 });
    fs.writeFileSync(path.join(places.path, ENGINE), '#!/bin/sh\nprintf "%s\\n" "$@"\n', { mode: 0o755 });
    const run = (...argv: string[]) =>
        execFileSync(path.join(places.path, "pulumi"), argv, { encoding: "utf8" }).split("\n").slice(0, -1);

    test("hands words on as they are, unless there is a pack among them", () => {
        const odd = ["a b", "$(c)", "'", "", "--policy-pack-config=d"];
        expect(run("preview", ...odd)).toEqual(["preview", ...odd]);
        expect(run("up", "--policy-pack", "e f")).toEqual(["<up>", "<--policy-pack>", "<e f>"]);
        expect(run("up", "--policy-pack=e")).toEqual(["<up>", "<--policy-pack=e>"]);
    });

    test("runs nothing when a pack could not be replaced", () => {
        const { status, stdout } = spawnSync(path.join(places.path, "pulumi"), [
            "--policy-pack=broken",
            "broken",
        ]);
        expect(status).toBe(2);
        expect(String(stdout)).toBe("");
    });
});
