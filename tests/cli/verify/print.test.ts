import { verifyJson, verifyText, type Report } from "../../../cli/verify/print";
import type { Check } from "../../../cli/verify/check";
import { TARGET } from "./fixtures";

const one = (change: Partial<Check>): Check => ({
    id: "azure.power",
    title: "power state",
    expected: "Running",
    found: "Running",
    verdict: "pass",
    look: "kubectl --context aks1 get nodes",
    advice: "",
    ...change,
});
const PAINT = (_: unknown, text: string) => text;
const report = (...checks: Check[]): Report => ({
    target: { ...TARGET, stack: "dev" },
    checks,
    seconds: 1.84,
});
const text = (...checks: Check[]) => verifyText(report(...checks), 100, PAINT).split("\n");

describe("verify, printed |", () => {
    it("puts what hurts first, whole, and passes in one line each", () => {
        const lines = text(
            one({}),
            one({ verdict: "warn", title: "tier", found: "l7", advice: "wait" }),
            one({ verdict: "fail", title: "nodes", found: "none", advice: "start it" }),
        );
        expect(lines).toEqual([
            "aks1 in rgcni, stack dev",
            "",
            "FAIL     nodes",
            "         expected  Running",
            "         found     none",
            "         do        start it",
            "         look      kubectl --context aks1 get nodes",
            "",
            "warn     tier",
            "         expected  Running",
            "         found     l7",
            "         do        wait",
            "         look      kubectl --context aks1 get nodes",
            "",
            "pass     power state  Running",
            "",
            expect.stringMatching(
                /^kubectl's context aks1 comes from: az aks get-credentials -g rgcni -n aks1/,
            ),
            "",
            "3 checks: 1 failed, 1 warning, 1 passed (1.8 s)",
            "",
        ]);
    });

    it("tells a reason once for all checks that it stopped", () => {
        const stopped = (title: string) =>
            one({ verdict: "unknown", title, found: "Azure failed", advice: "wait" });
        const lines = text(
            stopped("a"),
            stopped("b"),
            one({ verdict: "unknown", title: "c", found: "other" }),
        );
        expect(lines.filter((line) => line.startsWith("UNKNOWN"))).toEqual([
            "UNKNOWN  2 checks could not be made",
            "UNKNOWN  c",
        ]);
        expect(lines).toContain("         checks    a, b");
        expect(lines.at(-2)).toBe("3 checks: 3 could not be checked, 0 passed (1.8 s)");
    });

    it("keeps to its width, but for lines that are there to be pasted", () => {
        const long = "word ".repeat(60).trim();
        const lines = text(
            one({ verdict: "fail", expected: long, found: long, advice: long, look: `kubectl ${long}` }),
            one({ found: long }),
        );
        for (const line of lines) if (!line.includes("look ")) expect(line.length).toBeLessThanOrEqual(100);
    });

    it("is JSON as agreed (interfaces.md), target and seconds added", () => {
        const parsed = JSON.parse(verifyJson(report(one({})))) as Record<string, unknown>;
        expect(Object.keys(parsed)).toEqual(["version", "target", "seconds", "checks"]);
        expect(parsed["version"]).toBe(1);
        expect(Object.keys((parsed["checks"] as object[])[0] ?? {}).sort()).toEqual(
            ["advice", "expected", "found", "id", "look", "title", "verdict"].sort(),
        );
    });
});
