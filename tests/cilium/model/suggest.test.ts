import { suggest } from "../../../cilium/model/suggest";

describe("did you mean |", () => {
    const KEYS = ["podCidr", "pools", "location"];
    test.each([
        ["podCird", "podCidr"],
        ["locatoin", "location"],
        ["PODCIDR", "podCidr"],
        ["pod_cidr", "podCidr"],
        ["pool", "pools"],
        ["locaton", "location"],
        ["zzz", undefined],
        ["serviceCidr", undefined],
    ])("%s: %s", (word, expected) => expect(suggest(word, KEYS)).toBe(expected));
});
