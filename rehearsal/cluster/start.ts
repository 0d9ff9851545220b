import * as fs from "node:fs";
import * as path from "node:path";
import { lock } from "../lock";
import { placesOf, type Places } from "../places";
import { rememberedPorts } from "../ports";
import { forget, isExecutable, known, running, sleep, startInBackground, stop, tail } from "../process";
import { readRuntime, type Runtime } from "../runtime";
import { Client, StatusError } from "./client";
import { readFaults } from "./faults";
import { follow, isFollowed } from "./follow";
import {
    accessOf,
    kubeconfigOf,
    prepare,
    readSpecification,
    writeKubeconfig,
    writeSpecification,
} from "./folder";
import { serversOf } from "./servers";
import { endStrays } from "./strays";

const PORTS = ["apiServer", "etcd", "etcdPeer", "scheduler", "controllerManager"] as const;
const READY_SECONDS = 120;

/** Who starts a cluster and who deletes it take turns, in whatever processes they are. */
const lockCluster = (places: Places, name: string, what: string) =>
    lock(path.join(places.run, `cluster.${name}.lock`), `${what} of cluster ${name}`, 180_000);

/** Names of a cluster's processes below `run/`. */
const processOf = (cluster: string, server: string) => `cluster.${cluster}.${server}`;

/** The clusters that have a folder. */
export const clustersOf = (places: Places): string[] =>
    fs.existsSync(places.clusters)
        ? fs
              .readdirSync(places.clusters)
              .filter((name) => fs.existsSync(path.join(places.clusters, name, "tokens.csv")))
        : [];

/**
 * Starts what does not run of a cluster's control plane and nodes and makes its system objects follow `managedCluster`.
 * @param managedCluster ARM's answer to GET; undefined keeps what was said last.
 * @returns path of its kubeconfig.
 */
export async function startCluster(
    places: Places,
    runtime: Runtime,
    name: string,
    managedCluster?: unknown,
): Promise<string> {
    if (runtime.givenKubeconfig !== undefined) return runtime.givenKubeconfig;
    if (!isExecutable(runtime.kubestack))
        throw new Error(`${runtime.kubestack} is gone; run \`npm run rehearse\``);
    const folder = path.join(places.clusters, name);
    const unlock = await lockCluster(places, name, "start");
    try {
        // Azure may still be deleting it for an engine that was killed: what is gone meanwhile is not made anew.
        if (managedCluster === undefined && !clustersOf(places).includes(name)) return kubeconfigOf(folder);
        prepare(folder);
        if (managedCluster !== undefined) writeSpecification(folder, managedCluster);
        const specification = readSpecification(folder);
        const faults = readFaults(places.state);
        for (const server of faults.stopped) await stop(places.run, processOf(name, server));
        // A cluster whose API server is kept down is as far as it gets; one that never ran has no kubeconfig either.
        if (faults.stopped.includes("kube-apiserver")) return kubeconfigOf(folder);
        await startServers(places, runtime, name, specification.serviceCidr);
        const client = new Client(accessOf(folder));
        const late = isFollowed(folder) ? 0 : faults.crdDelaySeconds;
        if (late === 0) await follow(runtime, folder, client);
        else
            startInBackground({
                folder: places.run,
                name: processOf(name, "late-crds"),
                command: runtime.node,
                args: [
                    runtime.programs["cluster"] as string,
                    "follow",
                    "--name",
                    name,
                    "--after",
                    String(late),
                ],
                log: path.join(places.log, `${name}.late-crds.log`),
                env: { ...process.env, AKS_CILIUM_REHEARSAL: places.state },
            });
        return kubeconfigOf(folder);
    } finally {
        unlock();
    }
}

function addressOf(folder: string): string | undefined {
    return fs.existsSync(path.join(folder, "ports.json")) ? accessOf(folder).server : undefined;
}

async function startServers(places: Places, runtime: Runtime, name: string, serviceCidr: string) {
    const folder = path.join(places.clusters, name);
    const up = (server: string) => running(places.run, processOf(name, server)) !== undefined;
    const taken = new Set<(typeof PORTS)[number]>();
    if (up("kube-apiserver")) taken.add("apiServer");
    if (up("etcd")) taken.add("etcd").add("etcdPeer");
    if (up("kube-scheduler")) taken.add("scheduler");
    if (up("kube-controller-manager")) taken.add("controllerManager");
    const before = addressOf(folder);
    const ports = await rememberedPorts(path.join(folder, "ports.json"), PORTS, taken);
    // Somebody took the port while the server was down: its clients have the old address.
    if (before !== addressOf(folder))
        for (const client of ["kubelet", "kube-controller-manager", "kube-scheduler"])
            await stop(places.run, processOf(name, client));
    const log = (server: string) => path.join(places.log, `${name}.${server}.log`);
    const start = (server: string, command: string, args: readonly string[]) => {
        if (up(server)) return;
        startInBackground({
            folder: places.run,
            name: processOf(name, server),
            command,
            args,
            log: log(server),
        });
    };
    const [etcd, apiServer, ...others] = serversOf(folder, ports, serviceCidr);
    for (const server of [etcd, apiServer])
        if (server !== undefined) start(server.name, runtime.kubestack, [server.name, ...server.args]);
    await ready(folder, () => {
        for (const server of ["etcd", "kube-apiserver"])
            if (!up(server)) throw new Error(`${server} of cluster ${name} ended:\n${tail(log(server))}`);
    });
    writeKubeconfig(folder, name);
    for (const server of others) start(server.name, runtime.kubestack, [server.name, ...server.args]);
    start("kubelet", runtime.node, [runtime.programs["kubelet"] as string, folder]);
}

/** Waits for /readyz; `check` throws when waiting is of no use. */
async function ready(folder: string, check: () => void): Promise<void> {
    let last: unknown = "no answer";
    for (const end = Date.now() + READY_SECONDS * 1000; Date.now() < end; await sleep(50)) {
        check();
        try {
            await new Client(accessOf(folder)).call<string>("GET", "/readyz");
            return;
        } catch (error) {
            last = error;
        }
    }
    throw new Error(`the API server was not ready after ${READY_SECONDS} s: ${String(last)}`);
}

/** Ends a cluster's processes: nodes first, etcd last. */
export async function stopCluster(places: Places, name: string): Promise<void> {
    const prefix = processOf(name, "");
    const mine = known(places.run).filter((process) => process.startsWith(prefix));
    const last = [processOf(name, "kube-apiserver"), processOf(name, "etcd")];
    await Promise.all(
        mine.filter((process) => !last.includes(process)).map((process) => stop(places.run, process)),
    );
    for (const process of last) await stop(places.run, process);
    endStrays(path.join(places.clusters, name));
}

/** Ends a cluster and removes everything it held. */
export async function deleteCluster(places: Places, name: string): Promise<void> {
    const unlock = await lockCluster(places, name, "deletion");
    try {
        await stopCluster(places, name);
        for (const process of known(places.run).filter((process) => process.startsWith(processOf(name, ""))))
            forget(places.run, process);
        fs.rmSync(path.join(places.clusters, name), { recursive: true, force: true });
    } finally {
        unlock();
    }
}

/** The command in `AKS_CILIUM_CLUSTER`: see docs/rehearsal.md. */
async function command(argv: readonly string[]): Promise<void> {
    const [verb, ...rest] = argv;
    const option = (name: string) => {
        const at = rest.indexOf(name);
        return at < 0 ? undefined : rest[at + 1];
    };
    const name = option("--name");
    if (name === undefined || !/^[A-Za-z0-9][\w.-]*$/.test(name))
        throw new Error(`usage: start|stop|delete --name NAME [--state DIR]; NAME was ${String(name)}`);
    const state = option("--state");
    const places = placesOf(
        state === undefined ? process.env : { ...process.env, AKS_CILIUM_REHEARSAL: state },
    );
    if (verb === "follow") {
        await sleep(Number(option("--after") ?? 0) * 1000);
        const folder = path.join(places.clusters, name);
        return follow(readRuntime(places.state), folder, new Client(accessOf(folder)));
    }
    if (verb === "stop") return stopCluster(places, name);
    if (verb === "delete") return deleteCluster(places, name);
    if (verb !== "start") throw new Error(`no such verb: ${String(verb)}. Use start, stop or delete`);
    let text = "";
    if (!process.stdin.isTTY)
        for await (const chunk of process.stdin.setEncoding("utf8")) text += String(chunk);
    const cluster: unknown = text.trim() === "" ? undefined : JSON.parse(text);
    const kubeconfig = await startCluster(places, readRuntime(places.state), name, cluster);
    process.stdout.write(`${JSON.stringify({ kubeconfig })}\n`);
}

export async function main(argv: readonly string[]): Promise<number> {
    try {
        await command(argv);
        return 0;
    } catch (error) {
        const text =
            error instanceof StatusError
                ? `${error.status} ${error.message}`
                : String((error as Error).message);
        process.stderr.write(`${text}\n`);
        return 1;
    }
}

if (require.main === module)
    void main(process.argv.slice(2)).then((code) => {
        process.exitCode = code;
    });
