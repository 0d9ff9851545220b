import { retryAfter, withRetries } from "../../../cli/operations/retry";

describe("trying again |", () => {
    const signal = new AbortController().signal;
    const options = { signal, deadline: Date.now() + 60_000, delay: 1, judge: () => ({ again: true }) };
    const failing = (times: number) => {
        let calls = 0;
        return {
            work: () => {
                calls += 1;
                return calls <= times
                    ? Promise.reject(new Error(`failure ${calls}`))
                    : Promise.resolve("done");
            },
            calls: () => calls,
        };
    };

    it("ends with the first success", async () => {
        const { work, calls } = failing(2);
        expect([await withRetries(work, options), calls()]).toEqual(["done", 3]);
    });

    it("gives up after its retries, with the last failure", async () => {
        const { work, calls } = failing(9);
        await expect(withRetries(work, { ...options, retries: 2 })).rejects.toThrow("failure 3");
        expect(calls()).toBe(3);
    });

    it("does not repeat what cannot succeed", async () => {
        const { work, calls } = failing(9);
        await expect(withRetries(work, { ...options, judge: () => ({ again: false }) })).rejects.toThrow(
            "failure 1",
        );
        expect(calls()).toBe(1);
    });

    it("waits as long as the server asks, and not at all where that is past the deadline", async () => {
        const start = performance.now();
        const { work } = failing(1);
        await withRetries(work, { ...options, judge: () => ({ again: true, after: 60 }) });
        expect(performance.now() - start).toBeGreaterThan(55);
        const late = failing(9);
        await expect(
            withRetries(late.work, { ...options, judge: () => ({ again: true, after: 3_600_000 }) }),
        ).rejects.toThrow("failure 1");
    });

    it("stops waiting when it is interrupted", async () => {
        const controller = new AbortController();
        const { work } = failing(9);
        setTimeout(() => controller.abort(), 20);
        await expect(
            withRetries(work, {
                ...options,
                signal: controller.signal,
                judge: () => ({ again: true, after: 30_000 }),
            }),
        ).rejects.toMatchObject({ name: "AbortError" });
    });

    it.each([
        ["7", 7000],
        ["Thu, 01 Jan 1970 00:00:10 GMT", 9000],
        ["soon", undefined],
        ["", undefined],
        [undefined, undefined],
    ])("reads Retry-After %j", (header, expected) => {
        expect(retryAfter(header, 1000)).toBe(expected);
    });
});
