import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { parse } from "yaml";

/**
 * What actionlint does not ask of the workflows: pinned actions, least permissions, nothing of a pull request in a shell line,
 * use from elsewhere (issue 7). That their scripts do what they say is tests/e2e/workflows.test.ts.
 */
const github = path.join(__dirname, "..", "..", ".github");

interface Step {
    uses?: string;
    run?: string;
    with?: Record<string, unknown>;
    env?: Record<string, string>;
}
interface Job {
    permissions?: Record<string, string>;
    steps?: Step[];
    uses?: string;
    "runs-on"?: string;
    "timeout-minutes"?: number;
}
interface Workflow {
    on: { workflow_call?: { inputs: Record<string, { default?: string; description?: string }> } };
    permissions: Record<string, string>;
    jobs: Record<string, Job>;
}

const workflows = fs.readdirSync(path.join(github, "workflows")).map((file) => {
    const text = fs.readFileSync(path.join(github, "workflows", file), "utf8");
    return { file, text, workflow: parse(text) as Workflow };
});

describe.each(workflows)("$file", ({ file, text, workflow }) => {
    const jobs = Object.values(workflow.jobs);
    const steps = jobs.flatMap((job) => job.steps ?? []);

    test("pins every action by commit, with the version beside it", () => {
        const used = [...text.matchAll(/^ +(?:- )?uses: (\S+)(.*)$/gm)];
        expect(used.length).toBeGreaterThan(0);
        for (const [, action, comment] of used)
            if (!action?.startsWith("./"))
                expect([action, comment]).toEqual([
                    expect.stringMatching(/^[\w-]+\/[\w-]+@[0-9a-f]{40}$/),
                    expect.stringMatching(/^ # v\d+(\.\d+)*$/),
                ]);
    });

    test("reads by default, and asks for an identity only where it logs in to Azure", () => {
        expect(workflow.permissions).toEqual({ contents: "read" });
        for (const job of jobs) {
            const logsIn =
                job.uses !== undefined || steps.some((step) => step.uses?.startsWith("azure/login"));
            if (job.permissions?.["id-token"] !== undefined) expect(logsIn).toBe(true);
            expect(
                ["actions", "checks", "packages", "deployments"].filter((name) => job.permissions?.[name]),
            ).toEqual([]);
        }
    });

    test("keeps no token in a checkout", () => {
        for (const step of steps)
            if (step.uses?.startsWith("actions/checkout@") === true)
                expect(step.with?.["persist-credentials"]).toBe(false);
    });

    test("puts nothing of an event into a shell line, and no secret into a step's own environment", () => {
        for (const step of steps) {
            expect(step.run ?? "").not.toContain("${{");
            expect(JSON.stringify(step.env ?? {})).not.toContain("secrets.");
        }
    });

    test("can be called from another repository, on another runner, and ends by itself", () => {
        const { inputs = {} } = workflow.on.workflow_call ?? {};
        expect(Object.keys(inputs)).toEqual(
            expect.arrayContaining(["runner", "tools-repository", "tools-ref"]),
        );
        for (const input of Object.values(inputs)) expect(input.description).toMatch(/.{10}/);
        for (const job of jobs.filter(({ uses }) => uses === undefined)) {
            expect(job["runs-on"]).toMatch(/inputs\.runner/);
            expect(job["timeout-minutes"]).toBeLessThanOrEqual(120);
        }
    });

    test("runs npm and scripts that are there", () => {
        for (const { run } of steps) {
            if (run === undefined || /^npm (ci|test|run check)\b/.test(run) || run.includes("GITHUB_PATH"))
                continue;
            const script = /^"\$TOOLS\/\.github\/(scripts\/[\w-]+\.sh)"/.exec(run)?.[1];
            expect([file, run, script !== undefined]).toEqual([file, run, true]);
            expect(fs.statSync(path.join(github, script ?? "")).mode & 0o111).toBe(0o111);
        }
    });
});

test("every script is a step of some workflow, or of a script that is", () => {
    const scripts = fs.readdirSync(path.join(github, "scripts"));
    const texts = [
        ...workflows.map(({ text }) => text),
        ...scripts.map((name) => fs.readFileSync(path.join(github, "scripts", name), "utf8")),
    ];
    for (const name of scripts)
        expect([name, texts.some((text) => text.includes(`/${name}"`))]).toEqual([name, true]);
});

describe("preview-file.mjs", () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "preview-file-"));
    afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

    function put(code: number, files: Record<string, string>) {
        for (const name of fs.readdirSync(folder)) fs.rmSync(path.join(folder, name));
        for (const [name, text] of Object.entries(files)) fs.writeFileSync(path.join(folder, name), text);
        const script = path.join(github, "scripts", "preview-file.mjs");
        const { stdout, stderr, status } = spawnSync(process.execPath, [script, folder, String(code)], {
            encoding: "utf8",
        });
        expect(status).toBe(0);
        const { diagnostics, ...rest } = JSON.parse(stdout) as {
            diagnostics: { severity: string; message: string }[];
            steps: unknown[];
        };
        return { diagnostics, rest, stderr };
    }
    const violation = (enforcementLevel: string) =>
        JSON.stringify({
            sequence: 1,
            policyEvent: {
                resourceUrn: "urn:pulumi:dev::p::a:b:C$x:y:Z::name",
                message: "why\nFix: so",
                policyName: "rule",
                enforcementLevel,
                severity: "high",
            },
        });
    const failed = { severity: "error", message: "error: preview failed\n" };

    test("hands a good preview on as it is, whatever a plug-in printed before it", () => {
        const digest = { config: { a: "b" }, steps: [{ op: "same" }], diagnostics: [] };
        const { rest, diagnostics, stderr } = put(0, {
            "digest.json": `plug-in says\n${JSON.stringify(digest)}`,
        });
        expect({ ...rest, diagnostics }).toEqual(digest);
        expect(stderr).toBe("");
    });

    test("says a refusal instead of that the preview failed", () => {
        const { diagnostics, stderr } = put(1, {
            "digest.json": JSON.stringify({ steps: [], diagnostics: [failed] }),
            "events.jsonl": `{"sequence":0}\n${violation("mandatory")}\n`,
        });
        expect(diagnostics).toEqual([
            { severity: "error", message: "guardrail rule (mandatory, high) at x:y:Z name\nwhy\nFix: so" },
        ]);
        expect(stderr).toContain("guardrail rule");
    });

    test("keeps other errors beside a warning of the guardrails", () => {
        const { diagnostics } = put(1, {
            "digest.json": JSON.stringify({ steps: [], diagnostics: [failed] }),
            "events.jsonl": violation("advisory"),
        });
        expect(diagnostics.map(({ severity }) => severity)).toEqual(["warning", "error"]);
    });

    test.each([
        ["what pulumi said", { "digest.json": "", "stderr.txt": "error: no login\n" }, "error: no login"],
        ["that it said nothing", {}, "pulumi ended with 255 and said nothing"],
    ])("without a digest, %s", (_name, files, message) => {
        expect(put(255, files as Record<string, string>)).toMatchObject({
            rest: { steps: [] },
            diagnostics: [{ severity: "error", message }],
        });
    });
});
