import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundle, type Bundle } from "../support";

/**
 * Comments and guard's verdicts on previews that the real engine made in the rehearsal, one for each change of the
 * blast-radius table: `recorded/NAME`. `UPDATE_COMMENTS=1` writes what is said now; read it before it is committed.
 */
const RECORDED = join(__dirname, "recorded");
const PROJECT = join(RECORDED, "project");
const names = readdirSync(RECORDED).filter((name) => existsSync(join(RECORDED, name, "preview.json")));

let cli: Bundle;
beforeAll(() => (cli = bundle()), 120_000);

/** Compares with a file, or writes it. */
function golden(name: string, file: string, text: string): void {
    const at = join(RECORDED, name, file);
    if (process.env["UPDATE_COMMENTS"] !== undefined) writeFileSync(at, text);
    expect(text).toBe(readFileSync(at, "utf8"));
}

/** Runs a command in the project with a change's files over it, as a workflow does in a pull request's checkout. */
function withChange<T>(name: string, use: (folder: string) => T): T {
    const folder = mkdtempSync(join(tmpdir(), "aks-cilium-pull-request-"));
    try {
        cpSync(PROJECT, folder, { recursive: true });
        const changed = join(RECORDED, name, "changed");
        if (existsSync(changed)) cpSync(changed, folder, { recursive: true });
        return use(folder);
    } finally {
        rmSync(folder, { recursive: true, force: true });
    }
}

const preview = (name: string) => ["--preview", `dev=${join(RECORDED, name, "preview.json")}`];

describe.each(names)("%s", (name) => {
    test("the comment", () => {
        const { code, out, err } = withChange(name, (cwd) =>
            cli.run(["comment", ...preview(name), "--base", PROJECT, "--head", "."], { cwd }),
        );
        expect(err).toBe("");
        expect(code).toBe(0);
        golden(name, "comment.md", out);
    });

    test("the guard", () => {
        const { code, out, err } = withChange(name, (cwd) => cli.run(["guard", ...preview(name)], { cwd }));
        expect(err).toBe("");
        golden(name, "guard.txt", `${out}exit ${code}\n`);
    });
});

test("every change of the blast-radius table is here, and what it must say is said", () => {
    const exits = Object.fromEntries(
        names.map((name) => [
            name,
            /^exit (\d)$/m.exec(readFileSync(join(RECORDED, name, "guard.txt"), "utf8"))?.[1],
        ]),
    );
    expect(exits).toEqual({
        nothing: "0",
        tags: "0",
        "pool-count": "0",
        "pool-added": "0",
        "pool-removed": "1",
        "pool-size": "1",
        "tier-up": "0",
        "kubernetes-minor-up": "0",
        "policy-changed": "0",
        "policy-renamed": "0",
        "pod-cidr-protected": "1",
        "pod-cidr-unprotected": "1",
        "pod-cidr-larger": "1",
    });
});

test("marked secrets planted all over a recorded preview are in no comment and no verdict", () => {
    const planted = {
        password: "MARKED",
        spec: { token: "MARKED", env: [{ name: "API_KEY", value: "MARKED" }] },
        kubeconfig: "MARKED",
        note: "users:\n- name: a\n  user:\n    token: MARKED",
        wrapped: { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", value: "MARKED" },
    };
    type Step = Record<"oldState" | "newState", { inputs: object }> & { op: string; detailedDiff: object };
    const file = join(RECORDED, "pod-cidr-unprotected", "preview.json");
    const digest = JSON.parse(readFileSync(file, "utf8")) as { steps: Step[]; diagnostics: object[] };
    const differ = ["password", "spec.token", "spec.env[0].value", "kubeconfig", "note", "wrapped", "spec"];
    for (const step of digest.steps.filter(({ op }) => op === "replace")) {
        Object.assign(step.oldState.inputs, planted);
        Object.assign(
            step.newState.inputs,
            JSON.parse(JSON.stringify(planted).replaceAll("MARKED", "MARKED2")),
        );
        step.detailedDiff = Object.fromEntries(differ.map((path) => [path, { kind: "update-replace" }]));
    }
    digest.diagnostics.push({ severity: "error", message: "error: it was refused\npassword: MARKED" });
    const [comment, verdict] = withChange("pod-cidr-unprotected", (cwd) => {
        writeFileSync(join(cwd, "preview.json"), JSON.stringify(digest));
        return ["comment", "guard"].map((command) =>
            cli.run([command, "--preview", "dev=preview.json"], { cwd }),
        );
    });
    expect(comment?.out).toContain("spec.env[0].value");
    expect(comment?.out).toContain("a secret, changes");
    expect(comment?.out).toContain("error: it was refused");
    for (const run of [comment, verdict]) expect(`${run?.out}${run?.err}`).not.toContain("MARKED");
});

describe("unlocked", () => {
    const unlocked = (expires: string) =>
        withChange("pod-cidr-unprotected", (cwd) => {
            const file = join(cwd, "Pulumi.dev.yaml");
            const unlock = `  aks-cilium:unlock:\n    - { resource: aks, reason: moves to the new address plan, expires: "${expires}" }\n`;
            writeFileSync(file, `${readFileSync(file, "utf8").trimEnd()}\n${unlock}`);
            return cli.run(["guard", ...preview("pod-cidr-unprotected")], { cwd });
        });

    test("the cluster, and with it the pool that goes only because the cluster does", () => {
        const { code, out } = unlocked("2999-12-31");
        expect(out).toMatch(/^unlocked {2}dev: cluster aks would be replaced/);
        expect(code).toBe(0);
    });

    test("too long ago", () => expect(unlocked("2020-12-31").code).toBe(1));
});
