/** The provider's arguments, each also by environment variable. */
import type { Properties } from "../plugin/values";

/** What the arguments say. */
export interface Options {
    /** Namespace for namespaced objects without one. */
    namespace: string | undefined;
    serverSideApply: boolean;
    configMapMutable: boolean;
    secretMutable: boolean;
    upsert: boolean;
    skipUpdateUnreachable: boolean;
    deleteUnreachable: boolean;
}

/**
 * Reads the arguments.
 * @throws Error for an argument that the stand-in does not carry out
 */
export function optionsOf(args: Properties, env: NodeJS.ProcessEnv): Options {
    if (typeof args["renderYamlToDirectory"] === "string") {
        throw new Error(
            "the kubernetes stand-in applies objects; renderYamlToDirectory needs the released provider",
        );
    }
    const flag = (key: string, variable: string, fallback = false): boolean => {
        const value = args[key] ?? env[variable];
        return value === undefined ? fallback : value === true || value === "true";
    };
    return {
        namespace: typeof args["namespace"] === "string" ? args["namespace"] : undefined,
        serverSideApply: flag("enableServerSideApply", "PULUMI_K8S_ENABLE_SERVER_SIDE_APPLY", true),
        configMapMutable: flag("enableConfigMapMutable", "PULUMI_K8S_ENABLE_CONFIGMAP_MUTABLE"),
        secretMutable: flag("enableSecretMutable", "PULUMI_K8S_ENABLE_SECRET_MUTABLE"),
        upsert: flag("upsertExistingObjects", "PULUMI_K8S_UPSERT_EXISTING_OBJECTS"),
        skipUpdateUnreachable: flag("skipUpdateUnreachable", "PULUMI_K8S_SKIP_UPDATE_UNREACHABLE"),
        deleteUnreachable: flag("deleteUnreachable", "PULUMI_K8S_DELETE_UNREACHABLE"),
    };
}
