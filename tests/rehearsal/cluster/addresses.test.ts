import { Addresses } from "../../../rehearsal/cluster/addresses";

const RANGE = "192.168.3.0/24";

test("addresses follow each other, from the first that pods get", () => {
    const addresses = new Addresses();
    expect(["a/1", "a/2"].map((pod) => addresses.take(pod, RANGE))).toEqual(["192.168.3.4", "192.168.3.5"]);
    expect(addresses.take("a/3", "192.168.4.0/24")).toBe("192.168.4.4");
});

test("what pods have since before a restart is not given out again", () => {
    const addresses = new Addresses();
    addresses.has("a/old", "192.168.3.4");
    addresses.has("a/older", "192.168.3.6");
    expect(["a/1", "a/2"].map((pod) => addresses.take(pod, RANGE))).toEqual(["192.168.3.5", "192.168.3.7"]);
});

test("250 pods, then none; what is released comes again, and only its holder releases it", () => {
    const addresses = new Addresses();
    const given = Array.from({ length: 250 }, (_, index) => addresses.take(`a/${index}`, RANGE));
    expect(new Set(given).size).toBe(250);
    expect(given.at(-1)).toBe("192.168.3.253");
    expect(() => addresses.take("a/more", RANGE)).toThrow("no address is left in 192.168.3.0/24");
    addresses.release("a/another", "192.168.3.40");
    expect(() => addresses.take("a/more", RANGE)).toThrow();
    addresses.release("a/36", "192.168.3.40");
    expect(addresses.take("a/more", RANGE)).toBe("192.168.3.40");
});
