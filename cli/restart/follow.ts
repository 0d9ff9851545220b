import { setTimeout as sleep } from "node:timers/promises";
import { Interrupted } from "../operations/failure";
import type { Kubernetes } from "../operations/kubernetes";
import { KubernetesError } from "../operations/kubernetes-errors";
import type { Progress as Display } from "../operations/progress";
import { dataPlaneChecks, type DataPlaneCheck } from "./after";
import { dataPlaneFacts, findWorkload } from "./cluster";
import { WORKLOADS, type Progress, type WorkloadName } from "./rollout";
import { podLines, statusLine } from "./text";

/** How to wait. */
export interface Waiting {
    readonly signal: AbortSignal;
    /** Milliseconds since the epoch. */
    readonly deadline: number;
    readonly display: Display;
    /** Whether the display is a terminal, where one line says all the time where things are. */
    readonly terminal: boolean;
}

/** Milliseconds between two looks. */
const PAUSE = 1000;
/** Milliseconds that agents get to take their endpoints up again. */
const SETTLE = 120_000;

/**
 * Follows a rollout until it is complete or the time is over. An API server that gives no answer is waited for: a
 * rollout goes on without it.
 * @param before how it was when this run began, so that only what changes is told
 * @returns how far it got
 */
export async function followRollout(
    kubernetes: Kubernetes,
    name: WorkloadName,
    before: Progress,
    { signal, deadline, display, terminal }: Waiting,
): Promise<Progress> {
    const called = WORKLOADS[name].name;
    let seen = before;
    for (;;) {
        try {
            const { progress } = await findWorkload(kubernetes, name);
            for (const line of podLines(seen, progress)) display.say(`  ${line}`);
            seen = progress;
            if (terminal) display.update(statusLine(called, progress));
        } catch (error) {
            if (!passes(error)) throw error;
            display.update(`${called}: the API server gives no answer at the moment, waiting for it`);
        }
        if (seen.done || Date.now() > deadline) {
            display.done();
            return seen;
        }
        await pause(signal);
    }
}

/** Asks the data plane until all is well, or it had time enough. */
export async function settledDataPlane(
    kubernetes: Kubernetes,
    { signal, deadline, display, terminal }: Waiting,
): Promise<readonly DataPlaneCheck[]> {
    const end = Math.max(Date.now() + PAUSE, Math.min(deadline, Date.now() + SETTLE));
    for (;;) {
        const checks = dataPlaneChecks(await dataPlaneFacts(kubernetes));
        const open = checks.find(({ verdict }) => verdict !== "pass");
        if (open === undefined || Date.now() > end) {
            display.done();
            return checks;
        }
        if (terminal) display.update(`waiting for ${open.title}: ${open.found}`);
        await pause(signal);
    }
}

/** Failures that say nothing about the rollout: no answer at all, or a server that is busy or restarting. */
function passes(error: unknown): boolean {
    if (!(error instanceof KubernetesError)) return false;
    return error.status === undefined || error.status === 429 || error.status >= 500;
}

async function pause(signal: AbortSignal): Promise<void> {
    try {
        await sleep(PAUSE, undefined, { signal });
    } catch {
        throw new Interrupted();
    }
}
