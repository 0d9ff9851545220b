import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { gunzipSync } from "node:zlib";
import type { JsonObject, ManifestDocument } from "../cilium/manifest/document";
import { readWorkloads } from "../cilium/model/workloads";
import { buildReachability } from "../cilium/reachability";
import type { Peer, Reachability } from "../cilium/reachability/types";
import { generateCluster, type GenerateOptions } from "./lib/generate";
import { measureOnce, type Measurement } from "./lib/measure";
import type { BenchResult } from "./lib/result";

/** np-guard's netpol-analyzer 1.4.4 at 1,000 workloads and 200 NetworkPolicies on a 2-core machine, CPU seconds. */
const NP_GUARD_CPU_SECONDS = 156;
const SIZES = [
    { workloads: 100, policies: 20 },
    { workloads: 1000, policies: 200 },
    { workloads: 10000, policies: 2000 },
] as const;
const QUERIES = 1_000_000;

function documentOf(value: JsonObject, index: number): ManifestDocument {
    const { name, namespace } = value.metadata as { name: string; namespace?: string };
    const file = "generated";
    return {
        file,
        index,
        apiVersion: String(value.apiVersion),
        kind: String(value.kind),
        name,
        namespace,
        value,
        locate: () => ({ file, line: index + 1, column: 1 }),
    };
}

function cluster(options: GenerateOptions): { documents: ManifestDocument[]; build: () => Reachability } {
    const { workloads, policies } = generateCluster(options);
    const documents = [...workloads, ...policies].map(documentOf);
    const build = (): Reachability => {
        const { endpoints, services } = readWorkloads(documents);
        return buildReachability({
            documents,
            endpoints,
            services,
            cluster: { cilium: ["1.18"], advancedNetworking: "l7" },
            minor: "1.18",
        });
    };
    return { documents, build };
}

/** CPU and wall time of a piece of work in this process; memory is the most that was resident so far. */
function measure<T>(name: string, work: () => T): { row: Measurement; value: T } {
    const cpu = process.cpuUsage();
    const start = performance.now();
    const value = work();
    const used = process.cpuUsage(cpu);
    const row = {
        name,
        cpuSeconds: (used.user + used.system) / 1e6,
        wallSeconds: (performance.now() - start) / 1e3,
        maxRssMB: process.resourceUsage().maxRSS / 1024,
    };
    return { row, value };
}

function query(reachability: Reachability, ends: readonly Peer[]): number {
    let allowed = 0;
    for (let i = 0; i < QUERIES; i++) {
        const from = ends[(i * 7919) % ends.length]!;
        const to = ends[(i * 104729) % ends.length]!;
        if (reachability.query(from, to, "TCP", i % 3 === 0 ? 80 : 8080).overall !== "deny") allowed++;
    }
    return allowed;
}

/** A whole process: `aks-cilium reach --format json` on files. */
async function commandLine(root: string, options: GenerateOptions): Promise<Measurement> {
    return withFolder((folder) => {
        const { workloads, policies } = generateCluster(options);
        const write = (name: string, objects: readonly JsonObject[]): string => {
            const path = join(folder, name);
            writeFileSync(path, objects.map((object) => `---\n${yaml(object)}`).join("\n"));
            return path;
        };
        const program = join(root, "node_modules/.bin/aks-cilium");
        const files = [write("policies.yaml", policies), "-w", write("workloads.yaml", workloads)];
        const argv = [program, "reach", ...files, "--system", "none", "--format", "json"];
        return measureOnce("aks-cilium reach --format json, NetworkPolicy only, 1,000 / 200", { argv });
    });
}

/** The same recorded scenarios through the recording program and through `npm run conformance`. */
async function recordedFile(root: string, oracle: string, file: string): Promise<[Measurement, Measurement]> {
    return withFolder(async (folder) => {
        const raw = readFileSync(file);
        const lines = (file.endsWith(".gz") ? gunzipSync(raw) : raw).toString().trimEnd().split("\n");
        const cases = join(folder, "cases.jsonl");
        writeFileSync(
            cases,
            lines.map((line) => JSON.stringify((JSON.parse(line) as { case: unknown }).case)).join("\n"),
        );
        const env = { ...process.env, ORACLE_ANY_CLUSTER: "1" };
        const argv = [oracle, "verdicts", "-in", cases, "-out", join(folder, "answers.jsonl")];
        const theirs = await measureOnce(`recording program, ${lines.length} scenarios`, { argv, env });
        const ours = await measureOnce(`npm run conformance, the same scenarios`, {
            argv: ["npm", "run", "-s", "conformance", "--", file],
            cwd: root,
        });
        return [theirs, ours];
    });
}

async function withFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
    const folder = mkdtempSync(join(tmpdir(), "aks-cilium-bench-"));
    try {
        return await work(folder);
    } finally {
        rmSync(folder, { recursive: true, force: true });
    }
}

/** JSON is YAML; one object a document, as `kubectl get -o json` would print it, but in block style where it is cheap. */
function yaml(object: JsonObject): string {
    return Object.entries(object)
        .map(([key, value]) => `${key}: ${JSON.stringify(value)}`)
        .join("\n");
}

/**
 * `npm run bench -- reach [--oracle PATH --recorded FILE]`: generated clusters of three sizes, point queries, the whole
 * command, and where the recording program is at hand, a recorded file through both.
 */
export async function bench(args: readonly string[]): Promise<BenchResult> {
    const { values } = parseArgs({
        args: [...args],
        options: { oracle: { type: "string" }, recorded: { type: "string" } },
    });
    const root = resolve(__dirname, "..");
    const rows: Measurement[] = [];
    const ratios: Record<string, number> = {};
    for (const size of SIZES) {
        const { documents, build } = cluster(size);
        const title = `${size.workloads} workloads / ${size.policies} policies`;
        const built = measure(`${title}: build`, build);
        const pairs = measure(`${title}: all pairs, all ports`, () => [...built.value.connections()].length);
        rows.push(built.row, pairs.row);
        ratios[`seconds for ${title}, build and all pairs`] = built.row.cpuSeconds + pairs.row.cpuSeconds;
        const ends = readWorkloads(documents).endpoints.map(({ id }): Peer => ({ endpoint: id }));
        const asked = measure(`${title}: ${QUERIES} point queries`, () => query(built.value, ends));
        rows.push(asked.row);
        ratios[`queries per second, ${title}`] = QUERIES / asked.row.cpuSeconds;
    }
    const whole = await commandLine(root, {
        workloads: 1000,
        policies: 200,
        networkPolicyOnly: true,
    });
    rows.push(whole);
    ratios["np-guard 1.4.4 (156 CPU s) / aks-cilium reach"] = NP_GUARD_CPU_SECONDS / whole.cpuSeconds;
    if (values.oracle !== undefined && values.recorded !== undefined) {
        const [theirs, ours] = await recordedFile(root, values.oracle, resolve(values.recorded));
        rows.push(theirs, ours);
        ratios["recording program / npm run conformance"] = theirs.cpuSeconds / ours.cpuSeconds;
    }
    return {
        rows,
        ratios,
        limits: { "seconds for 10000 workloads / 2000 policies, build and all pairs": { atMost: 10 } },
        notes: [
            "np-guard's figure is published for the same shape of input on a 2-core machine; it was not run here.",
        ],
    };
}
