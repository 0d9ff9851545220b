import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { lock } from "../../rehearsal/lock";
import { freePorts, isFree, rememberedPorts } from "../../rehearsal/ports";
import {
    identityOf,
    known,
    running,
    sleep,
    startInBackground,
    stop,
    writeDown,
} from "../../rehearsal/process";

let folder: string;
beforeEach(() => (folder = fs.mkdtempSync(path.join(os.tmpdir(), "rehearsal-"))));
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

const start = (name: string, script: string) =>
    startInBackground({
        folder,
        name,
        command: process.execPath,
        args: ["-e", script],
        log: path.join(folder, `${name}.log`),
    });

describe("background processes", () => {
    test("started, found, ended; the log holds what it said", async () => {
        const started = start("one", "console.log('hello'); setInterval(() => {}, 1000)");
        expect(running(folder, "one")).toEqual(started);
        for (let i = 0; i < 100 && fs.readFileSync(path.join(folder, "one.log"), "utf8") === ""; i++)
            await sleep(20);
        expect(fs.readFileSync(path.join(folder, "one.log"), "utf8")).toBe("hello\n");
        expect(await stop(folder, "one")).toBe(true);
        expect(identityOf(started.pid)).toBeUndefined();
        expect(known(folder)).toEqual([]);
    });

    test("one that does not listen to SIGTERM is ended all the same", async () => {
        const started = start(
            "deaf",
            "process.on('SIGTERM', () => {}); console.log(1); setInterval(() => {}, 1000)",
        );
        for (let i = 0; i < 100 && fs.readFileSync(path.join(folder, "deaf.log"), "utf8") === ""; i++)
            await sleep(20);
        expect(await stop(folder, "deaf", 200)).toBe(true);
        expect(identityOf(started.pid)).toBeUndefined();
    });

    test("a later process with the same pid is never touched", async () => {
        const stranger = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
        const pid = stranger.pid ?? 0;
        writeDown(folder, "gone", pid);
        const file = path.join(folder, "gone.json");
        const text = fs
            .readFileSync(file, "utf8")
            .replace(/"identity":"[^"]*"/, '"identity":"another boot/1"');
        fs.writeFileSync(file, text);
        expect(running(folder, "gone")).toBeUndefined();
        expect(await stop(folder, "gone")).toBe(false);
        expect(identityOf(pid)).toBeDefined();
        stranger.kill("SIGKILL");
    });
});

describe("the lock", () => {
    test("a living holder is named, waiting ends with it", async () => {
        const file = path.join(folder, "lock");
        const holder = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
        const identity = identityOf(holder.pid ?? 0);
        fs.writeFileSync(file, JSON.stringify({ pid: holder.pid, identity, what: "rehearse up" }));
        await expect(lock(file, "rehearse preview")).rejects.toThrow(
            `another rehearsal is at work on this state: \`rehearse up\`, process ${holder.pid}`,
        );
        setTimeout(() => holder.kill("SIGKILL"), 100);
        const unlock = await lock(file, "rehearse preview", 5000);
        unlock();
        expect(fs.existsSync(file)).toBe(false);
    });

    test("one that was cut off while being written counts as left behind", async () => {
        const file = path.join(folder, "lock");
        fs.writeFileSync(file, '{"pid":');
        (await lock(file, "rehearse up"))();
        expect(fs.readdirSync(folder)).toEqual([]);
    });
});

describe("ports", () => {
    test("the same ones at the next start, others when somebody took one", async () => {
        const file = path.join(folder, "ports.json");
        const names = ["a", "b"] as const;
        const first = await rememberedPorts(file, names);
        expect(await rememberedPorts(file, names)).toEqual(first);
        const script = `require('net').createServer().listen(${first.a}, '127.0.0.1', () => console.log('up'))`;
        start("listener", script);
        for (let i = 0; i < 200 && (await isFree(first.a)); i++) await sleep(20);
        const second = await rememberedPorts(file, names);
        expect(second.a).not.toBe(first.a);
        expect(second.b).toBe(first.b);
        // Our own server listens on its port: it keeps it.
        fs.writeFileSync(file, JSON.stringify(first));
        expect(await rememberedPorts(file, names, new Set(["a"]))).toEqual(first);
        await stop(folder, "listener");
    });

    test("free ports differ", async () => {
        const ports = await freePorts(20);
        expect(new Set(ports).size).toBe(20);
    });
});
