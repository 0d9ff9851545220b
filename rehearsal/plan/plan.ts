/** One run of a program through Pulumi's launcher against the stand-in engine. */
import { type EngineOptions, type Recording, startEngine } from "./engine";
import { type Ended, launchCommand, type LaunchOptions, type Mode, run } from "./launch";
import type { Project } from "./project";

/** What the program did and how it ended. */
export interface ProgramRun extends Recording, Ended {
    readonly project: Project;
    readonly mode: Mode;
}

/**
 * Runs a project's program as `pulumi preview` or `pulumi up` would on an empty stack.
 * @param project see {@link readProject}
 */
export async function planProgram(
    project: Project,
    mode: Mode,
    options: LaunchOptions & EngineOptions = {},
): Promise<ProgramRun> {
    const engine = await startEngine(project, mode, options);
    try {
        const ended = await run(launchCommand(project, engine.address, mode, options));
        return { ...engine.recording, ...ended, project, mode };
    } finally {
        engine.stop();
    }
}
