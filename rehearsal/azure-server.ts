import * as fs from "node:fs";
import * as path from "node:path";
import type { Azure } from "./environment";
import type { Places } from "./places";
import { rememberedPorts } from "./ports";
import { running, sleep, startInBackground, tail } from "./process";

const NAME = "azure";
const READY_SECONDS = 30;

const logOf = (places: Places) => path.join(places.log, "azure.log");

/** The endpoint of the stand-in of Azure if it runs. */
export function runningAzure(places: Places): Azure | undefined {
    if (running(places.run, NAME) === undefined) return undefined;
    // It prints one JSON line when it is ready; see docs/rehearsal.md.
    const line = fs
        .readFileSync(logOf(places), "utf8")
        .split("\n")
        .find((text) => text.startsWith("{") && text.endsWith("}"));
    return line === undefined ? undefined : (JSON.parse(line) as Azure);
}

/**
 * Starts the stand-in of Azure's control plane unless it runs, on the port it had before.
 * @param program its bundle.
 */
export async function startAzure(
    places: Places,
    program: string | undefined,
    env: NodeJS.ProcessEnv,
): Promise<Azure> {
    if (program === undefined) throw new Error("rehearsal/azure/main.ts is missing");
    const already = running(places.run, NAME) !== undefined;
    if (!already) {
        const ports = await rememberedPorts(path.join(places.state, "ports.json"), ["azure"]);
        startInBackground({
            folder: places.run,
            name: NAME,
            command: process.execPath,
            args: [program, "--state", places.state, "--port", String(ports.azure)],
            log: logOf(places),
            env,
        });
    }
    for (const end = Date.now() + READY_SECONDS * 1000; Date.now() < end; await sleep(25)) {
        if (running(places.run, NAME) === undefined)
            throw new Error(`the stand-in of Azure ended:\n${tail(logOf(places))}`);
        const azure = runningAzure(places);
        if (azure !== undefined) return azure;
    }
    throw new Error(`the stand-in of Azure was not ready after ${READY_SECONDS} s; see ${logOf(places)}`);
}
