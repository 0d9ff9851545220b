import * as path from "node:path";
import type { Places } from "./places";
import { ENGINE } from "./policy-pack/executables";
import { kill, processes, type Process } from "./process-table";

/** What an engine starts; its plug-ins end by themselves when it is gone, its language host does not. */
const CHILDREN =
    /pulumi-language-nodejs|@pulumi\/pulumi\/cmd\/run|pulumi-resource-|aks-cilium\/rehearsal\/[\w-]+\.js/;
const BACKGROUND = /aks-cilium\/rehearsal\/(azure|kubelet|cluster)-/;

/**
 * Ends what an engine that was killed left running. A process counts as ours by the engine folder of this very state in
 * its environment, and as left behind when no engine is above it.
 */
export function endOrphans(places: Places): void {
    const mark = `PULUMI_HOME=${places.pulumiHome}\0`;
    const all = processes();
    const hasEngine = (one: Process | undefined): boolean => {
        if (one === undefined || one.pid <= 1) return false;
        return (
            ["pulumi", ENGINE].some((name) => one.command.startsWith(`${path.join(places.path, name)} `)) ||
            hasEngine(all.get(one.parent))
        );
    };
    for (const one of all.values()) {
        const ours =
            one.environment.includes(mark) && CHILDREN.test(one.command) && !BACKGROUND.test(one.command);
        if (ours && one.pid !== process.pid && !hasEngine(one)) kill(one);
    }
}
