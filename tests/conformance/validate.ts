import type { JsonObject, JsonValue, Path } from "../../cilium/manifest/document";
import { isPolicyKind, isServed } from "../../cilium/model/kinds";
import type { CiliumMinor } from "../../cilium/model/versions";
import { checkAcceptance } from "../../cilium/validation/acceptance";
import { checkStructure } from "../../cilium/validation/structure";
import type { Difference } from "./record";

/** What the recording program says of one document; further keys (`error`, `crdErrors`) are texts to read. */
export interface ValidateAnswer {
    readonly crd: string;
    readonly sanitize: string;
    readonly valid: boolean;
    readonly pruned?: readonly string[];
}

/** Our answer for a document, in the recording program's terms. */
export function answerValidate(policy: JsonValue, minor: CiliumMinor): ValidateAnswer {
    const object = typeof policy === "object" && policy !== null && !Array.isArray(policy) ? policy : {};
    const { kind } = object;
    if (!isPolicyKind(kind) || kind === "CiliumCIDRGroup" || !isServed(kind, object.apiVersion)) {
        return { crd: "errors", sanitize: "skipped", valid: false };
    }
    const structure = checkStructure(policy, kind, minor);
    const builtIn = kind === "NetworkPolicy";
    // The recording program gives NetworkPolicies to Cilium's parser as they are written, an API server would prune first.
    const acceptance = checkAcceptance(builtIn ? object : structure.stored, kind, minor);
    const sanitize = builtIn && structure.crd === "errors" ? "decode-error" : acceptance.sanitize;
    return {
        crd: builtIn ? "n/a" : structure.crd,
        sanitize,
        valid: (builtIn || structure.crd === "ok") && sanitize === "ok",
        pruned: structure.pruned.map(goPath),
    };
}

/** What differs from the recorded answer; `sanitize` counts as ok or not ok. */
export function compareValidate(ours: ValidateAnswer, theirs: ValidateAnswer): Difference[] {
    const fields: [string, string, string][] = [
        ["crd", ours.crd, theirs.crd],
        ["sanitize", okOrNot(ours.sanitize), okOrNot(theirs.sanitize)],
        ["valid", String(ours.valid), String(theirs.valid)],
        ["pruned", asSet(ours.pruned), asSet(theirs.pruned)],
    ];
    return fields.filter(([, a, b]) => a !== b).map(([field, a, b]) => ({ field, ours: a, theirs: b }));
}

const okOrNot = (sanitize: string): string => (sanitize === "ok" ? "ok" : "not ok");
const asSet = (paths: readonly string[] | undefined): string => JSON.stringify([...new Set(paths)].sort());

/** A path as `RecordUnknownField` of k8s.io/apiextensions-apiserver writes it: no key is quoted. */
function goPath(path: Path): string {
    return path.reduce<string>((text, step) => {
        if (typeof step === "number") return `${text}[${step}]`;
        return text === "" ? step : `${text}.${step}`;
    }, "");
}

/** The document of a `validate` case: `{"id","policy"}`, or the bare document. */
export function policyOf(input: JsonObject): JsonValue {
    return input.policy ?? input;
}
