/** What Check refuses (tests/rehearsal/azure-native/README.md, row "Check, validation"; texts read in the provider's public source). */
import type { CheckFailure } from "../plugin/provider";
import { isObject, isUnknown, type Properties, type Value } from "../plugin/values";
import type { Kind } from "./resources";
import { propertiesOfType, type Property, type Type } from "./schema";

/** Rules that the declarations do not hold: lengths, patterns, ranges, integers (aks.md 2.2, 2.4, 2.5), by token and path. */
interface Limits {
    pattern?: string;
    minLength?: number;
    maxLength?: number;
    minimum?: number;
    maximum?: number;
    integer?: boolean;
}

const CIDR = "^([0-9]{1,3}\\.){3}[0-9]{1,3}(\\/([0-9]|[1-2][0-9]|3[0-2]))?$";
const ADDRESS =
    "^(?:(?:25[0-5]|2[0-4][0-9]|[01]?[0-9][0-9]?)\\.){3}(?:25[0-5]|2[0-4][0-9]|[01]?[0-9][0-9]?)$";
const NAME = "^[a-zA-Z0-9]$|^[a-zA-Z0-9][-_a-zA-Z0-9]{0,61}[a-zA-Z0-9]$";
const cluster: Limits = { minLength: 1, maxLength: 63, pattern: NAME };
const pool = "^[a-z][a-z0-9]{0,11}$";
const whole: Limits = { integer: true };
const disk: Limits = { integer: true, minimum: 0, maximum: 2048 };
const group: Limits = { minLength: 1, maxLength: 90 };

const LIMITS: Record<string, Record<string, Limits>> = {
    "azure-native:resources:ResourceGroup": {
        resourceGroupName: { ...group, pattern: "^[-\\w\\._\\(\\)]+$" },
    },
    "azure-native:containerservice:ManagedCluster": {
        resourceGroupName: group,
        resourceName: cluster,
        "networkProfile.podCidr": { pattern: CIDR },
        "networkProfile.serviceCidr": { pattern: CIDR },
        "networkProfile.dnsServiceIP": { pattern: ADDRESS },
        "agentPoolProfiles[].name": { pattern: pool },
        "agentPoolProfiles[].osDiskSizeGB": disk,
        "agentPoolProfiles[].count": whole,
        "agentPoolProfiles[].minCount": whole,
        "agentPoolProfiles[].maxCount": whole,
        "agentPoolProfiles[].maxPods": whole,
        "linuxProfile.adminUsername": { pattern: "^[A-Za-z][-A-Za-z0-9_]*$" },
    },
    "azure-native:containerservice:AgentPool": {
        resourceGroupName: group,
        resourceName: cluster,
        agentPoolName: { pattern: pool },
        osDiskSizeGB: disk,
        count: whole,
        minCount: whole,
        maxCount: whole,
        maxPods: whole,
    },
    "azure-native:containerservice:MaintenanceConfiguration": {
        resourceGroupName: group,
        resourceName: cluster,
        "maintenanceWindow.durationHours": { integer: true, minimum: 4, maximum: 24 },
        "maintenanceWindow.startTime": { pattern: "^\\d{2}:\\d{2}$" },
        "maintenanceWindow.utcOffset": { pattern: "^(-|\\+)[0-9]{2}:[0-9]{2}$" },
    },
};

/** Everything wrong with the inputs; unknown values are skipped, enums and unknown properties are not looked at. */
export function validate(kind: Kind, inputs: Properties): CheckFailure[] {
    // A name is required even though the SDK lets one leave it out: autonaming may be switched off.
    const schema = kind.schema.inputs.map((property) => ({
        ...property,
        required: property.required || property.name === kind.nameInput || property.name === "location",
    }));
    return validateObject("", schema, inputs, LIMITS[kind.token] ?? {});
}

function validateObject(
    at: string,
    schema: Property[],
    values: Properties,
    limits: Record<string, Limits>,
): CheckFailure[] {
    const path = (name: string): string => (at === "" ? name : `${at}.${name}`);
    const missing = schema
        .filter(({ name, required }) => required && values[name] === undefined)
        .map(({ name }) => {
            const hint =
                ". Either set it explicitly or configure it with 'pulumi config set azure-native:location <value>'.";
            return {
                property: "",
                reason: `missing required property '${path(name)}'${path(name) === "location" ? hint : ""}`,
            };
        });
    const wrong = schema.flatMap(({ name, type }) => {
        const value = values[name];
        return value === undefined ? [] : validateValue(path(name), type, value, limits);
    });
    return [...missing, ...wrong];
}

const WORDS = {
    string: "string",
    number: "number",
    boolean: "boolean",
    array: "array",
    map: "object",
    object: "object",
};

function validateValue(at: string, type: Type, value: Value, limits: Record<string, Limits>): CheckFailure[] {
    if (isUnknown(value) || value === null || type.kind === "any") return [];
    const limit = limits[at.replace(/\[\d+\]/g, "[]")] ?? {};
    const expected = type.kind === "number" && limit.integer === true ? "integer" : WORDS[type.kind];
    const mistyped = (got: string): CheckFailure[] => [
        { property: "", reason: `'${at}' should be of type '${expected}' but got ${got}` },
    ];
    if (Array.isArray(value)) {
        if (type.kind !== "array") return mistyped("an array");
        return value.flatMap((item, index) => validateValue(`${at}[${index}]`, type.items, item, limits));
    }
    // The provider looks into typed objects only: an object where text belongs is found by Azure, not by Check.
    if (isObject(value))
        return type.kind === "object" ? validateObject(at, propertiesOfType(type.name), value, limits) : [];
    if (typeof value === "string")
        return type.kind === "string" ? text(at, value, limit) : mistyped("a string");
    if (typeof value === "number")
        return type.kind === "number" ? amount(at, value, limit) : mistyped("a number");
    return [];
}

function text(at: string, value: string, { minLength, maxLength, pattern }: Limits): CheckFailure[] {
    const found: string[] = [];
    const length = Buffer.byteLength(value);
    if (minLength !== undefined && length < minLength) {
        found.push(`'${at}' is too short (${length}): at least ${minLength} characters required`);
    }
    if (maxLength !== undefined && length > maxLength) {
        found.push(`'${at}' is too long (${length}): at most ${maxLength} characters allowed`);
    }
    if (pattern !== undefined && !new RegExp(pattern).test(value))
        found.push(`'${at}' does not match expression '${pattern}'`);
    return found.map((reason) => ({ property: "", reason }));
}

function amount(at: string, value: number, { integer, minimum, maximum }: Limits): CheckFailure[] {
    const found: string[] = [];
    const fixed = (number: number): string => number.toFixed(6); // Go's %f
    if (integer === true && !Number.isInteger(value))
        found.push(`'${at}' must be an integer but got ${fixed(value)}`);
    if (minimum !== undefined && value < minimum)
        found.push(`'${at}' is too low (${fixed(value)} < ${fixed(minimum)})`);
    if (maximum !== undefined && value > maximum)
        found.push(`'${at}' is too high (${fixed(value)} > ${fixed(maximum)})`);
    return found.map((reason) => ({ property: "", reason }));
}
