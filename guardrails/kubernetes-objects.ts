import { UnknownValueError } from "@pulumi/policy";

/** What the SDK says of a resource, to rules over single resources and to those over the whole stack alike. */
interface Resource {
    readonly type: string;
    readonly urn: string;
    readonly props: Readonly<Record<string, unknown>>;
}

/** Pulumi's mark for a text unknown at preview, by which the error below is recognised. */
const UNKNOWN_TEXT = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Inputs of the objects that this run has seen one by one, by URN. */
const inputs = new Map<string, string>();

/** Whether a type token is that of a Kubernetes object, as in `kubernetes:apps/v1:Deployment`. */
export const isObject = (type: string): boolean => /^kubernetes:[^:]+:[^:]+$/.test(type);

/**
 * Keeps what an object is made from, for {@link manifestOf}.
 *
 * Before the cluster exists its provider is not configured, and the engine then hands the rules over the whole stack objects
 * without any property (pulumi `pkg/resource/plugin/provider_plugin.go`: Create of a provider with unknown configuration).
 * The rules over single resources have seen their inputs just before.
 */
export function remember(resource: Resource): void {
    if (!isObject(resource.type)) return;
    try {
        inputs.set(resource.urn, textOf(resource.props));
    } catch {
        // Unknown at preview: the rules over the whole stack come to that by themselves.
        inputs.delete(resource.urn);
    }
}

/**
 * The object as JSON.
 * @throws UnknownValueError for one with values unknown at preview; one without any property is unknown, not empty, unless
 * its inputs are remembered
 */
export function manifestOf({ urn, props }: Resource): string {
    if (Object.keys(props).length > 0) return textOf(props);
    const text = inputs.get(urn);
    if (text === undefined) throw new UnknownValueError(UNKNOWN_TEXT, [urn.split("::").at(-1) ?? urn]);
    return text;
}

/** Properties without what the provider keeps for itself. */
const textOf = (props: Resource["props"]): string =>
    JSON.stringify(
        Object.fromEntries(
            Object.keys(props)
                .filter((key) => !key.startsWith("__") && key !== "status")
                .map((key) => [key, props[key]]),
        ),
    );
