import * as pulumi from "@pulumi/pulumi";
import { isPlain, judged } from "../../components/plain";

const refuse = (message: string) => () => {
    throw new Error(message);
};

describe("isPlain |", () => {
    test.each([1, "a", true, null, undefined, [1, { a: [] }], { a: { b: "c" } }])("%j is", (value) =>
        expect(isPlain(value)).toBe(true),
    );
    test.each([
        ["an output", pulumi.output(1)],
        ["an output inside", { a: [{ b: pulumi.output(1) }] }],
        ["a promise inside", { a: Promise.resolve(1) }],
    ])("%s is not", (_, value) => expect(isPlain(value)).toBe(false));
});

describe("judged |", () => {
    test("plain values are judged now", () => {
        expect(() => judged({ a: 1 }, refuse("no"))).toThrow("no");
        expect(judged({ a: 1 }, () => undefined)).toBeUndefined();
    });

    test("others as soon as they are known, and what depends on the verdict fails with it", async () => {
        const seen: unknown[] = [];
        const good = judged({ a: pulumi.output(1), b: 2 }, (known) => void seen.push(known));
        await settled(good);
        expect(seen).toEqual([{ a: 1, b: 2 }]);
        await expect(settled(judged({ a: pulumi.output(1) }, refuse("no")))).rejects.toThrow("no");
    });
});

/** The promise that the SDK waits for before it registers what depends on an output; its other promises fail alike. */
function settled(output: pulumi.Output<unknown> | undefined): Promise<unknown> {
    const inner = output as unknown as {
        promise(): Promise<unknown>;
        allResources(): Promise<unknown>;
        isKnown: Promise<boolean>;
        isSecret: Promise<boolean>;
    };
    for (const other of [inner.allResources(), inner.isKnown, inner.isSecret]) other.catch(() => undefined);
    return inner.promise();
}
