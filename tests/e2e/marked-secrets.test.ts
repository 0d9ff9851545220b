import * as fs from "node:fs";
import * as path from "node:path";
import { Project } from "./support/project";

/**
 * Marked secrets are planted where secrets live, every command that asks a live cluster is run as talkative as it can be,
 * and all that was printed or written is searched for them.
 */
jest.setTimeout(15 * 60_000);

const project = new Project("marked");
const mark = (what: string) => `MARKED-${what}-${"x7Qp".repeat(4)}`;
const MARKS = {
    env: mark("env"),
    secret: mark("secret"),
    annotation: mark("annotation"),
    command: mark("command"),
    configMap: mark("config-map"),
    kubeconfig: mark("kubeconfig"),
    tag: mark("tag"),
} as const;
const out = path.join(path.dirname(project.state), "out");
const own = path.join(out, "kubeconfig");
const printed: [what: string, text: string][] = [];

/** Runs a command of ours inside the rehearsal and keeps all it says; Azure's libraries say all that they can say. */
async function run(...args: string[]): Promise<void> {
    const { code, stdout, stderr } = await project.rehearse(
        ...["exec", "env", "AZURE_LOG_LEVEL=verbose", "DEBUG=*", `KUBECONFIG=${own}`],
        ...["node", "cli/bin/aks-cilium.js", ...args, "--stack", "dev"],
    );
    printed.push([args.join(" "), stdout + stderr]);
    if (code === 2) throw new Error(`${args.join(" ")} could not be done:\n${stderr}${stdout}`);
}

/** A workload whose every corner holds a secret, a Secret and a ConfigMap. */
const planted = {
    apiVersion: "v1",
    kind: "List",
    items: [
        {
            apiVersion: "apps/v1",
            kind: "Deployment",
            metadata: {
                name: "marked",
                namespace: "shop",
                annotations: { "example.com/note": MARKS.annotation },
            },
            spec: {
                selector: { matchLabels: { app: "marked" } },
                template: {
                    metadata: {
                        labels: { app: "marked" },
                        annotations: { "example.com/note": MARKS.annotation },
                    },
                    spec: {
                        containers: [
                            {
                                name: "main",
                                image: "marked:1",
                                command: ["serve", `--password=${MARKS.command}`],
                                args: [MARKS.command],
                                env: [{ name: "PASSWORD", value: MARKS.env }],
                                ports: [{ containerPort: 8080 }],
                            },
                        ],
                    },
                },
            },
        },
        {
            apiVersion: "v1",
            kind: "Secret",
            metadata: { name: "marked", namespace: "shop" },
            stringData: { password: MARKS.secret },
        },
        {
            apiVersion: "v1",
            kind: "ConfigMap",
            metadata: { name: "marked", namespace: "shop" },
            data: { password: MARKS.configMap },
        },
        {
            apiVersion: "v1",
            kind: "Service",
            metadata: {
                name: "marked",
                namespace: "shop",
                annotations: { "example.com/note": MARKS.annotation },
            },
            spec: { selector: { app: "marked" }, ports: [{ port: 80, targetPort: 8080 }] },
        },
    ],
};

beforeAll(async () => {
    project.set("tags", `{ note: ${MARKS.tag} }`);
    await project.succeed("up");
    fs.mkdirSync(out, { recursive: true });
    const file = path.join(path.dirname(project.state), "planted.json");
    fs.writeFileSync(file, JSON.stringify(planted));
    await project.succeed("kubectl", "apply", "-f", file);
    await project.succeed("kubectl", "rollout", "status", "deploy/marked", "-n", "shop", "--timeout=60s");
    const users = [{ name: "other", user: { token: MARKS.kubeconfig } }];
    fs.writeFileSync(own, JSON.stringify({ apiVersion: "v1", kind: "Config", users }), { mode: 0o600 });

    await run("verify");
    await run("verify", "--format", "json");
    await run("policies");
    await run("policies", "--format", "json");
    await run("credentials");
    await run("credentials", "--overwrite-existing", "--format", "json");
    await run("inventory", "--out", path.join(out, "inventory"), "--with-policies");
    await run("inventory", "--out", path.join(out, "inventory-json"), "--format", "json");
    await run("restart", "both", "--yes");
});
afterAll(() => project.dispose());

const filesOf = (folder: string): string[] =>
    fs
        .readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => path.join(entry.parentPath, entry.name));
const textOf = (file: string): [string, string] => [file, fs.readFileSync(file, "utf8")];

/** A secret as it is, and as any of the three alignments of base64 has it. */
const forms = (secret: string): string[] => [
    secret,
    ...["", "a", "ab"].map((shift) => Buffer.from(`${shift}${secret}`).toString("base64").slice(4, -4)),
];

function search(secrets: readonly string[], texts: readonly [string, string][]): string[] {
    const wanted = secrets.flatMap(forms);
    return texts.flatMap(([what, text]) =>
        wanted.filter((form) => text.includes(form)).map((form) => `${what}: ${form}`),
    );
}

test("no command prints or writes a planted secret, nor the token of the API server, nor one of Azure", () => {
    const token = fs.readFileSync(path.join(project.state, "clusters", "token"), "utf8");
    const written = filesOf(path.join(out)).filter((file) => file !== own);
    expect(written.length).toBeGreaterThan(5);
    const texts = [...printed, ...written.map(textOf)];
    const found = search([...Object.values(MARKS), token], texts);
    // A token of the stand-in of Azure: header {"alg":"none","typ":"JWT"}.
    const bearer = texts.filter(([, text]) => /eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0\./.test(text));
    process.stderr.write(
        `    ${Object.keys(MARKS).length + 1} secrets, ${texts.length} texts, ` +
            `${texts.reduce((sum, [, text]) => sum + text.length, 0)} characters: ${found.length} found\n`,
    );
    expect(found).toEqual([]);
    expect(bearer.map(([what]) => what)).toEqual([]);
});

test("nor do logs and requests of the rehearsal have those planted in the cluster", () => {
    const { tag: _, ...cluster } = MARKS;
    const kept = [...filesOf(path.join(project.state, "log")), path.join(project.state, "requests.jsonl")];
    expect(kept.length).toBeGreaterThan(5);
    expect(search(Object.values(cluster), kept.map(textOf))).toEqual([]);
});

test("the kubeconfig that credentials merged into keeps what it had, for its owner only", () => {
    expect(fs.readFileSync(own, "utf8")).toContain(MARKS.kubeconfig);
    expect(fs.statSync(own).mode & 0o777).toBe(0o600);
});

test("the search finds what is there: the commands did meet the secrets", async () => {
    const { stdout } = await project.succeed(
        "kubectl",
        "get",
        "deploy,secret,cm,svc",
        "-n",
        "shop",
        "-o",
        "yaml",
    );
    for (const where of ["env", "secret", "annotation", "command", "configMap"] as const)
        expect(search([MARKS[where]], [[where, stdout]])).not.toEqual([]);
    expect(printed.find(([what]) => what.startsWith("verify"))?.[1]).toMatch(/managedClusters/);
    const inventory = filesOf(path.join(out, "inventory")).map(textOf);
    expect(inventory.some(([, text]) => text.includes("marked"))).toBe(true);
});
