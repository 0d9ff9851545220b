import * as fs from "node:fs";
import * as path from "node:path";
import { findAz } from "./az-install";
import { quietly } from "./child";
import type { Azure } from "./environment";
import { lock } from "./lock";
import { ONLY_LOOPBACK } from "./loopback";
import type { Places } from "./places";
import { quote } from "./plugins";

const CLOUD = "rehearsal";

const homeOf = (places: Places) => path.join(places.state, "az");
/** One line: where az is logged in, and which az. */
const markOf = (places: Places) => path.join(homeOf(places), "prepared");

/** Settings of az that hold for every call: no telemetry, no questions, nothing fetched, nobody reached but loopback. */
const SETTINGS = {
    ...ONLY_LOOPBACK,
    AZURE_CORE_COLLECT_TELEMETRY: "false",
    AZURE_CORE_NO_COLOR: "true",
    AZURE_CORE_LOGIN_EXPERIENCE_V2: "off",
    AZURE_EXTENSION_USE_DYNAMIC_INSTALL: "no",
} as const;

/**
 * The environment in which an unmodified `az` talks to nothing but the stand-in of Azure: a cloud of its own, a login as
 * its managed identity, folders of its own so that the user's ~/.azure and ~/.kube stay as they are.
 */
export function azEnvironment(places: Places, env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
    const home = homeOf(places);
    return {
        ...env,
        ...SETTINGS,
        HOME: home,
        AZURE_CONFIG_DIR: path.join(home, "config"),
        // `az aks get-credentials` writes to the first file named here; ours belongs to the cluster.
        KUBECONFIG: path.join(home, "kubeconfig"),
    };
}

/** Finds az, and tells it once where Azure is and who it is. */
export async function prepareAz(places: Places, base: NodeJS.ProcessEnv, azure: Azure) {
    const env = azEnvironment(places, base);
    const home = homeOf(places);
    const az = await findAz(places, base, binOf(places));
    const unlock = await lock(path.join(places.run, "az.lock"), "az login", 120_000);
    try {
        const mark = markOf(places);
        const prepared = `${azure.endpoint} ${az}\n`;
        if (fs.existsSync(mark) && fs.readFileSync(mark, "utf8") === prepared) return { az, env };
        for (const name of [mark, path.join(home, "config")])
            fs.rmSync(name, { recursive: true, force: true });
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
        fs.writeFileSync(mark, prepared);
        return { az, env };
    } finally {
        unlock();
    }
}

const binOf = (places: Places) => path.join(homeOf(places), "bin");

/**
 * Puts `az` on the PATH of commands that run inside the rehearsal, so that lines with az and kubectl can be typed as they
 * are: installed and logged in on first use, then the real one. The caller's KUBECONFIG is kept, and so is an
 * AZURE_CONFIG_DIR: whoever names one (docs/runbook.sh) keeps his own login.
 * @param rehearse the command line of this command.
 * @returns the folder for PATH.
 */
export function azOnPath(places: Places, rehearse: readonly string[]): string {
    const folder = binOf(places);
    const settings = Object.entries(SETTINGS).map(([name, value]) => `${name}=${quote(value)}`);
    const script = `#!/bin/sh
# The real az, against the stand-in of Azure.
read -r endpoint az 2>/dev/null <${quote(markOf(places))}
if [ "$endpoint" != "$ARM_ENDPOINT" ] || [ ! -x "$az" ]; then
    az=$(${rehearse.map(quote).join(" ")} az --where) || exit
fi
if [ -z "$AZURE_CONFIG_DIR" ]; then
    HOME=${quote(homeOf(places))}
    AZURE_CONFIG_DIR=${quote(path.join(homeOf(places), "config"))}
    export HOME AZURE_CONFIG_DIR
fi
exec env ${settings.join(" ")} "$az" "$@"
`;
    fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
    const file = path.join(folder, "az");
    fs.writeFileSync(`${file}.${process.pid}`, script, { mode: 0o755 });
    fs.renameSync(`${file}.${process.pid}`, file);
    return folder;
}
