import { execFile } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { promisify } from "node:util";
import { quietly } from "./child";
import type { Azure } from "./environment";
import type { Places } from "./places";
import { isExecutable } from "./process";
import { say, UsageError } from "./say";

/** Released on PyPI; the version whose requests were recorded (the stand-in of Azure answers those). */
const VERSION = "2.91.0";
const CLOUD = "rehearsal";

const venvOf = (places: Places) => path.join(places.bin, `azure-cli-${VERSION}`);

/** The real Azure CLI: the one on PATH, else one in a virtual environment of our own, installed from PyPI once. */
async function findAz(places: Places, env: NodeJS.ProcessEnv): Promise<string> {
    const onPath = (env["PATH"] ?? "")
        .split(path.delimiter)
        .map((folder) => path.join(folder, "az"))
        .find(isExecutable);
    if (onPath !== undefined) return onPath;
    const az = path.join(venvOf(places), "bin", "az");
    const complete = path.join(venvOf(places), "complete");
    if (fs.existsSync(complete)) return az;
    fs.rmSync(venvOf(places), { recursive: true, force: true });
    const run = promisify(execFile);
    say(`Installing azure-cli ${VERSION} from PyPI into ${venvOf(places)} (some minutes, once)…`);
    try {
        // Scripts of a virtual environment name its folder, so it is made where it stays; a mark says that it is whole.
        await run("python3", ["-m", "venv", venvOf(places)]);
        const pip = path.join(venvOf(places), "bin", "pip");
        await run(pip, ["install", "--quiet", `azure-cli==${VERSION}`], { maxBuffer: 1 << 24 });
        fs.writeFileSync(complete, "");
    } catch (error) {
        fs.rmSync(venvOf(places), { recursive: true, force: true });
        const why = (error as Error).message.trim().split("\n").at(-1);
        throw new UsageError(
            `there is no \`az\` on PATH and it could not be installed (${why}). Install the Azure CLI.`,
        );
    }
    return az;
}

/**
 * The environment in which an unmodified `az` talks to nothing but the stand-in of Azure: a cloud of its own, a login as
 * its managed identity, folders of its own so that the user's ~/.azure and ~/.kube stay as they are.
 */
export function azEnvironment(places: Places, env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
    const home = path.join(places.state, "az");
    return {
        ...env,
        HOME: home,
        AZURE_CONFIG_DIR: path.join(home, "config"),
        AZURE_CORE_COLLECT_TELEMETRY: "false",
        AZURE_CORE_NO_COLOR: "true",
        // `az aks get-credentials` writes to the first file named here; ours belongs to the cluster.
        KUBECONFIG: path.join(home, "kubeconfig"),
    };
}

/** Finds az, and tells it once where Azure is and who it is. */
export async function prepareAz(places: Places, base: NodeJS.ProcessEnv, azure: Azure) {
    const env = azEnvironment(places, base);
    const az = await findAz(places, base);
    const home = path.join(places.state, "az");
    const mark = path.join(home, "logged-in-at");
    if (fs.existsSync(mark) && fs.readFileSync(mark, "utf8") === azure.endpoint) return { az, env };
    fs.rmSync(home, { recursive: true, force: true });
    fs.mkdirSync(home, { recursive: true, mode: 0o700 });
    const run = (...args: string[]) => quietly(az, args, { cwd: home, env });
    await run(
        ...["cloud", "register", "--name", CLOUD, "--skip-endpoint-discovery"],
        ...["--endpoint-resource-manager", azure.endpoint],
        ...["--endpoint-management", azure.endpoint],
        ...["--endpoint-active-directory", azure.endpoint],
        ...["--endpoint-active-directory-resource-id", azure.endpoint],
        ...["--endpoint-active-directory-graph-resource-id", azure.endpoint],
    );
    await run("cloud", "set", "--name", CLOUD);
    await run("login", "--identity");
    fs.writeFileSync(mark, azure.endpoint);
    return { az, env };
}
