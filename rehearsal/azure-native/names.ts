/** Names that the program leaves out (tests/rehearsal/azure-native/README.md, row "Check, names"). */
import { createHash } from "node:crypto";
import type { Autonaming } from "../plugin/provider";
import type { Properties, Value } from "../plugin/values";
import type { Kind } from "./resources";

/** Set among the inputs of a resource with a randomly made name: its replacement comes up before it goes. */
export const CREATE_BEFORE_DELETE = "__createBeforeDelete";

/** Hex characters that are the same for the same seed. */
const hex = (seed: Uint8Array, length: number): string =>
    createHash("sha256").update(seed).digest("hex").slice(0, length);

const uuid = (digits: string): string =>
    [
        digits.slice(0, 8),
        digits.slice(8, 12),
        digits.slice(12, 16),
        digits.slice(16, 20),
        digits.slice(20, 32),
    ].join("-");

/** What is given to a Check that may have to name a resource. */
export interface Naming {
    name: string;
    seed: Uint8Array;
    autonaming: Autonaming | undefined;
    olds: Properties;
}

/**
 * The inputs that name a resource: nothing when the program names it or naming is switched off, else the name and,
 * where it was made at random (or by the engine), the create-before-delete flag.
 */
export function nameInputs(
    kind: Kind,
    news: Properties,
    { name, seed, autonaming, olds }: Naming,
): Properties {
    const key = kind.nameInput;
    if (news[key] !== undefined) return {};
    const given = (value: Value, random: boolean): Properties => ({
        [key]: value,
        ...(random ? { [CREATE_BEFORE_DELETE]: true } : {}),
    });
    const old = olds[key];
    if (old !== undefined) return given(old, olds[CREATE_BEFORE_DELETE] === true);
    if (autonaming?.mode === "disable") return {};
    if (autonaming?.mode === "enforce") return given(autonaming.proposedName, true);
    // A proposal is no UUID, so it is not taken where one is needed.
    if (autonaming?.mode === "propose" && kind.autoName !== "uuid")
        return given(autonaming.proposedName, true);
    if (kind.autoName === "uuid") return given(uuid(hex(seed, 32)), true);
    if (kind.autoName === "copy") return given(name, false);
    return given(`${name}${hex(seed, 8)}`, true);
}
