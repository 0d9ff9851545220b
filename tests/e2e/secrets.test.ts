import * as fs from "node:fs";
import * as path from "node:path";
import { Project } from "./support/project";

/**
 * Secrets that exist in a rehearsal are looked for in everything that is kept or printed: none may be there in plain text.
 */
jest.setTimeout(15 * 60_000);

const project = new Project("secrets");
const printed: [what: string, text: string][] = [];
/** What a Secret among the workloads holds, and what a setting holds that only the real stack can read. */
const MARKED = { workload: "marked-7c1d9a5e-in-a-secret", setting: "v1:marked-e41b:in-a-setting" };

async function remember(...args: string[]): Promise<void> {
    const { stdout, stderr } = await project.succeed(...args);
    printed.push([args.join(" "), stdout + stderr]);
}

beforeAll(async () => {
    project.set("adminCredentials", "true");
    project.set("sampleWorkloads", "true");
    const metadata = { name: "queue-login", namespace: "shop" };
    fs.writeFileSync(
        path.join(project.root, "policies", "namespaces", "shop", "workloads", "login.json"),
        JSON.stringify({
            apiVersion: "v1",
            kind: "Secret",
            metadata,
            stringData: { password: MARKED.workload },
        }),
    );
    await remember("up", "--diff");
    await remember("preview", "--diff", "--json");
    await remember("refresh");
    await remember("outputs", "--json");
    await remember("exec", "pulumi", "stack", "export", "--stack", "dev");
    project.set("tags", "{ owner: me }");
    await remember("up", "--diff");
    await remember("status");
});
afterAll(() => project.dispose());

/** Every file below a folder. */
const filesOf = (folder: string): string[] =>
    fs
        .readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => path.join(entry.parentPath, entry.name));

/** Base64 shifts with the position: any of the three alignments may stand in a kubeconfig or a Secret. */
const encodings = (secret: string): string[] => [
    secret,
    ...["", "a", "ab"].map((shift) => Buffer.from(`${shift}${secret}`).toString("base64").slice(4, -4)),
];

test("the sample workloads come up under the policies", async () => {
    const { items } = await project.kubectl<{
        items: { metadata: { name: string }; status: { readyReplicas?: number } }[];
    }>("get", "-n", "shop", "deployments,statefulsets");
    expect(items.map(({ metadata, status }) => [metadata.name, status.readyReplicas]).sort()).toEqual([
        ["front", 1],
        ["orders", 1],
        ["products", 1],
        ["queue", 1],
    ]);
});

test("a setting encrypted for the real stack is refused by its place, its value unsaid", async () => {
    project.set("tags", `{ owner: me }\n  aks-cilium:location:\n    secure: ${MARKED.setting}`);
    const { code, stdout, stderr } = await project.rehearse("preview");
    printed.push(["preview with a secure setting", stdout + stderr]);
    expect(code).toBe(2);
    expect(stderr).toMatch(
        /Pulumi\.dev\.yaml:\d+: a secret encrypted for the real stack, which the rehearsal cannot read/,
    );
    project.restore("Pulumi.dev.yaml");
});

test("no token, passphrase or marked secret in state, logs, requests, outputs and everything printed", () => {
    const read = (...names: string[]) => fs.readFileSync(path.join(project.state, ...names), "utf8").trim();
    const token = read("clusters", "token");
    const passphrase = read("pulumi", "passphrase");
    expect(token).toMatch(/^[0-9a-f]{64}$/);
    const secrets = [...encodings(token), passphrase, ...encodings(MARKED.workload), MARKED.setting];
    // Where they have to be: the cluster's own store and logins, and the passphrase itself.
    const theirs = [["clusters"], ["pulumi", "passphrase"]].map((names) =>
        path.join(project.state, ...names),
    );
    const kept = filesOf(project.state).filter((file) => !theirs.some((place) => file.startsWith(place)));
    for (const place of ["pulumi/backend", "pulumi/settings", "log", "requests.jsonl"])
        expect(kept.some((file) => file.startsWith(path.join(project.state, place)))).toBe(true);
    const texts: [string, string][] = [
        ...kept.map((file): [string, string] => [file, fs.readFileSync(file, "utf8")]),
        ...printed,
    ];
    const found = texts
        .filter(([, text]) => secrets.some((secret) => text.includes(secret)))
        .map(([what]) => what);
    process.stderr.write(
        `    ${secrets.length} secrets looked for in ${texts.length} texts: ${found.length} found\n`,
    );
    expect(found).toEqual([]);
});

test("the search finds what is there: the same secrets where they have to be", async () => {
    const token = fs.readFileSync(path.join(project.state, "clusters", "token"), "utf8");
    const kubeconfigs = filesOf(path.join(project.state, "clusters")).filter((file) =>
        file.endsWith("kubeconfig"),
    );
    expect(kubeconfigs.some((file) => fs.readFileSync(file, "utf8").includes(token))).toBe(true);
    const { data } = await project.kubectl<{ data: { password: string } }>(
        "get",
        "-n",
        "shop",
        "secret",
        "queue-login",
    );
    expect(
        encodings(MARKED.workload)
            .slice(1)
            .some((part) => data.password.includes(part)),
    ).toBe(true);
});
