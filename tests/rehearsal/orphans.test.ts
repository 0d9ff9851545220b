import { spawn, type ChildProcess } from "node:child_process";
import { endOrphans } from "../../rehearsal/orphans";
import { placesOf } from "../../rehearsal/places";
import { identityOf, sleep } from "../../rehearsal/process";

const places = placesOf({ AKS_CILIUM_REHEARSAL: "/nowhere/state" }, "/home/me");
const started: ChildProcess[] = [];
afterAll(() => started.forEach((child) => child.kill("SIGKILL")));

/** A process with this name among its arguments and this engine folder in its environment. */
function start(name: string, home: string): number {
    const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)", name], {
        env: { PULUMI_HOME: home },
    });
    started.push(child);
    return child.pid ?? 0;
}

(process.platform === "linux" ? test : test.skip)(
    "only what an engine of this state left behind is ended",
    async () => {
        const left = start("/bin/host/pulumi-language-nodejs", places.pulumiHome);
        const others = [
            // Another state's, a shell of `exec`, the stand-in of Azure that goes on running.
            start("/bin/host/pulumi-language-nodejs", "/another/state/pulumi/home"),
            start("bash", places.pulumiHome),
            start("node_modules/.cache/aks-cilium/rehearsal/azure-0123456789ab.js", places.pulumiHome),
        ];
        // Until a new process has its own command line it shows its parent's.
        await sleep(300);
        endOrphans(places);
        for (let i = 0; i < 100 && identityOf(left) !== undefined; i++) await sleep(20);
        expect(identityOf(left)).toBeUndefined();
        for (const pid of others) expect(identityOf(pid)).toBeDefined();
    },
);
