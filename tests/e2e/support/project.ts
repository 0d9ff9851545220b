import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { keepPreview } from "./recording";

const checkout = path.join(__dirname, "..", "..", "..");
/** The pinned Node, as npm scripts use it; jest itself may run on another one. */
const pinned = path.join(checkout, "node_modules", "node", "bin", "node");
const node = fs.existsSync(pinned) ? pinned : process.execPath;

/** What the program and the rehearsal are made of; tests change a copy of it, never the checkout. */
const PARTS = [
    ".github",
    "cilium",
    "cli",
    "components",
    "examples",
    "guardrails",
    "index.ts",
    "loader.cjs",
    "policies",
    "rehearsal",
];
const FILES = ["package.json", "tsconfig.json"];

export interface Result {
    readonly code: number;
    readonly stdout: string;
    readonly stderr: string;
    readonly seconds: number;
}

/** One step of a preview: what happens to which resource, and why. */
export interface Step {
    readonly op: string;
    readonly type: string;
    readonly name: string;
    readonly reasons: readonly string[];
    readonly replaces: readonly string[];
}

/** A copy of the project with a state folder of its own, driven through the command as a user would. */
export class Project {
    readonly root: string;
    readonly state: string;
    private readonly folder: string;

    constructor(purpose: string) {
        this.folder = fs.mkdtempSync(path.join(os.tmpdir(), `aks-cilium-${purpose}-`));
        this.root = path.join(this.folder, "project");
        this.state = path.join(this.folder, "state");
        fs.mkdirSync(this.root);
        const settings = fs.readdirSync(checkout).filter((name) => /^Pulumi(\..+)?\.yaml$/.test(name));
        for (const part of [...PARTS, ...FILES, ...settings])
            fs.cpSync(path.join(checkout, part), path.join(this.root, part), {
                recursive: true,
                filter: (file) => path.basename(file) !== "node_modules",
            });
        fs.symlinkSync(path.join(checkout, "node_modules"), path.join(this.root, "node_modules"));
    }

    get env(): NodeJS.ProcessEnv {
        // npm's INIT_CWD names the checkout; a user who works in the copy would have started npm there.
        const { NODE_OPTIONS: _, INIT_CWD: __, ...env } = process.env;
        return { ...env, AKS_CILIUM_REHEARSAL: this.state, NO_COLOR: "1" };
    }

    /** Starts `npm run rehearse -- ARGS`; the caller waits or interferes. */
    spawn(...args: string[]) {
        return spawn(node, [path.join(this.root, "rehearsal", "run.mjs"), ...args], {
            cwd: this.root,
            env: this.env,
            stdio: ["ignore", "pipe", "pipe"],
        });
    }

    /** Runs `npm run rehearse -- ARGS` to its end. */
    rehearse(...args: string[]): Promise<Result> {
        const started = Date.now();
        const child = this.spawn(...args);
        let stdout = "";
        let stderr = "";
        child.stdout.setEncoding("utf8").on("data", (chunk: string) => (stdout += chunk));
        child.stderr.setEncoding("utf8").on("data", (chunk: string) => (stderr += chunk));
        return new Promise((resolve, reject) => {
            child.on("error", reject);
            child.on("close", (code) =>
                resolve({ code: code ?? -1, stdout, stderr, seconds: (Date.now() - started) / 1000 }),
            );
        });
    }

    /** As rehearse, and the test fails with all that was said if it does not end well. */
    async succeed(...args: string[]): Promise<Result> {
        const result = await this.rehearse(...args);
        if (result.code !== 0)
            throw new Error(
                `rehearse ${args.join(" ")} ended with ${result.code}\n${result.stderr}\n${result.stdout}`,
            );
        return result;
    }

    /** The steps of a preview that change anything. */
    async preview(...args: string[]): Promise<Step[]> {
        return changes((await this.succeed("preview", "--json", ...args)).stdout);
    }

    /** As preview; it may be refused, and it is kept for the comment's tests under this name. */
    async recordedPreview(name: string): Promise<{ steps: Step[]; code: number; text: string }> {
        const { code, stdout, stderr } = await this.rehearse("preview", "--json");
        if (!stdout.includes("{")) throw new Error(`preview ended with ${code}\n${stderr}\n${stdout}`);
        keepPreview(name, stdout.slice(stdout.indexOf("{")), this.root);
        return { steps: changes(stdout), code, text: stdout };
    }

    /** Changes one place of a file of the copy. */
    edit(file: string, from: string | RegExp, to: string): void {
        const at = path.join(this.root, file);
        const before = fs.readFileSync(at, "utf8");
        const after = before.replace(from, to);
        if (after === before) throw new Error(`${file}: ${String(from)} does not occur`);
        fs.writeFileSync(at, after);
    }

    /** Adds or replaces one setting of a stack. */
    set(key: string, value: string, stack = "dev"): void {
        const at = path.join(this.root, `Pulumi.${stack}.yaml`);
        const rest = fs
            .readFileSync(at, "utf8")
            .replace(new RegExp(`^  aks-cilium:${key}:.*\\n(    .*\\n)*`, "m"), "");
        fs.writeFileSync(at, `${rest.trimEnd()}\n  aks-cilium:${key}: ${value}\n`);
    }

    /** Puts a file of the copy back as the checkout has it. */
    restore(...files: string[]): void {
        for (const file of files)
            fs.cpSync(path.join(checkout, file), path.join(this.root, file), { recursive: true });
    }

    async kubectl<T>(...args: string[]): Promise<T> {
        return JSON.parse((await this.succeed("kubectl", ...args, "-o", "json")).stdout) as T;
    }

    /** `NAMESPACE/NAME` of all objects of these kinds. */
    async names(kinds: string): Promise<string[]> {
        const { items } = await this.kubectl<{ items: { metadata: { name: string; namespace?: string } }[] }>(
            "get",
            kinds,
            "-A",
        );
        return items.map(({ metadata }) => `${metadata.namespace ?? ""}/${metadata.name}`).sort();
    }

    /** The requests that the stand-in of Azure answered. */
    requests(): { method: string; path: string; apiVersion: string; status: number; body: unknown }[] {
        const text = fs.readFileSync(path.join(this.state, "requests.jsonl"), "utf8").trim();
        return text === "" ? [] : text.split("\n").map((line) => JSON.parse(line));
    }

    /** Processes that were started from this state folder and still run, by what is written in their environment. */
    processes(): string[] {
        const found: string[] = [];
        for (const pid of fs.readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
            try {
                const command = fs.readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
                const env = fs.readFileSync(`/proc/${pid}/environ`, "utf8");
                const own = command.includes(this.state) || env.includes(`PULUMI_HOME=${this.state}`);
                if (own && Number(pid) !== process.pid) found.push(`${pid} ${command}`);
            } catch {
                // It ended meanwhile.
            }
        }
        return found;
    }

    /** Ends every process and removes everything. */
    async dispose(): Promise<void> {
        await this.rehearse("clean");
        const left = this.processes();
        fs.rmSync(this.folder, { recursive: true, force: true });
        if (left.length > 0) throw new Error(`still running after clean:\n${left.join("\n")}`);
    }
}

/** The steps of `pulumi preview --json` that change anything. */
export function changes(json: string): Step[] {
    const { steps = [] } = JSON.parse(json) as {
        steps?: { op: string; urn: string; diffReasons?: string[]; replaceReasons?: string[] }[];
    };
    return steps
        .filter(({ op }) => op !== "same" && op !== "read")
        .map(({ op, urn, diffReasons, replaceReasons }) => {
            const [, , types = "", name = ""] = urn.split("::");
            const type = types.split("$").at(-1) ?? "";
            return { op, type, name, reasons: diffReasons ?? [], replaces: replaceReasons ?? [] };
        });
}
