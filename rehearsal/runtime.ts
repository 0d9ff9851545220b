import * as fs from "node:fs";
import * as path from "node:path";

/**
 * What the background programs need to know of each other, written by the command at every start: they are
 * separate processes and the engine passes them nothing but the environment.
 */
export interface Runtime {
    readonly root: string;
    /** The Node that everything of the rehearsal runs on. */
    readonly node: string;
    /** Bundles by name: cluster, kubelet, azure and the plug-ins. */
    readonly programs: Readonly<Record<string, string>>;
    readonly kubestack: string;
    readonly bin: string;
    readonly build: string;
    /** The cluster of `--kubeconfig FILE`; undefined when the rehearsal starts its own. */
    readonly givenKubeconfig?: string;
}

const fileOf = (state: string) => path.join(state, "runtime.json");

export function writeRuntime(state: string, runtime: Runtime): void {
    const file = fileOf(state);
    fs.writeFileSync(`${file}.${process.pid}`, `${JSON.stringify(runtime, undefined, 2)}\n`);
    fs.renameSync(`${file}.${process.pid}`, file);
}

/** @throws when nothing was ever rehearsed in this state folder. */
export function readRuntime(state: string): Runtime {
    try {
        return JSON.parse(fs.readFileSync(fileOf(state), "utf8")) as Runtime;
    } catch {
        throw new Error(`${state} holds no rehearsal. Run \`npm run rehearse\` first.`);
    }
}
