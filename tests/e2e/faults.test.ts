import * as fs from "node:fs";
import * as path from "node:path";
import { Project } from "./support/project";

/**
 * What goes wrong, what the user sees, and what the next run makes of it. After every fault one `up` ends well, the
 * preview after it is empty, and nothing is there twice or left over.
 */
jest.setTimeout(30 * 60_000);

const POLICIES = "ciliumclusterwidenetworkpolicies.cilium.io,ciliumnetworkpolicies.cilium.io";
const project = new Project("faults");
const table: string[] = [];
const sleep = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
let expected: string[];

/** Runs `up` and does `harm` once the engine has begun to change things. */
async function upWith(
    harm: () => void | Promise<void>,
    sign = /@ updating/,
): Promise<{ code: number; text: string }> {
    const child = project.spawn("up");
    let text = "";
    let done = false;
    const look = (chunk: string) => {
        text += chunk;
        if (done || !sign.test(text)) return;
        done = true;
        void Promise.resolve(harm());
    };
    child.stdout.setEncoding("utf8").on("data", look);
    child.stderr.setEncoding("utf8").on("data", look);
    const code = await new Promise<number>((resolve) => child.on("close", (status) => resolve(status ?? -1)));
    return { code, text };
}

/** Kills the processes of this rehearsal whose command line matches; never another one's. */
function kill(pattern: RegExp, signal: NodeJS.Signals = "SIGKILL"): number {
    const pids = project.processes().filter((line) => pattern.test(line));
    for (const line of pids) process.kill(Number(line.split(" ")[0]), signal);
    return pids.length;
}

/** Changes every policy of the shop, so that an up has something to do in the cluster. */
function changePolicies(): void {
    const folder = path.join(project.root, "policies", "namespaces", "shop");
    for (const name of fs.readdirSync(folder).filter((file) => file.endsWith(".yaml"))) {
        const file = path.join(folder, name);
        const text = fs.readFileSync(file, "utf8");
        fs.writeFileSync(
            file,
            text.replace(/description: (.*)/, (_, old: string) => `description: ${old}!`),
        );
    }
}

/** Faults of the stand-in of Azure: a file. */
function azureFaults(...faults: object[]): void {
    fs.writeFileSync(path.join(project.state, "azure", "faults.json"), JSON.stringify(faults));
}

const clusters = () =>
    fs.readdirSync(path.join(project.state, "clusters")).filter((name) => name !== "token");

/** One up heals: it ends well, leaves nothing to do, and everything is there once. */
async function healed(fault: string, seen: string): Promise<void> {
    const { stdout, stderr } = await project.succeed("up");
    const told = /^The last run was cut off.*$/m.exec(stderr)?.[0];
    const counts =
        /^Resources:\n((?: {4}.*\n)+)/m
            .exec(stdout)?.[1]
            ?.trim()
            .replace(/\s*\n\s*/g, ", ") ?? "";
    table.push(`| ${fault} | ${seen} | ${told === undefined ? "" : "settled; "}${counts} |`);
    expect(await project.preview()).toEqual([]);
    expect(await project.names(POLICIES)).toEqual(expected);
    expect(clusters()).toHaveLength(1);
    const groups = new Set(
        project
            .requests()
            .filter(
                ({ method, path: at, status }) =>
                    method === "PUT" && status < 300 && /resourcegroups\/[^/]+$/i.test(at),
            )
            .map(({ path: at }) => at.toLowerCase()),
    );
    const gone = project
        .requests()
        .filter(({ method, path: at }) => method === "DELETE" && /resourcegroups\/[^/]+$/i.test(at));
    expect(groups.size - gone.length).toBe(1);
}

/** The last error that the engine printed. */
const errorOf = (text: string) =>
    (/error: (?!update failed|preview failed)(?:\d+ error occurred:\s+\* )?(.*)/.exec(text)?.[1] ?? "nothing")
        .replace(/resource "urn:[^"]*::/, 'resource "…')
        .slice(0, 160)
        .replaceAll("|", "\\|");

beforeAll(async () => {
    await project.succeed("up");
    expected = await project.names(POLICIES);
});
afterAll(async () => {
    process.stderr.write(
        `\n| fault | what the user saw | the next run |\n| --- | --- | --- |\n${table.join("\n")}\n\n`,
    );
    await project.dispose();
});

test("the API server is killed during up", async () => {
    changePolicies();
    let over = false;
    const down = async () => {
        // Whoever asks Azure for credentials gets the server started again: it is kept down to the end of this run.
        while (!over) {
            kill(/kubestack kube-apiserver/);
            await sleep(50);
        }
    };
    const { code, text } = await upWith(down);
    over = true;
    expect(code).not.toBe(0);
    await healed("API server killed during up", errorOf(text));
});

test("the Kubernetes provider plug-in is killed during up", async () => {
    changePolicies();
    const plugin = /rehearsal\/kubernetes-[0-9a-f]+\.js/;
    const { code, text } = await upWith(async () => {
        // The preview's plug-in goes, the update's own comes.
        const before = new Set(project.processes().filter((line) => plugin.test(line)));
        const isNew = (line: string) => plugin.test(line) && !before.has(line);
        for (let i = 0; i < 1200 && !project.processes().some(isNew); i++) await sleep(25);
        for (const line of project.processes().filter(isNew))
            process.kill(Number(line.split(" ")[0]), "SIGKILL");
    });
    expect(code).not.toBe(0);
    await healed("kubernetes plug-in killed during up", errorOf(text));
});

describe("Azure says no", () => {
    const put = { method: "PUT", path: "managedClusters/[^/]+$" };
    let owner = 0;
    /** Something that Azure has to be asked for. */
    const changeTags = () => project.set("tags", `{ owner: "${++owner}" }`);
    afterEach(() => azureFaults());

    test("429 with Retry-After", async () => {
        changeTags();
        azureFaults({ ...put, action: "fail", status: 429, code: "TooManyRequests", retryAfter: 1 });
        const { code, stdout } = await project.rehearse("up");
        expect(code).toBe(0);
        await healed(
            "429 to a cluster's PUT",
            `nothing, it was tried again${errorOf(stdout) === "nothing" ? "" : "!"}`,
        );
    });

    test("409, another operation is under way", async () => {
        changeTags();
        azureFaults({
            ...put,
            action: "fail",
            status: 409,
            code: "OperationNotAllowed",
            message: "Operation is not allowed because there's an in progress update.",
        });
        const { code, stdout } = await project.rehearse("up");
        expect(code).not.toBe(0);
        expect(stdout).toContain("OperationNotAllowed");
        await healed("409 to a cluster's PUT", errorOf(stdout));
    });

    test("500 again and again", async () => {
        changeTags();
        azureFaults({ ...put, action: "fail", status: 500, times: 50, code: "InternalServerError" });
        const { code, stdout } = await project.rehearse("up");
        expect(code).not.toBe(0);
        azureFaults();
        await healed("500 to every PUT of a cluster", errorOf(stdout));
    });

    test("a create that fails after 201", async () => {
        project.set("pools", "{ user: { vmSize: Standard_D4s_v5, count: 1 } }");
        azureFaults({
            method: "PUT",
            path: "agentPools/[^/]+$",
            action: "fail-operation",
            code: "QuotaExceeded",
            message: "not enough cores",
        });
        const { code, stdout } = await project.rehearse("up");
        expect(code).not.toBe(0);
        expect(stdout).toContain("QuotaExceeded");
        await healed("a pool whose creation fails after 201", errorOf(stdout));
        expect((await project.names("nodes")).filter((name) => name.includes("aks-user"))).toHaveLength(1);
    });
});

test("the engine is killed or interrupted at ten random moments of making and removing everything", async () => {
    await project.succeed("destroy");
    const moments: string[] = [];
    for (let round = 0; round < 10; round++) {
        const signal = round % 2 === 0 ? "SIGKILL" : "SIGINT";
        const verb = round % 5 === 4 ? "destroy" : "up";
        const child = project.spawn(verb);
        let text = "";
        child.stdout.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
        child.stderr.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
        const ended = new Promise<number>((resolve) => child.on("close", (code) => resolve(code ?? -1)));
        const engine = /path\/pulumi (up|destroy|refresh)/;
        for (let i = 0; i < 600 && !project.processes().some((line) => engine.test(line)); i++)
            await sleep(100);
        const wait = 500 + Math.random() * 12_000;
        await Promise.race([sleep(wait), ended]);
        const hit = kill(engine, signal);
        moments.push(`${verb} ${signal} ${(wait / 1000).toFixed(1)} s${hit === 0 ? " (had ended)" : ""}`);
        const code = await ended;
        if (code === 2 && !/cut off|error:/.test(text)) throw new Error(`round ${round}: ${text}`);
    }
    process.stderr.write(`    ${moments.join("; ")}\n`);
    await healed(
        "engine killed or interrupted, ten times",
        moments.length === 10 ? "the operation cut off" : "",
    );
});

test("destroy with the API server down ends", async () => {
    const settings = path.join(project.state, "pulumi", "settings", "aks-cilium", "Pulumi.dev.yaml");
    const server = project.processes().find((line) => line.includes("kubestack kube-apiserver"));
    const script = `kill -9 ${server?.split(" ")[0]}; pulumi destroy --yes --stack dev --config-file ${settings}`;
    const { stdout } = await project.succeed("exec", "sh", "-c", script);
    expect(stdout).toMatch(/- \d+ deleted/);
    table.push("| API server down during destroy | nothing, it ended | - |");
    const exported = await project.succeed("exec", "pulumi", "stack", "export", "--stack", "dev");
    expect(
        (JSON.parse(exported.stdout) as { deployment: { resources?: unknown[] } }).deployment.resources ?? [],
    ).toEqual([]);
    expect(clusters()).toEqual([]);
});

test("Cilium's CRDs arrive ten seconds after the cluster", async () => {
    const faults = path.join(project.state, "cluster-faults.json");
    fs.writeFileSync(faults, JSON.stringify({ crdDelaySeconds: 10 }));
    project.restore("Pulumi.dev.yaml", "policies");
    const { code } = await project.rehearse("up");
    fs.rmSync(faults);
    expect(code).toBe(0);
    await healed("CRDs ten seconds late", "nothing, it was tried again");
});

test("stop ends every process, whatever happened before", async () => {
    await project.succeed("stop");
    expect(project.processes()).toEqual([]);
});
