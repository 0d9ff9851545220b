import * as fs from "node:fs";
import * as path from "node:path";
import type { Places } from "../places";
import { quote } from "../plugins";
import { RUNNER, RUNTIME } from "./stand-in";

/** The engine itself, below the `pulumi` that is called. */
export const ENGINE = "pulumi-engine";

/** Whether an engine's Node language host runs policy packs: released ones do, the one that is built here does not. */
export const runsPacks = (places: Places, engine: string): boolean => path.dirname(engine) !== places.bin;

/**
 * What stands on PATH for an engine whose language host cannot run policy packs: `pulumi` lets main.ts replace the packs
 * among its arguments, so that it works for whoever calls it (the verbs, `exec`, a script, the Automation API).
 * @param engine folder of the engine's binaries
 * @param program main.ts, bundled
 */
export function packExecutables(places: Places, engine: string, program: string): Record<string, string> {
    const node = quote(process.execPath);
    // `exec`: the engine keeps the process id that the rehearsal has written down. By its name here it is known as ours.
    const pulumi = `#!/bin/sh
case " $* " in
*" --policy-pack"[\\ =]*)
    arguments=$(${node} ${quote(program)} ${quote(path.join(places.state, "policy-packs"))} "$@") || exit 2
    eval "set -- $arguments" ;;
esac
exec ${quote(path.join(places.path, ENGINE))} "$@"
`;
    return { pulumi, [ENGINE]: path.join(engine, "pulumi") };
}

/**
 * Puts the analyzer plug-in, which starts a pack as a language host would, where the engine keeps plug-ins: on PATH it
 * would do as well, with a warning at every run.
 */
export function installAnalyzer(places: Places): void {
    const folder = path.join(places.pulumiHome, "plugins", `analyzer-policy-${RUNTIME}-v1.0.0`);
    const file = path.join(folder, `pulumi-analyzer-policy-${RUNTIME}`);
    const script = `#!/bin/sh\nexec ${quote(process.execPath)} "$(cat "$2/${RUNNER}")" "$@"\n`;
    if (fs.existsSync(file) && fs.readFileSync(file, "utf8") === script) return;
    fs.mkdirSync(folder, { recursive: true });
    fs.writeFileSync(`${file}.${process.pid}`, script, { mode: 0o755 });
    fs.renameSync(`${file}.${process.pid}`, file);
}
