/** What Azure remembers: resources and running operations, in one file that is replaced as a whole. */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { JsonObject, Resource } from "./arm";

/** A long-running operation. `job` says what is being done, so that it goes on after a restart. */
export interface Operation {
    id: string;
    job: { kind: string; resource: string } & JsonObject;
    status: "InProgress" | "Succeeded" | "Failed";
    startTime: string;
    endTime: string;
    error: { code: string; message: string } | null;
}

const KEPT_MS = 3_600_000;

interface Content {
    resources: Record<string, Resource>;
    operations: Record<string, Operation>;
}

/** Resources by id; ids ignore case, as ARM's do. */
export class Store {
    private readonly content: Content;

    /** @param file where the state lives; created on the first write */
    constructor(private readonly file: string) {
        this.content = existsSync(file)
            ? (JSON.parse(readFileSync(file, "utf8")) as Content)
            : { resources: {}, operations: {} };
    }

    get(id: string): Resource | undefined {
        return this.content.resources[id.toLowerCase()];
    }

    put<T extends Resource>(resource: T): T {
        this.content.resources[resource.id.toLowerCase()] = resource;
        this.save();
        return resource;
    }

    /** Removes a resource and everything below it. */
    remove(id: string): void {
        const key = id.toLowerCase();
        for (const other of Object.keys(this.content.resources)) {
            if (other === key || other.startsWith(`${key}/`)) delete this.content.resources[other];
        }
        this.save();
    }

    /** Resources whose id starts with `prefix` and whose type is `type` (both ignore case). */
    list(prefix: string, type?: string): Resource[] {
        const start = `${prefix.toLowerCase()}/`;
        return Object.entries(this.content.resources)
            .filter(
                ([id, { type: own }]) =>
                    id.startsWith(start) && (type ?? own).toLowerCase() === own.toLowerCase(),
            )
            .map(([, resource]) => resource);
    }

    operation(id: string): Operation | undefined {
        return this.content.operations[id];
    }

    operations(): Operation[] {
        return Object.values(this.content.operations);
    }

    /** Stores an operation, and forgets those that ended longer ago than anybody polls. */
    putOperation(operation: Operation): void {
        const { operations } = this.content;
        const old = Date.now() - KEPT_MS;
        for (const [id, { status, endTime }] of Object.entries(operations)) {
            if (status !== "InProgress" && Date.parse(endTime) < old) delete operations[id];
        }
        operations[operation.id] = operation;
        this.save();
    }

    private save(): void {
        mkdirSync(dirname(this.file), { recursive: true });
        // Replaced by a rename: a process killed while writing leaves the old state, not half of one.
        const draft = `${this.file}.${process.pid}`;
        writeFileSync(draft, JSON.stringify(this.content), { mode: 0o600 });
        renameSync(draft, this.file);
    }
}
