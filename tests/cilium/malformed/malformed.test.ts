import { Random } from "../../support/random-policies";
import { largeTexts, malformedText } from "./generate";
import { misbehaviour } from "./judge";

describe("malformed input gives findings with a place, in bounded time, and never a stack trace", () => {
    it("1,000 small texts", () => {
        const random = new Random(2024);
        for (let n = 0; n < 1_000; n++) {
            const text = malformedText(random);
            expect({ n, text, wrong: misbehaviour(text) }).toEqual({ n, text, wrong: undefined });
        }
    }, 240_000);

    it.each(Object.entries(largeTexts))(
        "%s",
        (_, text) => {
            expect(misbehaviour(text)).toBeUndefined();
        },
        30_000,
    );
});
