import fc from "fast-check";
import { RE2JS } from "re2js";
import type { CrdPattern } from "../../../cilium/model/crd";
import * as patterns from "../../../cilium/model/patterns";

const all = Object.entries(patterns).filter(
    (entry): entry is [string, CrdPattern] => typeof entry[1] === "object",
);

describe.each(all)("%s decides as RE2 does", (name, { source, test }) => {
    const re2 = RE2JS.compile(source);
    const texts =
        name === "PRINTABLE"
            ? fc.string({ unit: fc.constantFrom("a", " ", "\u0007", "\u00ad", "\ue000", "é", "\u200e") })
            : fc.string({ unit: fc.constantFrom(..."aZ09-_.*:/ \néEcho1256".split("")), maxLength: 12 });

    it("on texts of its own characters and others", () => {
        fc.assert(
            fc.property(texts, (text) => test(text) === re2.matcher(text).find()),
            { numRuns: 3_000 },
        );
    });

    it("takes a long text in no time", () => {
        const before = process.cpuUsage();
        for (const unit of ["a", "1", "a-", "a.", ".", "-", "a1"]) test(`${unit.repeat(100_000)}!`);
        expect(process.cpuUsage(before).user).toBeLessThan(500_000);
    });
});
