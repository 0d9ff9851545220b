import { spawn, type ChildProcess } from "node:child_process";
import { endStrays } from "../../../rehearsal/cluster/strays";
import { identityOf, sleep } from "../../../rehearsal/process";

const started: ChildProcess[] = [];
afterAll(() => started.forEach((child) => child.kill("SIGKILL")));

/** A process with these arguments. */
function start(...args: string[]): number {
    const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)", ...args]);
    started.push(child);
    return child.pid ?? 0;
}

(process.platform === "linux" ? test : test.skip)("only servers of this very cluster are ended", async () => {
    const left = [
        start("/bin/kubestack", "kube-apiserver", "--cert-dir=/state/clusters/a/certificates"),
        start("/c/aks-cilium/rehearsal/kubelet-0123456789ab.js", "/state/clusters/a"),
    ];
    const others = [
        start("/bin/kubestack", "kube-apiserver", "--cert-dir=/state/clusters/ab/certificates"),
        start("/c/aks-cilium/rehearsal/kubelet-0123456789ab.js", "/state/clusters/ab"),
        // An editor, a shell.
        start("less", "/state/clusters/a/kubeconfig"),
    ];
    // Until a new process has its own command line it shows its parent's.
    await sleep(300);
    endStrays("/state/clusters/a");
    for (const pid of left) {
        for (let i = 0; i < 100 && identityOf(pid) !== undefined; i++) await sleep(20);
        expect(identityOf(pid)).toBeUndefined();
    }
    for (const pid of others) expect(identityOf(pid)).toBeDefined();
});
