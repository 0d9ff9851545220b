import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import type { Arguments } from "./arguments";
import { startAzure, runningAzure } from "./azure-server";
import { clustersOf, startCluster } from "./cluster/start";
import { tokenFile } from "./cluster/folder";
import { stackKubeconfig } from "./engine/state";
import { ensureBinaries, findEngine, kubestackOf, type Binaries } from "./engine/find";
import { environment, prepareFolders, type Azure } from "./environment";
import { installPlugins, providersOf, quote, type Plugin } from "./plugins";
import { installAnalyzer, packExecutables, runsPacks } from "./policy-pack/executables";
import type { Places } from "./places";
import { readRuntime, writeRuntime, type Runtime } from "./runtime";
import { UsageError } from "./say";

/** What `run.mjs` hands over. */
export interface Start {
    readonly root: string;
    readonly programs: Readonly<Record<string, string>>;
    readonly argv: readonly string[];
}

/** Everything a verb needs once the pieces are there. */
export interface Session {
    readonly start: Start;
    readonly places: Places;
    readonly runtime: Runtime;
    readonly binaries: Binaries;
    readonly plugins: readonly Plugin[];
    readonly azure: Azure;
    readonly env: NodeJS.ProcessEnv;
}

/** The cluster of `--kubeconfig`: as given now, else as remembered. */
function givenKubeconfig(places: Places, given: string | undefined): string | undefined {
    if (given !== undefined) {
        const file = path.resolve(given);
        if (!fs.existsSync(file)) throw new UsageError(`--kubeconfig ${given}: there is no such file.`);
        if (clustersOf(places).length > 0)
            throw new UsageError(
                `--kubeconfig: this state already has a cluster of its own. \`npm run rehearse -- clean\` first.`,
            );
        return file;
    }
    try {
        return readRuntime(places.state).givenKubeconfig;
    } catch {
        return undefined;
    }
}

/** Shows the plan while things build, all of it at once so that progress lines do not cut through it. */
async function showPlan(start: Start, stack: string): Promise<void> {
    const { scripts } = JSON.parse(fs.readFileSync(path.join(start.root, "package.json"), "utf8")) as {
        scripts: Record<string, string>;
    };
    if (scripts["plan"] === undefined) return;
    const args = ["run", "--silent", "plan", "--", stack];
    await new Promise<void>((resolve) => {
        const child = spawn("npm", args, { cwd: start.root, stdio: ["ignore", "pipe", "inherit"] });
        let text = "";
        child.stdout.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
        child.on("error", () => resolve());
        child.on("close", (code) => {
            if (code === 0) process.stderr.write(`Meanwhile, what will be created:\n\n${text}\n`);
            resolve();
        });
    });
}

/** Brings up everything below the program: binaries, plug-ins, Azure's stand-in, the clusters that exist. */
export async function openSession(start: Start, places: Places, args: Arguments): Promise<Session> {
    const given = givenKubeconfig(places, args.kubeconfig);
    const binaries = await ensureBinaries(start.root, places, given === undefined, () =>
        showPlan(start, args.stack),
    );
    const runtime: Runtime = {
        root: start.root,
        node: process.execPath,
        programs: start.programs,
        kubestack: kubestackOf(places),
        bin: places.bin,
        build: places.build,
        ...(given === undefined ? {} : { givenKubeconfig: given }),
    };
    prepareFolders(places, executables(start, places, binaries));
    if (!runsPacks(places, binaries.engine)) installAnalyzer(places);
    writeRuntime(places.state, runtime);
    const pulumi = path.join(binaries.engine, "pulumi");
    const plugins = await installPlugins(
        start.root,
        places,
        pulumi,
        start.programs,
        providersOf(process.env),
    );
    const bare = environment(places, undefined, given);
    const [azure] = await Promise.all([
        startAzure(places, start.programs["azure"], bare),
        ...clustersOf(places).map((name) => startCluster(places, runtime, name)),
    ]);
    const env = environment(places, azure, given ?? stackKubeconfig(places, start.root, args.stack));
    return { start, places, runtime, binaries, plugins, azure, env };
}

/**
 * Stand-in of kubelogin: any login succeeds, as the one person that the stand-in of Azure knows. Left out: Entra,
 * Azure RBAC inside the cluster.
 */
const KUBELOGIN = `#!/bin/sh
[ "$1" = get-token ] || { echo "kubelogin (stand-in): only get-token" >&2; exit 1; }
printf '{"apiVersion":"client.authentication.k8s.io/v1beta1","kind":"ExecCredential","status":{"token":"%s"}}' "$(cat FILE)"
`;

/** What stands first on PATH. */
function executables(start: Start, places: Places, binaries: Binaries): Record<string, string> {
    const node = quote(process.execPath);
    const cluster = quote(start.programs["cluster"] ?? "");
    const tool = (name: string) => path.join(binaries.engine, name);
    return {
        node: process.execPath,
        pulumi: tool("pulumi"),
        ...(runsPacks(places, binaries.engine)
            ? {}
            : packExecutables(places, binaries.engine, start.programs["policy-pack"] ?? "")),
        ...(binaries.kubestack === undefined ? {} : { kubectl: binaries.kubestack }),
        kubelogin: KUBELOGIN.replace("FILE", quote(tokenFile(places.clusters))),
        cluster: `#!/bin/sh\nAKS_CILIUM_REHEARSAL=${quote(places.state)} exec ${node} ${cluster} "$@"\n`,
    };
}

/** The environment of what runs now, without starting anything but what was up before. */
export async function joinSession(start: Start, places: Places, stack: string): Promise<NodeJS.ProcessEnv> {
    const runtime = readRuntime(places.state);
    if (findEngine(places) === undefined)
        throw new UsageError(`the engine is gone from ${places.bin}. Run \`npm run rehearse\` first.`);
    const bare = environment(places, undefined, runtime.givenKubeconfig);
    const [azure] = await Promise.all([
        runningAzure(places) ?? startAzure(places, start.programs["azure"], bare),
        ...clustersOf(places).map((name) => startCluster(places, runtime, name)),
    ]);
    return environment(places, azure, runtime.givenKubeconfig ?? stackKubeconfig(places, start.root, stack));
}
