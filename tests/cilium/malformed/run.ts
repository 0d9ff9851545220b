import { Random } from "../../support/random-policies";
import { largeTexts, malformedText } from "./generate";
import { misbehaviour } from "./judge";

/** `npm run malformed [-- COUNT [SEED]]`: prints what misbehaves, then `N passed, N failed`. */
export function main(): void {
    const [count = "100000", seed = "1"] = process.argv.slice(2);
    const random = new Random(Number(seed));
    const tally = { passed: 0, failed: 0 };
    const judge = (name: string, text: string): void => {
        const wrong = misbehaviour(text);
        tally[wrong === undefined ? "passed" : "failed"]++;
        if (wrong !== undefined) console.log(`${name}: ${wrong}\n${JSON.stringify(text).slice(0, 2_000)}`);
    };
    for (const [name, text] of Object.entries(largeTexts)) judge(name, text);
    for (let n = 0; n < Number(count); n++) judge(`text ${n} of seed ${seed}`, malformedText(random));
    console.log(`malformed: ${tally.passed} passed, ${tally.failed} failed`);
    process.exitCode = tally.failed > 0 || tally.passed === 0 ? 1 : 0;
}
