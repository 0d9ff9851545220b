/** The random stand-in: what the released provider promises about its values. */
import * as fc from "fast-check";
import { random } from "../../../rehearsal/random/provider";
import { isSecret, type Properties, UNKNOWN } from "../../../rehearsal/plugin/values";

const type = (kind: string): string =>
    `random:index/${(kind[0] ?? "").toLowerCase()}${kind.slice(1)}:${kind}`;
const call = (kind: string) => ({ urn: "urn", type: type(kind), name: "x", timeout: 0 });
const create = (kind: string, inputs: Properties, preview = false) =>
    random.create({ ...call(kind), inputs, preview });
const diff = async (kind: string, oldInputs: Properties, news: Properties) =>
    random.diff({ ...call(kind), id: "", olds: {}, oldInputs, news, ignoreChanges: [] });
const check = async (kind: string, news: Properties) =>
    (await random.check({ ...call(kind), news, olds: {}, seed: new Uint8Array(8), autonaming: undefined }))
        .failures;

describe("RandomString", () => {
    it("has the length and only the classes asked for", async () => {
        await fc.assert(
            fc.asyncProperty(
                fc.integer({ min: 1, max: 60 }),
                fc.boolean(),
                fc.boolean(),
                async (length, upper, special) => {
                    const { id, outputs } = await create("RandomString", { length, upper, special });
                    const classes = `a-z0-9${upper ? "A-Z" : ""}${special ? "!@#$%&*()\\-_=+[\\]{}<>:?" : ""}`;
                    expect(outputs["result"]).toMatch(new RegExp(`^[${classes}]{${length}}$`));
                    expect(id).toBe(outputs["result"]);
                },
            ),
        );
    });

    it("holds the minimum of each class", async () => {
        const { outputs } = await create("RandomString", {
            length: 8,
            minNumeric: 3,
            minUpper: 2,
            special: false,
        });
        const result = String(outputs["result"]);
        expect(result.replace(/\D/g, "").length).toBeGreaterThanOrEqual(3);
        expect(result.replace(/[^A-Z]/g, "").length).toBeGreaterThanOrEqual(2);
    });

    it("previews defaults as known and the result as unknown", async () => {
        const { outputs } = await create("RandomString", { length: 6, upper: false }, true);
        expect(outputs).toMatchObject({ length: 6, upper: false, lower: true, minUpper: 0, result: UNKNOWN });
    });

    it("replaces on any changed input, not on a default made explicit", async () => {
        expect(await diff("RandomString", { length: 6 }, { length: 7 })).toMatchObject({
            changes: true,
            replaces: ["length"],
        });
        expect(await diff("RandomString", { length: 6 }, { length: 6, special: true })).toMatchObject({
            changes: false,
        });
        expect(
            await diff(
                "RandomString",
                { length: 6, keepers: { a: "1" } },
                { length: 6, keepers: { a: "2" } },
            ),
        ).toMatchObject({ replaces: ["keepers.a"] });
    });

    it("refuses a missing length, and one below the minimums", async () => {
        expect(await check("RandomString", {})).toEqual([
            { property: "length", reason: "Missing required property 'length'" },
        ]);
        expect(await check("RandomString", { length: 2, minLower: 3 })).toHaveLength(1);
        expect(await check("RandomString", { length: 6, minLower: 3 })).toEqual([]);
    });
});

describe("the others", () => {
    it("keeps a password secret and its id meaningless", async () => {
        const { id, outputs } = await create("RandomPassword", { length: 20 });
        expect(id).toBe("none");
        expect(isSecret(outputs["result"])).toBe(true);
    });

    it("encodes one id four ways", async () => {
        const { id, outputs } = await create("RandomId", { byteLength: 4, prefix: "p-" });
        const bytes = Buffer.from(id, "base64url");
        expect(outputs["hex"]).toBe(`p-${bytes.toString("hex")}`);
        expect(outputs["dec"]).toBe(`p-${bytes.readUInt32BE()}`);
        expect(outputs["b64Std"]).toBe(`p-${bytes.toString("base64")}`);
    });

    it("names a pet", async () => {
        expect((await create("RandomPet", { prefix: "my" })).id).toMatch(/^my-[a-z]+-[a-z]+$/);
        expect((await create("RandomPet", { length: 3, separator: "_" })).id).toMatch(
            /^[a-z]+_[a-z]+_[a-z]+$/,
        );
    });

    it("draws integers inside the bounds, the same ones for the same seed", async () => {
        const draw = async (inputs: Properties) =>
            (await create("RandomInteger", { min: 3, max: 5, ...inputs })).outputs["result"];
        for (let i = 0; i < 20; i++) expect([3, 4, 5]).toContain(await draw({}));
        expect(await draw({ seed: "s" })).toBe(await draw({ seed: "s" }));
        expect(await check("RandomInteger", { min: 5, max: 3 })).toHaveLength(1);
    });

    it("makes a UUID", async () => {
        expect((await create("RandomUuid", {})).id).toMatch(
            /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
        );
    });

    it("names what it makes when asked for something else", async () => {
        await expect(create("RandomShuffle", {})).rejects.toThrow("RandomShuffle is not among them");
    });
});
