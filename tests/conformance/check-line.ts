import { kindOf, minorOf, parseLine, type LineOutcome } from "./record";
import { answerValidate, compareValidate, policyOf, type ValidateAnswer } from "./validate";
import { checkVerdicts } from "./verdicts";

export type { LineOutcome } from "./record";

/**
 * Answers one recorded line and compares. Kind and minor come from the line, never from a file's name.
 * @throws for a line that cannot be read: it counts as failed
 */
export function checkLine(text: string): LineOutcome {
    const line = parseLine(text);
    const minor = minorOf(line.cilium);
    const id = `${String(line.result.id ?? line.case.id ?? "?")} (${line.cilium})`;
    if (kindOf(line) === "verdicts") return checkVerdicts(line, minor);
    const answer = answerValidate(policyOf(line.case), minor);
    const differences = compareValidate(answer, line.result as unknown as ValidateAnswer);
    const failed = differences.length > 0 ? 1 : 0;
    return { kind: "validate", id, passed: 1 - failed, failed, differences };
}
