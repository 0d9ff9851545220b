/** Property values as providers see them: JSON, plus the engine's sentinel for an unknown value. */

/** What a property may hold. Secrets are unwrapped before a provider sees them (see `unwrapSecrets`). */
export type Value = null | boolean | number | string | Value[] | Properties;
/** A resource's inputs or outputs. */
export interface Properties {
    [key: string]: Value;
}

/** The engine's sentinel for an unknown value (pulumi sdk `plugin.UnknownStringValue`; seen in the recorded calls). */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";

/** Is this value unknown until the update runs? */
export const isUnknown = (value: Value | undefined): boolean => value === UNKNOWN;

/** Is this value a map of properties? */
export function isObject(value: Value | undefined): value is Properties {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Does an unknown value occur anywhere inside? */
export function hasUnknown(value: Value | undefined): boolean {
    if (Array.isArray(value)) return value.some(hasUnknown);
    if (isObject(value)) return Object.values(value).some(hasUnknown);
    return isUnknown(value);
}

/** Is this value an envelope that marks a secret? */
export function isSecret(value: Value | undefined): value is { value: Value } & Properties {
    return isObject(value) && value[SIGNATURE] === SECRET;
}

/** Marks a value as secret, once. */
export function secret(value: Value): Value {
    return isSecret(value) ? value : { [SIGNATURE]: SECRET, value };
}

/** The value without any secret envelopes: what a provider works with and sends over the wire. */
export function unwrapSecrets<T extends Value>(value: T): T {
    if (Array.isArray(value)) return value.map(unwrapSecrets) as T;
    if (isSecret(value)) return unwrapSecrets(value.value) as T;
    if (isObject(value)) {
        return Object.fromEntries(
            Object.entries(value).map(([key, inner]) => [key, unwrapSecrets(inner)]),
        ) as T;
    }
    return value;
}

/** Does a secret envelope occur anywhere inside? */
function hasSecret(value: Value): boolean {
    if (isSecret(value)) return true;
    if (Array.isArray(value)) return value.some(hasSecret);
    return isObject(value) && Object.values(value).some(hasSecret);
}

/**
 * Marks as secret what was secret at the same place in `like`.
 * A secret inside an array marks the whole array, as pulumi-kubernetes' and azure-native's `annotateSecrets` do:
 * elements may have moved.
 */
export function annotateSecrets(value: Value, like: Value | undefined): Value {
    if (like === undefined) return value;
    if (isSecret(like)) return secret(value);
    if (Array.isArray(like)) return hasSecret(like) ? secret(value) : value;
    if (!isObject(like) || !isObject(value) || isSecret(value)) return value;
    return Object.fromEntries(
        Object.entries(value).map(([key, inner]) => [key, annotateSecrets(inner, own(like, key))]),
    );
}

/** A property that is the object's own, never one inherited from `Object.prototype`. */
export function own(value: Properties, key: string): Value | undefined {
    return Object.hasOwn(value, key) ? value[key] : undefined;
}

/** Equality of values; a missing and a null property differ. */
export function equal(left: Value | undefined, right: Value | undefined): boolean {
    if (Array.isArray(left) && Array.isArray(right)) {
        return left.length === right.length && left.every((item, index) => equal(item, right[index]));
    }
    if (isObject(left) && isObject(right)) {
        const keys = Object.keys(left);
        return (
            keys.length === Object.keys(right).length &&
            keys.every((key) => Object.hasOwn(right, key) && equal(left[key], right[key]))
        );
    }
    return left === right;
}
