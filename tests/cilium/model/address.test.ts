import fc from "fast-check";
import {
    commonBits,
    isSloppyCidr,
    parseAddress,
    parsePrefix,
    prefixContains,
} from "../../../cilium/model/address";

describe("addresses as Go reads them", () => {
    it.each([
        ["10.0.0.0/8", true, true],
        ["10.1.2.3/16", true, true],
        ["01.2.3.0/24", false, true],
        ["1.0.0.0/08", false, true],
        ["1.2.3.4", false, false],
        [" 1.0.0.0/8", false, false],
        ["1.0.0.0/33", false, false],
        ["1.0.0.0/+8", false, false],
        ["1.0.0/8", false, false],
        ["256.0.0.0/8", false, false],
        ["::/0", true, true],
        ["2001:db8::/32", true, true],
        ["::ffff:1.2.3.4/120", true, true],
        ["1:2:3:4:5:6:7::/64", true, true],
        ["1:2:3:4:5:6:7:8::/64", false, false],
        ["00001::/16", false, true],
        ["1::2::3/64", false, false],
        ["fe80::1%eth0/64", false, false],
        ["12345::/16", false, false],
        ["", false, false],
        ["/8", false, false],
    ])("%s: Cilium %s, API server %s", (text, cilium, apiServer) => {
        expect([parsePrefix(text) !== undefined, isSloppyCidr(text)]).toEqual([cilium, apiServer]);
    });

    it("keeps a zone in an address only", () => {
        expect(parseAddress("fe80::1%eth0/64")).toBeDefined();
        expect(parseAddress("fe80::1%")).toBeUndefined();
        expect(parseAddress("1.2.3.4%a")).toBeUndefined();
    });

    it("reads every IPv4 range it can write, and knows what lies inside", () => {
        const byte = fc.integer({ min: 0, max: 255 });
        fc.assert(
            fc.property(
                fc.tuple(byte, byte, byte, byte),
                fc.integer({ min: 0, max: 32 }),
                fc.tuple(byte, byte, byte, byte),
                (a, length, b) => {
                    const prefix = parsePrefix(`${a.join(".")}/${length}`)!;
                    const other = parseAddress(b.join("."))!;
                    const bits = (octets: readonly number[]): string =>
                        octets.map((each) => each.toString(2).padStart(8, "0")).join("");
                    expect([...prefix.bytes]).toEqual(a);
                    expect(prefixContains(prefix, other)).toBe(
                        bits(a).slice(0, length) === bits(b).slice(0, length),
                    );
                    expect(commonBits(prefix.bytes, prefix.bytes)).toBe(32);
                },
            ),
        );
    });
});
