/** `npm run plan [-- STACK]`: what the program would create, in seconds and with nothing but npm. */
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { planProgram, type ProgramRun } from "./plan";
import { ProjectError, readProject } from "./project";
import { readable, renderPlan } from "./tree";

const USAGE = `usage: npm run plan [-- [STACK] [--up] [--full] [--json] [--project FOLDER]]

Runs the program through Pulumi's own Node launcher against a stand-in engine, as on an empty stack:
nothing is created, no account and no Pulumi CLI are needed. It is not the engine: no state, no differences.

  STACK             reads Pulumi.STACK.yaml; default dev
  --up              with made-up outputs, as during an update; default: as a preview, outputs unknown
  --full            every input of every resource, not only those that matter
  --json            resources, options, inputs and outputs as JSON
  --project FOLDER  the folder of Pulumi.yaml; default: this one`;

async function main(argv: readonly string[]): Promise<number> {
    const { values, positionals } = parseArgs({
        args: [...argv],
        allowPositionals: true,
        options: {
            up: { type: "boolean" },
            full: { type: "boolean" },
            json: { type: "boolean" },
            project: { type: "string" },
            help: { type: "boolean", short: "h" },
        },
    });
    if (values.help === true) return say(USAGE, 0);
    const [stack = "dev", ...more] = positionals;
    if (more.length > 0) throw new ProjectError(`one stack at a time; also given: ${more.join(" ")}`);
    const project = readProject(resolve(values.project ?? "."), stack);
    const run = await planProgram(project, values.up === true ? "up" : "preview");
    if (values.json === true)
        return say(JSON.stringify(machineReadable(run), undefined, 4), run.code === 0 ? 0 : 1);
    process.stdout.write(run.stdout);
    const width = process.stdout.columns ?? 110;
    if (run.code === 0) console.log(renderPlan(run, { full: values.full === true, width }));
    for (const { severity, message } of run.logs) {
        if (severity !== "debug") console.error(`${severity}: ${message.trimEnd()}`);
    }
    process.stderr.write(run.stderr);
    return say(summary(run), run.code === 0 ? 0 : 1);
}

/** Without the SDK's debug log: it holds every value as sent, secrets included. */
function machineReadable({ project, mode, code, resources, outputs, logs }: ProgramRun): unknown {
    return {
        version: 1,
        project: project.name,
        stack: project.stack,
        mode,
        code,
        resources: resources.map((resource) => ({ ...resource, inputs: readable(resource.inputs) })),
        outputs: readable(outputs),
        logs: logs.filter(({ severity }) => severity !== "debug"),
    };
}

function summary({ resources, project, mode, code }: ProgramRun): string {
    const what = `stack ${project.stack}, ${mode}, stand-in engine`;
    if (code !== 0) return `\nThe program failed (exit code ${code}): ${what}.`;
    const custom = resources.filter((resource) => resource.custom).length;
    return `\n${custom} resources and ${resources.length - custom} components (${what}; nothing was created).`;
}

function say(text: string, code: number): number {
    console.log(text);
    return code;
}

main(process.argv.slice(2)).then(
    (code) => (process.exitCode = code),
    (error: unknown) => {
        const expected = error instanceof ProjectError || (error instanceof TypeError && "code" in error);
        console.error(expected ? `${(error as Error).message}\n\n${USAGE}` : error);
        process.exitCode = 2;
    },
);
