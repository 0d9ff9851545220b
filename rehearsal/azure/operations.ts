/** Long-running operations: begun by a request, done in the background, polled by the client. */
import { randomUUID } from "node:crypto";
import { ArmError, type JsonObject } from "./arm";
import type { Operation, Store } from "./store";

/** Does the work of one kind of job; a throw fails the operation. */
export type Work = (job: Operation["job"]) => Promise<void>;
/** What becomes of the resource when its work fails. */
export type Failed = (job: Operation["job"]) => void;

/** Runs jobs, and runs again at start what a killed process left unfinished. */
export class Operations {
    private readonly work = new Map<string, { run: Work; failed: Failed }>();
    /** Errors to end the next operations with (see faults). */
    readonly planned: { code: string; message: string }[] = [];

    constructor(private readonly store: Store) {}

    /** Says how jobs of a kind are done. */
    define(kind: string, run: Work, failed: Failed = () => undefined): void {
        this.work.set(kind, { run, failed });
    }

    /** Is something being done to this resource? Returns the job's word for it (`Creating`), as AKS's refusals name it. */
    busy(resource: string): string | undefined {
        const id = resource.toLowerCase();
        const running = this.store
            .operations()
            .find(({ status, job }) => status === "InProgress" && job.resource.toLowerCase() === id);
        return running && String(running.job["state"]);
    }

    /** Starts a job and returns its operation's id. */
    begin(job: { kind: string; resource: string } & JsonObject): string {
        const now = new Date().toISOString();
        const operation: Operation = {
            id: randomUUID(),
            job,
            status: "InProgress",
            startTime: now,
            endTime: "",
            error: null,
        };
        this.store.putOperation(operation);
        void this.run(operation);
        return operation.id;
    }

    /** Goes on with what was in progress when the last process ended. */
    resume(): void {
        for (const operation of this.store.operations()) {
            if (operation.status === "InProgress") void this.run(operation);
        }
    }

    private async run(operation: Operation): Promise<void> {
        const work = this.work.get(operation.job.kind);
        const end = (status: Operation["status"], error: Operation["error"]): void =>
            this.store.putOperation({ ...operation, status, error, endTime: new Date().toISOString() });
        try {
            if (work === undefined) throw new Error(`no work is defined for ${operation.job.kind}`);
            const fault = this.planned.shift();
            if (fault !== undefined) throw new ArmError(200, fault.code, fault.message);
            await work.run(operation.job);
            end("Succeeded", null);
        } catch (error) {
            const message = error instanceof Error ? error.message : String(error);
            const code = error instanceof ArmError ? error.code : "InternalOperationError";
            work?.failed(operation.job);
            end("Failed", { code, message });
        }
    }
}
