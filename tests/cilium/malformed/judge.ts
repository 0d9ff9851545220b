import { readManifests } from "../../../cilium/manifest/read";
import { isPolicyKind } from "../../../cilium/model/kinds";
import { CILIUM_MINORS } from "../../../cilium/model/versions";
import { checkAcceptance } from "../../../cilium/validation/acceptance";
import { finding, type Finding } from "../../../cilium/validation/finding";
import { checkKubernetesNetworkPolicy } from "../../../cilium/validation/kubernetes-network-policy";
import { checkStructure } from "../../../cilium/validation/structure";

/** Longest a text of this kind may take, in milliseconds of CPU. */
export const LONGEST = 2_500;

/**
 * Reads and checks a text as the command does, and says what is wrong with the answer: an exception, a finding without a
 * place in the text, a text of several lines that looks like a stack, or too long a wait. Undefined where all is well.
 */
export function misbehaviour(text: string): string | undefined {
    const before = process.cpuUsage();
    let findings: readonly Finding[];
    try {
        findings = findingsOf(text);
    } catch (error) {
        return `threw ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
    }
    const lines = text.split("\n").length;
    for (const { file, line, column, message, why, fix, source } of findings) {
        if (file !== "f.yaml" || line < 1 || line > lines || column < 1)
            return `no place: ${file}:${line}:${column} of ${lines} lines`;
        if ([message, why, fix, source].some((part) => part.trim() === ""))
            return `an empty text in: ${message} | ${why} | ${fix}`;
        if (/\n|^\s*at /.test(message) || message.length > 2_000)
            return `no sentence: ${message.slice(0, 300)}`;
        // eslint-disable-next-line no-control-regex
        if (/[\u0000-\u001f\u007f]/.test(message + fix))
            return `control characters in: ${JSON.stringify(message + fix).slice(0, 300)}`;
    }
    const { user, system } = process.cpuUsage(before);
    const took = (user + system) / 1_000;
    return took > LONGEST ? `took ${Math.round(took)} ms` : undefined;
}

function findingsOf(text: string): readonly Finding[] {
    const { documents, findings } = readManifests(text, { file: "f.yaml", namespace: "n", set: { B: "x" } });
    return [
        ...findings,
        ...documents.flatMap((document) => {
            const { kind, value } = document;
            if (!isPolicyKind(kind)) return [];
            // One minor a text, each in turn: four times as many texts say more than four looks at each.
            const minor = CILIUM_MINORS[text.length % CILIUM_MINORS.length]!;
            const { problems, stored, crd } = checkStructure(value, kind, minor);
            const acceptance = checkAcceptance(stored, kind, minor);
            if (crd === "errors" && problems.length === 0) throw new Error("refused without a word");
            if (acceptance.sanitize !== "ok" && acceptance.problems.length + problems.length === 0) {
                throw new Error(`${acceptance.sanitize} without a word`);
            }
            const apiServer = kind === "NetworkPolicy" ? checkKubernetesNetworkPolicy(stored) : [];
            return [...problems, ...acceptance.problems, ...apiServer].map((each) => finding(document, each));
        }),
    ];
}
