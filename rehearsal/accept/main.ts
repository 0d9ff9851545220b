import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import * as readline from "node:readline/promises";
import { parseArgs } from "node:util";
import { foreground, quietly } from "../child";
import { duration, say, UsageError } from "../say";
import {
    acceptanceSettings,
    describe,
    plannedSteps,
    redact,
    withTag,
    type AcceptanceRecord,
    type Check,
    type PlannedStep,
} from "./record";

/**
 * `npm run accept -- --stack NAME [--yes] [--record FILE]`: proves the program where it has to run. A stack of its own
 * (`NAME-accept`) with the settings of Pulumi.NAME.yaml goes up, is changed, and goes down again, with whatever engine,
 * backend and Azure account the shell has. Needs `pulumi` on PATH.
 */

const CLUSTER = "azure-native:containerservice:ManagedCluster";
const POLICY = "kubernetes:cilium.io/v2:CiliumNetworkPolicy";
const LEFT_OUT = new Set(["node_modules", ".git", "tests", "bench", "coverage"]);

interface Options {
    readonly stack: string;
    readonly yes: boolean;
    readonly record: string;
}

/** A run: the copy of the project that is changed, and what was found so far. */
class Acceptance {
    readonly checks: Check[] = [];
    readonly folder = fs.mkdtempSync(path.join(os.tmpdir(), "aks-cilium-accept-"));
    readonly stack: string;
    private readonly settings: string;

    constructor(
        root: string,
        private readonly options: Options,
    ) {
        const source = path.join(root, `Pulumi.${options.stack}.yaml`);
        if (!fs.existsSync(source))
            throw new UsageError(`--stack ${options.stack}: there is no Pulumi.${options.stack}.yaml here.`);
        this.stack = `${options.stack}-accept`;
        fs.cpSync(root, this.folder, {
            recursive: true,
            filter: (file) => !LEFT_OUT.has(path.basename(file)),
        });
        fs.symlinkSync(path.join(root, "node_modules"), path.join(this.folder, "node_modules"));
        this.settings = acceptanceSettings(fs.readFileSync(source, "utf8"));
        this.writeSettings(this.settings);
    }

    private writeSettings(text: string): void {
        const file = path.join(this.folder, `Pulumi.${this.stack}.yaml`);
        const salt = fs.existsSync(file)
            ? (/^encryptionsalt:.*$/m.exec(fs.readFileSync(file, "utf8"))?.[0] ?? "")
            : "";
        fs.writeFileSync(file, `${text}${salt}\n`);
    }

    private run(...args: string[]): Promise<number> {
        const all = [...args, "--stack", this.stack];
        return foreground("pulumi", all, { cwd: this.folder, env: process.env });
    }

    private async planned(): Promise<PlannedStep[]> {
        const args = ["preview", "--json", "--non-interactive", "--stack", this.stack];
        return plannedSteps(await quietly("pulumi", args, { cwd: this.folder, env: process.env }));
    }

    /** Does one check; `work` gives what was found and whether that is good. */
    private async check(name: string, work: () => Promise<[good: boolean, found: string]>): Promise<boolean> {
        const started = Date.now();
        let good = false;
        let found: string;
        try {
            [good, found] = await work();
        } catch (error) {
            found = (error as Error).message.split("\n").slice(0, 5).join("\n");
        }
        const seconds = (Date.now() - started) / 1000;
        this.checks.push({ name, verdict: good ? "pass" : "fail", seconds, found: redact(found) });
        say(
            `${good ? "pass" : "FAIL"}  ${name}: ${found.split("\n")[0] ?? ""} (${duration(seconds * 1000)})`,
        );
        return good;
    }

    private skip(name: string, found: string): void {
        this.checks.push({ name, verdict: "skipped", seconds: 0, found });
        say(`skip  ${name}: ${found}`);
    }

    private ended = async (...args: string[]): Promise<[boolean, string]> => {
        const code = await this.run(...args);
        return [code === 0, code === 0 ? "done" : `ended with ${code}`];
    };

    /** Changes nothing yet: creates the stack and says what will be made. */
    async plan(): Promise<PlannedStep[]> {
        const args = ["stack", "init", this.stack, "--non-interactive"];
        await quietly("pulumi", args, { cwd: this.folder, env: process.env }).catch((error: Error) => {
            // An earlier run was cut off: what it made is this run's to take over and to remove.
            if (!error.message.includes("already exists")) throw error;
        });
        return this.planned();
    }

    /** Removes the stack that holds nothing, and the copy of the project. */
    async forget(): Promise<void> {
        await this.run("stack", "rm", "--yes");
        fs.rmSync(this.folder, { recursive: true, force: true });
    }

    /** Up, what has to hold, and down; down in any case. */
    async prove(): Promise<void> {
        try {
            if (await this.check("up", () => this.ended("up", "--yes", "--skip-preview")))
                await this.proveRunning();
        } finally {
            const gone = await this.check("destroy", () => this.ended("destroy", "--yes", "--skip-preview"));
            if (gone) await this.run("stack", "rm", "--yes");
            else
                say(
                    `Something may still cost money: cd ${this.folder} && pulumi destroy --stack ${this.stack}`,
                );
        }
    }

    private async proveRunning(): Promise<void> {
        await this.verify();
        await this.exactly("a second preview", [], () => undefined);
        await this.exactly("a tags-only change", [`update ${CLUSTER}`], () =>
            this.writeSettings(withTag(this.settings, "accepted", "yes")),
        );
        await this.exactly("one changed policy", [`update ${POLICY}`], () => this.changePolicy());
    }

    /** A change must touch exactly these, and go through. */
    private async exactly(name: string, expected: string[], change: () => void): Promise<void> {
        change();
        const good = await this.check(
            `${name} touches ${expected.length === 0 ? "nothing" : expected.join(", ")}`,
            async () => {
                const steps = await this.planned();
                return [
                    steps.map(({ op, type }) => `${op} ${type}`).join() === expected.join(),
                    describe(steps),
                ];
            },
        );
        if (good && expected.length > 0)
            await this.check(`${name}: up`, () => this.ended("up", "--yes", "--skip-preview"));
    }

    private changePolicy(): void {
        const folder = path.join(this.folder, "policies", "namespaces");
        const files = fs.readdirSync(folder, { recursive: true, encoding: "utf8" });
        const file = files
            .map((name) => path.join(folder, name))
            .filter((name) => name.endsWith(".yaml"))
            .find((name) =>
                /^kind: CiliumNetworkPolicy$[\s\S]*^ {2}description: /m.test(fs.readFileSync(name, "utf8")),
            );
        if (file === undefined)
            throw new UsageError("policies/namespaces holds no CiliumNetworkPolicy with a description");
        fs.writeFileSync(
            file,
            fs.readFileSync(file, "utf8").replace(/^ {2}description: .*$/m, "  description: Accepted"),
        );
    }

    /** `aks-cilium verify`, where the command exists. */
    private async verify(): Promise<void> {
        const program = path.join(this.folder, "cli", "bin", "aks-cilium.js");
        const help = await quietly(process.execPath, [program, "--help"], {
            cwd: this.folder,
            env: process.env,
        }).catch(() => "");
        if (!/^\s+verify\b/m.test(help))
            return this.skip("verify", "this version has no `aks-cilium verify`");
        await this.check("verify", async () => {
            const args = [program, "verify", "--stack", this.stack];
            const code = await foreground(process.execPath, args, { cwd: this.folder, env: process.env });
            return [code === 0, `exit ${code}`];
        });
    }
}

async function agreed(stack: string, steps: readonly PlannedStep[]): Promise<boolean> {
    say(`This makes a stack ${stack} and removes it again: ${describe(steps)}.`);
    if (!process.stdin.isTTY)
        throw new UsageError("it costs money on Azure; say --yes where nobody can be asked.");
    const ask = readline.createInterface({ input: process.stdin, output: process.stderr });
    const answer = await ask.question(`It costs money on Azure. Type ${stack} to go on: `);
    ask.close();
    return answer.trim() === stack;
}

function readOptions(argv: readonly string[]): Options {
    const { values } = parseArgs({
        args: [...argv],
        options: {
            stack: { type: "string" },
            yes: { type: "boolean", default: false },
            record: { type: "string" },
        },
    });
    if (values.stack === undefined)
        throw new UsageError("usage: npm run accept -- --stack NAME [--yes] [--record FILE]");
    const record = values.record ?? path.join("bench", "results", `accept-${values.stack}.json`);
    return { stack: values.stack, yes: values.yes, record: path.resolve(record) };
}

async function accept(argv: readonly string[]): Promise<number> {
    const options = readOptions(argv);
    if (!options.yes && !process.stdin.isTTY)
        throw new UsageError("it costs money on Azure; say --yes where nobody can be asked.");
    const startedAt = new Date().toISOString();
    const run = new Acceptance(process.cwd(), options);
    const steps = await run.plan();
    if (!options.yes && !(await agreed(run.stack, steps))) {
        await run.forget();
        say("Nothing was made.");
        return 2;
    }
    await run.prove();
    const pulumi = await quietly("pulumi", ["version"], { cwd: process.cwd(), env: process.env });
    const record: AcceptanceRecord = {
        version: 1,
        startedAt,
        against: process.env["AKS_CILIUM_REHEARSAL"] === undefined ? "azure" : "rehearsal",
        settings: options.stack,
        versions: { node: process.version, pulumi: pulumi.trim() },
        checks: run.checks,
    };
    fs.mkdirSync(path.dirname(options.record), { recursive: true });
    fs.writeFileSync(options.record, `${JSON.stringify(record, undefined, 2)}\n`);
    const failed = run.checks.filter(({ verdict }) => verdict === "fail").length;
    say(`Record: ${options.record}`);
    process.stdout.write(
        `${run.checks.filter(({ verdict }) => verdict === "pass").length} passed, ${failed} failed\n`,
    );
    return failed === 0 ? 0 : 1;
}

if (require.main === module)
    accept(process.argv.slice(2)).then(
        (code) => {
            process.exitCode = code;
        },
        (error: Error) => {
            say(`accept: ${error.message}`);
            process.exitCode = 2;
        },
    );
