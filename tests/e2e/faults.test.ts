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

/** Chosen anew for each run and printed; `FAULTS_SEED=N` runs one again. */
const seed = Number(process.env["FAULTS_SEED"] ?? Date.now() % 1_000_000);
const random = generator(seed);

/** Mulberry32: numbers in [0, 1) that are the same for the same seed. */
function generator(state: number): () => number {
    return () => {
        state = (state + 0x6d2b79f5) | 0;
        let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
        mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
        return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
    };
}

/** A verb that runs, and what it has said so far. */
class Run {
    text = "";
    code: number | undefined;
    readonly ended: Promise<number>;
    private readonly watchers = new Set<() => void>();

    constructor(verb: string) {
        const child = project.spawn(verb);
        for (const stream of [child.stdout, child.stderr])
            stream.setEncoding("utf8").on("data", (chunk: string) => {
                this.text += chunk;
                this.tell();
            });
        this.ended = new Promise((resolve) =>
            child.on("close", (code) => {
                this.code = code ?? -1;
                this.tell();
                resolve(this.code);
            }),
        );
    }

    private tell(): void {
        for (const watcher of this.watchers) watcher();
    }

    /** Comes when the text is so, or when the run is over. */
    until(holds: (text: string) => boolean): Promise<void> {
        return new Promise((resolve) => {
            const look = () => {
                if (this.code === undefined && !holds(this.text)) return;
                this.watchers.delete(look);
                resolve();
            };
            this.watchers.add(look);
            look();
        });
    }

    /** Steps that the engine has reported since it began to change things: begun and done are two. */
    static steps(text: string): number {
        const [, ...changing] = text.split(/^@ (?:updating|destroying)/m);
        return changing.join("").match(/^ *[-+~]+ +\S+ .*(?:ing|ed) \(/gm)?.length ?? 0;
    }
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
    (
        /error: +(?!update failed|preview failed)(?:\d+ errors? occurred:\s+\* )?(.*)/.exec(text)?.[1] ??
        "nothing"
    )
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

test("the API server goes away during up", async () => {
    changePolicies();
    const faults = path.join(project.state, "cluster-faults.json");
    const run = new Run("up");
    await run.until((text) => text.includes("@ updating"));
    // Whoever asks Azure for a cluster gets its servers started again, unless they are kept down.
    fs.writeFileSync(faults, JSON.stringify({ stopped: ["kube-apiserver"] }));
    kill(/kubestack kube-apiserver/);
    const code = await run.ended;
    fs.rmSync(faults);
    expect(code).not.toBe(0);
    expect(run.text).toContain("configured Kubernetes cluster is unreachable");
    await healed("API server gone during up", errorOf(run.text));
});

test("the Kubernetes provider plug-in is killed during up", async () => {
    changePolicies();
    const run = new Run("up");
    await run.until((text) => text.includes("@ updating"));
    // The preview's plug-in goes, the update's own comes: whichever lives from now on does not.
    while (run.code === undefined) {
        kill(/rehearsal\/kubernetes-[0-9a-f]+\.js/);
        await sleep(50);
    }
    expect(run.code).not.toBe(0);
    await healed("kubernetes plug-in killed during up", errorOf(run.text));
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
        // Retry-After: the provider's own patience is 20, 60 and 120 seconds.
        azureFaults({
            ...put,
            action: "fail",
            status: 500,
            times: 50,
            code: "InternalServerError",
            retryAfter: 1,
        });
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
    // The command on PATH may be a script around the engine.
    const engine = /path\/pulumi(-engine)? (up|destroy|refresh)/;
    const moments: string[] = [];
    let missed = 0;
    let verb = "up";
    process.stderr.write(`    FAULTS_SEED=${seed}\n`);
    for (let round = 0; moments.length < 10; round++) {
        if (round === 30) throw new Error(`only ${moments.length} of 30 runs could be cut off`);
        const signal = moments.length % 2 === 0 ? "SIGKILL" : "SIGINT";
        const [steps, pause] = [Math.floor(random() * 25), Math.floor(random() * 500)];
        const run = new Run(verb);
        await run.until((text) => /^@ (updating|destroying)/m.test(text) && Run.steps(text) >= steps);
        await Promise.race([sleep(pause), run.ended]);
        const running = run.code === undefined;
        const hit = running && kill(engine, signal) > 0;
        // Between two looks it may have ended; but one that is never found would let this test prove nothing.
        if (running && !hit && ++missed > 3) throw new Error(`no engine found in ${missed} runs of it`);
        const code = await run.ended;
        if (code === 2 && !/cut off|error:/.test(run.text)) throw new Error(`round ${round}: ${run.text}`);
        if (hit) moments.push(`${verb} ${signal} after ${Run.steps(run.text)} steps and ${pause} ms`);
        // What has ended by itself leaves nothing to cut off for the same verb.
        verb = hit ? (random() < 0.7 ? "up" : "destroy") : verb === "up" ? "destroy" : "up";
    }
    process.stderr.write(`    ${moments.join("; ")}\n`);
    await healed("engine killed or interrupted at ten random moments", "the operation cut off");
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
