import * as fs from "node:fs";
import * as path from "node:path";
import { azOnPath, prepareAz } from "./az";
import { HELP, readArguments, type Arguments } from "./arguments";
import { foreground } from "./child";
import { runningAzure } from "./azure-server";
import { repair } from "./engine/repair";
import { deploymentOf, projectOf } from "./engine/state";
import { clearLocks, ensureStack, runEngine, stopEngine } from "./engine/stack";
import { emptyGivenCluster, leftInCluster } from "./given-cluster";
import { removeState, showStatus, stopAll } from "./housekeeping";
import { lock, LockedError } from "./lock";
import { ONLY_LOOPBACK } from "./loopback";
import { placesOf, type Places } from "./places";
import { quote } from "./plugins";
import { sayApplied, sayPieces } from "./report";
import { say, UsageError } from "./say";
import { joinSession, openSession, type Start } from "./session";
import { additions } from "./environment";

/** Folder of the program: this project's, or that of `--cwd` as seen from where npm was started. */
function programOf(start: Start, args: Arguments): string {
    if (args.cwd === undefined) return start.root;
    const folder = path.resolve(process.env["INIT_CWD"] ?? process.cwd(), args.cwd);
    if (!fs.existsSync(path.join(folder, "Pulumi.yaml")))
        throw new UsageError(`--cwd ${args.cwd}: there is no Pulumi.yaml in ${folder}.`);
    return folder;
}

/** up, preview, refresh, destroy. */
async function engineVerb(start: Start, places: Places, args: Arguments): Promise<number> {
    if (args.verb !== "up" && args.verb !== "preview" && args.verb !== "refresh" && args.verb !== "destroy")
        throw new Error(`${args.verb} is not pulumi's`);
    const program = programOf(start, args);
    const unlock = await lock(path.join(places.state, "lock"), `rehearse ${args.verb}`);
    try {
        const session = await openSession(start, places, args);
        sayPieces(session);
        clearLocks(program, places, args.stack);
        await repair(program, places, session.env, session.azure, args.stack);
        await ensureStack(program, places, session.env, args.stack);
        const deployment = () => deploymentOf(places, projectOf(program), args.stack);
        const before = deployment();
        const code = await runEngine(program, places, session.env, args.verb, args.stack, args.rest);
        const { givenKubeconfig } = session.runtime;
        if (code === 0 && args.verb === "destroy" && givenKubeconfig !== undefined)
            await emptyGivenCluster(givenKubeconfig, leftInCluster(before, deployment()));
        if (code === 0 && args.verb === "up" && program === start.root && !args.rest.includes("--json"))
            await sayApplied(start, places, args.stack);
        return code;
    } finally {
        unlock();
    }
}

/** The command line of this command, for whoever comes back to it from a shell. */
const itself = ({ root }: Start) => [process.execPath, path.join(root, "rehearsal", "run.mjs")];

/** outputs, kubectl, az, exec, env: next to whatever runs, so without the lock. */
async function commandVerb(start: Start, places: Places, args: Arguments): Promise<number> {
    const env = await joinSession(start, places, args.stack);
    const options = { cwd: process.env["INIT_CWD"] ?? start.root, env };
    switch (args.verb) {
        case "outputs":
            return runEngine(programOf(start, args), places, env, "outputs", args.stack, args.rest);
        case "kubectl":
            if (env["KUBECONFIG"] === undefined)
                throw new UsageError("there is no cluster yet. Run `npm run rehearse` first.");
            // A cluster of the rehearsal is on loopback; one that was given may be anywhere.
            return foreground("kubectl", args.rest, {
                ...options,
                env: env["KUBECONFIG"].startsWith(places.clusters) ? { ...env, ...ONLY_LOOPBACK } : env,
            });
        case "az": {
            const azure = runningAzure(places);
            if (azure === undefined) throw new Error("the stand-in of Azure does not run");
            const { az, env: own } = await prepareAz(places, env, azure);
            if (args.rest.join() === "--where") {
                process.stdout.write(`${az}\n`);
                return 0;
            }
            return foreground(az, args.rest, { ...options, env: own });
        }
        case "exec":
            env["PATH"] = `${azOnPath(places, itself(start))}${path.delimiter}${env["PATH"] ?? ""}`;
            return foreground(args.rest[0] as string, args.rest.slice(1), options);
        default: {
            const all = additions(places, runningAzure(places), env["KUBECONFIG"]);
            const lines = Object.entries(all).map(([name, value]) => `export ${name}=${quote(value)}`);
            const first = [azOnPath(places, itself(start)), places.path].map(quote).join(":");
            process.stdout.write(`${[...lines, `export PATH=${first}:"$PATH"`].join("\n")}\n`);
            return 0;
        }
    }
}

async function run(start: Start): Promise<number> {
    const args = readArguments(start.argv);
    const places = placesOf(process.env);
    switch (args.verb) {
        case "help":
            process.stdout.write(`${HELP}\n`);
            return 0;
        case "up":
        case "preview":
        case "refresh":
        case "destroy":
            return engineVerb(start, places, args);
        case "status":
            return showStatus(start, places, args.stack);
        case "stop":
            await stopEngine(places);
            say(`Ended ${await stopAll(places)} processes. The state stays in ${places.state}.`);
            return 0;
        case "clean":
            await stopEngine(places);
            await removeState(places);
            return 0;
        default:
            return commandVerb(start, places, args);
    }
}

/**
 * The command. Exit codes: the engine's or the other command's own; 2 for what could not be done.
 */
export async function main(start: Start): Promise<number> {
    try {
        return await run(start);
    } catch (error) {
        if (error instanceof UsageError || error instanceof LockedError) say(`rehearse: ${error.message}`);
        else
            say(
                `rehearse: ${error instanceof Error ? (process.env["DEBUG"] ? error.stack : error.message) : String(error)}`,
            );
        return 2;
    }
}
