import { readManifests } from "../../../cilium/manifest/read";
import { readWorkloads } from "../../../cilium/model/workloads";
import { CODES, explainCode, type CodeEntry, type Example } from "../../../cilium/validation/codes";
import { checkYaml } from "./support";

/** Everything a reader of the example may be told: reading, workloads and checking. */
function findingsOf({ yaml, cluster, workloads }: Example) {
    const { findings } = readManifests(yaml, { file: "policies.yaml" });
    const given = readWorkloads(readManifests(workloads ?? "", { file: "workloads.yaml" }).documents);
    return [...findings, ...given.problems, ...checkYaml(yaml, cluster, workloads).findings];
}

describe("codes |", () => {
    it("every code is there once, with texts to read", () => {
        expect(new Set(CODES.map(({ code }) => code)).size).toBe(CODES.length);
        for (const { code, title, why, fix, source } of CODES) {
            expect(code).toMatch(/^[A-Z]\d\d$/);
            for (const text of [title, why, fix, source]) expect(text.trim().length).toBeGreaterThan(4);
        }
    });

    it("the whole catalogue of mistakes is there", () => {
        const rows = Array.from({ length: 64 }, (_, index) => `L${String(index + 1).padStart(2, "0")}`);
        expect(rows.filter((code) => explainCode(code) === undefined)).toEqual([]);
    });

    describe.each(CODES.map((entry) => [entry.code, entry] as const))("%s |", (code, entry: CodeEntry) => {
        it("the bad example has it, with the severity that is explained", () => {
            const found = findingsOf(entry.bad).filter((finding) => finding.code === code);
            expect(found.map(({ severity }) => severity)).toContain(entry.severity);
        });

        it("the good example has neither it nor any error", () => {
            const found = findingsOf(entry.good);
            expect(found.map((finding) => finding.code)).not.toContain(code);
            expect(
                found
                    .filter(({ severity }) => severity === "error")
                    .map((each) => `${each.code} ${each.message}`),
            ).toEqual([]);
        });

        it("nothing is found that is not registered", () => {
            const codes = [...findingsOf(entry.bad), ...findingsOf(entry.good)].map(
                (finding) => finding.code,
            );
            expect(codes.filter((each) => explainCode(each) === undefined)).toEqual([]);
        });
    });
});
