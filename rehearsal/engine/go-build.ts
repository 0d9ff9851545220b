import { spawn, type ChildProcess } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { duration, say, UsageError } from "../say";
import { findGo } from "./go-toolchain";
import { KUBERNETES, LANGUAGE_HOST, PULUMI } from "./versions";

/** One binary, built from a folder that pins all of its modules in go.mod and go.sum. */
export interface Target {
    readonly name: "pulumi" | "pulumi-language-nodejs" | "kubestack";
    /** Where the binary goes, below its folder in the cache. @default "" */
    readonly below?: string;
    /** Folder of go.mod, below rehearsal/. */
    readonly folder: string;
    readonly package: string;
    /** Variables set by the linker: without them the binaries call themselves a development version. */
    readonly variables: Readonly<Record<string, string>>;
}

const PULUMI_VERSION = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version";
const KUBERNETES_VERSION = "k8s.io/component-base/version";
const [major = "", minor = ""] = KUBERNETES.split(".");

export const ENGINE: readonly Target[] = [
    {
        name: "pulumi",
        folder: "engine/go/pulumi",
        package: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
        variables: { [PULUMI_VERSION]: PULUMI },
    },
    {
        name: "pulumi-language-nodejs",
        // The engine finds the wrapper of session.ts beside itself, and that one starts the host.
        below: "host",
        folder: "engine/go/language-host",
        package: "github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs",
        variables: { [PULUMI_VERSION]: LANGUAGE_HOST },
    },
];

export const KUBESTACK: Target = {
    name: "kubestack",
    folder: "cluster/go",
    package: ".",
    variables: {
        [`${KUBERNETES_VERSION}.gitVersion`]: `v${KUBERNETES}`,
        [`${KUBERNETES_VERSION}.gitMajor`]: major,
        [`${KUBERNETES_VERSION}.gitMinor`]: minor,
        [`${KUBERNETES_VERSION}.gitTreeState`]: "clean",
        [`${KUBERNETES_VERSION}.gitCommit`]: "module",
        [`${KUBERNETES_VERSION}.buildDate`]: "2026-01-01T00:00:00Z",
    },
};

/** Bytes that module and build caches of all three need at their largest (measured: 7.1 GB). */
const ROOM = 8 * 1024 ** 3;

/** The environment of a build: caches of its own, no module or tool chosen by the machine's settings. */
export function goEnvironment(build: string): NodeJS.ProcessEnv {
    return {
        ...process.env,
        CGO_ENABLED: "0",
        GOWORK: "off",
        // The one that was found recent enough: another would be fetched without a word, and go with the build's caches.
        GOTOOLCHAIN: "local",
        GOCACHE: path.join(build, "cache"),
        GOMODCACHE: path.join(build, "modules"),
        // modcacherw: the folder is deleted after the build, and Go makes it read-only otherwise.
        GOFLAGS: "-mod=readonly -buildvcs=false -trimpath -modcacherw",
    };
}

/**
 * Refuses a build that cannot end well, before it begins.
 * @param bin where binaries are kept, a fetched Go among them
 * @returns the command of the Go to build with
 * @throws UsageError without Go or without room.
 */
export async function checkBuildable(
    bin: string,
    build: string,
    missing: readonly string[],
): Promise<string> {
    const what = missing.join(", ");
    fs.mkdirSync(build, { recursive: true });
    const { bavail, bsize } = fs.statfsSync(build);
    if (bavail * bsize < ROOM)
        throw new UsageError(
            `${what}: building takes ${ROOM / 1024 ** 3} GB in ${build} for a while, and ` +
                `${((bavail * bsize) / 1024 ** 3).toFixed(1)} GB are free there. Free some, or move the cache with XDG_CACHE_HOME.`,
        );
    try {
        return await findGo(bin);
    } catch (error) {
        if (!(error instanceof UsageError)) throw error;
        throw new UsageError(
            `${what}: neither found nor to be downloaded, so built from Go modules, but ${error.message} ` +
                `Or give it Pulumi ${PULUMI} and a cluster with --kubeconfig FILE.`,
        );
    }
}

/** Downloads what a target is built from, so that a later build of it need not wait for the network. */
export const prefetch = (go: string, rehearsal: string, target: Target, build: string): Promise<string> =>
    run(go, ["list", "-deps", target.package], {
        cwd: path.join(rehearsal, target.folder),
        env: goEnvironment(build),
    });

/**
 * Builds one binary to `folder/NAME`, telling how far it is every ten seconds.
 * @throws with the last lines of the compiler's output.
 */
export async function buildBinary(
    go: string,
    rehearsal: string,
    target: Target,
    build: string,
    folder: string,
): Promise<void> {
    const started = Date.now();
    const cwd = path.join(rehearsal, target.folder);
    const env = goEnvironment(build);
    const progress = { downloaded: 0, compiled: 0, all: 0 };
    const timer = setInterval(() => {
        const { downloaded, compiled, all } = progress;
        const far =
            compiled > 0
                ? `${compiled} of at most ${all} packages compiled`
                : `${downloaded} modules downloaded`;
        say(`  ${target.name}: ${far}, ${duration(Date.now() - started)}`);
    }, 10_000);
    const onLine = (line: string) => {
        if (line.startsWith("go: downloading")) progress.downloaded += 1;
        else if (/^[\w.-]+(\/\S+)*$/.test(line)) progress.compiled += 1;
    };
    try {
        const list = await run(go, ["list", "-deps", target.package], { cwd, env, onLine });
        progress.all = list.trim().split("\n").length;
        fs.mkdirSync(folder, { recursive: true });
        const temporary = path.join(folder, `.${target.name}.${process.pid}`);
        const variables = Object.entries(target.variables).map(([name, value]) => `-X ${name}=${value}`);
        const flags = ["-s", "-w", ...variables].join(" ");
        const args = ["build", "-v", "-ldflags", flags, "-o", temporary, target.package];
        await run(go, args, { cwd, env, onLine });
        fs.renameSync(temporary, path.join(folder, target.name));
    } finally {
        clearInterval(timer);
    }
    say(`  ${target.name}: built in ${duration(Date.now() - started)}`);
}

/** Runs a command to its end and gives its stdout; lines of stderr go to `onLine`. */
function run(
    command: string,
    args: readonly string[],
    options: { cwd?: string; env: NodeJS.ProcessEnv; onLine?: (line: string) => void },
): Promise<string> {
    return new Promise((resolve, reject) => {
        const child: ChildProcess = spawn(command, args, {
            cwd: options.cwd,
            env: options.env,
            stdio: ["ignore", "pipe", "pipe"],
        });
        let out = "";
        let rest = "";
        const last: string[] = [];
        child.stdout?.setEncoding("utf8").on("data", (chunk: string) => (out += chunk));
        child.stderr?.setEncoding("utf8").on("data", (chunk: string) => {
            const lines = (rest + chunk).split("\n");
            rest = lines.pop() ?? "";
            for (const line of lines) options.onLine?.(line);
            last.push(...lines);
            last.splice(0, last.length - 12);
        });
        child.on("error", reject);
        child.on("close", (code) => {
            if (code === 0) return resolve(out);
            reject(new Error(`${command} ${args[0]} ended with ${code}:\n${[...last, rest].join("\n")}`));
        });
        // The machine stays usable, and the plan that is shown meanwhile comes first.
        if (child.pid !== undefined) os.setPriority(child.pid, 10);
    });
}
