/** A resource as a program registers it: identity, inputs, and the options that decide its life. */
import type * as pb from "@pulumi/pulumi/proto/resource_pb";
import { fromStruct } from "../plugin/messages";
import type { Properties } from "../plugin/values";
import type { Project } from "./project";

/** Options as the engine gets them; children's inherited ones included (protect, provider). */
export interface PlannedOptions {
    readonly protect: boolean;
    readonly retainOnDelete: boolean;
    /** Only when the program said so; otherwise the provider decides. */
    readonly deleteBeforeReplace?: boolean;
    /** URNs. */
    readonly dependsOn: readonly string[];
    /** URN; empty when not set. */
    readonly deletedWith: string;
    /** `URN::ID` of an explicit provider; empty for the default one. */
    readonly provider: string;
    readonly ignoreChanges: readonly string[];
    readonly replaceOnChanges: readonly string[];
    readonly additionalSecretOutputs: readonly string[];
    /** URNs, or `name`, `type`, `parent` of an alias as `key=value` pairs. */
    readonly aliases: readonly string[];
    /** Version of the provider plug-in that the SDK asks for; empty for components. */
    readonly version: string;
}

/** One registered resource. */
export interface PlannedResource {
    readonly urn: string;
    readonly type: string;
    readonly name: string;
    /** URN of the parent; empty for the stack itself. */
    readonly parent: string;
    readonly custom: boolean;
    /** With the engine's envelopes for secrets and its sentinel for unknown values. */
    readonly inputs: Properties;
    readonly options: PlannedOptions;
}

const STACK = "pulumi:pulumi:Stack";

/** `urn:pulumi:STACK::PROJECT::PARENT_TYPES$TYPE::NAME`; the stack itself is left out of the types (engine: NewURN). */
export function urnOf({ name: project, stack }: Project, parent: string, type: string, name: string): string {
    const parentTypes = parent.split("::")[2] ?? "";
    const types = parentTypes === "" || parentTypes === STACK ? type : `${parentTypes}$${type}`;
    return `urn:pulumi:${stack}::${project}::${types}::${name}`;
}

/** The request of a program, read. */
export function plannedResource(project: Project, request: pb.RegisterResourceRequest): PlannedResource {
    const type = request.getType();
    const name = request.getName();
    const parent = request.getParent();
    return {
        urn: urnOf(project, parent, type, name),
        type,
        name,
        parent,
        custom: request.getCustom(),
        inputs: fromStruct(request.getObject()),
        options: {
            protect: request.getProtect() ?? false,
            retainOnDelete: request.getRetainondelete() ?? false,
            ...(request.getDeletebeforereplacedefined()
                ? { deleteBeforeReplace: request.getDeletebeforereplace() }
                : {}),
            dependsOn: request.getDependenciesList(),
            deletedWith: request.getDeletedwith(),
            provider: request.getProvider(),
            ignoreChanges: request.getIgnorechangesList(),
            replaceOnChanges: request.getReplaceonchangesList(),
            additionalSecretOutputs: request.getAdditionalsecretoutputsList(),
            aliases: [
                ...request.getAliasurnsList(),
                ...request.getAliasesList().map((alias) => {
                    const spec = alias.getSpec();
                    if (spec === undefined) return alias.getUrn();
                    const parts = { name: spec.getName(), type: spec.getType(), parent: spec.getParenturn() };
                    return Object.entries(parts)
                        .filter(([, value]) => value !== "")
                        .map(([key, value]) => `${key}=${value}`)
                        .join(" ");
                }),
            ],
            version: request.getVersion(),
        },
    };
}
