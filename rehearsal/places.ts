import * as os from "node:os";
import * as path from "node:path";

/** Every folder and file that the rehearsal uses outside the checkout (interfaces.md, "rehearse"). */
export interface Places {
    /** `…/aks-cilium`: what may be thrown away at any time. */
    readonly cache: string;
    /** Binaries, kept by `clean`, one folder a version. */
    readonly bin: string;
    /** Module and build caches of a first build, deleted after it. */
    readonly build: string;
    /** State of this rehearsal. */
    readonly state: string;
    /** One JSON file for each background process. */
    readonly run: string;
    readonly log: string;
    /** One folder for each managed cluster. */
    readonly clusters: string;
    /** Executables that go first on PATH: node, pulumi, kubectl, kubelogin, cluster. */
    readonly path: string;
    /** The engine's own folder and its file backend. */
    readonly pulumiHome: string;
    readonly backend: string;
    /** Copies of the stack settings: the engine writes its encryption salt there, not into the checkout. */
    readonly settings: string;
    /** One line for each request that Azure's stand-in answered. */
    readonly requests: string;
}

/**
 * Decides the folders from the environment: `XDG_CACHE_HOME` (default `$HOME/.cache`), `AKS_CILIUM_REHEARSAL`
 * (default `…/aks-cilium/rehearsal`).
 */
export function placesOf(env: NodeJS.ProcessEnv, home: string = os.homedir()): Places {
    // The XDG specification says that an empty or relative value counts as unset.
    const xdg = env["XDG_CACHE_HOME"] ?? "";
    const cache = path.join(path.isAbsolute(xdg) ? xdg : path.join(home, ".cache"), "aks-cilium");
    const named = env["AKS_CILIUM_REHEARSAL"] ?? "";
    const state = named === "" ? path.join(cache, "rehearsal") : path.resolve(named);
    return {
        cache,
        bin: path.join(cache, "bin"),
        build: path.join(cache, "build"),
        state,
        run: path.join(state, "run"),
        log: path.join(state, "log"),
        clusters: path.join(state, "clusters"),
        path: path.join(state, "path"),
        pulumiHome: path.join(state, "pulumi", "home"),
        backend: path.join(state, "pulumi", "backend"),
        settings: path.join(state, "pulumi", "settings"),
        requests: path.join(state, "requests.jsonl"),
    };
}
