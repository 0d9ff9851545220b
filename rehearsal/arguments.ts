import { UsageError } from "./say";

/** Verbs whose remaining arguments go to `pulumi`. */
export const ENGINE_VERBS = ["up", "preview", "refresh", "destroy", "outputs"] as const;
/** Verbs whose remaining arguments are another command's, untouched. */
const COMMAND_VERBS = ["kubectl", "az", "exec"] as const;
const PLAIN_VERBS = ["env", "status", "stop", "clean", "help"] as const;

export type EngineVerb = (typeof ENGINE_VERBS)[number];
export type Verb = EngineVerb | (typeof COMMAND_VERBS)[number] | (typeof PLAIN_VERBS)[number];

export interface Arguments {
    readonly verb: Verb;
    /** Default `dev`. */
    readonly stack: string;
    /** Folder of another program to run (examples/consumer, say), as pulumi's own `--cwd`; default this project. */
    readonly cwd: string | undefined;
    /** File of a cluster to use instead of one's own; undefined = what was said before. */
    readonly kubeconfig: string | undefined;
    readonly rest: readonly string[];
}

const ALL: readonly string[] = [...ENGINE_VERBS, ...COMMAND_VERBS, ...PLAIN_VERBS];

/**
 * Reads `[VERB] [--stack NAME] [ARGS…]` (interfaces.md, "rehearse"). Our options may stand anywhere before `--` for
 * pulumi's verbs, but only before the first word of another command's arguments.
 * @throws UsageError naming what is wrong.
 */
export function readArguments(argv: readonly string[]): Arguments {
    const words = [...argv];
    let verb: string | undefined;
    let stack = "dev";
    let kubeconfig: string | undefined;
    let cwd: string | undefined;
    const rest: string[] = [];
    const value = (option: string, inline: string | undefined): string => {
        const given = inline ?? words.shift();
        if (given === undefined || given === "") throw new UsageError(`${option} needs a value.`);
        return given;
    };
    for (let word = words.shift(); word !== undefined; word = words.shift()) {
        const [option = "", inline] = word.startsWith("--") ? split(word) : [word];
        const foreign = (COMMAND_VERBS as readonly string[]).includes(verb ?? "") && rest.length > 0;
        if (foreign || word === "--") {
            rest.push(...(word === "--" && rest.length === 0 ? [] : [word]), ...words.splice(0));
        } else if (option === "--stack" || option === "-s") stack = value(option, inline);
        else if (option === "--cwd" || option === "-C") cwd = value(option, inline);
        else if (option === "--kubeconfig") kubeconfig = value(option, inline);
        else if (verb === undefined && (word === "--help" || word === "-h")) verb = "help";
        else if (verb === undefined && !word.startsWith("-")) verb = word;
        else rest.push(word);
    }
    verb ??= "up";
    if (!ALL.includes(verb))
        throw new UsageError(
            `no verb ${JSON.stringify(verb)}. Use one of ${ALL.join(", ")}; \`help\` says what each does.`,
        );
    if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(stack))
        throw new UsageError(
            `--stack ${JSON.stringify(stack)}: a name of letters, digits, dots, dashes and underscores.`,
        );
    if ((verb === "kubectl" || verb === "exec") && rest.length === 0)
        throw new UsageError(
            `${verb} needs ${verb === "exec" ? "a command" : "arguments"}, as in \`${EXAMPLE[verb]}\`.`,
        );
    return { verb: verb as Verb, stack, cwd, kubeconfig, rest };
}

const EXAMPLE = {
    kubectl: "npm run rehearse -- kubectl get ccnp",
    exec: "npm run rehearse -- exec pulumi stack",
} as const;

function split(word: string): [string, string | undefined] {
    const at = word.indexOf("=");
    return at < 0 ? [word, undefined] : [word.slice(0, at), word.slice(at + 1)];
}

export const HELP = `npm run rehearse [-- VERB] [--stack NAME] [ARGS…]

The whole stack on this machine: the program unmodified, the real Pulumi engine and a real Kubernetes API server;
Azure is stood in for. Default verb up, default stack dev.

  up, preview, refresh, destroy   as pulumi does, ARGS go to it
  outputs                         the stack's outputs (ARGS go to \`pulumi stack output\`)
  kubectl ARGS                    kubectl against the stack's cluster
  az ARGS                         the Azure command line against the stand-in of Azure (az --where: which one)
  exec CMD…                       runs CMD with the rehearsal's environment
  env                             prints that environment for a shell: eval "$(npm run -s rehearse -- env)"
  status                          what runs, and where its state is
  stop                            ends every process; state stays
  clean                           ends every process and removes the state; binaries stay

  --stack NAME         settings of Pulumi.NAME.yaml (default dev)
  --cwd DIR            another program, as in up --cwd examples/consumer
  --kubeconfig FILE    use this cluster (kind with Cilium, say) instead of starting one; remembered until clean

Environment: AKS_CILIUM_REHEARSAL (state folder, default ~/.cache/aks-cilium/rehearsal),
AKS_CILIUM_PROVIDERS (auto, standin or released provider plug-ins).`;
