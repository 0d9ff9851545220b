import * as fs from "node:fs";
import * as path from "node:path";
import { azureFaults } from "./support/harm";
import { Project, type Result } from "./support/project";
import {
    AZURE_FAULTS,
    CLUSTER_FAULTS,
    POLICY_FAULTS,
    type Fault,
    type Verdict,
} from "./support/verify-faults";

/** `aks-cilium verify` on a healthy cluster, and on one that something is wrong with: verdict, exit code, advice. */
jest.setTimeout(15 * 60_000);

interface Check {
    readonly id: string;
    readonly title: string;
    readonly expected: string;
    readonly found: string;
    readonly verdict: Verdict;
    readonly look: string;
    readonly advice: string;
}

const project = new Project("verify");
const table: string[] = [];
const sleep = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

const verify = (...args: string[]): Promise<Result> =>
    project.rehearse("exec", "node", "cli/bin/aks-cilium.js", "verify", "--stack", "dev", ...args);

async function checksOf(...args: string[]): Promise<{ code: number; seconds: number; checks: Check[] }> {
    const { code, stdout, stderr, seconds } = await verify("--format", "json", ...args);
    try {
        return { code, seconds, checks: (JSON.parse(stdout) as { checks: Check[] }).checks };
    } catch {
        throw new Error(`verify ended with ${code}\n${stdout}\n${stderr}`);
    }
}

/** Controllers take a moment: asks until verify ends as expected, at most for this long. */
async function settled(exit: number, args: readonly string[], seconds = 60) {
    for (const end = Date.now() + seconds * 1000; ; await sleep(500)) {
        const result = await checksOf(...args);
        if (result.code === exit || Date.now() > end) return result;
    }
}

const isMeant = (id: string, pattern: string) =>
    pattern.endsWith("*") ? id.startsWith(pattern.slice(0, -1)) : id === pattern;

beforeAll(async () => {
    await project.succeed("up");
});
afterAll(async () => {
    process.stderr.write(
        `\n| fault | what verify said | exit |\n| --- | --- | --- |\n${table.join("\n")}\n\n`,
    );
    await project.dispose();
});

test("a healthy cluster: every check passes, exit 0", async () => {
    const { code, checks, seconds } = await settled(0, []);
    process.stderr.write(`    ${checks.length} checks, ${seconds.toFixed(1)} s\n`);
    expect(checks.filter(({ verdict }) => verdict !== "pass")).toEqual([]);
    expect(code).toBe(0);
    expect(checks.length).toBeGreaterThan(30);
    const { stdout } = await verify();
    expect(stdout.trimEnd().split("\n").at(-1)).toMatch(new RegExp(`^${checks.length} checks: `));
});

describe.each([
    ["Azure", AZURE_FAULTS],
    ["the cluster", CLUSTER_FAULTS],
    ["policies", POLICY_FAULTS],
])("something wrong with %s", (_, faults: readonly Fault[]) => {
    let healed: Fault["heal"];
    const isHealthy = async () =>
        expect((await settled(0, [])).checks.filter(({ verdict }) => verdict !== "pass")).toEqual([]);
    afterEach(async () => {
        azureFaults()(project);
        fs.rmSync(path.join(project.state, "cluster-faults.json"), { force: true });
        await healed?.(project);
        // Azure's faults leave nothing behind; what was done to the cluster has to be over before the next.
        if (faults !== AZURE_FAULTS) await isHealthy();
        healed = undefined;
    });
    afterAll(isHealthy);

    test.each(faults.map((fault) => [fault.name, fault] as const))("%s", async (name, fault) => {
        await fault.make(project);
        healed = fault.heal;
        const { code, checks } = await settled(fault.exit, fault.args?.(project) ?? []);
        const bad = checks.filter(({ verdict }) => verdict !== "pass");
        const [first] = bad;
        const said = bad.length === 0 ? "nothing: all passed" : `${first?.title}: ${first?.found}`;
        table.push(`| ${name} | ${said.replaceAll("|", "\\|").replaceAll("\n", " ")} | ${code} |`);

        const patterns = Object.entries(fault.checks);
        const unmeant = bad.filter(
            ({ id, verdict }) => !patterns.some(([pattern, is]) => isMeant(id, pattern) && is === verdict),
        );
        expect(unmeant.map(({ id, verdict, found }) => `${id} ${verdict}: ${found}`)).toEqual([]);
        const missing = patterns.filter(
            ([pattern, is]) => !bad.some(({ id, verdict }) => isMeant(id, pattern) && is === verdict),
        );
        expect(missing).toEqual([]);
        expect(code).toBe(fault.exit);
        const text = bad.map(({ id, found, advice }) => `${id}\n${found}\n${advice}`).join("\n");
        for (const words of fault.says) expect(text).toMatch(words);
        for (const check of bad.filter(({ verdict }) => verdict === "fail" || verdict === "unknown")) {
            expect(check.advice).not.toBe("");
            expect(check.look).toMatch(/^(az|kubectl|pulumi) /);
        }
    });
});
