import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { clusterProblems, type CompleteClusterArgs } from "./cluster-problems";
import { formatProblems, type SettingProblem } from "./setting-problem";
import { pathText, shapeProblems } from "./settings-shape-problems";
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
        const { issues } = parsed.error;
        const problems = issues.flatMap((issue) => shapeProblems(issue, given, z.strictObject(shape)));
        // What can be judged already is: ten mistakes of both sorts are ten problems, not one and then nine.
        return { settings: undefined, problems: [...problems, ...judgeSound(shape, given, issues)] };
    }
    const { sampleWorkloads, awaitValid } = parsed.data;
    const cluster = clusterArgs(parsed.data);
    return { settings: frozen({ cluster, sampleWorkloads, awaitValid }), problems: clusterProblems(cluster) };
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

/** Stand in for what nothing can be judged without. */
const STAND_IN = {
    location: "westeurope",
    kubernetesVersion: "1.35",
    systemPool: { vmSize: "Standard_D4s_v5" },
};

/**
 * Judges the settings without the values that have a wrong shape; their defaults stand in, and what would be said about
 * those is left out.
 */
function judgeSound(
    shape: Shape,
    given: Readonly<Record<string, unknown>>,
    issues: readonly z.core.$ZodIssue[],
): SettingProblem[] {
    const broken = issues.flatMap((issue) =>
        issue.code === "unrecognized_keys" ? issue.keys.map((key) => [...issue.path, key]) : [issue.path],
    );
    const schema = z.strictObject(shape);
    const parsed = [broken, broken.map((path) => path.slice(0, 1))]
        .map((paths) => schema.safeParse({ ...STAND_IN, ...without(given, paths) }))
        .find(({ success }) => success);
    if (parsed?.data === undefined) return [];
    const said = broken.map(pathText);
    return clusterProblems(clusterArgs(parsed.data)).filter(({ setting }) => !said.includes(setting));
}

/** A copy without the values at some paths. */
function without(
    given: Readonly<Record<string, unknown>>,
    paths: readonly (readonly PropertyKey[])[],
): Record<string, unknown> {
    const copy = structuredClone(given) as Record<PropertyKey, unknown>;
    for (const path of paths) {
        const holder = path
            .slice(0, -1)
            .reduce<unknown>((inner, step) => (inner as typeof copy)?.[step], copy);
        const last = path.at(-1);
        if (last !== undefined && typeof holder === "object" && holder !== null)
            delete (holder as typeof copy)[last];
    }
    return copy;
}

function frozen<T>(value: T): T {
    if (typeof value === "object" && value !== null) Object.values(value).forEach(frozen);
    return Object.freeze(value);
}
