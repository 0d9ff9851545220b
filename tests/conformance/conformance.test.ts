import { checkLine } from "./check-line";
import { runConformance, samples } from "./run";

describe("recorded answers of Cilium's own code", () => {
    it.each(samples().map((file) => [file.split("/").at(-1), file]))(
        "%s",
        async (_name, file) => {
            const differences: string[] = [];
            const { tally, unreadable } = await runConformance([String(file)], (line) =>
                differences.push(line),
            );
            expect(differences).toEqual([]);
            expect(unreadable).toBe(0);
            expect(tally.validate.passed + tally.verdicts.passed).toBeGreaterThan(20);
            expect(tally.validate.failed + tally.verdicts.failed).toBe(0);
        },
        120_000,
    );
});

describe("the runner", () => {
    const line = (cilium: string, result: object): string =>
        JSON.stringify({
            cilium,
            case: {
                id: "c",
                policy: {
                    apiVersion: "cilium.io/v2",
                    kind: "CiliumNetworkPolicy",
                    metadata: { name: "p", namespace: "n" },
                    spec: { endpointSelector: {}, ingress: [], ingres: [] },
                },
            },
            result: { id: "c", ...result },
        });
    const right = { crd: "ok", sanitize: "error", valid: false, pruned: ["spec.ingres"] };

    it("takes the minor from the line", () => {
        expect(checkLine(line("v1.18.11", right))).toMatchObject({ kind: "validate", passed: 1, failed: 0 });
        // 1.16 accepts a policy without any rule.
        expect(checkLine(line("v1.16.19", right)).differences.map(({ field }) => field)).toEqual([
            "sanitize",
            "valid",
        ]);
    });

    it.each([
        ["crd", { crd: "errors" }],
        ["sanitize", { sanitize: "ok" }],
        ["valid", { valid: true }],
        ["pruned", { pruned: [] }],
    ])("sees a difference in %s", (field, change) => {
        const outcome = checkLine(line("v1.18.11", { ...right, ...change }));
        expect(outcome).toMatchObject({ passed: 0, failed: 1 });
        expect(outcome.differences.map((each) => each.field)).toEqual([field]);
    });

    it("takes decode-error and panic for not ok, and pruned as a set", () => {
        const same = { ...right, sanitize: "panic", pruned: ["spec.ingres", "spec.ingres"] };
        expect(checkLine(line("v1.18.11", same)).failed).toBe(0);
    });

    it.each([
        "",
        "{",
        "null",
        "[]",
        "{}",
        '{"cilium":"v1.18.11"}',
        line("v1.2.3", right),
        line("eighteen", right),
    ])("cannot read %s", (text) => {
        expect(() => checkLine(text)).toThrow();
    });
});
