import { stringify } from "yaml";
import { parseYamlFully } from "../../../cilium/manifest/yaml";
import { parseYamlFast } from "../../../cilium/manifest/yaml-fast";
import { Random, randomPolicy } from "../../support/random-policies";

/** What the fast reader says has to be what the full one says; where it is silent there is nothing to compare. */
function compare(text: string): "read" | "left" {
    const fast = parseYamlFast(text);
    if (fast === undefined) return "left";
    const full = parseYamlFully(text);
    expect({ text, faults: full.faults, value: full.value }).toEqual({ text, faults: [], value: fast.value });
    return "read";
}

describe("the fast YAML reader agrees with the full one", () => {
    it("on policies in several styles, and reads nearly all of them", () => {
        const random = new Random(7);
        const counts = { read: 0, left: 0 };
        for (let n = 0; n < 300; n++) {
            const policy = randomPolicy(random, random.pick(["1.16", "1.19"]));
            const text = stringify(policy, {
                indent: random.pick([2, 4]),
                indentSeq: random.chance(0.5),
                lineWidth: random.pick([0, 80]),
                collectionStyle: random.pick(["any", "any", "flow"]),
                aliasDuplicateObjects: false,
            });
            counts[compare(text)]++;
        }
        expect(counts.read).toBeGreaterThan(100);
    });

    it("on texts with accidents", () => {
        const random = new Random(11);
        const pieces = [
            " ",
            "  ",
            "\n",
            "- ",
            ": ",
            ":",
            "#",
            " #",
            "'",
            '"',
            "[",
            "]",
            "{",
            "}",
            ",",
            "&a ",
            "*a",
            "|",
            ">",
            "~",
            "null",
            "yes",
            "010",
            "a",
            "\t",
            "\r\n",
            "? ",
            "-",
            "---",
            "<<: ",
            "!!str ",
            "%",
            "@",
            "é",
        ];
        for (let n = 0; n < 1500; n++) {
            let text = stringify(randomPolicy(random, "1.18"));
            for (let k = 1 + random.below(3); k > 0; k--) {
                const at = random.below(text.length);
                text = text.slice(0, at) + random.pick(pieces) + text.slice(at + random.below(3));
            }
            compare(text);
        }
    });

    it.each([
        "",
        "# nothing",
        "a:\n- b\n- c: d\n  e: f\n- - g\n  - h\n-\n  i: j\n",
        "a: 'it # is'\n",
        "a: b # it's\n",
        "a: x\n  y\n",
        'a: "x\n  y"\n',
        "a:\n  b: c\n d: e\n",
        "a: b\n a: b\n",
        "- a\nb: c\n",
        "a: b: c\n",
        "a:\n- b\n  - c\n",
        "a: |\n  text\n",
        "a: {b: c, d: [e, 1, yes, '2']}\n",
        "a: {b:c}\n",
        "a: [b c, d]\n",
        "k8s:app: web\nx:y: z\n'q': 1\n\"r s\": 2\n1: 2\nyes: no\n",
        "a: -\nb: ?\n",
        "a: - b\n",
        "a:b\n",
        "a: b \nc: d\n",
        "a:   \n  b\n",
        "a:\n\n\n  - b\n",
        "- \n- a\n-\n",
        "a: 0x1F\nb: 1_000\nc: 1e3\nd: .5\ne: +7\nf: 08\ng: -0\n",
        "a: b\r\nc:\r\n  - d\r\n",
        "  a: b\n  c: d\n",
        "a: [\n  b\n]\n",
        "a: ''\nb: \"\"\nc: 'x''y'\nd: \"x\\ny\"\n",
        'a: "b"c\n',
        "a: 'b' # 'c'\n",
        "? a\n: b\n",
        "a: !x b\n",
        "a: &b c\nd: *b\n",
    ])("on %j", (text) => void compare(text));
});
