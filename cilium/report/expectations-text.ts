import type { ExpectationFailure, ExpectationResult } from "../reachability/expectations";
import type { Paint } from "./reach-layout";
import { whyText } from "./why-text";

/** Pairs of one expectation that are told in full; more of them fail for the same reason. */
const MAX_STORIES = 3;

/** Results of `aks-cilium test` for a terminal: a line each, and for what failed the story why. */
export function expectationsText(
    results: readonly ExpectationResult[],
    { width, paint }: { readonly width: number; readonly paint: Paint },
): string {
    const blocks = results.map((result) => {
        const { expectation, passed, failures, unknown } = result;
        const mark = passed ? paint("good", "ok    ") : paint("bad", "FAILED");
        const { file, line } = expectation.position;
        const stories = failures.slice(0, MAX_STORIES).map((failure) => story(failure, width, paint));
        const more = failures.length - stories.length;
        return [
            `${mark}  ${titleOf(result)}  ${paint("quiet", `${file}:${line}`)}`,
            ...unknown.map((name) => `        there is no ${name}: an expectation about nobody fails`),
            ...stories,
            ...(more > 0 ? [`        and ${more} more of its pairs, in the same way`] : []),
        ].join("\n");
    });
    const failed = results.filter(({ passed }) => !passed).length;
    return `${[...blocks, "", `${results.length - failed} passed, ${failed} failed`].join("\n")}\n`;
}

/** Its name, or what it says. */
export function titleOf({ expectation }: ExpectationResult): string {
    const { name, from, to, ports, allow } = expectation;
    if (name !== undefined) return name;
    const range = ports.map(({ protocol, range: { from: low, to: high } }) => {
        return `${protocol} ${low === high ? low : `${low}-${high}`}`;
    });
    const what = range.length === 0 ? "anything" : range.join(", ");
    return `${from.join(", ")} ${allow ? "reaches" : "cannot reach"} ${to.join(", ")} on ${what}`;
}

function story({ expected, explanation }: ExpectationFailure, width: number, paint: Paint): string {
    const wanted = `expected: ${expected === "allow" ? "allowed" : "denied"}; it is not so:`;
    const indent = "        ";
    return [
        wanted,
        ...whyText(explanation, { width: width - indent.length, paint })
            .trimEnd()
            .split("\n"),
    ]
        .map((line) => (line === "" ? "" : `${indent}${line}`))
        .join("\n");
}
