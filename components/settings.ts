import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { clusterProblems, type CompleteClusterArgs } from "./cluster-problems";
import { formatProblems, type SettingProblem } from "./setting-problem";
import { shapeProblems } from "./settings-shape-problems";
import { settingsShape } from "./settings-schema";

/** The settings of a stack, complete and consistent; frozen. */
export interface Settings {
    /** Arguments of the cluster. */
    readonly cluster: CompleteClusterArgs;
    /** Apply the workloads that lie beside the policies. */
    readonly sampleWorkloads: boolean;
    /** Wait until Cilium reports each policy valid. */
    readonly awaitValid: boolean;
}

/**
 * Reads the stack's settings; the only place that reads Pulumi's configuration.
 * @throws RunError with every problem at once: unknown and missing keys, wrong types and values, and whatever the cluster
 *   made of them could not be
 */
export function loadSettings(): Settings {
    const project = `${pulumi.getProject()}:`;
    const entries = Object.entries(pulumi.runtime.allConfig())
        .filter(([key]) => key.startsWith(project))
        .map(([key, text]): [string, string] => [key.slice(project.length), text]);
    const { settings, problems } = readSettings(Object.fromEntries(entries));
    const errors = problems.filter(({ severity }) => severity === "error");
    if (settings === undefined || errors.length > 0)
        throw new pulumi.RunError(formatProblems(`stack ${pulumi.getStack()}`, errors));
    return settings;
}

/**
 * The same without Pulumi: from what a stack file says to a value or everything that is wrong with it.
 * @param entries key without the project's name → text, or JSON for anything that is no string, as Pulumi hands it over
 * @returns no settings when the shape is wrong; with wrong values settings and problems
 */
export function readSettings(entries: Readonly<Record<string, string>>): {
    settings: Settings | undefined;
    problems: SettingProblem[];
} {
    const shape = settingsShape();
    const given = Object.fromEntries(
        Object.entries(entries).map(([key, text]) => [key, decode(text, shape[key as keyof typeof shape])]),
    );
    const parsed = z.strictObject(shape).safeParse(given);
    if (!parsed.success) {
        const problems = parsed.error.issues.flatMap((issue) =>
            shapeProblems(issue, given, z.strictObject(shape)),
        );
        // What can be judged already is: ten mistakes of both sorts are ten problems, not one and then nine.
        return {
            settings: undefined,
            problems: [...problems, ...judge(withoutBroken(shape, given, problems))],
        };
    }
    const { sampleWorkloads, awaitValid, unlock: _, resourceGroupName, ...cluster } = parsed.data;
    const args = {
        ...cluster,
        ...(resourceGroupName === "" ? {} : { resourceGroupName }),
    } as CompleteClusterArgs;
    return {
        settings: frozen({ cluster: args, sampleWorkloads, awaitValid }),
        problems: clusterProblems(args),
    };
}

type Shape = ReturnType<typeof settingsShape>;

/** The part that is the cluster's; an empty name is none. */
function clusterArgs(settings: z.infer<z.ZodObject<Shape>>): CompleteClusterArgs {
    const { sampleWorkloads: _, awaitValid: __, unlock: ___, resourceGroupName, ...cluster } = settings;
    return { ...cluster, ...(resourceGroupName === "" ? {} : { resourceGroupName }) } as CompleteClusterArgs;
}

/** Pulumi hands over text; only strings are what they look like. Text that is no JSON stays, to be reported. */
function decode(text: string, schema: z.ZodType | undefined): unknown {
    if (schema === undefined || takesText(schema)) return text;
    try {
        return JSON.parse(text);
    } catch {
        return text;
    }
}

function takesText(schema: z.ZodType): boolean {
    const inner = schema instanceof z.ZodDefault ? schema.unwrap() : schema;
    return inner instanceof z.ZodString || inner instanceof z.ZodEnum;
}

/**
 * The settings without the keys that have a wrong shape; their defaults stand in, and what would be said about those is
 * left out. Undefined while a key without default is among them that nothing can be judged without.
 */
function withoutBroken(shape: Shape, given: Record<string, unknown>, problems: readonly SettingProblem[]) {
    const broken = new Set(problems.map(({ setting }) => setting.split(/[.[]/)[0]!));
    const stand: Record<string, unknown> = {
        location: "westeurope",
        kubernetesVersion: "1.35",
        systemPool: { vmSize: "Standard_D4s_v5" },
    };
    const sound = Object.fromEntries(Object.entries(given).filter(([key]) => !broken.has(key)));
    const parsed = z.strictObject(shape).safeParse({ ...stand, ...sound });
    return { args: parsed.success ? parsed.data : undefined, broken };
}

function judge({ args, broken }: ReturnType<typeof withoutBroken>): SettingProblem[] {
    if (args === undefined) return [];
    return clusterProblems(clusterArgs(args)).filter(({ setting }) => !broken.has(setting.split(/[.[]/)[0]!));
}

function frozen<T>(value: T): T {
    if (typeof value === "object" && value !== null) Object.values(value).forEach(frozen);
    return Object.freeze(value);
}
