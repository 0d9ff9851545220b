import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { Project, type Result } from "./support/project";

/**
 * The scripts of the workflows, all of them, against the rehearsal: everything that a run on GitHub does except the login
 * to Azure. `gh` is a stand-in that keeps comments and issues in a file.
 */
jest.setTimeout(20 * 60_000);

const project = new Project("workflows");
const out = path.join(project.root, "out");
const bin = path.join(project.root, "bin");
const state = path.join(project.root, "gh.json");
const policy = "policies/namespaces/shop/orders-from-front.yaml";

interface GitHub {
    comments: { id: number; user: { type: string }; body: string }[];
    issues: { number: number; title: string; body: string; open: boolean; last?: string }[];
    calls: string[][];
}
const github = (): GitHub => JSON.parse(fs.readFileSync(state, "utf8")) as GitHub;
const read = (name: string) => fs.readFileSync(path.join(out, name), "utf8");

/** All that a run's log would hold. */
const printed: string[] = [];

/** Runs a script as a step of a workflow would, in the environment of the rehearsal. */
async function script(
    name: string,
    args: readonly string[] = [],
    env: Record<string, string> = {},
): Promise<Result> {
    const all = { GH_TOKEN: "t", GH_STATE: state, REPOSITORY: "o/r", ...env };
    const variables = Object.entries(all).map(([key, value]) => `${key}=${value}`);
    const line = `PATH=${bin}:$PATH exec "$0" "$@"`;
    const step = ["bash", "-c", line, `.github/scripts/${name}.sh`, ...args];
    const result = await project.rehearse("exec", "env", ...variables, ...step);
    printed.push(result.stdout + result.stderr);
    return result;
}

/**
 * The stack's settings as a repository has them, with the salt of its passphrase, which a first `stack init` writes; one of
 * them (on a line of its own) set to something else.
 */
function settings(key?: string, value = ""): void {
    const salted = path.join(project.state, "pulumi", "settings", "aks-cilium", "Pulumi.dev.yaml");
    const text = fs.readFileSync(salted, "utf8");
    const without =
        key === undefined ? text : text.replace(new RegExp(`^  aks-cilium:${key}:.*\\n`, "m"), "");
    const line = key === undefined ? "" : `  aks-cilium:${key}: ${value}\n`;
    fs.writeFileSync(
        path.join(project.root, "Pulumi.dev.yaml"),
        without.replace(/^encryptionsalt/m, `${line}encryptionsalt`),
    );
}
const set = (key: string, value: string): void => settings(key, value);

let base = "";
beforeAll(async () => {
    await project.succeed("up");
    settings();
    fs.mkdirSync(bin);
    fs.copyFileSync(path.join(__dirname, "support", "gh.mjs"), path.join(bin, "gh"));
    const git = (...args: string[]) =>
        execFileSync("git", ["-c", "user.name=t", "-c", "user.email=t@example.org", ...args], {
            cwd: project.root,
            encoding: "utf8",
        }).trim();
    git("init", "--quiet");
    git("add", "policies");
    git("commit", "--quiet", "--message", "base");
    base = git("rev-parse", "HEAD");
});
afterEach(() => {
    fs.rmSync(out, { recursive: true, force: true });
    project.restore("policies");
    settings();
});
afterAll(() => project.dispose());

describe("a pull request", () => {
    const comment = (env: Record<string, string> = {}) =>
        script("comment", ["out"], { PULL_REQUEST: "7", ...env });

    test("nothing changes: one line, and the guard lets it through", async () => {
        expect(await script("offline", ["out"], { BASE_SHA: base })).toMatchObject({ code: 0 });
        expect(JSON.parse(read("findings.json"))).toMatchObject({ version: 1 });
        expect(fs.existsSync(path.join(out, "base", policy))).toBe(true);
        expect(await script("preview", ["dev", "out"])).toMatchObject({ code: 0 });
        expect(await script("comment", ["out"])).toMatchObject({ code: 0 });
        expect(read("comment.md")).toMatch(/^<!-- aks-cilium -->\nNothing changes/);
        // Without a pull request nothing is posted.
        expect(fs.existsSync(state)).toBe(false);
        const guard = await script("guard", ["out"]);
        expect([guard.code, guard.stdout]).toEqual([0, expect.stringContaining("good")]);
    });

    test("a flow is opened: the first push posts a comment, the next one updates it", async () => {
        // Somebody quotes the comment before there is one.
        const quote = { id: 1, user: { type: "User" }, body: "<!-- aks-cilium -->\nlook at this" };
        fs.writeFileSync(state, JSON.stringify({ comments: [quote], issues: [], calls: [] }));
        project.edit("policies/namespaces/shop/front-from-world.yaml", "[world]", "[world, cluster]");
        for (const push of ["first", "second"]) {
            await script("offline", ["out"], { BASE_SHA: base });
            if (push === "second") project.edit(policy, /description: .*/, "description: Pushed again");
            expect(await script("preview", ["dev", "out"])).toMatchObject({ code: 0 });
            const { code, stderr } = await comment();
            expect([code, stderr]).toEqual([0, ""]);
            const [first, own, ...more] = github().comments;
            expect([first, more]).toEqual([quote, []]);
            expect(own?.body).toBe(read("comment.md"));
            expect(own?.body).toMatch(/flows? opened/);
            expect(own?.body).toContain("front-from-world.yaml");
            expect(own?.body.includes("Pushed again")).toBe(push === "second");
        }
        expect(github().calls.map((words) => words[words.indexOf("--method") + 1])).toEqual([
            "api",
            "POST",
            "api",
            "PATCH",
        ]);
    });

    test("a preview that the program refuses: the log and the comment say why", async () => {
        set("serviceCidr", "192.168.0.0/16");
        const { code, stderr } = await script("preview", ["dev", "out"]);
        expect(code).not.toBe(0);
        expect(stderr).toMatch(/serviceCidr/);
        expect(await comment()).toMatchObject({ code: 0 });
        expect(read("comment.md")).toMatch(/The preview of stack `dev` failed[^]*serviceCidr/);
    });

    test("a preview that the guardrails refuse: the comment names rule, resource and remedy", async () => {
        set("oidcIssuer", "false\n  aks-cilium:workloadIdentity: false");
        const { code, stderr } = await script("preview", ["dev", "out"]);
        expect(code).not.toBe(0);
        expect(stderr).toMatch(/guardrail oidc-issuer \(mandatory, medium\)/);
        await comment();
        expect(read("comment.md")).toMatch(
            /preview of stack `dev` failed[^]*guardrail oidc-issuer \(mandatory, medium\) at azure-native:containerservice:ManagedCluster aks\n[^]*\nFix: /,
        );
        // Levels are the house's own: the same as a warning goes through.
        const levels = path.join(project.root, "levels.json");
        fs.writeFileSync(levels, JSON.stringify({ "oidc-issuer": "advisory" }));
        const warned = await script("preview", ["dev", "out"], { POLICY_PACK_CONFIG: levels });
        expect([warned.code, warned.stderr]).toEqual([
            0,
            expect.stringContaining("guardrail oidc-issuer (advisory"),
        ]);
        expect(await script("preview", ["dev", "out"], { POLICY_PACK: "" })).toMatchObject({ code: 0 });
    });

    test("a preview that never began, and one whose job ended before it, are failures too", async () => {
        const { code, stderr } = await script("preview", ["absent", "out"]);
        expect([code, stderr]).toEqual([
            expect.any(Number),
            expect.stringMatching(/no stack named 'absent'/),
        ]);
        expect(code).not.toBe(0);
        await comment({ STACKS: '["absent","prod"]' });
        expect(read("comment.md")).toMatch(/The preview of stack `absent` failed[^]*no stack named 'absent'/);
        expect(read("comment.md")).toMatch(/The preview of stack `prod` failed[^]*the job ended before/);
    });

    test("the guard ends with 1 when the cluster would be replaced, with 2 without a preview to judge", async () => {
        set("podCidr", "10.244.0.0/16");
        await script("preview", ["dev", "out"]);
        const { code, stdout } = await script("guard", ["out"]);
        expect([code, stdout]).toEqual([1, expect.stringMatching(/refused.*aks.*would be replaced/)]);
        await comment();
        expect(read("comment.md")).toMatch(/`aks` is replaced in stack `dev`/);
        const none = await script("guard", ["elsewhere"]);
        expect([none.code, none.stderr]).toEqual([2, expect.stringContaining("run preview.sh first")]);
    });
});

describe("a deployment", () => {
    const writes = () =>
        project
            .requests()
            .filter(({ method, path: at }) => method === "PUT" && /managedClusters\/[^/]+$/.test(at)).length;

    test("is refused by the guard before anything changes", async () => {
        const before = writes();
        set("podCidr", "10.244.0.0/16");
        const { code, stdout } = await script("up", ["dev"]);
        expect([code, stdout]).toEqual([1, expect.stringContaining("refused")]);
        expect(writes()).toBe(before);
    });

    test("goes through when nothing of value is lost, without outputs in the log", async () => {
        const before = writes();
        set("tags", "{ owner: me }");
        const { code, stdout } = await script("up", ["dev"]);
        expect([code, stdout]).toEqual([0, expect.stringMatching(/~ 1 updated/)]);
        expect(stdout).not.toMatch(/kubeconfig/);
        expect(writes()).toBe(before + 1);
        settings();
        expect(await script("up", ["dev"])).toMatchObject({ code: 0 });
    });
});

describe("a night", () => {
    const night = async () => {
        const codes = [
            (await script("drift", ["dev", "out"])).code,
            (await script("verify", ["dev", "out"])).code,
        ];
        expect(await script("report", ["dev", "out"])).toMatchObject({ code: 0 });
        return codes;
    };
    const kubectl = (...args: string[]) => project.succeed("kubectl", ...args);

    test("without a finding says nothing", async () => {
        fs.rmSync(state, { force: true });
        expect(await night()).toEqual([0, 0]);
        expect(github().issues).toEqual([]);
    });

    test("a policy edited by hand opens one issue, which the next night updates and the last one closes", async () => {
        const patch = (description: string) =>
            kubectl(
                "-n",
                "shop",
                "patch",
                "cnp",
                "default-deny",
                "--type=merge",
                "-p",
                JSON.stringify({ spec: { description } }),
            );
        await patch("opened by hand");
        expect((await night())[0]).toBe(1);
        expect(github().issues).toMatchObject([
            { number: 1, title: "Nightly findings in stack dev", open: true },
        ]);
        expect(github().issues[0]?.body).toMatch(
            /Reality differs from the program[^]*default-deny[^]*opened by hand/,
        );

        fs.rmSync(out, { recursive: true });
        await patch("and again");
        await night();
        expect(github().issues).toHaveLength(1);
        expect(github().issues[0]?.body).toMatch(/and again/);

        fs.rmSync(out, { recursive: true });
        await project.succeed("refresh");
        await project.succeed("up");
        expect(await night()).toEqual([0, 0]);
        expect(github().issues).toMatchObject([
            { number: 1, open: false, last: "Nothing was found last night." },
        ]);
    });

    test("what could not be looked at is no drift, and is reported as well", async () => {
        const { code } = await script("drift", ["absent", "out"]);
        expect(code).toBe(2);
        await script("report", ["absent", "out"]);
        expect(github().issues.at(-1)).toMatchObject({
            title: "Nightly findings in stack absent",
            body: expect.stringContaining("no stack named 'absent'") as string,
        });
    });
});

test("no secret of the stack stands in anything that was printed, commented or reported", () => {
    const secrets = [
        fs.readFileSync(path.join(project.state, "pulumi", "passphrase"), "utf8").trim(),
        fs.readFileSync(path.join(project.state, "clusters", "token"), "utf8").trim(),
    ];
    const texts = [fs.readFileSync(state, "utf8"), ...printed];
    expect(texts.length).toBeGreaterThan(10);
    for (const text of texts) for (const secret of secrets) expect(text.includes(secret)).toBe(false);
});
