import { Command } from "commander";
import { COMMANDS } from "./commands";
import { EXIT_USAGE } from "./exit";
import { toolVersion } from "./version";

/**
 * Runs `aks-cilium` with the given arguments.
 *
 * Only the command that is asked for is loaded: `--help` and `check` must not pay for clients of Azure or
 * Kubernetes that other commands use.
 * @param argv arguments after the program's name
 * @returns the exit code: 0 good, 1 findings, differences or failed checks, 2 usage or could not be done
 */
export async function main(argv: readonly string[]): Promise<number> {
    const program = new Command("aks-cilium")
        .description(
            "What Cilium policies mean on AKS: accepted, enforced, who can reach whom, and what a change opens.",
        )
        .version(toolVersion(), "-V, --version", "print the version")
        .helpOption("-h, --help", "print help")
        .showHelpAfterError("(aks-cilium --help lists the commands and options)")
        .addHelpText("after", EXIT_CODES)
        .exitOverride();
    let exitCode = 0;
    const wanted = requestedCommand(argv);
    for (const entry of COMMANDS) {
        const command = program.command(entry.name).description(entry.summary);
        if (entry.name !== wanted) continue;
        const { define } = entry.load();
        define(command, (code) => (exitCode = code));
        command.exitOverride().showHelpAfterError(`(aks-cilium ${entry.name} --help lists the options)`);
    }
    try {
        await program.parseAsync(argv, { from: "user" });
        return exitCode;
    } catch (error) {
        return failure(error);
    }
}

/** The first argument that is no option, or the one after `help`. */
function requestedCommand(argv: readonly string[]): string | undefined {
    const words = argv.filter((argument) => !argument.startsWith("-"));
    return words[0] === "help" ? words[1] : words[0];
}

/** Everything that goes wrong ends in one sentence and exit code 2; a stack trace only with `DEBUG` set. */
function failure(error: unknown): number {
    const code = (error as { code?: unknown }).code;
    if (typeof code === "string" && code.startsWith("commander.")) {
        // commander has printed its message (or the help) already.
        return (error as { exitCode: number }).exitCode === 0 ? 0 : EXIT_USAGE;
    }
    // By name: each command is a bundle of its own, with a class of its own.
    if (error instanceof Error && error.name === "UsageError") {
        process.stderr.write(`aks-cilium: ${error.message}\n`);
        return EXIT_USAGE;
    }
    const message = error instanceof Error ? error.message : String(error);
    process.stderr.write(`aks-cilium: could not be done: ${message}\n`);
    if (process.env["DEBUG"] !== undefined && error instanceof Error)
        process.stderr.write(`${error.stack}\n`);
    return EXIT_USAGE;
}

const EXIT_CODES = `
Exit codes:
  0  good
  1  findings, differences or failed checks
  2  wrong usage, or it could not be done (never reported as good)

aks-cilium COMMAND --help describes one command. Start with:
  aks-cilium check policies/                       is every policy accepted and enforced?
  kustomize build . | aks-cilium check -           the same for a rendered stream
  aks-cilium check --explain L03                   one code, with a bad and a good example`;
