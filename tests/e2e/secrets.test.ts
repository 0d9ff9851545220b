import * as fs from "node:fs";
import * as path from "node:path";
import { Project } from "./support/project";

/**
 * Secrets that exist in a rehearsal are looked for in everything that is kept or printed: none may be there in plain text.
 */
jest.setTimeout(15 * 60_000);

const project = new Project("secrets");
const printed: [what: string, text: string][] = [];

async function remember(...args: string[]): Promise<void> {
    const { stdout, stderr } = await project.succeed(...args);
    printed.push([args.join(" "), stdout + stderr]);
}

beforeAll(async () => {
    project.set("adminCredentials", "true");
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

test("no kubeconfig token and no passphrase in state, logs, requests, outputs and everything printed", () => {
    const read = (...names: string[]) => fs.readFileSync(path.join(project.state, ...names), "utf8").trim();
    const token = read("clusters", "token");
    const passphrase = read("pulumi", "passphrase");
    expect(token).toMatch(/^[0-9a-f]{64}$/);
    // Base64 shifts with the position: any of the three alignments may stand in a kubeconfig.
    const encoded = ["", "a", "ab"].map((shift) =>
        Buffer.from(`${shift}${token}`).toString("base64").slice(4, -4),
    );
    const secrets = [token, passphrase, ...encoded];
    const kept = [
        ...filesOf(path.join(project.state, "pulumi", "backend")),
        ...filesOf(path.join(project.state, "pulumi", "settings")),
        ...filesOf(path.join(project.state, "log")),
        path.join(project.state, "requests.jsonl"),
        path.join(project.state, "runtime.json"),
    ];
    expect(kept.length).toBeGreaterThan(10);
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

test("the search finds what is there: the same secret where it has to be", () => {
    const token = fs.readFileSync(path.join(project.state, "clusters", "token"), "utf8");
    const kubeconfigs = filesOf(path.join(project.state, "clusters")).filter((file) =>
        file.endsWith("kubeconfig"),
    );
    expect(kubeconfigs.some((file) => fs.readFileSync(file, "utf8").includes(token))).toBe(true);
});
